"""Where two sentences say the same of the same thing, but for one value: a number, a date, a version, or a "not". Pure.

Only the form is compared, so this nominates and asserts nothing: both may hold, each in its own time or place.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from bot.reading.amounts import amounts, same
from bot.reading.claims import NUMBER_WORDS, claim, folded, stem
from bot.reading.measures import CURRENCIES, MEASURES
from bot.reading.negations import negations
from bot.reading.particulars import particulars

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.reading.amounts import Amount

Kind: TypeAlias = Literal["number", "date", "negation"]

_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)"
)
_YEAR = r"(?:19|20)\d\d"
_DAY = r"[0-3]?\d(?:st|nd|rd|th)?"
_NUMBERS = "|".join(sorted(NUMBER_WORDS.keys() - {"one"}, key=len, reverse=True))
_VALUE = re.compile(
    rf"\b(?P<date>{_YEAR}-[01]\d-[0-3]\d|{_MONTH}\.? {_DAY}(?!\d)(?:,? {_YEAR})?"
    rf"|{_DAY} (?:of )?{_MONTH}\b\.?(?:,? {_YEAR})?|{_MONTH}\.?,? {_YEAR}|{_YEAR}(?![.,:]?\d))(?![\w-])"
    rf"|(?<![\w.])(?P<number>\d+(?:[.,:]\d+)*|(?:{_NUMBERS})\b)",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"\b(?:step|figure|fig|table|section|sec|chapter|page|phase|part|example|appendix|item|note|option|question"
    r"|article|rule|number|no|case|lesson|exercise|task|day)\.? ?\Z",
    re.IGNORECASE,
)
"""What stands before a number that only says which one is meant."""
_NOTE = re.compile(
    r"\b(?:posted|published|(?:last|recently) (?:updated|modified|changed|reviewed|revised)|retrieved|printed"
    r"|copyright|see(?: also)?(?= )|refer to|for (?:more )?information)\b",
    re.IGNORECASE,
)
"""What speaks of a page, its own or another, and not of its subject."""
_WORD = re.compile(r"[^\W\d_][\w'-]*")
_LEAST: Final = 3
"""Telling words that both sentences share; with fewer they have to share all, or be the same but for a "not"."""
_FEWEST: Final = 2
_SHARE: Final = 0.66
"""Of the telling words of the sentence that has fewer, those that the other one shares."""
_ALIKE: Final = 0.5
"""Of all telling words of both, counted twice where shared."""
_NEARLY_EQUAL: Final = 0.8
"""The same, where a date is all that differs."""
_EQUAL: Final = 0.8
"""Of all words of both, grammar included, where a "not" is."""
_MOST: Final = 2
"""Values that may differ: both ends of a range."""
_FOLLOWING: Final = 24
"""Characters after a value in which its unit stands."""
_NO_LONGER = re.compile(r"\bno longer\b(?! than)", re.IGNORECASE)
_AUXILIARY: Final = frozenset("do does did no not never cannot can t n".split())  # noqa: SIM905 - a list of words


@dataclass(frozen=True, slots=True, kw_only=True)
class _Value:
    """A value of a text with its unit, and where it stands."""

    kind: Literal["number", "date"]
    amount: Amount
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Said:
    """A sentence as it is compared: its telling words without values, in their order, its names and its values.

    ``negations`` is how many it has.
    """

    text: str
    bare: str
    order: tuple[str, ...]
    words: frozenset[str]
    names: frozenset[str]
    values: tuple[_Value, ...]
    negations: int


@lru_cache(maxsize=1 << 13)  # the same passages answer again and again
def differs(one: str, other: str) -> Kind | None:
    """Say in what kind of value two sentences differ that are alike otherwise; None where nothing is nominated."""
    left, right = _said(one), _said(other)
    denied = abs(left.negations - right.negations)
    if denied > 1 or not (denied or (left.values and right.values)):
        return None
    alike = _alike(left, right, _FEWEST if denied else _LEAST)
    if not alike:
        return None
    only, others = _only(left, right), _only(right, left)
    if denied:
        return "negation" if not (only or others) and _word_for_word(left, right) else None
    kinds = {value.kind for value in (*only, *others)}
    if alike < _ALIKE or len(only) != len(others) or not 0 < len(only) <= _MOST or len(kinds) > 1:
        return None
    if "date" in kinds:
        return "date" if alike >= _NEARLY_EQUAL else None
    pairs = zip(only, others, strict=True)
    return "number" if all(_fits(left, a, right, b) and _fits(right, b, left, a) for a, b in pairs) else None


def both(text: str, one: str, other: str) -> bool:
    """Whether a text says all that two sentences say differently; where that is a "not", it is taken to."""
    left, right = _said(one), _said(other)
    return not _missing((*_only(left, right), *_only(right, left)), amounts(text))


def _word_for_word(one: _Said, other: _Said) -> bool:
    """Whether two sentences have the same words, grammar included, but for what negates one of them."""
    left, right = ({stem(word) for word in _WORD.findall(said.bare.casefold())} - _AUXILIARY for said in (one, other))
    return 2 * len(left & right) >= _EQUAL * (len(left) + len(right))


def _alike(one: _Said, other: _Said, least: int) -> float:
    """Give how alike two sentences are, from 0 to 1, values aside; 0 where they speak of different things.

    They share ``least`` telling words, or all.
    """
    shared = one.words & other.words
    fewer, more = sorted((len(one.words), len(other.words)))
    if len(shared) < (least if len(shared) < more else _FEWEST) or len(shared) < _SHARE * fewer:
        return 0.0
    if (one.names - other.words) or (other.names - one.words) or _contrasted(one, other):
        return 0.0
    return 2 * len(shared) / (fewer + more)


def _contrasted(one: _Said, other: _Said) -> bool:
    """Whether a word stands in the other's place: "the free plan" and "the pro plan" are two things."""
    return bool(_places(one, other.words) & _places(other, one.words))


