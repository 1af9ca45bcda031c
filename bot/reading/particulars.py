"""What a sentence says beyond its words: amounts with their units, rates, bounds, names. Pure.

An amount without its unit, a bound turned round or another name is another claim, though nearly every word is the same.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from bot.reading.claims import NUMBER_WORDS, STOPWORDS, folded, stems, value

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_UNITS: Final = {
    form: forms.split()[0]
    for forms in (
        "second seconds sec secs s", "millisecond milliseconds ms", "minute minutes min mins", "hour hours hr hrs h",
        "day days", "week weeks", "fortnight fortnights", "month months", "quarter quarters", "year years yr yrs",
        "decade decades", "century centuries", "b byte bytes", "bit bits", "kb kilobyte kilobytes", "kib",
        "mb megabyte megabytes", "mib", "gb gigabyte gigabytes", "gib", "tb terabyte terabytes", "tib", "pb",
        "mbps", "gbps", "hz", "khz", "mhz", "ghz", "w watt watts", "kw", "kwh", "v volt volts",
        "mm millimeter millimeters millimetre millimetres", "cm centimeter centimeters centimetre centimetres",
        "m meter meters metre metres", "km kilometer kilometers kilometre kilometres", "mile miles mi",
        "foot feet ft", "inch inches", "yard yards", "mg milligram milligrams", "g gram grams", "kg kilogram kilograms",
        "ton tons tonne tonnes", "ounce ounces oz", "lb lbs", "l liter liters litre litres", "ml", "c celsius",
        "f fahrenheit", "k kelvin", "degree degrees", "% percent", "$ dollar dollars usd", "€ euro euros eur",
        "£ pound pounds gbp", "¥ yen jpy", "cent cents", "am", "pm", "hundred", "thousand", "million millions",
        "billion billions", "trillion trillions", "dozen",
    )
    for form in forms.split()
}  # fmt: skip
_TIMES: Final = frozenset("second minute hour day week fortnight month quarter year decade century".split())  # noqa: SIM905
_RATES: Final = {
    "hourly": "hour", "daily": "day", "weekly": "week", "monthly": "month", "quarterly": "quarter", "yearly": "year",
    "annually": "year", "annual": "year",
}  # fmt: skip
_MONTHS: Final = frozenset(
    form
    for name in "january february march april may june july august september october november december".split()  # noqa: SIM905
    for form in (name, name[:3])
) | {"sept"}  # fmt: skip
_ORDINALS: Final = frozenset({"st", "nd", "rd", "th"})
_WEEKDAYS: Final = frozenset(stems("monday tuesday wednesday thursday friday saturday sunday".replace(" ", "-")))
_MONEY: Final = frozenset("$€£¥")
_YEARS: Final = range(1900, 2101)
_NEAR: Final = 4
"""Words after a number in which a passage may name its unit: ``25 paid days``."""
_TOKEN = re.compile(r"\d+(?:[.,:]\d+)*|[^\W\d_](?:[\w'-]*[^\W_])?|[^\w\s]")
_BOUND = re.compile(
    r"(?P<min>\bat least\b|\bminimum\b|\bno (?:less|fewer) than\b|\b(?:or|and) (?:more|newer|later|higher|above|greater"
    r"|up|over)\b|>=|≥|\d\+)"
    r"|(?P<max>\bat most\b|\bmaximum\b|\bno(?:t)? (?:more|longer|later|greater) than\b|\bup to\b|<=|≤"
    r"|\bor (?:less|fewer|lower|older|below|under|earlier)\b|(?:\bnot |n't )(?:be )?exceed)"
    r"|(?P<more>\b(?:more|greater|higher|longer|larger|bigger) than\b|\bexceed|\b(?:over|above)\b(?= [$€£-]{0,2}\d))"
    r"|(?P<less>\b(?:less|fewer|lower|shorter|smaller) than\b|\b(?:under|below)\b(?= [$€£-]{0,2}\d))"
    r"|(?P<before>\bbefore\b|\bprior to\b)|(?P<after>\bafter\b)|(?P<until>\buntil\b|\btill\b)|(?P<unless>\bunless\b)"
    r"|(?P<except>\bexcept\b)|(?P<stop>\bstop(?:s|ped|ping)?\b|\bceas(?:e|es|ed|ing)\b)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Particulars:
    """``needs`` must stand in what supports it, in ``offers`` of that; ``names`` and ``initial`` are stems of words.

    ``initial`` are capitalised because they begin a sentence, ``small`` stand in small letters.
    """

    needs: frozenset[str]
    offers: frozenset[str]
    names: frozenset[str]
    initial: frozenset[str]
    small: frozenset[str]


@lru_cache(maxsize=2048)
def particulars(text: str) -> Particulars:
    """Read a text's particulars."""
    text = " ".join(folded(text).replace("\N{MINUS SIGN}", "-").split())
    found = list(_TOKEN.finditer(text))
    tokens = [one.group() for one in found]
    small = [token.casefold() for token in tokens]
    near, wide, names = set(_rates(small)), set[str](), set[str]()
    for at, token in enumerate(small):
        amount = _amount(token)
        if amount is None:
            continue
        signed = _signed(text, found[at].start()) + amount
        units = _units(small, at)
        wide |= {signed, *(f"{signed} {unit}" for unit in units)}
        near |= {signed} if signed != amount else set()
        near |= {f"{signed} {unit}" for unit in _beside(small, at)}
        names |= _counted(small, at, amount)
    near |= {str(one.lastgroup) for one in _BOUND.finditer(text.casefold())}
    called, initial = _named(tokens)
    return Particulars(
        needs=frozenset(near),
        offers=frozenset(near | wide),
        names=frozenset(names) | called,
        initial=initial,
        small=frozenset(one for token in tokens if token[0].islower() for one in stems(token)),
    )


