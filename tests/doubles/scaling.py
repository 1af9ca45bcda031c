"""How work grows with its size, as a ratio: the one kind of timing that a test may rest on."""

from __future__ import annotations

import gc
import time
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

_MEASURABLE: Final = 0.002
"""Seconds below which a time says nothing: the size is doubled until it is reached."""
_DOUBLINGS: Final = 6
"""As often as that: what takes less then at 64 times the size grows too slowly to hurt."""
_TRIES: Final = 3
QUADRATIC: Final = 40
"""Between ten, which ten times as much may cost, and the hundred of quadratic work."""


def slowdown(work: Callable[[int], object], size: int) -> float:
    """Say how much longer ten times the size takes, in processor time and at a size that can be measured.

    The best of a few tries, garbage left alone, and no more of them than it takes to fall below ``QUADRATIC``.
    """
    base = _seconds(work, size)
    for _ in range(_DOUBLINGS):
        if base >= _MEASURABLE:
            break
        size *= 2
        base = _seconds(work, size)
    base = max(min(base, _seconds(work, size)), _MEASURABLE / 2)
    ratio = _seconds(work, 10 * size) / base
    for _ in range(_TRIES - 1):
        ratio = min(ratio, _seconds(work, 10 * size) / base) if ratio >= QUADRATIC else ratio
    return ratio


def _seconds(work: Callable[[int], object], size: int) -> float:
    gc.disable()  # in a process of many objects one collection takes longer than what is measured
    try:
        began = time.process_time()
        work(size)
        return time.process_time() - began
    finally:
        gc.enable()
