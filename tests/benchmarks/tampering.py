"""Sentences made false by one change, and sentences that say the same in another notation. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_MONTHS: Final = (
    "January February March April May June July August September October November December".split()  # noqa: SIM905
)
_SMALL: Final = "two three four five six seven eight nine ten eleven twelve".split()  # noqa: SIM905
_NUMBER = re.compile(r"(?<![\w.,])\d[\d,]*(?:\.\d+)?(?!\w*\d)")
_YEAR = re.compile(r"(?:1[5-9]|20)\d\d\Z")
_WORD = re.compile(rf"\b({'|'.join(_SMALL)})\b", re.IGNORECASE)
_MONTH = re.compile(rf"\b({'|'.join(_MONTHS)})\b(?=\s+\d)|(?<=\d\s)({'|'.join(_MONTHS)})\b")
_AUXILIARY = re.compile(
    r"\b(?:is|are|was|were|can|could|will|would|should|may|might|must|has|have|had|does|do|did)\b(?! not|n't)",
    re.IGNORECASE,
)
_NEGATION = re.compile(r"\s(?:not|never)\b|(?<=\w)n't\b|\bcannot\b", re.IGNORECASE)
_GROUPED = re.compile(r"(?<![\w.,$])(\d{1,3}),(\d{3})(?![\w,.])")
_PERCENT = re.compile(r"(?<![\w.,])(\d+(?:\.\d+)?)\s?(?:%|percent\b)")
_LONG_DATE = re.compile(rf"\b({'|'.join(_MONTHS)}) (\d{{1,2}}),? (\d{{4}})\b")


def tampered(claim: str) -> Iterator[tuple[str, str]]:
    """Give sorts of changes, and the claim after each: another number, year or month, a negation more or less."""
    for found in _NUMBER.finditer(claim):
        changed = _another(found[0])
        if changed not in re.findall(r"[\d,.]*\d", claim):
            year = _YEAR.match(found[0]) is not None
            yield "date" if year else "number", claim[: found.start()] + changed + claim[found.end() :]
    for found in _WORD.finditer(claim):
        changed = _SMALL[(_SMALL.index(found[0].lower()) + 1) % len(_SMALL)]
        if changed not in claim.lower():
            yield "number", claim[: found.start()] + changed + claim[found.end() :]
    for found in _MONTH.finditer(claim):
        changed = _MONTHS[(_MONTHS.index(found[0]) + 4) % len(_MONTHS)]
        yield "date", claim[: found.start()] + changed + claim[found.end() :]
    yield from _denied(claim)


def _denied(claim: str) -> Iterator[tuple[str, str]]:
    if found := _NEGATION.search(claim):
        put = "can" if found[0].lower() == "cannot" else ""
        bare = claim[: found.start()] + put + claim[found.end() :]
        yield "negation", re.sub(r"\bca(?= )", "can", bare)
    elif found := _AUXILIARY.search(claim):
        yield "negation", f"{claim[: found.end()]} not{claim[found.end() :]}"


def _another(written: str) -> str:
    if _YEAR.match(written):
        return str(int(written) + (7 if int(written) < 2015 else -9))
    bare = written.replace(",", "")
    if "." in bare:
        return f"{float(bare) * 1.5 + 0.3:.{len(bare.partition('.')[2])}f}"
    number = int(bare) + 1 if int(bare) < 20 else int(int(bare) * 1.5)
    return f"{number:,}" if "," in written else str(number)


def reformatted(claim: str) -> Iterator[str]:
    """Give the claim with one amount in another notation."""
    for found in _GROUPED.finditer(claim):
        whole = int(found[1] + found[2])
        for put in (str(whole), f"{whole / 1000:g}k", f"about {round(whole, 1 - len(str(whole))):,}"):
            yield claim[: found.start()] + put + claim[found.end() :]
    for found in _PERCENT.finditer(claim):
        for put in ("%", " %", " percent", " per cent"):
            yield claim[: found.start()] + found[1] + put + claim[found.end() :]
    for found in _LONG_DATE.finditer(claim):
        month, day, year = _MONTHS.index(found[1]) + 1, int(found[2]), found[3]
        for put in (f"{day} {found[1]} {year}", f"{year}-{month:02}-{day:02}", f"{found[1][:3]} {day}, {year}"):
            yield claim[: found.start()] + put + claim[found.end() :]
    for found in _WORD.finditer(claim):
        yield claim[: found.start()] + str(_SMALL.index(found[0].lower()) + 2) + claim[found.end() :]


NOTATIONS: Final = (
    ("1,200", "1.2k", "1200", "twelve hundred", "1.2 thousand", "one thousand two hundred"),
    ("5 %", "5%", "five percent", "5 per cent", "5 percent"),
    ("on 2024-03-05", "on March 5, 2024", "on 5 March 2024", "on Mar 5, 2024", "on the 5th of March 2024"),
    ("on 2024-03-25", "on 03/25/2024", "on 25/03/2024", "on March 25, 2024"),
    ("half of them", "50 % of them", "50 percent of them"),
    ("1,187,000", "about 1.2 million", "roughly 1.2M", "1.187 million"),
    ("500 MB", "500 megabytes", "0.5 GB", "500MB"),
    ("90 minutes", "1.5 hours", "90 min", "one and a half hours"),
    ("$5 million", "5 million dollars", "$5M", "$5,000,000", "USD 5 million"),
    ("two and a half years", "30 months", "2.5 years", "2½ years"),
    ("at 17:00", "at 5 pm", "at 5:00 p.m."),
    ("three quarters of them", "75% of them", "3/4 of them"),
    ("-20 °C", "-20 degrees Celsius", "\N{MINUS SIGN}20 C"),
    ("6 feet", "6 ft", "six feet", "72 inches"),
    ("the 21st time", "the twenty-first time"),
)
"""Ways to write one amount, the first of which stands in the passage; ``about`` is true of what it rounds."""
