"""Whether a sentence has a number of one clause of another one, and the words of the next clause. Pure."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from bot.reading.amounts import amounts, same
from bot.reading.measures import MEASURES
from bot.reading.roots import ROOT
from bot.reading.wording import wording

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.reading.amounts import Amount

_CLAUSE = re.compile(r"[,;](?=\s)|\b(?:and|but|while|whereas)\b")
_WORD = re.compile(r"[a-z]{3,}\Z")


def crossed(claimed: str, said: str) -> bool:
    """Whether a sentence has the number of one clause and the words of another, which has a like number of its own."""
    clauses = _clauses(said)
    if len(clauses) < 2:  # noqa: PLR2004 -- a pair
        return False
    own = [one for one in amounts(claimed) if not one.weak]
    words = wording(claimed).telling
    return any(_taken(own, words, clauses[at], clauses[other]) for at, other in _pairs(len(clauses)) if own)


def _pairs(many: int) -> Iterator[tuple[int, int]]:
    for at in range(many - 1):
        yield at, at + 1
        yield at + 1, at


def _taken(own: Sequence[Amount], words: frozenset[str], one: str, other: str) -> bool:
    """Whether its number is that of one clause, and a word that only the other one has is its too."""
    mine, theirs = _values(one), _values(other)
    if not mine or not theirs or any(_alike(a, b) for a in mine for b in theirs):
        return False
    if not any(_alike(a, b) for a in own for b in mine) or any(_alike(a, b) for a in own for b in theirs):
        return False
    if not any(bool(a.unit) == bool(b.unit) and (a.date is None) == (b.date is None) for a in mine for b in theirs):
        return False
    here, there = _telling(one), _telling(other)
    near = frozenset(word[:ROOT] for word in here)  # "weigh" is no other word than "weight"
    ours, others = (here - there) & words, {word for word in (there - here) & words if word[:ROOT] not in near}
    return bool(others) and len(others) >= len(ours) and bool(here - there - words)


def _alike(one: Amount, other: Amount) -> bool:
    return same(one, other) or same(other, one)


@lru_cache(maxsize=4096)
def _clauses(said: str) -> tuple[str, ...]:
    """Give the clauses that have a number, each with those before it that have none."""
    found: list[str] = []
    left = ""
    for part in _CLAUSE.split(said):
        left = f"{left} {part}"
        if _values(part):
            found.append(left)
            left = ""
    return (*found[:-1], f"{found[-1]} {left}") if found else ()


@lru_cache(maxsize=4096)
def _values(clause: str) -> tuple[Amount, ...]:
    return tuple(one for one in amounts(clause) if not one.weak)


def _telling(clause: str) -> frozenset[str]:
    said = wording(clause)
    pairs = zip(said.words, said.stems, strict=True)
    return frozenset(stem for word, stem in pairs if stem and _WORD.match(word) and word not in MEASURES)
