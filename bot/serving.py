"""A service: platforms taken in and answered in one process, and what stands beside them, from start to end.

Whoever tells it to end gets this order: intake stops, answers under way have their time, the rest is left to the next
process, HTTP goes last. A platform whose intake ended by itself ends the service the same way, with its reason.
"""

from __future__ import annotations

import asyncio
import secrets
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import structlog
from sqlalchemy import select, true

from bot.desk import FrontDesk
from bot.dispatcher import Dispatcher
from bot.errors import NotReady, PlatformLost
from bot.feedback.ratings import Ratings
from bot.inbox import Inbox
from bot.ops.cycles import settled
from bot.ops.readiness import EVERY, Check, Readiness
from bot.ops.supervising import Side, beside
from bot.recall import Recall
from bot.tickets import Tickets
from bot.turns import Turns

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
    from contextlib import AbstractAsyncContextManager

    from adapters.base import Adapter
    from adapters.spending import Spending
    from adapters.wishes import Used
    from bot.attempt import Answering
    from bot.database import Database
    from bot.ending import Told
    from bot.recall import Readable
    from bot.settings import Settings

_SWEEP: Final = 3_600.0
_TICKETS: Final = 300.0
"""Seconds between two looks for tickets that are over, which are good for minutes and of no use to anybody then."""
TIDY: Final = 5.0
"""Seconds that connections have to be closed once answers have ended; then they are left behind."""
_MOMENT: Final = 0.05
_NOBODY: Final = "No platform is configured, so nobody can ask here; footnote chat needs none."
_DEAF: Final = "It takes in nothing."
_log = structlog.get_logger()


async def _nothing() -> None:
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Assembled:
    """What answering takes, open. ``usage`` knows what is used of a person's limits, ``readable`` what who may read.

    ``knowledge`` says how the knowledge is, or raises; ``checks`` are what else ``/readyz`` tells. ``lacks`` says what
    to do where there is nothing to answer from, else None.
    """

    database: Database
    answer: Answering
    usage: Callable[[Used], Awaitable[Spending]]
    readable: Readable
    knowledge: Callable[[], Awaitable[str]]
    checks: Sequence[Check] = ()
    lacks: Callable[[], Awaitable[str | None]] = _nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Working:
    """What takes in, and what answers."""

    desk: FrontDesk
    dispatcher: Dispatcher
    platforms: frozenset[str]


@asynccontextmanager
async def working(settings: Settings, parts: Assembled, adapters: Sequence[Adapter]) -> AsyncGenerator[Working]:
    """Answer what these platforms owe while the body runs, then drain."""
    turns = Turns(parts.database)
    inbox = Inbox(parts.database, turns, local=[adapter.name for adapter in adapters if not adapter.anywhere])
    dispatcher = Dispatcher(
        database=parts.database,
        inbox=inbox,
        adapters={adapter.name: adapter for adapter in adapters},
        answer=parts.answer,
        max_in_flight=settings.max_in_flight,
        drain_seconds=settings.drain_seconds,
    )
    recall = Recall(turns=turns, adapters={adapter.name: adapter for adapter in adapters}, readable=parts.readable)
    desk = FrontDesk(inbox=inbox, turns=turns, recall=recall, ratings=Ratings(parts.database), usage=parts.usage)
    async with (
        beside(
            Side(name="sweep of the inbox", work=inbox.sweep, every=_SWEEP),
            Side(name="sweep of tickets", work=Tickets(parts.database).sweep, every=_TICKETS),
        ),
        dispatcher.running(),
    ):
        yield Working(desk=desk, dispatcher=dispatcher, platforms=frozenset(adapter.name for adapter in adapters))


