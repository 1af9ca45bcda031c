"""Whether passages support a sentence, and which. Pure.

A sentence is supported where its numbers, months and exact names stand in the passages, its telling words stand in
two neighbouring sentences of them, and its negation is theirs. A whole sentence quoted word for word always is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from bot.reading.claims import Claim, claim, folded
from bot.reading.prose import sentences_of, spoken

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from bot.models.base import Numbered

ENOUGH: Final = 0.6
"""Share of a sentence's telling words that its passages must hold.

Chosen on AttributionBench's dev set (1,198 claims): AUC 0.753 with the number check; at 0.6 it lets pass 58 % of the
supported claims and 22 % of the others.
"""
_CONTRIBUTES: Final = 0.3
"""Share below which a cited passage is not worth its mark, where another one supports the sentence alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A numbered passage, made ready to compare: its sentences, and all that it says about itself."""

    number: int
    sentences: tuple[str, ...]
    claims: tuple[Claim, ...]
    spoken: frozenset[str]
    about: frozenset[str]
    numbers: frozenset[str]
    months: frozenset[str]
    raw: str
    lines: str


@lru_cache(maxsize=256)  # the same passages answer again and again
def evidence(passage: Numbered) -> Evidence:
    """Make a passage ready; title, heading and date count as said by it."""
    sentences = tuple(sentences_of(passage.text))
    about = claim(" \n".join((passage.title, *passage.heading, passage.dated or "")))
    whole = claim(passage.text)
    return Evidence(
        number=passage.number,
        sentences=sentences,
        claims=tuple(claim(sentence) for sentence in sentences),
        spoken=frozenset(spoken(sentence) for sentence in sentences),
        about=about.words,
        numbers=whole.numbers | whole.months | about.numbers | about.months,
        months=whole.months | about.months | _iso_months(f"{passage.text} {passage.dated}"),
        raw=_squeezed(f"{passage.title} {' '.join(passage.heading)} {passage.text}"),
        lines=_lines(passage.text),
    )


def supporting(
    text: str, codes: Sequence[str], cited: Iterable[int], table: Mapping[int, Evidence], enough: float = ENOUGH
) -> tuple[int, ...]:
    """Give the numbers to show behind a sentence: its own where they hold, else one that does, else none.

    ``text`` is the sentence in plain words without marks, ``codes`` the inline code in it, ``cited`` its marks.
    """
    given = claim(text)
    own = [table[number] for number in cited if number in table]
    if own and _hold(text, given, codes, own, enough):
        alone = [one.number for one in own if _hold(text, given, codes, [one], enough)]
        if not alone:
            return tuple(one.number for one in own)
        return tuple(one.number for one in own if one.number in alone or _share(given, [one]) >= _CONTRIBUTES)
    others = sorted(table.values(), key=lambda one: (-_share(given, [one]), one.number))
    return next(((one.number,) for one in others if _hold(text, given, codes, [one], enough)), ())


def holding_code(code: str, table: Mapping[int, Evidence]) -> tuple[int, ...]:
    """Give the passages that hold a code block word for word, line for line."""
    lines = _lines(code)
    if not lines.strip():
        return ()
    single = _squeezed(lines) if lines.strip().count("\n") == 0 else None
    return tuple(
        one.number for one in table.values() if lines in one.lines or (single is not None and f"`{single}`" in one.raw)
    )


def _hold(text: str, given: Claim, codes: Sequence[str], passages: Sequence[Evidence], enough: float) -> bool:
    words = spoken(text)
    if words and any(words in one.spoken for one in passages):
        return True
    return (
        not given.empty
        and given.numbers <= frozenset().union(*(one.numbers for one in passages))
        and given.months <= frozenset().union(*(one.months for one in passages))
        and all(any(exact in one.raw for one in passages) for exact in (*given.exact, *map(_squeezed, codes)))
        and _share(given, passages) >= enough
        and _same_sense(given, passages)
    )


def _share(given: Claim, passages: Sequence[Evidence]) -> float:
    """Give the share of the telling words that stand in the best two neighbouring sentences of each passage."""
    if not given.words:
        return 1.0 if any(given.numbers <= one.numbers for one in passages) else 0.0
    found: set[str] = set()
    for one in passages:
        found |= given.words & one.about
        found |= max((given.words & window for window in _windows(one)), key=len, default=frozenset())
    return len(found) / len(given.words)


def _windows(passage: Evidence) -> Iterable[frozenset[str]]:
    for at, first in enumerate(passage.claims):
        second = passage.claims[at + 1].words if at + 1 < len(passage.claims) else frozenset()
        yield first.words | second


def _same_sense(given: Claim, passages: Sequence[Evidence]) -> bool:
    """Whether the sentences that come closest are negated as this one is; of equals, any will do."""
    scored = [
        (len(given.words & (one.words | passage.about)), at, passage)
        for passage in passages
        for at, one in enumerate(passage.claims)
    ]
    best = max((score for score, _, _ in scored), default=0)
    if best == 0:
        return not given.negated
    closest = [passage.claims[at].negated for score, at, passage in scored if score == best]
    return given.negated in closest


def _iso_months(text: str) -> frozenset[str]:
    """``2024-03-05`` is in the third month."""
    return frozenset(month.lstrip("0") for month in re.findall(r"\b\d{4}-(\d{2})\b", text))


def _squeezed(text: str) -> str:
    return " ".join(folded(text).casefold().split())


def _lines(text: str) -> str:
    return "\n" + "\n".join(line.strip() for line in text.strip().splitlines() if line.strip()) + "\n"
