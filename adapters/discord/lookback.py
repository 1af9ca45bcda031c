"""Looking back for questions that never came: while no process listened, or a session could not be resumed.

It is bounded and polite: the channels and threads in which something was said since, the newest first, at most six
hours back, because a question that was answered is remembered for a day and must not be answered again. What is found
goes the way of every message. Commands and buttons are not found: who gave them was told at once that nobody hears.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Protocol

import structlog

from adapters.discord.errors import DiscordError
from adapters.discord.finding import BUDGET, Finding
from adapters.pacing import Bucket

if TYPE_CHECKING:
    from adapters.base import Desk
    from adapters.clock import Clock
    from adapters.discord.connection import Connection

REACH: Final = 6 * 3_600.0
"""Seconds that are looked back at most."""
_MARGIN: Final = 300.0
"""Seconds before a gap: what came then may have been lost as well."""
_GATHERING: Final = 5.0
"""Seconds for the gateway to tell which channels there are, once a session began."""
_AGAIN: Final = 30.0
"""Seconds until another look, where one did not come to its end."""
_TRIES: Final = 5
_log = structlog.get_logger()


class Missed(Protocol):
    """Takes things in."""

    async def __call__(self, payload: object, *, lately: bool) -> bool:
        """Take in what was found by looking back, and say whether it is safe. Never raises."""
        ...


@dataclass(slots=True, kw_only=True)
class LookBack:
    """Looks when it is told to, one look at a time. Nothing that it comes to is an error of the platform's."""

    desk: Desk
    connection: Connection
    missed: Missed
    clock: Clock
    _since: float | None = field(default=None, init=False)
    _begins: bool = field(default=False, init=False)
    _wished: float = field(default=0.0, init=False)
    _looking: bool = field(default=False, init=False)
    _wanted: asyncio.Event = field(default_factory=asyncio.Event, init=False)
    _bucket: Bucket | None = field(default=None, init=False)

    @property
    def pending(self) -> bool:
        """Whether there is still something to look for."""
        return self._looking or self._wanted.is_set()

    def since(self, at: float | None, /) -> None:
        """Have everything looked for that was said after this, or, where nobody ever listened, as far as it goes."""
        if at is None:
            self._begins = True
        else:
            self._since = at if self._since is None else min(self._since, at)
        if not self._wanted.is_set():
            self._wished = self.clock.now()
        self._wanted.set()

    async def run(self) -> None:
        """Look whenever that is wanted, until cancelled."""
        while True:
            await self._wanted.wait()
            self._looking = True
            await self.clock.sleep(_GATHERING)
            while (gateway := self.connection.gateway) is None or not gateway.is_ready():
                await self.clock.sleep(_GATHERING)
            self._wanted.clear()
            begins, since, wished = self._begins, self._since, self._wished
            self._begins, self._since = False, None
            await self._looked(None if begins and since is None else since, wished)
            self._looking = False

    async def _looked(self, since: float | None, wished: float) -> None:
        oldest = self.clock.now() - REACH
        if since is not None:
            oldest = max(oldest, since - _MARGIN)
        for _ in range(_TRIES):
            if await self._look(oldest, wished if since is None else None):
                return
            await self.clock.sleep(_AGAIN)
        _log.warning("not looked back to the end")

    async def _look(self, oldest: float, answered: float | None) -> bool:
        """Look, and say whether that came to an end; ``answered`` is when a process began that knows of nothing."""
        if self._bucket is None:
            self._bucket = Bucket(BUDGET, self.clock.now())
        finding = Finding(
            connection=self.connection,
            desk=self.desk,
            clock=self.clock,
            bucket=self._bucket,
            oldest=oldest,
            answered=answered,
        )
        found = 0
        try:
            async for payload in finding.said():
                if not await self.missed(payload, lately=answered is None):
                    _log.info("not looked back", why="the desk takes nothing now")
                    return False
                found += 1
        except DiscordError as error:
            _log.info("not looked back", why=error.told)
            return False
        except Exception as error:  # noqa: BLE001 - the desk's store is away
            _log.warning("not looked back", error=type(error).__name__, exc_info=error)
            return False
        _log.info("looked back", seconds=round(self.clock.now() - oldest), messages=found)
        return True
