"""Upkeep: while the bot runs, the sources that the settings name are synced at its start and then every so often.

Answers wait for none of it: they come from what was published last. A sync may be interrupted anywhere, so the end of
the bot ends it at once. A source that fails is tried again, on its own, and neither ends the bot nor holds up another.
"""

from __future__ import annotations

import asyncio
import sys
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, Final, Protocol

import structlog

from knowledge.base import Source
from knowledge.errors import Busy, KnowledgeError
from knowledge.owning import beside

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable, Generator, Sequence

    from knowledge.carrying import Carried
    from knowledge.syncing import Summary

_RETRY: Final = 60.0
"""Seconds until a source that failed is tried again; twice as many each further time."""
_SELDOM: Final = 3600.0
"""Seconds at most between two tries, whatever the settings say of the time between two syncs."""
_SWITCH: Final = 0.0005
"""Seconds that a thread of a sync keeps the interpreter while others want it. An answer hops between threads some fifty
times; at Python's 5 ms it took ten times as long while a large document was cut."""
_log = structlog.get_logger()


class Checked(Source, Protocol):
    """A source that can say at once whether it is there."""

    def check(self) -> None:
        """Raise KnowledgeError where it is not."""
        ...


class Upkeep:
    """Syncs sources, one at a time. ``told`` hears in sentences what changed and what failed, each failure once."""

    def __init__(  # noqa: PLR0913 - its dependencies
        self,
        *,
        sources: Sequence[Checked],
        sync: Callable[[Source], Awaitable[Summary]],
        minutes: float,
        told: Callable[[str], None] | None = None,
        carry: Callable[[], Awaitable[Carried | None]] | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """``minutes`` lie between two syncs of a source; 0: once. Without ``told``, failures are logged.

        ``carry`` comes before all syncs, once: it lets the vectors serve that the settings want.
        """
        self._sources = sources
        self._sync = sync
        self._carry = carry
        self._between = minutes * 60
        self._told = told
        self._sleep = sleep
        self._turn = asyncio.Lock()
        self._failures: dict[str, str] = {}
        self._said: str | None = None

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        """Keep the sources up to date while the body runs; those that are not there are named before it begins."""
        for source in self._sources:
            try:
                source.check()
            except KnowledgeError as error:
                self._failed(source, error.told)
        carrying = [self._carrying()] if self._carry else []
        async with beside([*carrying, *(self._keep(source) for source in self._sources)]):
            yield

    async def _carrying(self) -> None:
        """Carry until it is done; what fails is said once and tried again, less and less often."""
        retry = _RETRY
        while True:
            async with self._turn:
                if await self._carried():
                    return
            await self._sleep(retry)
            retry = min(2 * retry, _SELDOM)

    async def _carried(self) -> bool:
        if self._carry is None:
            return True
        try:
            with _switching_often():
                carried = await self._carry()
        except KnowledgeError as error:
            self._say(f"The vectors could not be carried over, which is tried again: {error.told}", once=True)
        except Exception:  # noqa: BLE001 - whatever it is, answers go on
            _log.exception("the vectors could not be carried over")
        else:
            if carried is not None:
                made = f"{carried.copied:,} copied, {carried.embedded:,} embedded"
                self._say(f"Other vectors serve now: {made}.")
            return True
        return False

    def _say(self, words: str, *, once: bool = False) -> None:
        if once and words == self._said:
            return
        self._said = words
        if self._told is None:
            _log.warning(words)
        else:
            self._told(words)

    async def _keep(self, source: Source) -> None:
        retry = _RETRY
        while True:
            async with self._turn:
                done = await self._synced(source)
            if done and not self._between:
                return
            await self._sleep(self._between if done else min(retry, self._between or _SELDOM))
            retry = _RETRY if done else min(2 * retry, _SELDOM)

    async def _synced(self, source: Source) -> bool:
        """Sync a source; give whether it is up to date now."""
        try:
            with _switching_often():
                summary = await self._sync(source)
        except Busy as error:
            _log.info("a source has to wait", source=source.name, told=error.told)
        except KnowledgeError as error:
            self._failed(source, error.told)
        except Exception:  # noqa: BLE001 - whatever it is, answers go on
            _log.exception("a source could not be synced", source=source.name)
            self._failures.pop(source.name, None)
        else:
            self._succeeded(source, summary)
            return True
        return False

    def _failed(self, source: Source, why: str) -> None:
        """Say so, unless it was said the last time."""
        if self._failures.get(source.name) == why:
            return
        self._failures[source.name] = why
        if self._told is None:
            _log.warning("a source could not be synced; it is tried again", source=source.name, told=why)
        else:
            self._told(f"The source {source.name} could not be brought up to date and is tried again: {why}")

    def _succeeded(self, source: Source, summary: Summary) -> None:
        self._failures.pop(source.name, None)
        done = {"added": summary.added, "changed": summary.changed, "removed": summary.removed}
        skipped = {"skipped": len(summary.skipped)}
        seen = {
            "flagged": len(summary.flagged),
            "masked": summary.masked,
            "suspicious": len(summary.suspicious),
        }
        _log.info("synced", source=source.name, **done, **skipped, **seen, seconds=round(summary.seconds, 2))
        if self._told is not None and any(done.values()):
            words = ", ".join(f"{count:,} {what}" for what, count in (done | skipped).items() if count)
            self._told(f"The source {source.name} was brought up to date: {words}.")


@contextmanager
def _switching_often() -> Generator[None]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(_SWITCH)
    try:
        yield
    finally:
        sys.setswitchinterval(before)