def _places(said: _Said, known: frozenset[str]) -> set[tuple[str, str]]:
    """Give the neighbours of the words that are not known, with the side on which they stand."""
    found = set()
    for before, word, after in zip(("", *said.order), said.order, (*said.order[1:], ""), strict=False):
        if word not in known:
            found |= {("before", before), ("after", after)}
    return {place for place in found if place[1] in known}


def _only(one: _Said, other: _Said) -> list[_Value]:
    """Give the values of one sentence that the other does not have, in any notation."""
    return _missing(one.values, amounts(other.text))


def _missing(values: Sequence[_Value], said: Sequence[Amount]) -> list[_Value]:
    return [value for value in values if not _holds(said, value.amount)]


def _holds(said: Sequence[Amount], amount: Amount) -> bool:
    return any(same(amount, its) or same(its, amount) for its in said)


def _fits(left: _Said, only: _Value, right: _Said, other: _Value) -> bool:
    """Whether the right one's value, put into the left one's sentence, makes a claim that the right one supports."""
    put = left.text[: only.start] + right.text[other.start : other.end] + left.text[only.end :]
    new = [amount for amount in amounts(put) if amount not in amounts(left.text)]
    needs, others = particulars(left.text).needs, particulars(right.text).needs
    one_condition = not (needs - others and others - needs)
    beside = _beside(left, only) & _beside(right, other)
    return bool(beside) and one_condition and all(_holds(amounts(right.text), amount) for amount in new)


def _beside(said: _Said, value: _Value) -> frozenset[str]:
    """Give the telling words next to a value: what it counts, or what it is the value of."""
    return frozenset((*_order(said.text[: value.start])[-2:], *_order(said.text[value.end :])[:2]))


@lru_cache(maxsize=4096)
def _said(text: str) -> _Said:
    text = " ".join(folded(text).split())
    values = tuple(_values(text)) if not _NOTE.search(text) else ()
    bare = _NO_LONGER.sub("not", _without(text, values))
    order = _order(bare)
    return _Said(
        text=text,
        bare=bare,
        order=order,
        words=frozenset(order),
        names=particulars(bare).names,
        values=values,
        negations=len(negations(bare)),
    )


def _order(text: str) -> tuple[str, ...]:
    return tuple(stem for word in _WORD.findall(text) for stem in _stems(word.casefold()))


@lru_cache(maxsize=1 << 15)
def _stems(word: str) -> frozenset[str]:
    """Give a word's stems; a unit counts by what it is, however it is written."""
    return frozenset({" ".join(map(str, MEASURES[word]))}) if word in MEASURES else claim(word).words


def _values(text: str) -> Iterator[_Value]:
    for found in _VALUE.finditer(text):
        kind: Literal["number", "date"] = "date" if found["date"] else "number"
        if kind == "date" or not _LABEL.search(text[: found.start()]):
            read = amounts(_around(text, found.start(), found.end()))
            if read:
                yield _Value(kind=kind, amount=read[0], start=found.start(), end=found.end())


def _around(text: str, start: int, end: int) -> str:
    """Give a value with what says its unit: a currency before it, words after it up to the next value."""
    after = _VALUE.search(text, end)
    before = start - 1 if text[start - 1 : start] in CURRENCIES else start
    return text[before : min(end + _FOLLOWING, after.start() if after else len(text))]


def _without(text: str, values: Sequence[_Value]) -> str:
    for value in reversed(values):
        text = f"{text[: value.start]} {text[value.end :]}"
    return text