def _amount(token: str) -> str | None:
    if token[0].isdigit():
        return value(token)
    return NUMBER_WORDS.get(token) if token not in _UNITS else None


def _signed(text: str, start: int) -> str:
    """Give the minus before a number; that of a range or a date belongs to no number."""
    return "-" if text[start - 1 : start] == "-" and text[max(0, start - 2) : start - 1] in {"", " ", "(", "$"} else ""


def _beside(tokens: Sequence[str], at: int) -> Iterator[str]:
    """Give the units right at a number: before it a currency, after it any."""
    before = tokens[max(0, at - 2) : at]
    yield from (token for token in before if token in _MONEY and all(t in {"-", token} for t in before[-1:]))
    after = [token for token in tokens[at + 1 : at + 3] if token not in {"-", "\N{DEGREE SIGN}"}]
    if after and after[0] in _UNITS:
        yield _UNITS[after[0]]


def _units(tokens: Sequence[str], at: int) -> Iterator[str]:
    yield from _beside(tokens, at)
    for token in tokens[at + 1 : at + 1 + _NEAR]:
        if token[0].isdigit():
            return
        if token in _UNITS:
            yield _UNITS[token]


def _counted(tokens: Sequence[str], at: int, amount: str) -> set[str]:
    """Give the word right after a number: the thing that is counted; nothing after a year."""
    after = tokens[at + 1] if at + 1 < len(tokens) else ""
    year = amount.isdecimal() and len(amount) == len("2000") and int(amount) in _YEARS
    if year or after in _UNITS or after in STOPWORDS or after in _MONTHS | _ORDINALS or not after[:1].isalpha():
        return set()
    return set() if _amount(after) else set(stems(after))


def _rates(tokens: Sequence[str]) -> Iterator[str]:
    for word, after in zip(tokens, [*tokens[1:], ""], strict=False):
        unit = _UNITS.get(after, "")
        if word in _RATES:
            yield f"per {_RATES[word]}"
        elif (word == "per" and after and after not in STOPWORDS) or (
            word in {"a", "an", "each", "every", "/"} and unit in _TIMES
        ):
            yield f"per {unit or ' '.join(stems(after))}"


def _named(tokens: Sequence[str]) -> tuple[frozenset[str], frozenset[str]]:
    """Give the stems of proper names, and of words that are capital only, perhaps, because they come first."""
    names: set[str] = set()
    initial: set[str] = set()
    first = True
    for word, after in zip(tokens, [*tokens[1:], ""], strict=False):
        if not word[0].isalpha():
            first = first or word in '.!?:;"|('
            continue
        cut = set(stems(word.casefold()))
        if cut & _WEEKDAYS:
            names |= cut
        elif word[0].isupper() and word.casefold() not in _UNITS and word.casefold() not in _MONTHS:
            (initial if first else names).update(cut if after != "," or not first else ())
        first = False
    return frozenset(names), frozenset(initial)
