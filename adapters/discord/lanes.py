"""Work that is done in its order within a lane, and beside that of other lanes; bounded in all."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING, Any, Final

import structlog

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

_AT_ONCE: Final = 50
"""Lanes at work at a time."""
MOST: Final = 10_000
"""Pieces of work that wait in all."""
_log = structlog.get_logger()


class Lanes:
    """One lane for each name, as long as something is to be done in it."""

    def __init__(self, start: Callable[[Coroutine[Any, Any, None]], object]) -> None:
        """``start`` runs a lane; it owns that."""
        self._start = start
        self._free = asyncio.Semaphore(_AT_ONCE)
        self._lanes: dict[str, deque[Callable[[], Coroutine[Any, Any, None]]]] = {}
        self._waiting = 0

    def put(self, lane: str, work: Callable[[], Coroutine[Any, Any, None]]) -> bool:
        """Have something done after what is in this lane already; False where too much waits in all."""
        if self._waiting >= MOST:
            return False
        self._waiting += 1
        if lane in self._lanes:
            self._lanes[lane].append(work)
        else:
            self._lanes[lane] = deque([work])
            self._start(self._run(lane))
        return True

    async def _run(self, lane: str) -> None:
        waiting = self._lanes[lane]
        while waiting:
            async with self._free:
                try:
                    await waiting.popleft()()
                except Exception as error:  # noqa: BLE001 - one piece of work must not end the others
                    _log.error("not taken in", error=type(error).__name__, exc_info=error)
                finally:
                    self._waiting -= 1
        del self._lanes[lane]
