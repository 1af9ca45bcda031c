"""How much of what a sentence says stands in passages, as a likelihood that they support it. Pure.

A logistic model of three features over weighted roots of words. Fitted with a ridge to the claims of AttributionBench's
dev set (1,198, with their passages) whose particulars agree; ``docs/verification.md`` says how well it does there, and
from some of its sources to another. Raw length of the passages was left out: it tells those sources apart.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from bot.reading.roots import roots, weight

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.answering.evidence import Evidence

Feature: TypeAlias = Literal["held", "alike", "telling"]
Features: TypeAlias = "Mapping[Feature, float]"

_BIAS: Final = -1.22
_WEIGHTS: Final[Features] = {"held": 1.97, "alike": 3.18, "telling": -0.26}
_SPAN: Final = 3
"""Neighbouring sentences that hold a sentence's content together."""


def likelihood(text: str, passages: Sequence[Evidence]) -> float:
    """Give how likely passages support a sentence, from 0 to 1, by its content alone."""
    return of(features(text, passages))


def of(said: Features) -> float:
    """Give the same from features."""
    return 1 / (1 + math.exp(-_BIAS - sum(factor * said[name] for name, factor in _WEIGHTS.items())))


def features(text: str, passages: Sequence[Evidence]) -> Features:
    """Give what is weighed, over the weights of a sentence's roots.

    ``held`` is the share that the best three neighbouring sentences of each passage hold together; ``alike`` how much
    one or two neighbouring sentences and this one have in common (F1 of both shares), at best; ``telling`` the mean.
    """
    claimed = frozenset(roots(text))
    weights = {root: weight(root) for root in claimed}
    full = sum(weights.values())
    if not full:
        return {"held": 0.0, "alike": 0.0, "telling": 0.0}
    held: frozenset[str] = frozenset()
    alike = 0.0
    for one in passages:
        common = [claimed & sentence for sentence in one.roots]
        held |= _best(common, claimed & one.known, weights)
        alike = max(alike, _alike(common, one.weights, weights, full))
    return {"held": _sum(held, weights) / full, "alike": alike, "telling": full / len(claimed)}


def _best(common: Sequence[frozenset[str]], known: frozenset[str], weights: Mapping[str, float]) -> frozenset[str]:
    spans = (known.union(*common[at : at + _SPAN]) for at in range(max(1, len(common) - _SPAN + 1)))
    return max(spans, key=lambda span: _sum(span, weights))


def _alike(
    common: Sequence[frozenset[str]], whole: Sequence[float], weights: Mapping[str, float], full: float
) -> float:
    best = 0.0
    for at, one in enumerate(common):
        for span, size in ((one, 1), (one.union(*common[at + 1 : at + 2]), 2)):
            best = max(best, 2 * _sum(span, weights) / (full + sum(whole[at : at + size])))
    return best


def _sum(span: frozenset[str], weights: Mapping[str, float]) -> float:
    return sum(weights[root] for root in span)
