"""One ranking out of several: the convex combination of scores that were brought to one scale. Pure.

Bruch, Gai, Ingber: "An Analysis of Fusion Functions for Hybrid Retrieval" (2023, arXiv:2210.11934). On five question
sets it beat reciprocal rank fusion on four.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, assert_never

from knowledge.base import Hit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_RANKS: Final = 60
"""What the paper found to serve every collection."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    """What one index found, best first, each chunk once, and what that weighs.

    ``scale`` says how its scores come to 0..1: ``range`` puts the worst at 0 and the best at 1 (cosines, whose zero
    means nothing); ``best`` divides by the best (BM25, whose zero means that nothing matched).
    """

    name: Literal["words", "vectors"]
    hits: Sequence[Hit]
    weight: float
    scale: Literal["range", "best"]


def fused(rankings: Sequence[Ranking]) -> tuple[Hit, ...]:
    """Add up the weighted scores by chunk, 0 where an index did not find it; best first, then by chunk id.

    The scores lie between 0 and the sum of the weights.
    """
    scores: dict[str, float] = {}
    for ranking in rankings:
        for chunk, score in scaled(ranking).items():
            scores[chunk] = scores.get(chunk, 0.0) + ranking.weight * score
    return _ordered(scores)


def by_rank(rankings: Sequence[Ranking]) -> tuple[Hit, ...]:
    """Fuse by places alone, for comparison: the sum of 1 / (60 + place).

    Cormack, Clarke, Büttcher: "Reciprocal Rank Fusion outperforms Condorcet" (SIGIR 2009).
    """
    scores: dict[str, float] = {}
    for ranking in rankings:
        for place, hit in enumerate(ranking.hits, 1):
            scores[hit.chunk] = scores.get(hit.chunk, 0.0) + 1 / (_RANKS + place)
    return _ordered(scores)


def scaled(ranking: Ranking) -> dict[str, float]:
    """Give the scores by chunk, brought to 0..1; where all are equal, all are the best."""
    pairs = zip(ranking.hits, _scores(ranking), strict=True)
    return {hit.chunk: score for hit, score in pairs}


def _ordered(scores: Mapping[str, float]) -> tuple[Hit, ...]:
    ordered = sorted(scores.items(), key=lambda item: (-item[1], item[0]))
    return tuple(Hit(chunk=chunk, score=score) for chunk, score in ordered)


def _scores(ranking: Ranking) -> list[float]:
    scores = [hit.score for hit in ranking.hits]
    best = max(scores, default=0.0)
    match ranking.scale:
        case "range":
            worst = min(scores, default=0.0)
            return [(score - worst) / (best - worst) if best > worst else 1.0 for score in scores]
        case "best":
            return [max(0.0, score / best) if best > 0 else 0.0 for score in scores]
        case unknown:
            assert_never(unknown)
