"""What a benchmark gives: figures, each beside something measured in the same run, so that machines compare."""

from __future__ import annotations

import statistics
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One measurement. ``ratio`` is ``value`` over that of ``to``; ``aim`` is what we want, in words."""

    name: str
    value: float
    unit: str
    ratio: float | None = None
    to: str = ""
    aim: str = ""


def median_ms(work: Callable[[], object], *, times: int) -> float:
    """Give the median of the wall-clock milliseconds that the work takes."""
    took = []
    for _ in range(times):
        started = time.perf_counter()
        work()
        took.append((time.perf_counter() - started) * 1_000)
    return statistics.median(took)
