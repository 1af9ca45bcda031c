"""How rare a question's terms are, and which of them a keyword search visits chunks by. Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

_MOST_TERMS: Final = 12
"""Terms in one search, the rarest of the question's: past them the ranking hardly changes and the time does."""
_VISITED: Final = 0.05
"""Share of the chunks that a search visits by the question's rarest terms, which is what takes time; the second rarest
may take three times that, since one term alone says too little. Of the same top ten that leaves 99 to 100 %."""
_FEW: Final = 5_000
"""So many chunks are always visited: in a small knowledge all that have any of the terms."""
_ENOUGH: Final = 1_000
"""Terms are added as long as fewer are visited, however common they are."""
_COMMON: Final = 0.2
"""Share of the chunks up to which a term's are counted, if they are more than ``_COUNTED``; beyond, it is common."""
_COUNTED: Final = 20_000
LITTLE: Final = 0.2
"""Share of the hits that are asked for below which the rarest terms found too little, and all terms are searched."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How many chunks there are, and in how many of them each term of a question occurs."""

    chunks: int
    terms: Mapping[str, int]

    def divided(self) -> tuple[list[str], list[str]]:
        """Divide the terms that occur: the rarest, by which chunks are visited, and others, which add to the score.

        Where none does, all are searched in vain: it takes as long as where one occurs in what may not be read.
        """
        known = sorted((term for term in self.terms if self.terms[term]), key=self.terms.__getitem__)[:_MOST_TERMS]
        if not known:
            return list(self.terms)[:_MOST_TERMS], []
        most = max(_FEW, self.chunks * _VISITED)
        visited = 0
        for place, term in enumerate(known):
            visited, before = visited + self.terms[term], visited
            if place and before >= _ENOUGH and visited > (3 * most if place == 1 else most):
                return known[:place], known[place:]
        return known, []

    def weight(self, term: str) -> float:
        """BM25's inverse document frequency, which is positive for every term (Lucene's form)."""
        found = self.terms[term]
        return math.log1p((max(self.chunks, found) - found + 0.5) / (found + 0.5))


def counted(chunks: int) -> int:
    """Say up to how many chunks of so many a term is counted in."""
    return max(_COUNTED, int(chunks * _COMMON))
