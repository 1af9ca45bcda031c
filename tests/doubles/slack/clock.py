"""The clock that Slack's double lives by, and how a test waits for what happens at it."""

from __future__ import annotations

import asyncio
import heapq
import time
from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

T = TypeVar("T")
_STANDSTILL: Final = 0.5


class Alarm:
    """Something to do at a time; ``cancel`` it, and it is not done."""

    def __init__(self, when: float, order: int, ring: Callable[[], None]) -> None:
        self._key = (when, order)
        self.when = when
        self.ring = ring
        self.cancelled = False

    def __lt__(self, other: Alarm) -> bool:
        return self._key < other._key

    def cancel(self) -> None:
        self.cancelled = True


class Clock:
    """Stands still until it is moved. One that ``runs`` follows the wall's clock as well, for processes that do.

    Where this process stood still, no more than ``_STANDSTILL`` passed: on a busy machine nobody is too late for that.
    Times are seconds since 1970. It begins at the wall's time, because receivers compare signatures with that.
    """

    def __init__(self, at: float | None = None, *, runs: bool = False) -> None:
        self._at = time.time() if at is None else at
        self._seen = time.monotonic()
        self._runs = runs
        self._alarms: list[Alarm] = []
        self._order = 0
        self._timer: asyncio.TimerHandle | None = None

    def now(self) -> float:
        if self._runs:
            before, self._seen = self._seen, time.monotonic()
            self._at += min(self._seen - before, _STANDSTILL)
        return self._at

    def move(self, seconds: float) -> None:
        """Let so much time pass at once; what was due meanwhile happens, in order."""
        self._at = self.now() + seconds
        self._ring_what_is_due()

    def at(self, when: float, ring: Callable[[], None]) -> Alarm:
        """Call ``ring`` at that time, in the running loop."""
        self._order += 1
        alarm = Alarm(when, self._order, ring)
        heapq.heappush(self._alarms, alarm)
        self._wake_in_time()
        return alarm

    async def until(self, when: float) -> None:
        """Wait for a time; for one that has passed, not at all."""
        if when > self.now():
            come: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            alarm = self.at(when, lambda: _settle(come, None))
            try:
                await come
            finally:
                alarm.cancel()

    def _ring_what_is_due(self) -> None:
        while self._alarms and self._alarms[0].when <= self.now():
            alarm = heapq.heappop(self._alarms)
            if not alarm.cancelled:
                alarm.ring()
        self._wake_in_time()

    def _wake_in_time(self) -> None:
        """Let the loop wake this clock for what is due next, where no ``move`` will."""
        if self._timer:
            self._timer.cancel()
        if self._alarms and (self._runs or self._alarms[0].when <= self.now()):
            left = min(max(0.0, self._alarms[0].when - self.now()), _STANDSTILL / 2)
            self._timer = asyncio.get_running_loop().call_later(left, self._ring_what_is_due)


class Bell:
    """Rings whenever something happened, so that a test can wait for what it wants to see."""

    def __init__(self) -> None:
        self._waiting: list[asyncio.Future[None]] = []

    def ring(self) -> None:
        waiting, self._waiting = self._waiting, []
        for one in waiting:
            _settle(one, None)

    async def until(self, seen: Callable[[], T], within: float) -> T:
        """Give what ``seen`` gives once that is true; after ``within`` seconds of the wall's clock, fail."""
        try:
            async with asyncio.timeout(within):
                while not (found := seen()):
                    rung: asyncio.Future[None] = asyncio.get_running_loop().create_future()
                    self._waiting.append(rung)
                    await rung
        except TimeoutError:
            raise AssertionError(f"not seen within {within:g} s") from None
        return found


class Tasks:
    """Owns what runs beside. A task that failed fails ``close``, so that no test passes over it."""

    def __init__(self) -> None:
        self._running: set[asyncio.Task[None]] = set()
        self._failed: list[BaseException] = []

    def start(self, work: Coroutine[object, object, None]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work)
        self._running.add(task)
        task.add_done_callback(self._ended)
        return task

    async def close(self) -> None:
        """Cancel what still runs, wait for it, and raise what failed."""
        for task in self._running:
            task.cancel()
        while self._running:
            await asyncio.wait(self._running)
        if self._failed:
            raise self._failed[0]

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        if not task.cancelled() and (failure := task.exception()) is not None:
            self._failed.append(failure)


def _settle(future: asyncio.Future[T], value: T) -> None:
    if not future.done():
        future.set_result(value)
