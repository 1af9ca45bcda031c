"""The time that this platform's pauses are measured by, so that a test can be the one that lets it pass."""

from __future__ import annotations

import asyncio
import time
from typing import Protocol


class Clock(Protocol):
    """``now`` is in seconds since 1970, which do not go back; ``sleep`` lets so many pass."""

    def now(self) -> float:
        """Give the time."""
        ...

    async def sleep(self, seconds: float, /) -> None:
        """Wait."""
        ...


class Running:
    """The wall's clock at the start, and what has passed since: a wall's clock that is set moves nothing."""

    def __init__(self) -> None:
        self._ahead = time.time() - time.monotonic()

    def now(self) -> float:
        """Give the time."""
        return self._ahead + time.monotonic()

    async def sleep(self, seconds: float, /) -> None:
        """Wait."""
        await asyncio.sleep(seconds)


async def waited(clock: Clock, changed: asyncio.Event, group: asyncio.TaskGroup, seconds: float | None) -> None:
    """Wait until something has changed, or so many seconds passed."""

    async def nap(seconds: float) -> None:
        await clock.sleep(seconds)
        changed.set()

    alarm = None if seconds is None else group.create_task(nap(seconds))
    await changed.wait()
    changed.clear()
    if alarm is not None:
        alarm.cancel()
