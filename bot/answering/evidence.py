"""Numbered passages made ready to compare with what is claimed of them: their sentences, and windows of two. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from bot.reading.amounts import Amount, Measure, amounts, units
from bot.reading.claims import Claim, claim, folded
from bot.reading.names import one as name
from bot.reading.negations import Denial, absences, negations
from bot.reading.particulars import offers, particulars
from bot.reading.prose import sentences_of, spoken
from bot.reading.roots import roots, weight
from bot.reading.rows import Row, rows_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from bot.models.base import Numbered

_LEANING = re.compile(r"(?:it|its|he|she|his|her|they|their|this|these|that|those)\b", re.IGNORECASE)
"""A sentence that begins so speaks of what the one before it names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """One sentence or two neighbouring ones, and what stands there; ``names`` may come from the sentence before.

    ``words`` are its own, ``said``, and those of title and heading; ``capitals`` its names, ``short`` its acronyms,
    ``letters`` the first ones of its words.
    """

    sentences: tuple[Claim, ...]
    texts: tuple[str, ...]
    words: frozenset[str]
    said: frozenset[str]
    names: frozenset[str]
    capitals: frozenset[str]
    short: frozenset[str]
    letters: str
    amounts: tuple[Amount, ...]
    units: frozenset[Measure]
    offers: frozenset[str]
    denied: tuple[Denial, ...]
    absent: tuple[Denial, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A numbered passage, made ready to compare: its sentences, and all that it says about itself.

    ``titles`` are the words of its title and of each heading above it, ``capitals`` those that it never writes small,
    ``roots`` those of each sentence, ``weights`` what they weigh together. ``raw`` is its text in one line.
    """

    number: int
    windows: tuple[Window, ...]
    words: frozenset[str]
    roots: tuple[frozenset[str], ...]
    weights: tuple[float, ...]
    spoken: frozenset[str]
    titles: tuple[str, ...]
    about: Claim
    known: frozenset[str]
    capitals: frozenset[str]
    raw: str
    lines: str
    rows: tuple[Row, ...]

    def quotes(self, text: str) -> bool:
        """Whether a text is a whole sentence or row of it, word for word."""
        words = verbatim(text)
        return bool(words) and words in self.spoken

    def holds(self, code: str) -> bool:
        """Whether inline code stands in it, and not within a longer word: `gpt-4.1` is no `gpt-4.1-mini`."""
        code = squeezed(code)
        if code not in self.raw:
            return False
        before = r"(?<!\w)(?<!\w[-.])" if code[:1].isalnum() else ""
        after = r"(?![-.]?\w)" if code[-1:].isalnum() else ""
        return re.search(f"{before}{re.escape(code)}{after}", self.raw) is not None

    def has(self, name: str) -> bool:
        """Whether an address, file or option stands in it, and not within another: hr@a.com is no r@a.com."""
        before = r"(?<![\w.+-])" if "@" in name[1:] else r"(?<!\w)" if name[0].isalnum() else ""
        after = r"(?!\w)" if name[-1].isalnum() else ""
        return name in self.raw and re.search(f"{before}{re.escape(name)}{after}", self.raw) is not None


@lru_cache(maxsize=256)  # the same passages answer again and again
def evidence(passage: Numbered) -> Evidence:
    """Make a passage ready; title, heading and date count as said by it."""
    sentences = tuple(sentences_of(passage.text))
    titled = " \n".join((passage.title, *passage.heading, passage.dated or ""))
    about = claim(titled)
    said = [particulars(sentence) for sentence in sentences]
    small = frozenset[str]().union(*(one.small for one in said))
    cut = tuple(frozenset(roots(sentence)) for sentence in sentences)
    return Evidence(
        number=passage.number,
        windows=tuple(_windows(sentences, titled)),
        words=claim(passage.text).words | about.words,
        roots=cut,
        weights=tuple(sum(map(weight, one)) for one in cut),
        spoken=frozenset(verbatim(sentence) for sentence in sentences),
        titles=tuple(spoken(title) for title in (passage.title, *passage.heading)),
        about=about,
        known=frozenset(roots(titled)),
        capitals=frozenset[str]().union(*(one.initial | one.names for one in said)) - small,
        raw=squeezed(f"{passage.title} {' '.join(passage.heading)} {passage.text}"),
        lines=_lines(passage.text),
        rows=tuple(rows_of(passage.text)),
    )


def _windows(sentences: Sequence[str], titled: str) -> Iterable[Window]:
    about, heads, counted = claim(titled), particulars(titled), amounts(titled)
    claims = [claim(sentence) for sentence in sentences]
    for size in (1, 2):
        for at in range(len(sentences) - size + 1):
            said, texts = claims[at : at + size], sentences[at : at + size]
            plain = frozenset[str]().union(*(one.words for one in said))
            words = about.words | plain
            leaning = at > 0 and _LEANING.match(sentences[at].strip())
            yield Window(
                sentences=tuple(said),
                texts=tuple(texts),
                words=words,
                said=plain,
                names=frozenset(map(name, words | claims[at - 1].words if leaning else words)),
                capitals=frozenset[str]().union(*(particulars(one).names for one in texts)),
                short=heads.short.union(*(particulars(one).short for one in texts)),
                letters=" ".join((heads.letters, *(particulars(one).letters for one in texts))),
                amounts=(*(amount for one in texts for amount in amounts(one)), *counted),
                units=frozenset[Measure]().union(*(units(one) for one in texts)),
                offers=frozenset[str]().union(*map(offers, texts)),
                denied=tuple(one for text in texts for one in negations(text)),
                absent=absences(" ".join(texts)),
            )


def holding_code(code: str, table: Mapping[int, Evidence]) -> tuple[int, ...]:
    """Give the passages that hold a code block word for word, line for line."""
    lines = _lines(code)
    if not lines.strip():
        return ()
    single = squeezed(lines) if lines.strip().count("\n") == 0 else None
    return tuple(
        one.number for one in table.values() if lines in one.lines or (single is not None and f"`{single}`" in one.raw)
    )


def verbatim(text: str) -> str:
    """Give the words of a text with the signs that change what is said; other punctuation does not."""
    return " ".join(re.findall(r"\w+|[$€£¥%°<>=≤≥]|(?<!\w)-(?=\d)", folded(text).casefold()))


def squeezed(text: str) -> str:
    """Give a text in small letters with single spaces."""
    return " ".join(folded(text).casefold().split())


def _lines(text: str) -> str:
    return "\n" + "\n".join(line.strip() for line in text.strip().splitlines() if line.strip()) + "\n"


def alone(passages: Iterable[Evidence]) -> list[Window]:
    """Give the windows of one sentence."""
    return [window for one in passages for window in one.windows if len(window.sentences) == 1]
