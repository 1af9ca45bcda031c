"""Answers what the inbox owes: conversations side by side within a bound, and every task with an owner.

Five loops stand beside the answers: one claims, one hears what other processes wrote, one heeds what people wish of
the answers under way, one minds what is paused, one renews the leases. When one of them breaks, the service ends, and
says why.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import aclosing, asynccontextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING, Final

import structlog

from adapters.base import LeaseLost
from bot.answering import replies
from bot.attempt import Attempt
from bot.due import TRIES, Case, ago, pause, step
from bot.errors import StoreAway, StoreBusy, StoreError
from bot.holding import Holding
from bot.journal import SqlJournal
from bot.ops.logs import referenced
from bot.ops.redaction import text_hash
from bot.paused import names
from knowledge.owning import beside

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Mapping, Sequence

    from adapters.base import Adapter, Journal
    from adapters.messages import Said
    from adapters.parts import Part
    from bot.attempt import Answering
    from bot.database import Database
    from bot.inbox import Change, Claim, Inbox, Owed
    from bot.stores.base import Changes

_IDLE: Final = 5.0
"""Seconds after which claiming is tried though nothing was heard: another process's lease may have ended."""
_HEED: Final = 0.5
"""Seconds after which wishes are looked at though nothing was heard."""
_BREATH: Final = 0.1
"""Seconds between two looks at wishes, however much is heard."""
_MIND: Final = 1.0
"""Seconds between two looks at what is paused."""
_AWAY: Final = 1.0
"""Seconds between tries while the database is away."""
_CHANGES: Final = 60.0
_SAFE: Final = 0.9
"""The part of a lease after which this process takes it for lost by its own clock, so before anyone else does."""
_log = structlog.get_logger()


