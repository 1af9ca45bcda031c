"""Whether passages support a sentence, and which. Pure.

A sentence is supported by a window: the one sentence of a passage, or the two neighbouring ones, that hold most of its
telling words. What else it says must stand in that same window: its numbers with their units, its months, bounds and
names, and its negation; exact names stand anywhere in the passage. A whole sentence quoted word for word always is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from bot.reading.claims import Claim, claim, folded, stem
from bot.reading.particulars import Particulars, particulars
from bot.reading.prose import sentences_of, spoken

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from bot.models.base import Numbered

ENOUGH: Final = 0.6
"""Share of a sentence's telling words that its passages must hold.

Chosen on AttributionBench's dev set (1,198 claims), where words alone reach an AUC of 0.753. With everything else that
is checked here, 44 % of its supported claims pass and 12 % of the others.
"""
_ROW_ENOUGH: Final = 0.85
"""A row is short, so one strange word among its few is a different row."""
_CONTRIBUTES: Final = 0.3
"""Share below which a cited passage is not worth its mark, where another one supports the sentence alone."""


_BOUNDS: Final = frozenset(map(stem, ("least", "minimum", "maximum", "less", "fewer", "newer", "later", "prior")))
_LEANING = re.compile(r"(?:it|its|he|she|his|her|they|their|this|these|that|those)\b", re.IGNORECASE)
"""A sentence that begins so speaks of what the one before it names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """One sentence or two neighbouring ones, and what stands there; ``names`` may come from the sentence before."""

    sentences: tuple[Claim, ...]
    words: frozenset[str]
    names: frozenset[str]
    numbers: frozenset[str]
    months: frozenset[str]
    offers: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A numbered passage, made ready to compare: its sentences, and all that it says about itself.

    ``titles`` are the words of its title and of each heading above it, ``capitals`` those that it never writes small.
    """

    number: int
    windows: tuple[Window, ...]
    words: frozenset[str]
    spoken: frozenset[str]
    titles: tuple[str, ...]
    about: Claim
    capitals: frozenset[str]
    raw: str
    lines: str

    def quotes(self, text: str) -> bool:
        """Whether a text is a whole sentence or row of it, word for word."""
        words = _verbatim(text)
        return bool(words) and words in self.spoken


@lru_cache(maxsize=256)  # the same passages answer again and again
def evidence(passage: Numbered) -> Evidence:
    """Make a passage ready; title, heading and date count as said by it."""
    sentences = tuple(sentences_of(passage.text))
    about = claim(" \n".join((passage.title, *passage.heading, passage.dated or "")))
    said = [particulars(sentence) for sentence in sentences]
    small = frozenset[str]().union(*(one.small for one in said))
    return Evidence(
        number=passage.number,
        windows=tuple(_windows(sentences, about, _iso_months(passage.dated or ""))),
        words=claim(passage.text).words | about.words,
        spoken=frozenset(_verbatim(sentence) for sentence in sentences),
        titles=tuple(spoken(title) for title in (passage.title, *passage.heading)),
        about=about,
        capitals=frozenset[str]().union(*(one.initial | one.names for one in said)) - small,
        raw=_squeezed(f"{passage.title} {' '.join(passage.heading)} {passage.text}"),
        lines=_lines(passage.text),
    )


def _windows(sentences: Sequence[str], about: Claim, dated: frozenset[str]) -> Iterable[Window]:
    claims = [claim(sentence) for sentence in sentences]
    for size in (1, 2):
        for at in range(len(sentences) - size + 1):
            said = claims[at : at + size]
            text = " ".join(sentences[at : at + size])
            words = about.words.union(*(one.words for one in said))
            leaning = at > 0 and _LEANING.match(sentences[at].strip())
            months = about.months.union(dated, _iso_months(text), *(one.months for one in said))
            yield Window(
                sentences=tuple(said),
                words=words,
                names=words | claims[at - 1].words if leaning else words,
                numbers=about.numbers.union(months, *(one.numbers for one in said)),
                months=months,
                offers=frozenset[str]().union(*(particulars(one).offers for one in sentences[at : at + size])),
            )


def supporting(
    text: str,
    codes: Sequence[str],
    cited: Iterable[int],
    table: Mapping[int, Evidence],
    *,
    row: bool = False,
) -> tuple[int, ...]:
    """Give the numbers to show behind a sentence: its own where they hold, else one that does, else none.

    ``text`` is the sentence in plain words without marks, ``codes`` the inline code in it, ``cited`` its marks. A
    ``row`` of a table stands in one sentence or row of the passage.
    """
    given = _Asserted(text, row=row)
    own = [table[number] for number in cited if number in table]
    if own and _hold(given, codes, own):
        alone = [one.number for one in own if _hold(given, codes, [one])]
        if not alone:
            return tuple(one.number for one in own)
        return tuple(one.number for one in own if one.number in alone or _share(given, one) >= _CONTRIBUTES)
    others = sorted(table.values(), key=lambda one: (-_share(given, one), one.number))
    return next(((one.number,) for one in others if _hold(given, codes, [one])), ())


def holding_code(code: str, table: Mapping[int, Evidence]) -> tuple[int, ...]:
    """Give the passages that hold a code block word for word, line for line."""
    lines = _lines(code)
    if not lines.strip():
        return ()
    single = _squeezed(lines) if lines.strip().count("\n") == 0 else None
    return tuple(
        one.number for one in table.values() if lines in one.lines or (single is not None and f"`{single}`" in one.raw)
    )


class _Asserted:
    """A sentence to be supported: what it claims, and the particulars that a window must hold with it."""

    def __init__(self, text: str, *, row: bool) -> None:
        self.text = text
        self.claim: Claim = claim(text)
        self.particulars: Particulars = particulars(text)
        self.row = row
        self.enough = _ROW_ENOUGH if row else ENOUGH

    def names(self, passages: Iterable[Evidence]) -> frozenset[str]:
        """Give the words that must be there: names, however it writes what the passages never write small."""
        return self.particulars.names | self.claim.words & frozenset().union(*(one.capitals for one in passages))

    def words(self, passages: Iterable[Evidence]) -> frozenset[str]:
        """Give the telling words that choose a window: a name or a bound alone would choose the wrong sentence."""
        return self.claim.words - self.names(passages) - _BOUNDS or self.claim.words


def _hold(given: _Asserted, codes: Sequence[str], passages: Sequence[Evidence]) -> bool:
    if any(one.quotes(given.text) for one in passages):
        return True
    exact = (*given.claim.exact, *map(_squeezed, codes))
    return (
        not given.claim.empty
        and all(any(name in one.raw for one in passages) for name in exact)
        and any(_sound(given, windows, passages) for windows in _chosen(given, passages))
    )


def _chosen(given: _Asserted, passages: Sequence[Evidence]) -> Iterable[tuple[Window, ...]]:
    """Give the windows to judge a sentence by: each of the closest of one passage; of several, those that add words."""
    closest = [_closest(given, one) for one in passages]
    if len(closest) == 1:
        yield from ((window,) for window in closest[0])
        return
    words = given.words(passages)
    chosen: list[Window] = []
    for windows in sorted(closest, key=lambda one: -max((len(words & window.words) for window in one), default=0)):
        held = frozenset[str]().union(*(one.words for one in chosen))
        best = max(windows, key=lambda one: len(words & one.words - held), default=None)
        if best is not None and words & best.words - held:
            chosen.append(best)
    yield tuple(chosen)


def _closest(given: _Asserted, passage: Evidence) -> list[Window]:
    """Give the windows with most of the telling words: two sentences only where they hold more than any one does."""
    words = given.words([passage])
    alone = given.row or given.claim.words <= given.names([passage])  # a list of names is one sentence's, as a row is
    windows = [one for one in passage.windows if len(one.sentences) == 1 or not alone]
    rank = max(((len(words & one.words), -len(one.sentences)) for one in windows), default=(0, 0))
    return [one for one in windows if (len(words & one.words), -len(one.sentences)) == rank]


def _sound(given: _Asserted, windows: Sequence[Window], passages: Sequence[Evidence]) -> bool:
    held = frozenset[str]().union(*(one.words for one in windows))
    return (
        bool(windows)
        and len(given.claim.words & held) >= given.enough * len(given.claim.words)
        and given.names(passages) <= held.union(*(one.names for one in windows))
        and given.claim.numbers <= held.union(*(one.numbers for one in windows))
        and given.claim.months <= held.union(*(one.months for one in windows))
        and given.particulars.needs <= held.union(*(one.offers for one in windows))
        and _same_sense(given.claim, windows)
    )


def _share(given: _Asserted, passage: Evidence) -> float:
    """Give the share of the telling words that stand in the passage's closest window."""
    words = given.claim.words
    held = max((len(words & window.words) for window in _closest(given, passage)), default=0)
    return held / len(words) if words else 1.0


def _same_sense(given: Claim, windows: Sequence[Window]) -> bool:
    """Whether the sentences that come closest are negated as this one is; of equals, any will do."""
    scored = [(len(given.words & one.words), one.negated) for window in windows for one in window.sentences]
    best = max((score for score, _ in scored), default=0)
    if best == 0:
        return not given.negated
    return given.negated in [negated for score, negated in scored if score == best]


def _iso_months(text: str) -> frozenset[str]:
    """``2024-03-05`` is in the third month."""
    return frozenset(month.lstrip("0") for month in re.findall(r"\b\d{4}-(\d{2})\b", text))


def _verbatim(text: str) -> str:
    """Give the words of a text with the signs that change what is said; other punctuation does not."""
    return " ".join(re.findall(r"\w+|[$€£¥%°<>=≤≥]|(?<!\w)-(?=\d)", folded(text).casefold()))


def _squeezed(text: str) -> str:
    return " ".join(folded(text).casefold().split())


def _lines(text: str) -> str:
    return "\n" + "\n".join(line.strip() for line in text.strip().splitlines() if line.strip()) + "\n"
