"""Amounts in a text, numbers with their units and dates, and whether one text's is the other's. Pure.

Two spellings of one amount are the same: ``1,200`` and ``1.2k``, ``5 %`` and ``five per cent``, ``half`` and ``50 %``,
``90 min`` and ``1.5 hours``, ``2024-03-05`` and ``March 5, 2024``. A number that says it is rounded, such as "about 1.2
million", is what rounds to it. Nothing else is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from bot.reading.claims import STOPWORDS, folded, stems
from bot.reading.dates import Date, covered, dates
from bot.reading.measures import CURRENCIES, MEASURES
from bot.reading.numerals import Numeral, Value, numerals

if TYPE_CHECKING:
    from collections.abc import Iterator

Measure: TypeAlias = tuple[str, Fraction]
"""A unit: its kind, and how many of the kind's base it is."""
Rounded: TypeAlias = Literal["", "about", "more", "less"]

_ABOUT: Final = r"about|around|approximately|approx\.?|roughly|circa|ca\.|some|~|≈|close to|near|estimated(?: at)?"
_ROUGH = re.compile(
    rf"(?:\b|(?<=\s)|\A)(?:(?P<about>{_ABOUT})|(?P<more>(?:just |well |slightly )?(?:over|above|more than|greater than)"
    rf"|upwards of)|(?P<less>nearly|almost|(?:just |well |slightly )?(?:under|below|less than|fewer than)))"
    rf"\s?(?:an? |the )?[$€£¥]?\Z",
    re.IGNORECASE,
)
_HEDGE = re.compile(r"[^\W\d_]|[~≈]")
_LOOK_BACK: Final = 28
"""Characters before a number in which a word may say that it is rounded."""
_AFTER = re.compile(r"[\s-]?(?:°\s?)?(per\s?cents?\b|percentage points?\b|[ap]\.m\b|[^\W\d_]+|[%$€£¥°])")
_OF_A = re.compile(r"\s(?:of\s)?an?\s([^\W\d_]+)|[\s-]([^\W\d_]+)")
_CLOCK = re.compile(r"(?:1?\d|2[0-3]):[0-5]\d\Z")
_NEXT_WORDS = re.compile(r"[^\W\d_]+|\d|[%$€£¥°]")
_NEAR: Final = 60
"""Characters after a number in which its unit may follow: ``25 paid days``."""
_BETWEEN = re.compile(r"\s?(?:[-–—/]|to|and|or|through)\s?\Z")
_CODE_BEFORE = re.compile(r"(?:\b(?:usd|eur|gbp|jpy|us)\s?)\Z|[$€£¥]\s?-?\Z", re.IGNORECASE)
_CODES: Final = {"usd": "$", "us": "$", "eur": "€", "gbp": "£", "jpy": "¥"}
_NAMED = re.compile(r"(?:\bv|[Vv]ersion\s|[Rr]elease\s|\b[A-Z][\w+#.]*\s)\Z")
_LONG: Final = 3
"""Digits that number no item of a list."""
_SIGNS: Final = {"½": " 1/2", "⅓": " 1/3", "⅔": " 2/3", "¼": " 1/4", "¾": " 3/4"}
_LIKE: Final = frozenset({"th", "s", "clock"})
"""What is no count of anything."""
_ERAS: Final = frozenset({"bc", "ad", "bce", "ce"})
_ONE: Final = Fraction(1)
_TENTH: Final = Fraction(1, 10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount:
    """A number of a text in its unit's base, or a date.

    ``unit`` is its kind from ``measures``, ``th`` of an ordinal, ``s`` of a decade, ``clock`` of a time of day, or
    nothing; ``size`` is how many of the base one is. ``near`` are units that follow it soon; ``counted`` are stems of
    the word right after it, where that is no unit. ``weak`` may be missing from what supports a text, unless that has
    another number of the same: an article says no number.
    """

    value: Value | None = None
    date: Date | None = None
    unit: str = ""
    size: Fraction = Fraction(1)
    step: Fraction = Fraction(1)
    rounded: Rounded = ""
    near: frozenset[Measure] = frozenset()
    counted: frozenset[str] = frozenset()
    version: str = ""
    weak: bool = False


@lru_cache(maxsize=4096)
def amounts(text: str) -> tuple[Amount, ...]:
    """Read a text's amounts, each date as one."""
    text = _folded(text)
    dated = dates(text)
    taken = covered(dated)
    numbers = [one for one in numerals(text) if not _within(text, one, taken)]
    named = units(text)
    read = [_amount(text, one, named) for one in numbers]
    for at in range(len(read) - 2, -1, -1):  # "5 to 10 %": the unit is that of both
        between = text[numbers[at].end : numbers[at + 1].start]
        if not read[at].unit and read[at + 1].unit not in {"", "th"} and _BETWEEN.match(between):
            read[at] = _in_unit(read[at], read[at + 1])
    return (*read, *(Amount(date=date) for date in dated))


def _within(text: str, one: Numeral, taken: frozenset[int]) -> bool:
    """Whether a number is a part of a date or of a name, such as C3, or numbers an item that was cut off."""
    before = text[one.start - 1 : one.start]
    cut = (
        one.end - one.start < _LONG
        and one.end >= len(text) - 1
        and text[one.end :] == "."
        and text[: one.start].rstrip().endswith((":", "."))
    )
    return before.isalpha() or before == "^" or cut or one.start in taken


def _folded(text: str) -> str:
    """Fold a text, with one sign for minus, and a fraction in one sign as two numbers: NFKC makes 21/2 of 2½."""
    apart = re.sub("[½⅓⅔¼¾]", lambda sign: _SIGNS[sign[0]], text)
    return " ".join(folded(apart).replace("\N{MINUS SIGN}", "-").split())


def same(
    claimed: Amount, said: Amount, words: frozenset[str] = frozenset(), units: frozenset[Measure] = frozenset()
) -> bool:
    """Whether what is said bears out what is claimed; ``words`` and ``units`` are all of the sentence that says it."""
    if claimed.date is not None:
        return said.date is not None and _same_date(claimed.date, said.date)
    if said.date is not None:
        return not claimed.unit and claimed.value is not None and claimed.value == (said.date.year or -1)
    if claimed.version and said.version and claimed.version != said.version:
        return False
    if claimed.unit == said.unit:
        return _same_value(claimed, said, _ONE)
    if not claimed.unit:  # "30" may be 30 days, but 30 copies are no days
        counts = claimed.counted <= words if claimed.counted and said.unit not in _LIKE else _alike(claimed, said)
        return counts and _same_value(claimed, said, _ONE if said.size == 1 else 1 / said.size)
    follows = not said.unit and (claimed.unit, claimed.size) in said.near | units
    return follows and _same_value(claimed, said, claimed.size)


def rivals(claimed: Amount, said: Amount) -> bool:
    """Whether another number is said of what is counted: "two keys" of "one key", "the third call" of "the first"."""
    things = claimed.counted & said.counted if claimed.unit in {"", "th"} else {claimed.unit}
    return bool(things) and claimed.unit == said.unit and not _same_value(claimed, said, _ONE)


def _alike(claimed: Amount, said: Amount) -> bool:
    """Whether a bare number may be in the unit of another one: in a currency, or in a unit that its text names."""
    return said.unit in CURRENCIES or (said.unit, said.size) in claimed.near


def _same_date(claimed: Date, said: Date) -> bool:
    pairs = ((claimed.year, said.year), (claimed.month, said.month), (claimed.day, said.day))
    return claimed.written == said.written and all(one is None or one == other for one, other in pairs)


def _same_value(claimed: Amount, said: Amount, size: Fraction) -> bool:
    """Whether the values are the same, or round to the same; what is said is counted in ``size`` of the other's."""
    if isinstance(claimed.value, str) or isinstance(said.value, str) or claimed.value is None or said.value is None:
        return claimed.value == said.value
    if size == 1 and not claimed.rounded:  # nearly always, and Fractions reckon slowly
        return claimed.value == said.value
    away = said.value * size - claimed.value
    if away == 0 or not claimed.rounded or abs(away) > abs(claimed.value) / 5:
        return away == 0
    if claimed.rounded == "about":
        return abs(away) <= min(claimed.step / 2, abs(claimed.value) * _TENTH)
    return 0 < (away if claimed.rounded == "more" else -away) < claimed.step


def _amount(text: str, one: Numeral, named: frozenset[Measure]) -> Amount:
    before = text[max(0, one.start - _LOOK_BACK) : one.start]
    unit, factor, end = _unit(text, one, before)
    value, step = one.value, one.step
    if unit in {"am", "pm"}:
        value, unit = _clock(value, unit), "clock"
    elif isinstance(value, str) and not unit and _CLOCK.match(value):
        unit = "clock"
    elif isinstance(value, Fraction):
        sign = -factor if _negative(text, one.start) else factor
        value, step = (value, step) if sign == 1 else (value * sign, step * factor)
    if one.manner == "part":
        step = min(step, _TENTH * factor)
    rough = _ROUGH.search(before) if _HEDGE.search(before) else None
    following = text[end : end + _NEAR]
    return Amount(
        value=value,
        unit=unit,
        size=factor,
        step=step,
        rounded=_rounded(rough, following),
        near=frozenset(_near(following)) | (frozenset() if unit else named),
        counted=_counted(one, following) if unit in {"", "th"} else frozenset(),
        version=one.plain if "." in one.plain and _NAMED.search(before) and not unit else "",
        weak=_weak(one, before),
    )


def _rounded(rough: re.Match[str] | None, following: str) -> Rounded:
    if rough is None:
        return "about" if following.startswith(" or so") else ""
    return "about" if rough["about"] else "more" if rough["more"] else "less"


def _unit(text: str, one: Numeral, before: str) -> tuple[str, Fraction, int]:
    """Give the kind of a number's unit, its factor, and where number and unit end."""
    if one.manner == "ordinal":
        return "th", Fraction(1), one.end
    if one.suffix.casefold() in MEASURES:
        return *MEASURES[one.suffix.casefold()], one.end
    if one.suffix == "s":
        return "s", Fraction(1), one.end
    if money := _CODE_BEFORE.search(before):
        sign = money.group().strip(" -").casefold()
        return _CODES.get(sign, sign), Fraction(1), one.end
    if one.manner == "part" and (whole := _OF_A.match(text, one.end)):
        word = (whole[1] or whole[2]).casefold()
        if word in MEASURES:
            return *MEASURES[word], whole.end()
    if (after := _AFTER.match(text, one.end)) is not None:
        found = _measure(text, after)
        if found is not None:
            return found
    return ("%", Fraction(1), one.end) if one.manner == "part" else ("", Fraction(1), one.end)


def _measure(text: str, after: re.Match[str]) -> tuple[str, Fraction, int] | None:
    word = after[1].casefold()
    if word.startswith("per") and word != "per":
        return "%", Fraction(1, 100), after.end()
    if word in {"degree", "degrees", "°"} and (
        scale := re.match(r"\s?(celsius|fahrenheit|c|f)\b", text[after.end() :], re.IGNORECASE)
    ):
        return *MEASURES[scale[1].casefold()], after.end() + scale.end()
    initial = len(word) == 1 and re.match(r"\.\s?[^\W\d_]\b", text[after.end() : after.end() + 4])  # "539 B.C."
    return None if word not in MEASURES or initial else (*MEASURES[word], after.end())


def _in_unit(amount: Amount, after: Amount) -> Amount:
    """Give the first number of a range the unit of the last."""
    if not isinstance(amount.value, Fraction) or not isinstance(after.value, Fraction):
        return replace(amount, near=amount.near | {(after.unit, after.size)})
    return replace(
        amount,
        value=amount.value * after.size,
        step=amount.step * after.size,
        unit=after.unit,
        size=after.size,
        counted=frozenset(),
    )


def _clock(value: Value, half: str) -> str:
    hour, _, minute = str(value).partition(":")
    if not hour.isdecimal():
        return f"{value} {half}"
    return f"{int(hour) % 12 + (12 if half == 'pm' else 0)}:{minute or '00'}"


def _negative(text: str, start: int) -> bool:
    """Whether a minus belongs to a number; that of a range or a date belongs to none."""
    return text[start - 1 : start] == "-" and text[max(0, start - 2) : start - 1] in {"", " ", "(", "$"}


def _near(following: str) -> Iterator[Measure]:
    for count, found in enumerate(_NEXT_WORDS.finditer(following)):
        word = found.group().casefold()
        if count == 4 or word.isdecimal():  # noqa: PLR2004 -- words after a number
            return
        if word in MEASURES and len(word) > 1:
            yield MEASURES[word]


def _counted(one: Numeral, following: str) -> frozenset[str]:
    """Give the word right after a number: the thing that is counted; nothing after a year."""
    after = re.match(r"[\s-]([^\W\d_]+)", following)
    year = isinstance(one.value, Fraction) and 1000 <= one.value <= 2100 and not one.spelled and len(one.plain) == 4  # noqa: PLR2004
    if after is None or year or after[1].casefold() in STOPWORDS | _ERAS:
        return frozenset()
    return frozenset(stems(after[1].casefold()))


def _weak(one: Numeral, before: str) -> bool:
    if one.manner == "ordinal" and one.spelled:
        return one.value == 1 or (one.value == 2 and not re.search(r"\b(?:the|his|her|its|their|a)\s\Z", before))  # noqa: PLR2004
    return one.spelled and one.value == 1


def units(text: str) -> frozenset[Measure]:
    """Give the units that a text mentions anywhere."""
    words = re.findall(r"[^\W\d_]+|[%$€£¥°]", folded(text).casefold())
    return frozenset(MEASURES[word] for word in words if word in MEASURES and (len(word) > 1 or word in "%$€£¥°"))
