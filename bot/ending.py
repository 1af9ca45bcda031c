"""The end of a service that the system asks for: SIGTERM, as supervisors and containers send it."""

from __future__ import annotations

import asyncio
import signal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Coroutine


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
