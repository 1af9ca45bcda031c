"""A sentence as its words in their order, each with its stem, for what their places tell. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from bot.reading.claims import folded, stems
from bot.reading.irregular import BASES

if TYPE_CHECKING:
    from collections.abc import Iterator

_TOKEN = re.compile(r"[^\W_]+(?:['.:-][^\W_]+)*|[,;:.!?()\u2014]")
STOPS: Final = frozenset(",;:.!?()\u2014")
SENTENCE: Final = frozenset(";.!?")
_FAR: Final = 6
"""Words in which what a small word governs must follow."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """``words`` in small letters, with the punctuation that ends a clause; the stem of each, empty where none tells.

    ``said`` are all words, ``telling`` all stems; ``text`` is the sentence in small letters.
    """

    words: tuple[str, ...]
    stems: tuple[str, ...]
    said: frozenset[str]
    telling: frozenset[str]
    text: str

    def governed(self, at: int) -> str:
        """Give the stem of the first telling word after a place, in its clause; adverbs are passed over."""
        for word, stem in zip(self.words[at + 1 : at + 1 + _FAR], self.stems[at + 1 :], strict=False):
            if word in STOPS:
                break
            if stem and not word.endswith("ly"):
                return stem
        return ""

    def after(self, words: frozenset[str]) -> Iterator[str]:
        """Give what each of some words governs, where "not" does not follow it."""
        for at, word in enumerate(self.words):
            if word in words and self.next(at) != "not" and (stem := self.governed(at)):
                yield stem

    def next(self, at: int) -> str:
        """Give the word after a place."""
        return self.words[at + 1] if at + 1 < len(self.words) else ""

    def clauses(self, ends: frozenset[str]) -> Iterator[range]:
        """Give the places between some words or stops."""
        start = 0
        for at, word in enumerate((*self.words, ";")):
            if word in ends or at == len(self.words):
                yield range(start, at)
                start = at + 1

    def within(self, places: range) -> frozenset[str]:
        """Give the stems in some places."""
        return frozenset(self.stems[places.start : places.stop]) - {""}


@lru_cache(maxsize=1 << 13)
def wording(text: str) -> Wording:
    """Read a sentence."""
    text = " ".join(folded(text).casefold().split())
    words = tuple(_TOKEN.findall(text))
    cut = tuple(next(iter(stems(BASES.get(word, word))), "") if word not in STOPS else "" for word in words)
    return Wording(words=words, stems=cut, said=frozenset(words), telling=frozenset(cut) - {""}, text=text)
