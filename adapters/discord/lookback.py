"""Looking back for questions that never came: while no process listened, or a session could not be resumed.

It is bounded and polite: the channels and threads in which something was said since, the newest first, at most six
hours back, because a question that was answered is remembered for a day and must not be answered again. What is found
goes the way of every message. Commands and buttons are not found: who gave them was told at once that nobody hears.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Protocol

import structlog

from adapters.discord.errors import DiscordError
from adapters.discord.finding import BUDGET, Finding
from adapters.discord.payload import ident, moment
from adapters.pacing import Bucket

if TYPE_CHECKING:
    from adapters.base import Desk, Question
    from adapters.clock import Clock
    from adapters.discord.connection import Connection

REACH: Final = 6 * 3_600.0
"""Seconds that are looked back at most."""
_MARGIN: Final = 300.0
"""Seconds before a gap: what came then may have been lost as well."""
_OLDER: Final = 20.0
"""Seconds that something waits at most for what is older."""
_GATHERING: Final = 5.0
"""Seconds for the gateway to tell which channels there are, once a session began."""
_AGAIN: Final = 30.0
"""Seconds until another look, where one did not come to its end, and twice as many before each further one."""
_SELDOM: Final = 600.0
"""Seconds between two looks at most."""
_log = structlog.get_logger()


class Missed(Protocol):
    """Takes things in."""

    async def __call__(self, payload: object, *, lately: bool) -> bool:
        """Take in what was found by looking back, and say whether it is safe. Never raises."""
        ...


@dataclass(slots=True, kw_only=True)
class _Wish:
    """What is to be looked for: all since the start of a process that knows of nothing, and all ``since`` a moment.

    ``wished`` is when the oldest of that was wanted.
    """

    begins: bool = False
    since: float | None = None
    wished: float | None = None

    def add(self, other: _Wish) -> None:
        """Want another's, too."""
        self.begins = self.begins or other.begins
        self.since = _least(self.since, other.since)
        self.wished = _least(self.wished, other.wished)


@dataclass(slots=True, kw_only=True)
class LookBack:
    """Looks when it is told to, one look at a time. Nothing that it comes to is an error of the platform's.

    What could not be looked for, or taken in, is looked for again and again, until that is too long ago.
    """

    desk: Desk
    connection: Connection
    missed: Missed
    clock: Clock
    _wish: _Wish = field(default_factory=_Wish, init=False)
    _looking: bool = field(default=False, init=False)
    _wanted: asyncio.Event = field(default_factory=asyncio.Event, init=False)
    _bucket: Bucket | None = field(default=None, init=False)
    _first: asyncio.Event = field(default_factory=asyncio.Event, init=False)
    """Set while no first look is under way; what it did not come to is looked for later."""
    _failed: dict[str, tuple[object, bool]] = field(default_factory=dict, init=False)
    """What was found and is not safe, by its id, and whether it was said lately."""

    @property
    def pending(self) -> bool:
        """Whether there is still something to look for."""
        return self._looking or self._wanted.is_set()

    def since(self, at: float | None, /) -> None:
        """Have everything looked for that was said after this, or, where nobody ever listened, as far as it goes."""
        self._wish.add(_Wish(begins=at is None, since=at, wished=self.clock.now()))
        self._wanted.set()
        self._first.clear()

    async def older(self, question: Question) -> None:
        """Wait, for a while, until what was said before in a question's conversation was looked for: it goes first."""
        known = ("discord", question.place.workspace, question.conversation)
        if self.pending and await self.desk.answers_in(*known) is not None:
            with suppress(TimeoutError):
                async with asyncio.timeout(_OLDER):
                    await self._first.wait()

    async def run(self) -> None:
        """Look whenever that is wanted, until cancelled."""
        while True:
            await self._wanted.wait()
            self._looking = True
            await self.clock.sleep(_GATHERING)
            pause = _AGAIN
            while not await self._looked():
                self._first.set()
                await self._paused(pause)
                pause = min(2 * pause, _SELDOM)
            self._looking = False
            self._first.set()

    async def _paused(self, seconds: float) -> None:
        """Let some time pass, or what it takes until something else is wanted."""
        for _ in range(round(seconds / _GATHERING)):
            if self._wanted.is_set():
                return
            await self.clock.sleep(_GATHERING)

    async def _looked(self) -> bool:
        """Look for all that is wanted, and say whether nothing of it is left."""
        while (gateway := self.connection.gateway) is None or not gateway.is_ready():
            await self.clock.sleep(_GATHERING)
        self._wanted.clear()
        wish, self._wish = self._wish, _Wish()
        await self._again()
        now = self.clock.now()
        wished = now if wish.wished is None else wish.wished
        if wish.begins and await self._look(now - REACH, wished):
            wish.begins = False
        if wish.since is not None and await self._look(max(now - REACH, wish.since - _MARGIN), None):
            wish.since = None
        if wish.begins or wish.since is not None:
            if now - wished < REACH:
                self._wish.add(wish)
                return False
            _log.warning("not looked back to the end")
        return not self._failed

    async def _again(self) -> None:
        """Take in what could not be taken in before; what is too old by now is let be."""
        oldest = self.clock.now() - REACH
        for name, (payload, lately) in list(self._failed.items()):
            if moment(name) < oldest:
                _log.warning("never taken in", message=name)
                del self._failed[name]
            elif await self.missed(payload, lately=lately):
                del self._failed[name]

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
                await self._found(payload, lately=answered is None)
                found += 1
        except DiscordError as error:
            _log.info("not looked back", why=error.told)
            return False
        except Exception as error:  # noqa: BLE001 - the desk's store is away
            _log.warning("not looked back", error=type(error).__name__, exc_info=error)
            return False
        _log.info("looked back", seconds=round(self.clock.now() - oldest), messages=found, failed=len(self._failed))
        return True

    async def _found(self, payload: object, *, lately: bool) -> None:
        name = ident(payload, "id")
        if await self.missed(payload, lately=lately):
            self._failed.pop(name, None)
        else:
            self._failed[name] = (payload, lately)


def _least(one: float | None, other: float | None) -> float | None:
    return min((each for each in (one, other) if each is not None), default=None)
