"""A bare discord.py bot: for each mention, the calls that it was told of, with the same text."""

from __future__ import annotations

import argparse
import asyncio
import json
from pathlib import Path
from typing import Any

import discord
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route


class Bare(discord.AutoShardedClient):
    """Keeps nothing."""

    def __init__(self, told: dict[str, Any]) -> None:
        intents = discord.Intents.default()
        intents.message_content = True
        super().__init__(intents=intents, allowed_mentions=discord.AllowedMentions.none())
        self._calls: dict[str, int] = told["calls"]
        self._text: str = told["text"]

    async def on_message(self, message: discord.Message) -> None:
        if message.author.bot or self.user not in message.mentions:
            return
        where: discord.abc.Messageable = message.channel
        if self._calls["thread"]:
            where = await message.create_thread(name=self._text[:100])
        for _ in range(self._calls["typing"]):
            await where.typing()
        posted = [await where.send(self._text, view=self._view()) for _ in range(self._calls["post"])]
        for _ in range(self._calls["edit"]):
            await posted[0].edit(content=self._text, view=self._view())

    def _view(self) -> discord.ui.View:
        view = discord.ui.View()
        for label in ("Sources", "👍", "👎", "Ask again"):
            view.add_item(discord.ui.Button(label=label))
        view.stop()
        return view


async def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("told", type=Path)
    told: dict[str, Any] = json.loads(parser.parse_args().told.read_text())
    Route.BASE = told["api_url"]
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(told["gateway_url"])
    async with Bare(told) as client:
        await client.start(told["token"])


if __name__ == "__main__":
    asyncio.run(main())
