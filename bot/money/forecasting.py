"""Days, weeks and months of UTC, and what will have been spent at the end of one. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

if TYPE_CHECKING:
    from bot.money.base import Micros

Period: TypeAlias = Literal["day", "week", "month"]
_PRIOR: Final = Fraction(1, 10)
"""The part of a period for which the one before it stands in."""
_DAY: Final = timedelta(days=1)
_SECOND: Final = timedelta(seconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """From a midnight up to another, which is not in it any more."""

    begin: datetime
    end: datetime

    def elapsed(self, now: datetime) -> Fraction:
        """Give the part that is over, from 0 to 1."""
        part = Fraction((now - self.begin) // _SECOND, (self.end - self.begin) // _SECOND)
        return min(Fraction(1), max(Fraction(0), part))


def span(period: Period, now: datetime) -> Span:
    """Give the day, the week from Monday on, or the month in which a time lies."""
    day = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    match period:
        case "day":
            return Span(begin=day, end=day + _DAY)
        case "week":
            monday = day - day.weekday() * _DAY
            return Span(begin=monday, end=monday + 7 * _DAY)
        case "month":
            first = day.replace(day=1)
            return Span(begin=first, end=(first + 32 * _DAY).replace(day=1))


def before(period: Period, now: datetime) -> Span:
    """Give the period that ended when the one in which a time lies began."""
    return span(period, span(period, now).begin - _DAY)


def forecast(spent: Micros, elapsed: Fraction, previous: Micros) -> Micros | None:
    """Say what will have been spent when the period is over, if it goes on as it went so far.

    A little of a period says little about the rest, so the period before it counts like a tenth of this one: early on
    the rest is expected to cost as much as then, and later as much as it did so far. Where nothing was spent before,
    nothing is known until a tenth is over: None.
    """
    prior = _PRIOR if previous else Fraction(0)
    if not prior and elapsed < _PRIOR:
        return None
    whole = (spent + prior * previous) / (elapsed + prior)
    return spent + round((1 - elapsed) * whole)
