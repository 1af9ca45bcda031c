"""Dates in a text, as year, month and day, however they are written. Pure.

Of ``03/05/2024`` nobody knows which is the month, so it is compared as written.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_NAMES: Final = "january february march april may june july august september october november december".split()  # noqa: SIM905
_NUMBERS: Final = {name[:3]: number for number, name in enumerate(_NAMES, 1)}
_LONG: Final = "|".join(_NAMES)
_MONTH: Final = rf"(?:{_LONG}|(?:jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\b\.?)"
_YEAR: Final = r"(?:1[0-9]|20|21)\d{2}"
_DAY: Final = r"(?:0?[1-9]|[12]\d|3[01])"
_DATE = re.compile(
    rf"(?<![\d.,/-])(?P<iso_year>{_YEAR})-(?P<iso_month>0[1-9]|1[0-2])(?:-(?P<iso_day>0[1-9]|[12]\d|3[01]))?(?!-?\d)"
    rf"|(?<![\d.,/-])(?P<one>\d{{1,2}})(?P<mark>[/.])(?P<two>\d{{1,2}})(?P=mark)(?P<slash_year>{_YEAR})(?!\d)"
    rf"|(?<![\d.,])(?P<day_first>{_DAY})(?:st|nd|rd|th)?\s(?:of\s)?(?P<after_day>{_MONTH})(?:,?\s(?P<year_1>{_YEAR}))?(?!\d)"
    rf"|\b(?P<before_day>{_MONTH})\s(?P<day_last>{_DAY})(?:st|nd|rd|th)?(?![\d:]|[.,]\d)(?:,?\s(?P<year_2>{_YEAR})(?!\d))?"
    rf"|\b(?P<alone>{_MONTH})(?:,?\s(?:of\s)?(?P<year_3>{_YEAR})(?!\d))"
    rf"|\b(?:in|since|until|till|by|during|of|early|late|mid|from|to|through|and|every|each|last|next|between)[\s-]"
    rf"(?P<bare>{_LONG})\b(?!,?\s(?:of\s)?\d)",
    re.IGNORECASE,
)
_LAST_MONTH: Final = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Date:
    """A date at ``start`` to ``end`` of a text; what it does not name is None. ``written`` where it is ambiguous."""

    year: int | None = None
    month: int | None = None
    day: int | None = None
    written: str = ""
    start: int
    end: int


@lru_cache(maxsize=2048)
def dates(text: str) -> tuple[Date, ...]:
    """Read a text's dates, in their order; a year alone is a number and none of them. Linear in its length."""
    return tuple(_read(text))


def covered(dated: Iterable[Date]) -> frozenset[int]:
    """Give the places of a text that its dates take up."""
    return frozenset(at for date in dated for at in range(date.start, date.end))


def _read(text: str) -> Iterator[Date]:
    for found in _DATE.finditer(text):
        start, end = found.span()
        if found["iso_year"]:
            yield Date(
                year=int(found["iso_year"]), month=int(found["iso_month"]), day=_number(found["iso_day"]), start=start,
                end=end,
            )  # fmt: skip
        elif found["one"]:
            yield _slashed(found, start, end)
        elif found["bare"]:
            name = found["bare"]
            if name[0].isupper() or name.casefold() not in {"may", "march"}:
                yield Date(month=_NUMBERS[name[:3].casefold()], start=found.start("bare"), end=end)
        else:
            month = found["after_day"] or found["before_day"] or found["alone"]
            if month in {"may", "march"} and not found["after_day"]:  # "you may 5 times"
                continue
            yield Date(
                year=_number(found["year_1"] or found["year_2"] or found["year_3"]),
                month=_NUMBERS[month[:3].casefold()],
                day=_number(found["day_first"] or found["day_last"]),
                start=start,
                end=end,
            )


def _slashed(found: re.Match[str], start: int, end: int) -> Date:
    """Read ``25/03/2024`` and ``03/25/2024``; with dots the day comes first, as in German."""
    one, two, year = int(found["one"]), int(found["two"]), int(found["slash_year"])
    if found["mark"] == "." or one > _LAST_MONTH or one == two:
        day, month = one, two
    elif two > _LAST_MONTH:
        day, month = two, one
    else:
        return Date(year=year, written=f"{one}/{two}", start=start, end=end)
    if not 1 <= month <= _LAST_MONTH:
        return Date(year=year, written=f"{one}/{two}", start=start, end=end)
    return Date(year=year, month=month, day=day, start=start, end=end)


def _number(written: str | None) -> int | None:
    return int(written) if written else None
