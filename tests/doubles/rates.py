"""A clock that is set by hand, and sliding windows as one would write them without a thought of speed."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.money.base import Denied
from bot.money.sliding import REMEMBERED, SECOND

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.money.base import Rate


class Clock:
    """Microseconds, as ``Windows`` wants them."""

    def __init__(self) -> None:
        self.now = 1_000 * SECOND

    def __call__(self) -> int:
        return self.now

    def forward(self, seconds: float) -> None:
        self.now += round(seconds * SECOND)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One try of a person. ``wait`` is None where it was admitted, and else the microseconds that it was told."""

    at: int
    question: str
    wait: float | None


@dataclass
class Model:
    """Keeps every try of everyone, and judges each by going through all that came before."""

    tries: dict[str, list[Event]] = field(default_factory=dict)

    def admit(self, person: str, question: str, rates: Sequence[Rate], now: int) -> Denied | None:
        tries = self.tries.setdefault(person, [])
        asked = [each for each in tries if each.wait is None and each.at > now - REMEMBERED * SECOND]
        if any(each.question == question for each in asked):
            return None
        waits = [_wait([each.at for each in asked], rate, now) for rate in rates]
        wait = max(waits, default=0)
        if not wait:
            tries.append(Event(at=now, question=question, wait=None))
            return None
        tries.append(Event(at=now, question=question, wait=wait))
        rate = rates[waits.index(wait)]
        return Denied(rate=rate, wait=wait / SECOND, first=_told(tries) == question)


def _wait(asked: Sequence[int], rate: Rate, now: int) -> float:
    """Try every moment at which a question leaves the window, until there is room."""
    if not rate.most:
        return math.inf
    length = rate.seconds * SECOND
    moments = [now, *(at + length for at in asked if at + length > now)]
    return min(moment - now for moment in moments if sum(at > moment - length for at in asked) < rate.most)


def _told(tries: Sequence[Event]) -> str:
    """Go back through refusals between which there was no room; the first of them was told."""
    told = tries[-1]
    for earlier in reversed(tries[:-1]):
        if earlier.wait is None or told.at >= earlier.at + min(earlier.wait, REMEMBERED * SECOND):
            break
        told = earlier
    return told.question
