"""The sliding windows of one person: a log of when they asked, so exact at every moment. Pure.

Times are whole microseconds of a clock that only rises, as Redis tells time: a float would round a window's edge.
"""

from __future__ import annotations

import math
from collections import deque
from typing import TYPE_CHECKING, Final

from bot.money.base import Denied

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.money.base import Rate

SECOND: Final = 1_000_000
REMEMBERED: Final = 86_400
"""Seconds that a question is remembered for, so the longest window that a rate can have."""


class Asked:
    """What one person asked, as far as it was admitted, and which question was told that there is no room.

    A window is full where the question that was asked ``most`` questions ago is still in it. A question that is just as
    old as a window is long has left it.
    """

    __slots__ = ("_known", "_log", "_told", "_told_until")

    def __init__(self) -> None:
        self._log: deque[tuple[int, str]] = deque()
        self._known: set[str] = set()
        self._told = ""
        self._told_until = 0

    def admit(self, question: str, rates: Sequence[Rate], now: int) -> Denied | None:
        """Admit a question, or say why not; see ``bot.money.base.Rates``."""
        self._forget(now)
        if question in self._known:
            return None
        waits = [self._wait(rate, now) for rate in rates]
        if not any(waits):
            self._count(question, now)
            return None
        return denied(rates, waits, first=self._tell(question, now, max(waits)))

    def note(self, question: str, now: int) -> None:
        """Count a question, wherever it was admitted."""
        self._forget(now)
        if question not in self._known:
            self._count(question, now)

    def _count(self, question: str, now: int) -> None:
        self._log.append((now, question))
        self._known.add(question)
        self._told_until = now

    def _forget(self, now: int) -> None:
        while self._log and self._log[0][0] <= now - REMEMBERED * SECOND:
            self._known.discard(self._log.popleft()[1])

    def _wait(self, rate: Rate, now: int) -> float:
        if not rate.most:
            return math.inf
        if len(self._log) < rate.most:
            return 0
        return max(0, self._log[-rate.most][0] + rate.seconds * SECOND - now)

    def _tell(self, question: str, now: int, wait: float) -> bool:
        """Say whether this question is the one that is told, until there is room; who never has any is told again."""
        if now >= self._told_until:
            self._told = question
        self._told_until = now + int(min(wait, REMEMBERED * SECOND))
        return self._told == question


def denied(rates: Sequence[Rate], waits: Sequence[float], *, first: bool) -> Denied:
    """Name the rate whose room comes back last; ``waits`` are the microseconds until each has room."""
    rate, wait = max(zip(rates, waits, strict=True), key=lambda pair: pair[1])
    return Denied(rate=rate, wait=wait / SECOND, first=first)
