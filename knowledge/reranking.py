"""The best of what was fused, read again: by its best sentences, and by what of the question it holds. Pure.

A chunk's vector says what it is about as a whole; an answer is one sentence in it. The weights suit three question sets
together, and hardly differ where one of them is left out; ``docs/retrieval.md`` has the tables.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from knowledge import terms

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt

    from knowledge.base import Passage, Vectors

_OF_WORDS: Final = 1.0
_OF_VECTORS: Final = 0.95
_OF_SENTENCE: Final = 1.0
_OF_TWO: Final = 0.95
_OF_COVERAGE: Final = 0.75
_OF_PAIRS: Final = 0.6
_WHOLE: Final = _OF_WORDS + _OF_VECTORS + _OF_SENTENCE + _OF_TWO + _OF_COVERAGE + _OF_PAIRS


@dataclass(frozen=True, slots=True, kw_only=True)
class Nearest:
    """Cosines of a question and a passage's sentences: the best one, and the mean of the best two."""

    sentence: float
    two: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Read:
    """One passage's sentences, at least one, and their vectors (n, d)."""

    texts: tuple[str, ...]
    vectors: npt.NDArray[np.float16]

    def cosines(self, vector: Vectors) -> Vectors:
        """Compare each sentence with a vector (d,)."""
        found: Vectors = self.vectors.astype(np.float32) @ vector
        return found

    def nearest(self, vector: Vectors) -> Nearest:
        """Give how near the best sentence comes to a question's vector (d,), and the best two."""
        best = np.sort(self.cosines(vector))[::-1][:2]
        return Nearest(sentence=float(best[0]), two=float(best.mean()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What speaks for a passage, each from 0 to 1.

    ``words`` and ``vectors`` are the scaled scores of the two searches, 0 where one did not find it. ``coverage`` is
    the share of the question's weight that the passage holds, ``pairs`` that of the words that follow each other.
    """

    words: float
    vectors: float
    nearest: Nearest
    coverage: float
    pairs: float

    @property
    def score(self) -> float:
        """The weighted mean, from 0 to 1."""
        whole = (
            _OF_WORDS * self.words
            + _OF_VECTORS * self.vectors
            + _OF_SENTENCE * max(0.0, self.nearest.sentence)
            + _OF_TWO * max(0.0, self.nearest.two)
            + _OF_COVERAGE * self.coverage
            + _OF_PAIRS * self.pairs
        )
        return min(1.0, whole / _WHOLE)


def reranked(passages: Sequence[Passage], evidence: Mapping[str, Evidence]) -> tuple[Passage, ...]:
    """Give the passages with the score of their evidence, which is by chunk, best first; equals keep their order."""
    scored = [replace(passage, score=evidence[passage.chunk].score) for passage in passages]
    return tuple(sorted(scored, key=lambda passage: -passage.score))


def held(passage: Passage, weights: Mapping[str, float], asked: frozenset[terms.Pair]) -> tuple[float, float]:
    """Give the coverage of a question's weighted terms by a passage, and the share of its pairs that it holds."""
    text = searched(passage)
    shared = len(asked & terms.pairs(text)) / len(asked) if asked else 0.0
    return terms.coverage(weights, text), shared


def searched(passage: Passage) -> str:
    """Give what of a passage a search reads: title, heading path and text."""
    return "\n".join((passage.title, *passage.heading, passage.text))
