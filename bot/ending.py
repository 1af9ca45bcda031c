"""The end of a service that the system asks for: SIGTERM, as supervisors and containers send it, and Ctrl-C."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Final, Self

import structlog

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Coroutine
    from types import FrameType

_SIGNALS: Final = (signal.SIGTERM, signal.SIGINT)
_log = structlog.get_logger()


async def until_told(running: Coroutine[Any, Any, None]) -> bool:
    """Run to the end, or to the first SIGTERM, which cancels it; give whether that came.

    A second SIGTERM ends the process at once. Where there are no signals, as outside the main thread, it just runs.
    """
    loop = asyncio.get_running_loop()
    scope = asyncio.timeout(None)
    try:
        loop.add_signal_handler(signal.SIGTERM, lambda: scope.reschedule(loop.time()))
    except (NotImplementedError, RuntimeError, ValueError):
        await running
        return False
    try:
        async with scope:
            await running
    except TimeoutError:
        if not scope.expired():
            raise
        return True
    finally:
        loop.remove_signal_handler(signal.SIGTERM)
    return False


class Told:
    """Hears SIGTERM and SIGINT for a service: the first asks for its end, the same one again is its end.

    Use as a context manager in the main thread, while the loop runs. Whoever has been asked is gone in time, whatever
    hangs in it: a thread leaves the process by ``leave``, and goes on after this was left, until the process is over.
    """

    def __init__(self, seconds: float, leave: Callable[[int], object] = os._exit) -> None:
        """``seconds`` are those from the first signal to the end at the latest."""
        self.asked = False
        self._seconds = seconds
        self._leave = leave
        self._heard: set[int] = set()
        self._before: dict[signal.Signals, Any] = {}
        self._scope: asyncio.Timeout | None = None

    def __enter__(self) -> Self:
        """Take the signals over."""
        self._loop = asyncio.get_running_loop()
        self._before = {one: signal.signal(one, self._hear) for one in _SIGNALS}
        return self

    def __exit__(self, *exc: object) -> None:
        """Give the signals back."""
        for one, before in self._before.items():
            signal.signal(one, before or signal.SIG_DFL)

    @asynccontextmanager
    async def heeded(self) -> AsyncGenerator[None]:
        """Cancel the body once asked, at once where that was before; nothing of that is raised."""
        self._scope = scope = asyncio.timeout(0 if self.asked else None)
        try:
            async with scope:
                yield
        except TimeoutError:
            if not scope.expired():
                raise
        finally:
            self._scope = None

    @property
    def interrupted(self) -> bool:
        """Whether Ctrl-C came; once more, and the process ends at once."""
        return signal.SIGINT in self._heard

    def over_within(self, seconds: float, code: int = 0) -> None:
        """Leave the process with this exit code when so many seconds are over and it is still there."""
        timer = threading.Timer(seconds, self._leave_behind, (code,))
        timer.daemon = True
        timer.start()

    def _hear(self, number: int, _frame: FrameType | None) -> None:
        """Be a signal's handler, which comes between two instructions of anything; even where the loop hangs."""
        if number in self._heard:
            self._leave(128 + number)
        self._heard.add(number)
        if not self.asked:
            self.asked = True
            self.over_within(self._seconds)
            self._loop.call_soon_threadsafe(self._ask)

    def _ask(self) -> None:
        if self._scope is not None and not self._scope.expired():
            self._scope.reschedule(self._loop.time())

    def _leave_behind(self, code: int) -> None:
        _log.error("something did not end in time and is left behind")
        self._leave(code)
