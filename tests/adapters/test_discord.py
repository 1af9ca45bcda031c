"""Discord's adapter, whole, keeps to what every adapter does."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from adapters.base import Person, Place
from bot.app.discord import platform
from tests.contracts.adapter import AdapterContract
from tests.doubles.discord import Clock, Discord
from tests.doubles.discord_team import Ticking, settings_of

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from pathlib import Path

    from adapters.base import Adapter, Desk


class TestDiscord(AdapterContract):
    @pytest.fixture(autouse=True)
    async def _discord(self, tmp_path: Path) -> AsyncGenerator[None]:
        async with Discord(clock=Clock(runs=True)) as discord:
            self.discord = discord
            self.guild = discord.guild("Acme")
            self.anna = discord.person("Mary", self.guild)
            self.general = discord.channel("general", self.guild)
            self.home = tmp_path
            yield

    def adapter(self) -> Adapter:
        made = platform(settings_of(self.home, self.discord, self.guild), clock=Ticking(self.discord))
        run, discord = made.run, self.discord

        async def once(desk: Desk, /) -> None:
            """Take in until Mary's direct message was, and is answered."""
            running = asyncio.get_running_loop().create_task(run(desk))
            await discord.until(lambda: discord.gateway.sessions)
            directly = discord.direct(self.anna)
            discord.says(self.anna, directly, "How long?")
            await discord.until(lambda: discord.answers(directly))
            running.cancel()
            with suppress(asyncio.CancelledError):
                await running

        made.run = once  # type: ignore[method-assign]
        return made

    def shown(self) -> str:
        places = [self.general, *self.discord.threads(self.general), self.discord.direct(self.anna)]
        return "\n".join(said.shown for one in places for said in self.discord.answers(one))

    def place(self) -> Place:
        return Place(platform="discord", workspace=f"discord:{self.guild.id}", channel=self.general.id)

    def asker(self) -> Person:
        return Person(id=self.anna.id, name="Mary")
