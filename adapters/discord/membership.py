"""Which guild somebody belongs to who writes to the bot directly, and whether the bot answers there at all."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final, TypeVar

from adapters.discord.errors import DiscordError
from adapters.discord.events import DIRECT
from adapters.discord.payload import ident
from adapters.payload import items
from adapters.remembering import Remembered

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from adapters.clock import Clock
    from adapters.discord.base import Facts
    from adapters.discord.connection import Connection

T = TypeVar("T")

STRANGER: Final = "I answer members of the servers that I am set up for, and I find you in none of them."
ELSEWHERE: Final = "I am not set up to answer in this server. Whoever runs me can allow it, by DISCORD_GUILDS."
_HOME: Final = 60.0
_CHANNEL: Final = 86_400.0


class Membership:
    """Asks the facts, and remembers for a while what they say."""

    def __init__(self, connection: Connection, facts: Facts, clock: Clock) -> None:
        """Know nothing yet."""
        self._connection = connection
        self._facts = facts
        self._homes: Remembered[str, str | None] = Remembered(clock, seconds=_HOME, most=20_000)
        self._people: Remembered[str, str] = Remembered(clock, seconds=_CHANNEL, most=20_000)

    async def home(self, person: str, within: float) -> str | None:
        """Give somebody's guild; None for a stranger. Raises DiscordError where that cannot be known in time."""
        return await _within(within, self._homes.get(person, lambda: self._facts.home(person)))

    async def whose(self, channel: str, within: float) -> str:
        """Give whose direct messages a channel is. Raises DiscordError."""

        async def ask() -> str:
            calls = await self._connection.calls()
            answer = await calls.ask("GET", "/channels/{channel_id}", within=within, channel_id=channel)
            return next((ident(one, "id") for one in items(answer, "recipients")), "")

        return await _within(within, self._people.get(channel, ask))

    async def refusal(self, guild: str | None, within: float) -> str | None:
        """Say why the bot does not answer, where it does not. Raises DiscordError where that cannot be known in time.

        A guild of nobody is that of a stranger.
        """
        if guild is None or guild == DIRECT:
            return STRANGER
        return None if await _within(within, self._facts.allowed(guild)) else ELSEWHERE


async def _within(seconds: float, asked: Awaitable[T]) -> T:
    try:
        async with asyncio.timeout(seconds):
            return await asked
    except TimeoutError as error:
        raise DiscordError("Discord did not say in time where somebody belongs.") from error
