"""A unigram tokenizer: of all ways to put a word together from known pieces, the most likely one. Pure.

Kudo: "Subword Regularization" (2018, arXiv:1804.10959); SentencePiece's form, in which a word begins with its space.
A library's takes 270 MB for a vocabulary of 250,000 pieces, this one 40.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_SPACE: Final = "▁"
_REMEMBERED: Final = 20_000
"""Words whose tokens are kept: most words of a text occur again and again."""
_LONGEST: Final = 256
"""Characters of a run without spaces that are looked at together, so that its length costs no more than its parts."""
_PENALTY: Final = 10.0
"""How much less likely than the least likely piece an unknown character is: SentencePiece's choice."""


class Unigram:
    """Tokenizes texts; compatible characters count as one (NFKC), and spaces of any length as one space."""

    def __init__(self, pieces: Sequence[tuple[str, float]], unknown: int) -> None:
        """``pieces`` are given with their logarithmic probabilities; ``unknown`` is the number of what is none."""
        self._numbers = {piece: number for number, (piece, _) in enumerate(pieces) if number != unknown}
        self._scores = [score for _, score in pieces]
        self._unknown = unknown
        self._unlikely = min(self._scores) - _PENALTY
        self._longest = max(map(len, self._numbers), default=1)
        self._word = lru_cache(_REMEMBERED)(self._tokens)

    def tokens(self, text: str, *, limit: int) -> list[int]:
        """Give the numbers of the first ``limit`` tokens."""
        found: list[int] = []
        for word in _words(text):
            found += self._word(word)
            if len(found) >= limit:
                return found[:limit]
        return found

    def _tokens(self, word: str) -> tuple[int, ...]:
        """Walk back along the best way to each place in the word (Viterbi); unknown characters in a row are one."""
        begins, numbers = self._best(word)
        found: list[int] = []
        end = len(word)
        while end:
            if numbers[end] != self._unknown or not found or found[-1] != self._unknown:
                found.append(numbers[end])
            end = begins[end]
        return tuple(reversed(found))

    def _best(self, word: str) -> tuple[list[int], list[int]]:
        """Give, for each end of a piece, where the best one begins and which it is."""
        size = len(word)
        best = [0.0] + [float("-inf")] * size
        begins, numbers = [0] * (size + 1), [self._unknown] * (size + 1)
        for begin in range(size):
            unknown = best[begin] + self._unlikely
            for end in range(begin + 1, min(size, begin + self._longest) + 1):
                number = self._numbers.get(word[begin:end])
                if number is not None and (score := best[begin] + self._scores[number]) > best[end]:
                    best[end], begins[end], numbers[end] = score, begin, number
            if unknown > best[begin + 1]:
                best[begin + 1], begins[begin + 1], numbers[begin + 1] = unknown, begin, self._unknown
        return begins, numbers


def _words(text: str) -> Iterator[str]:
    for word in unicodedata.normalize("NFKC", text).split():
        spaced = _SPACE + word
        for start in range(0, len(spaced), _LONGEST):
            yield spaced[start : start + _LONGEST]
