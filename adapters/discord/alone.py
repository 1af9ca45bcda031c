"""Whether the bot answers in one server alone, and in which."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from adapters.discord.errors import DiscordError
from adapters.discord.payload import ident

if TYPE_CHECKING:
    from collections.abc import Collection

    from adapters.base import Principal
    from adapters.clock import Clock
    from adapters.discord.base import Facts
    from adapters.discord.connection import Connection

_FRESH: Final = 60.0
"""Seconds for which it is believed that there is none, or several."""
_LISTED: Final = 100


class Alone:
    """Says which workspace is the only one in which the bot answers, where there is one."""

    def __init__(self, connection: Connection, facts: Facts, clock: Clock, guilds: Collection[str]) -> None:
        """``guilds`` are those that were named; without any it is those of the bot in which it is ``allowed``."""
        self._connection = connection
        self._facts = facts
        self._clock = clock
        self._guilds = guilds
        self._until = 0.0

    async def __call__(self) -> Principal | None:
        """Give it; None where there are several, or none, or nobody can say now."""
        if self._guilds:
            return f"discord:{next(iter(self._guilds))}" if len(self._guilds) == 1 else None
        if self._clock.now() < self._until:
            return None
        try:
            found = await self._found()
        except DiscordError:
            return None
        self._until = self._clock.now() + _FRESH
        return f"discord:{found[0]}" if len(found) == 1 else None

    async def _found(self) -> list[str]:
        """Give two at most."""
        calls = await self._connection.calls()
        listed = await calls.ask("GET", "/users/@me/guilds", params={"limit": _LISTED})
        ids = [ident(one, "id") for one in listed] if isinstance(listed, list) else []
        found: list[str] = []
        for guild in filter(None, ids):
            if len(found) < 2 and await self._facts.allowed(guild):  # noqa: PLR2004 - more are as many
                found.append(guild)
        return found