class Dispatcher:
    """Claims, has answered, has shown, finishes."""

    def __init__(  # noqa: PLR0913 - its collaborators and its bounds
        self,
        *,
        database: Database,
        inbox: Inbox,
        adapters: Mapping[str, Adapter],
        answer: Answering,
        max_in_flight: int = 8,
        drain_seconds: float = 25.0,
        tries: int = TRIES,
        now: Callable[[], float] = time.time,
    ) -> None:
        """``adapters`` by platform; at most ``max_in_flight`` answers at a time; ``now`` in seconds since 1970.

        After ``tries`` at an answer, those that a killed process began counted too, there is an apology instead.
        """
        self._database = database
        self._inbox = inbox
        self._adapters = adapters
        self._answer = answer
        self._max_in_flight = max_in_flight
        self._drain_seconds = drain_seconds
        self._tries = tries
        self._now = now
        self._attempts: dict[Claim, tuple[Attempt, asyncio.Task[None]]] = {}
        self._closing = False
        self._bell = asyncio.Event()
        self._look = asyncio.Event()
        self._idle = asyncio.Event()
        self._away = False
        self._changes: Changes | None = None
        self._holding = Holding(database, inbox)
        self._paused: frozenset[str] | None = None
        self._full = False
        inbox.on_change(self._hear)

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        """Answer while the body runs. Then nothing more is claimed, and answers under way have their time to end."""
        async with self._database.changes() as changes:
            self._changes = changes
            loops = (self._hearing(changes), self._heeding(), self._minding(), self._renewing())
            async with beside(loops) as owner:
                claiming = owner.create_task(self._claiming(owner))
                try:
                    yield
                finally:
                    self._inbox.close()
                    await self._drain(claiming)

    @property
    def hears(self) -> bool:
        """Whether it hears at once what other processes write; if not, it looks every few seconds."""
        return self._changes is not None and self._changes.hears

    @property
    def under_way(self) -> int:
        """How many answers are being written."""
        return len(self._attempts)

    async def _drain(self, claiming: asyncio.Task[None]) -> None:
        """Claim no more; let what is under way end in time, and leave the rest to the next process."""
        self._closing = True
        self._bell.set()
        await asyncio.wait((claiming,))
        with suppress(TimeoutError):
            async with asyncio.timeout(self._drain_seconds):
                while self._attempts:
                    self._idle.clear()
                    await self._idle.wait()
        if left := [task for _, task in self._attempts.values()]:
            _log.warning("answers were cut short: the time to finish them is over", seconds=self._drain_seconds)
            for task in left:
                task.cancel()
            await asyncio.wait(left)

    async def _claiming(self, owner: asyncio.TaskGroup) -> None:
        while not self._closing:
            self._bell.clear()
            began = _loop_time()
            for owed in await self._claimed():
                attempt = Attempt(owed, self._deadline(began))
                self._attempts[owed.claim] = attempt, owner.create_task(self._settle(attempt))
            if self._away:
                await asyncio.sleep(_AWAY)
                continue
            with suppress(TimeoutError):
                async with asyncio.timeout(min(_IDLE, self._inbox.lease_seconds / 3)):
                    await self._bell.wait()

    async def _claimed(self) -> Sequence[Owed]:
        """Claim as many as may run; nothing while the database is away, which is said once."""
        try:
            if self._paused is None:
                await self._mind()
            free = self._max_in_flight - len(self._attempts)
            self._full = True  # what ends meanwhile gives a place that this look does not count
            owed = await self._inbox.claim(free, tuple(self._adapters)) if free else ()
            self._full = len(owed) == free
        except StoreError as error:
            if not self._away:
                _log.warning("no questions can be claimed for now", why=error.told)
            self._away = True
            return ()
        if self._away:
            _log.warning("questions can be claimed again")
        self._away = False
        return owed

    async def _hearing(self, changes: Changes) -> None:
        while True:
            if await changes.wait(_CHANGES):
                self._hear("wished")

    async def _heeding(self) -> None:
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(_HEED):
                    await self._look.wait()
            self._look.clear()
            with suppress(StoreError):  # the claiming says so
                await self._heed()
            await asyncio.sleep(_BREATH)

    async def _heed(self) -> None:
        if self._attempts:
            for claim, wished in (await self._inbox.wishes(tuple(self._attempts))).items():
                if claim in self._attempts:
                    self._attempts[claim][0].hear(wished)

    async def _minding(self) -> None:
        while True:
            await asyncio.sleep(_MIND)
            with suppress(StoreError):  # the claiming says so
                await self._mind()

    async def _mind(self) -> None:
        """See what is paused; where that changed, let go first what is so no longer, so that it keeps its turn."""
        paused = await self._holding.paused()
        if paused == self._paused:
            return
        released = await self._holding.release(paused)
        if self._paused or paused:
            _log.warning("what is paused has changed", paused=sorted(paused), released=released)
        self._paused = paused
        self._bell.set()

    async def _renewing(self) -> None:
        while True:
            await asyncio.sleep(self._inbox.lease_seconds / 3)
            began, before = _loop_time(), dict(self._attempts)
            try:
                held = await self._inbox.renew(tuple(before))
            except StoreError as error:
                _log.warning("leases were not renewed", why=error.told)
                continue
            for claim, (attempt, _) in before.items():
                if claim in held:
                    attempt.renewed(self._deadline(began))
                elif claim in self._attempts:
                    attempt.lost()

    async def _settle(self, attempt: Attempt) -> None:
        """Answer one question; whatever fails concerns this question alone."""
        claim, platform = attempt.owed.claim, attempt.question.place.platform
        with referenced(attempt.question.id):
            try:
                async with attempt.leased():
                    await self._carry_out(attempt)
            except LeaseLost:
                _log.warning("another process has taken this question over", platform=platform)
            except Exception as error:  # noqa: BLE001 - a platform's library may raise anything
                why = getattr(error, "told", None)  # what says what it is needs no trace
                trace = None if why else error
                many = attempt.owed.attempts
                _log.error("the reply failed", platform=platform, attempts=many, why=why, exc_info=trace)
                with suppress(LeaseLost, StoreError):
                    await self._fail(claim, pause(attempt.owed.attempts))
            except asyncio.CancelledError:
                _log.warning("left to the next process", platform=platform)
                with suppress(LeaseLost, StoreError):
                    await self._inbox.release(claim)
                raise
            finally:
                del self._attempts[claim]
                self._idle.set()
                if self._full:
                    self._bell.set()

    async def _fail(self, claim: Claim, seconds: float) -> None:
        """Let it be tried again when so many seconds are over, and look for it then."""
        await self._inbox.fail(claim, seconds)
        asyncio.get_running_loop().call_later(seconds, self._bell.set)

    async def _carry_out(self, attempt: Attempt) -> None:
        owed = attempt.owed
        journal = SqlJournal(self._database, self._inbox, owed, attempt.held)
        if owed.claim[1] > 1:
            await journal.load()
        case = Case(
            attempts=owed.attempts,
            asked_at=owed.question.asked_at.timestamp(),
            begun=not owed.held and (bool(journal.earlier) or journal.unsure),
            wanted=owed.wanted,
            stopped=owed.stop is not None,
            paused=bool(self._paused and names(owed.question.place) & self._paused),
        )
        now = self._now()
        match step(case, now, tries=self._tries):
            case "answer":
                await self._reply(attempt, journal)
            case "offer":
                await self._offer(attempt, journal, ago(now - case.asked_at))
                return
            case "hold":
                await self._put_off(attempt, journal)
                return
            case "apologise":
                await self._show(attempt, attempt.apology(), journal)
            case "give up":
                _log.error("given up: not even an apology can be shown", platform=owed.question.place.platform)
        await self._finish(attempt)

    async def _offer(self, attempt: Attempt, journal: Journal, since: str) -> None:
        """Ask whether the question is still wanted; noted first, so that a killed process's offer is made again."""
        await self._inbox.offering(attempt.owed.claim)
        await self._show(attempt, attempt.said(replies.offer(since), "offered"), journal)
        await self._inbox.offered(attempt.owed.claim)

    async def _put_off(self, attempt: Attempt, journal: Journal) -> None:
        """Say that the place is paused, in words or by the ending alone, and keep the question."""
        aloud = await self._holding.mark(attempt.owed)
        await self._show(attempt, attempt.said(replies.paused() if aloud else (), "paused"), journal)
        try:
            await self._holding.hold(attempt.owed)
        finally:
            self._bell.set()
        _log.info("put off: paused here", platform=attempt.question.place.platform)

    async def _reply(self, attempt: Attempt, journal: Journal) -> None:
        question = attempt.question
        if attempt.owed.held:
            await self._holding.begin(attempt.owed.claim)
        _log.info("answering", conversation=text_hash(question.conversation), text=text_hash(question.text))
        adapter = self._adapters[question.place.platform]
        readers = partial(adapter.audience, question.place, question.asker)
        await self._show(attempt, attempt.answered(self._answer, readers, partial(_around, adapter, attempt)), journal)
        _log.info("replied")

    async def _show(self, attempt: Attempt, parts: AsyncGenerator[Part], journal: Journal) -> None:
        async with aclosing(parts):
            await self._adapters[attempt.question.place.platform].reply(attempt.question, parts, journal)

    async def _finish(self, attempt: Attempt) -> None:
        """Finish with the turn, however long the database is away, locked or full; without one that is refused."""
        while True:
            try:
                await self._inbox.finish(attempt.owed.claim, attempt.turn)
            except (StoreAway, StoreBusy):
                await asyncio.sleep(_AWAY)
            except StoreError as error:
                if attempt.turn is None:
                    raise
                _log.warning("the answer stands, but the history does not keep it", why=error.told)
                attempt.turn = None
            else:
                return

    def _deadline(self, began: float) -> float:
        return began + self._inbox.lease_seconds * _SAFE

    def _hear(self, change: Change) -> None:
        if change != "done":
            self._bell.set()
        if change == "wished":
            self._look.set()


async def _around(adapter: Adapter, attempt: Attempt) -> Sequence[Said]:
    """Ask what was said around the question as it reads now; a private aside sees nothing of where it was first."""
    return () if attempt.question.follows else await adapter.around(attempt.question)


def _loop_time() -> float:
    return asyncio.get_running_loop().time()
