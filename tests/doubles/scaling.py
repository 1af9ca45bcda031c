"""How work grows with its size, as a ratio: the one kind of timing that a test may rest on."""

from __future__ import annotations

import gc
import time
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

_MEASURABLE: Final = 0.01
"""Seconds below which a time says nothing."""
QUADRATIC: Final = 40
"""Between ten, which ten times as much may cost, and the hundred of quadratic work."""


def slowdown(work: Callable[[int], object], size: int) -> float:
    """Say how much longer ten times the size takes: processor time, the best of three, garbage left alone."""
    work(size // 10)
    return _seconds(work, 10 * size) / max(_seconds(work, size), _MEASURABLE)


def _seconds(work: Callable[[int], object], size: int) -> float:
    times = []
    gc.disable()  # in a process of many objects one collection takes longer than what is measured
    try:
        for _ in range(3):
            began = time.process_time()
            work(size)
            times.append(time.process_time() - began)
    finally:
        gc.enable()
    return min(times)
