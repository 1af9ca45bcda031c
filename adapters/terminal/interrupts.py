"""Ctrl-C while an answer is shown."""

from __future__ import annotations

import asyncio
import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Generator


@contextmanager
def interrupts(then: Callable[[], None]) -> Generator[None]:
    """Call ``then`` in the running loop on each SIGINT, in place of the handler from before.

    That one may raise in the middle of anything, and where Python cannot pass the error on, it is lost. Outside the
    main thread there are no signals, and nothing is done.
    """
    loop = asyncio.get_running_loop()
    before = signal.getsignal(signal.SIGINT)
    try:
        signal.signal(signal.SIGINT, lambda *_: loop.call_soon_threadsafe(then))
    except ValueError:
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
