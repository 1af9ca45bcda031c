"""Lanes: threads that work off a queue together, and give way to everything else where no person waits for them."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from typing import TYPE_CHECKING, Final

from knowledge.embedding import machine

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable

_NICE: Final = 10
"""Steps of priority: a thread this much lower gets a ninth of another one's time, and all that nobody else wants."""
_BEHIND: ContextVar[bool] = ContextVar("behind", default=False)


@contextmanager
def behind() -> Generator[None]:
    """Say that no person waits for what is done inside, so that lanes there give way to those that one waits for."""
    token = _BEHIND.set(True)
    try:
        yield
    finally:
        _BEHIND.reset(token)


class Lanes:
    """Up to ``count`` threads, by default as many as the machine has room for; none is made before it is needed."""

    def __init__(self, count: int | None = None) -> None:
        self.count = count or machine.lanes()
        self._eager = ThreadPoolExecutor(self.count, "lane")
        self._patient = ThreadPoolExecutor(self.count, "patient-lane", initializer=_give_way)

    async def each(self, work: Callable[[int], None], rows: Iterable[int]) -> None:
        """Do the work for every row, begun in their order; when cancelled, no further row is begun."""
        waiting = deque(rows)
        pool = self._patient if _BEHIND.get() else self._eager
        try:
            async with asyncio.TaskGroup() as lanes:
                for _ in range(min(self.count, len(waiting))):
                    lanes.create_task(_in(pool, work, waiting))
        finally:
            waiting.clear()


async def _in(pool: ThreadPoolExecutor, work: Callable[[int], None], waiting: deque[int]) -> None:
    await asyncio.get_running_loop().run_in_executor(pool, _lane, work, waiting)


def _lane(work: Callable[[int], None], waiting: deque[int]) -> None:
    while True:
        try:
            row = waiting.popleft()
        except IndexError:
            return
        work(row)


def _give_way() -> None:
    """Lower this thread's priority, for good; only Linux has one for each thread (sched(7))."""
    if sys.platform == "linux":
        with suppress(OSError):
            thread = threading.get_native_id()
            os.setpriority(os.PRIO_PROCESS, thread, os.getpriority(os.PRIO_PROCESS, thread) + _NICE)