class Service:
    """Platforms, their HTTP, and all that stands beside them, in one process."""

    def __init__(
        self,
        settings: Settings,
        adapters: Sequence[Adapter],
        told: Told,
        *,
        takes_in: bool = True,
        aloud: Callable[[str], None] = lambda _: None,
    ) -> None:
        """Without ``takes_in`` it only answers what other processes took in, and listens on no port.

        ``aloud`` is called with sentences for whoever watches, once it serves. Without a platform it serves too, and is
        not ready: who deploys it first and configures it afterwards finds the reason where health is asked for.
        """
        self._adapters = [adapter for adapter in adapters if takes_in or adapter.anywhere]
        self._settings = settings
        self._told = told
        self._takes_in = takes_in
        self._aloud = aloud
        self._readiness = Readiness()
        self._ended = asyncio.Event()
        self._lost: PlatformLost | None = None

    async def run(self, assembled: AbstractAsyncContextManager[Assembled]) -> None:
        """Serve until told to end. Raises PlatformLost, NoPort, and what opening raises."""
        async with self._http() as port, self._told.heeded(), AsyncExitStack() as opened:
            parts = await opened.enter_async_context(assembled)
            lacks = await parts.lacks()
            for adapter in self._adapters:
                await opened.enter_async_context(adapter)
            owner = await opened.enter_async_context(asyncio.TaskGroup())
            opened.callback(self._tidy)
            work = await opened.enter_async_context(working(self._settings, parts, self._adapters))
            runs = self._take_in(owner, work) if self._takes_in else {}
            self._readiness.expect(_checks(parts, work, runs))
            checks = Side(name="readiness", work=self._readiness.check, every=EVERY)
            await opened.enter_async_context(beside(checks))
            opened.callback(self._stop, runs, work.dispatcher)
            opened.enter_context(settled())
            self._begin(port, lacks)
            await self._ended.wait()
        if self._lost is not None:
            raise self._lost

    @asynccontextmanager
    async def _http(self) -> AsyncGenerator[int | None]:
        """Listen before all else is opened: health is asked for from the first second."""
        if not self._takes_in:
            yield None
            return
        from bot.ops.http import application, listening  # noqa: PLC0415 - half a second that a worker saves

        routes = [route for adapter in self._adapters for route in adapter.routes]
        app = application(self._readiness, routes)
        async with listening(app, self._settings.host, self._settings.port) as port:
            yield port

    def _take_in(self, owner: asyncio.TaskGroup, work: Working) -> dict[str, asyncio.Task[None]]:
        return {adapter.name: owner.create_task(self._run(adapter, work)) for adapter in self._adapters}

    async def _run(self, adapter: Adapter, work: Working) -> None:
        """Take in until cancelled; whatever else ends it, while the service serves, ends the service."""
        try:
            await adapter.run(work.desk)
            why = "it ended by itself"
        except Exception as error:  # noqa: BLE001 - a platform's library may raise anything
            why = _why(adapter.name, error)
        if self._readiness.phase != "draining":
            self._lost = PlatformLost(f"The platform {adapter.name} is lost, and so Footnote ends: {why}")
            self._ended.set()

    def _begin(self, port: int | None, lacks: str | None) -> None:
        self._readiness.phase = "serving"
        names = [adapter.name for adapter in self._adapters]
        _log.info("serving", platforms=names, port=port)
        where = "without HTTP" if port is None else f"with HTTP on port {port}"
        if not names:
            _log.warning("no platform is configured, so nobody can ask", port=port)
        self._aloud(f"Serving {', '.join(names)} {where}." if names else f"{_NOBODY} It serves {where}.")
        if lacks is not None:
            _log.warning(lacks)
            self._aloud(lacks)

    def _stop(self, runs: Mapping[str, asyncio.Task[None]], dispatcher: Dispatcher) -> None:
        """Take in no more. Who does not heed that is waited for later, when answers have ended."""
        self._readiness.phase = "draining"
        left = dispatcher.under_way
        _log.info("draining", seconds=self._settings.drain_seconds, answers=left)
        if left:
            again = "; once more Ctrl-C ends at once" if self._told.interrupted else ""
            self._aloud(f"Finishing {left:,} answer{'' if left == 1 else 's'}{again}.")
        for run in runs.values():
            run.cancel()
        if not self._told.asked:
            self._told.over_within(self._settings.drain_seconds + TIDY, 1)

    def _tidy(self) -> None:
        """Answers have ended, so what still hangs is waited for only for a moment."""
        self._told.over_within(TIDY, int(not self._told.asked))


def _why(platform: str, error: Exception) -> str:
    """Log why an intake broke off, and say it; an error that has a sentence for people needs no trace."""
    reference, told = secrets.token_hex(5), getattr(error, "told", None)
    if isinstance(told, str):
        _log.error("intake broke off", platform=platform, reference=reference, why=told)
        return told
    _log.error("intake broke off", platform=platform, reference=reference, exc_info=error)
    return f"something unexpected went wrong (reference {reference})"


def _checks(parts: Assembled, work: Working, runs: Mapping[str, asyncio.Task[None]]) -> list[Check]:
    async def database() -> str:
        await parts.database.read(lambda connection: connection.execute(select(true())).scalar_one())
        return "The database of conversations answers."

    async def hearing() -> str:
        while not work.dispatcher.hears:  # noqa: ASYNC110 - within the check's patience: it may be about to connect
            await asyncio.sleep(_MOMENT)
        return "What other processes take in is heard at once."

    slow = "What other processes take in is found only by looking, every few seconds."
    return [
        Check(name="database", probe=database, down="The database of conversations does not answer."),
        Check(name="knowledge", probe=parts.knowledge, down="The knowledge cannot be read."),
        Check(name="wake-up", probe=hearing, down=slow, required=False),
        *parts.checks,
        *([] if work.platforms else [Check(name="platforms", probe=_none, down=_NOBODY)]),
        *(_taking_in(name, run) for name, run in runs.items()),
    ]


def _taking_in(platform: str, run: asyncio.Task[None]) -> Check:
    async def probe() -> str:
        if run.done():
            raise NotReady(_DEAF)
        return "It takes in questions."

    return Check(name=f"platform {platform}", probe=probe, down=_DEAF)


async def _none() -> str:
    raise NotReady(_NOBODY)
