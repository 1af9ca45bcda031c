"""What a person used of their limits, and how that is said in words. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from datetime import datetime

_DOLLAR: Final = 1_000_000
"""In micro-dollars."""
_WHOSE: Final = {"person": "Today you have used", "workspace": "This month this workspace has used"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """A limit, and what is used of it: a person's own of a day, or their workspace's of a month.

    In micro-dollars (millionths of a dollar) or in questions; used up, it is whole again at ``resets_at``.
    """

    of: Literal["person", "workspace"]
    unit: Literal["micros", "questions"]
    used: int
    limit: int
    resets_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Spending:
    """What a person may know of the limits that apply to them.

    ``answers`` says what these make of an answer: thrifty: from small models, with half the questions let through;
    quotes: some limit, perhaps that of everyone together, is used up, ``until`` then.
    """

    allowances: tuple[Allowance, ...] = ()
    answers: Literal["usual", "thrifty", "quotes"] = "usual"
    until: datetime | None = None


def dollars(micros: int, places: int = 2) -> str:
    """Give micro-dollars as ``$1,234.50``, rounded; what is more than nothing is never shown as nothing."""
    step = _DOLLAR // 10**places
    steps = (micros + step // 2) // step
    if micros and not steps:
        return f"<${0:.{places - 1}f}1"
    return f"${steps * step // _DOLLAR:,}.{steps * step % _DOLLAR:06d}"[: places - 6 or None]


def pair(used: int, limit: int) -> str:
    """Give what is used of a limit, as finely as the smaller of them needs."""
    places = 2 if limit >= _DOLLAR else 4
    return f"{dollars(used, places)} of {dollars(limit, places)}"


def percent(used: int, limit: int) -> str:
    """Give a share as ``84 %``, rounded down, so that only what is used up is 100 %."""
    return f"{used * 100 // limit if limit else 100} %"


def moment(at: datetime) -> str:
    """Say when a limit is whole again, in UTC: always at midnight."""
    ends = at.astimezone(UTC)
    return f"{ends:%H:%M} UTC on {ends.day} {ends:%B}"


def sentences(spending: Spending) -> list[str]:
    """Give a sentence for each limit, and one for what follows from them."""
    limits = [_allowance(one) for one in spending.allowances]
    return [*(limits or ["No limit of money or questions applies to you here."]), *_answers(spending)]


def _allowance(one: Allowance) -> str:
    if one.unit == "micros":
        used = pair(one.used, one.limit).replace("<", "less than ")
    else:
        used = f"{one.used:,} of {one.limit:,} {'question' if one.limit == 1 else 'questions'}"
    return f"{_WHOSE[one.of]} {used} ({percent(one.used, one.limit)}). It resets at {moment(one.resets_at)}."


def _answers(spending: Spending) -> list[str]:
    until = f" until {moment(spending.until)}" if spending.until else ""
    if spending.answers == "quotes":
        return [f"A limit is used up, so answers are quotes from the documents{until}."]
    if spending.answers == "thrifty":
        return [f"A limit is nearly used up: small models answer, and you may ask half as often{until}."]
    return []
