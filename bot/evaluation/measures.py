"""Measures of a ranking against what is relevant, and of a score against what is answerable. Pure.

``ranked`` are documents, best first, each once; ``relevant`` their grades, all above 0, by document.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING

from bot.answering.calibration import bar

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def recall(ranked: Sequence[str], relevant: Mapping[str, int], *, at: int) -> float:
    """Give the share of the relevant documents among the first."""
    return len(relevant.keys() & set(ranked[:at])) / len(relevant)


def ndcg(ranked: Sequence[str], relevant: Mapping[str, int], *, at: int) -> float:
    """Give the normalised discounted cumulative gain of the first (Järvelin and Kekäläinen 2002)."""
    best = sorted(relevant.values(), reverse=True)[:at]
    return _discounted([relevant.get(document, 0) for document in ranked[:at]]) / _discounted(best)


def reciprocal_rank(ranked: Sequence[str], relevant: Mapping[str, int], *, at: int) -> float:
    """Give one over the place of the first relevant document, 0 where it is not among the first."""
    return next((1 / place for place, document in enumerate(ranked[:at], 1) if document in relevant), 0.0)


def auc(answerable: Sequence[float], others: Sequence[float]) -> float | None:
    """Give how often an answerable question scores higher than another one, equals counting half; None without both.

    The area under the receiver operating characteristic (Hanley and McNeil 1982).
    """
    if not answerable or not others:
        return None
    ordered = sorted(others)
    below = sum(bisect_left(ordered, score) + bisect_right(ordered, score) for score in answerable)
    return below / 2 / len(answerable) / len(others)


def stopped(answerable: Sequence[float], others: Sequence[float], *, answered: float) -> float | None:
    """Give the share of the others below the bar that lets the share ``answered`` of the answerable through."""
    if not answerable or not others:
        return None
    least = bar(answerable, answered)
    return sum(score < least for score in others) / len(others)


def quantile(values: Sequence[float], share: float) -> float:
    """Give the value that the share of them does not exceed; 0 for none."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)] if ordered else 0.0


def _discounted(gains: Sequence[int]) -> float:
    return sum(gain / math.log2(place + 2) for place, gain in enumerate(gains))
