"""What a search says about itself: the signals by which a gate decides whether to answer at all. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import fmean
from typing import TYPE_CHECKING, Final

from knowledge import terms
from knowledge.base import Signals
from knowledge.reranking import searched

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from knowledge.base import Passage, Vectors
    from knowledge.fusion import Ranking
    from knowledge.reranking import Read

_JUDGED: Final = 3
"""The best passages, one of which should hold most of the question."""
_SEEN: Final = 5
"""The best passages, outside of which a term counts as missing."""
_NEXT: Final = 9
"""Chunks behind the best one, above which it should stand out."""
_READ: Final = 10
"""The best passages whose sentences are compared with the question."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Asked:
    """A question as it is searched: its words with their weights, and its vectors.

    ``vector`` (d,) is what the index of vectors reads, ``near`` what sentences are compared with: the same where one
    model made both. Each is None where there is none, or where it could not be had.
    """

    text: str
    weights: Mapping[str, float]
    vector: Vectors | None
    near: Vectors | None


def signals(
    rankings: Sequence[Ranking],
    passages: Sequence[Passage],
    reads: Mapping[str, Read],
    *,
    asked: Asked,
    asking: Asked,
) -> Signals:
    """Judge a search for ``asked`` by what ``asking`` wants of it: the question without what went before.

    ``reads`` are the sentences of passages by chunk; without them a whole passage counts as its one sentence.
    """
    cosines = _cosines(rankings, reads, asked)
    nearest = max(cosines, default=0.0)
    held = [searched(passage) for passage in passages[:_SEEN]]
    coverages = [terms.coverage(asked.weights, text) for text in held[:_JUDGED]]
    best = [reads[passage.chunk] for passage in passages[:_READ] if passage.chunk in reads]
    return Signals(
        similarity=nearest,
        coverage=max(coverages, default=0.0),
        terms=len(asked.weights),
        missing=1.0 - terms.coverage(asking.weights, "\n".join(held)) if held and asking.weights else 1.0,
        spread=nearest - min(cosines, default=0.0),
        peak=_peak(cosines),
        sentence=max((_sentence(read, asked) for read in best), default=nearest),
        stated=max((_stated(read, asking) for read in best), default=nearest * max(coverages, default=0.0)),
        said=terms.roots("\n".join(held)),
    )


def _cosines(rankings: Sequence[Ranking], reads: Mapping[str, Read], asked: Asked) -> list[float]:
    """Give the cosines of question and chunks: as the index found them, if by the model that reads sentences.

    Gates are fitted to that model. Where another one searched, or none, a chunk counts as its two best sentences.
    """
    found = [hit.score for ranking in rankings if ranking.name == "vectors" for hit in ranking.hits]
    if asked.near is None or (found and asked.near is asked.vector):
        return found
    return [read.nearest(asked.near).two for read in reads.values()] or found


def _peak(cosines: Sequence[float]) -> float:
    best, *others = sorted(cosines, reverse=True) or [0.0]
    return best - fmean(others[:_NEXT]) if others else 0.0


def _sentence(read: Read, asked: Asked) -> float:
    return 0.0 if asked.near is None else float(read.cosines(asked.near).max())


def _stated(read: Read, asking: Asked) -> float:
    """Give the best product of cosine and coverage over the sentences."""
    if asking.near is None:
        return 0.0
    cosines = map(float, read.cosines(asking.near))
    coverages = [terms.coverage(asking.weights, text) for text in read.texts]
    return max(max(0.0, cosine) * coverage for cosine, coverage in zip(cosines, coverages, strict=True))
