"""Ctrl-C while an answer is shown: the first one is ours, a second one is everybody's."""

from __future__ import annotations

import asyncio
import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Generator


@contextmanager
def first_interrupt(then: Callable[[], None]) -> Generator[None]:
    """Call ``then`` in the running loop on the first SIGINT, and leave a second one to the handler from before.

    That one is asyncio's own, which cancels the main task, so that everything is closed in order. Outside the main
    thread there are no signals, and nothing is done.
    """
    loop = asyncio.get_running_loop()
    before = signal.getsignal(signal.SIGINT)

    def interrupted(*_: object) -> None:
        signal.signal(signal.SIGINT, before)
        loop.call_soon_threadsafe(then)

    try:
        signal.signal(signal.SIGINT, interrupted)
    except ValueError:
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
