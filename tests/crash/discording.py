"""People in Discord's double whose bots are killed or paused."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.crash.crowds import Crowd, Plan, Seen, harmed
from tests.doubles.discord import Clock, Discord
from tests.doubles.discord_team import finished

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tests.doubles.discord import Message

__all__ = ["Plan", "campaign"]

_FIRST = re.compile(r"Answer (\d+): one\.")


class _Crowd(Crowd):
    """Mentions in channels, each a thread of its own; every fourth is asked directly, all in one conversation."""

    def __init__(self, discord: Discord, plan: Plan) -> None:
        guild = discord.guild("Acme")
        self.told = {
            "team": f"discord:{guild.id}",
            "discord": {"token": discord.token, "api_url": discord.api_url, "gateway_url": discord.gateway_url},
        }
        self._discord = discord
        self._anna = discord.person("Anna", guild)
        self._channels = [discord.channel(f"c{number}", guild) for number in range(plan.channels)]
        self._directly = discord.direct(self._anna)
        self._asked: list[Message] = []

    async def ready(self) -> None:
        """Wait for a bot that was written to directly once: Discord lists no such channels to bots."""
        await self._discord.until(lambda: self._discord.gateway.connected, within=60)
        self._discord.says(self._anna, self._directly, "Hello, are you there?")
        await self._discord.until(lambda: any(map(finished, self._discord.answers(self._directly))), within=60)

    def ask(self, number: int) -> None:
        if number % 4 == 3:
            self._asked.append(self._discord.says(self._anna, self._directly, f"Answer {number}:"))
            return
        channel = self._channels[number % len(self._channels)]
        self._asked.append(self._discord.says(self._anna, channel, f"{self._discord.mention} Answer {number}:"))

    def _answers(self, number: int) -> list[Message]:
        if number % 4 == 3:
            every = self._discord.answers(self._directly)
            return [one for one in every if f"Answer {number}:" in one.shown]
        thread = self._discord.thread_of(self._asked[number])
        return list(self._discord.answers(thread)) if thread is not None else []

    def text(self, number: int) -> str:
        return "\n".join(said.shown for said in self._answers(number))

    def finished(self, number: int) -> bool:
        return any(map(finished, self._answers(number)))

    def order(self) -> Sequence[str]:
        said = [int(found[1]) for one in self._discord.answers(self._directly) for found in _FIRST.finditer(one.shown)]
        return [f"direct messages were answered in the order {said}"] if said != sorted(said) else []

    def passes(self) -> None:
        """Time runs by itself here: nothing that Discord sends comes again."""


async def campaign(plan: Plan, folder: Path, database_url: str | None = None) -> Seen:
    """Run a plan to its end."""
    async with Discord(clock=Clock(runs=True)) as discord:
        discord.rates.enforced = False
        return await harmed(plan, _Crowd(discord, plan), folder, database_url)
