"""A gate fitted to a corpus's own questions, at the share of answerable ones that shall be answered. Pure.

Logistic regression with a ridge, by Newton's method (Hastie, Tibshirani, Friedman: "The Elements of Statistical
Learning", 4.4.1): a dozen features and a few hundred questions take milliseconds.
"""

from __future__ import annotations

import json
import math
from collections import defaultdict
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import TYPE_CHECKING, Final, cast, get_args

import numpy as np

from bot.answering.gate import SHIPPED, Feature, Features, Gate

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    Numbers = npt.NDArray[np.float64]

FITTED: Final[tuple[Feature, ...]] = (
    "stated", "missing", "sentence", "spread", "peak", "continued", "topic", "asks", "closed", "amount", "long",
)  # fmt: skip
"""The features that earned their place on mtrag, five-fold by conversation; ``docs/retrieval.md``."""
FOLDS: Final = 5
FEWEST: Final = 20
"""Questions of either sort from which a fit is better than the shipped weights."""
_RIDGE: Final = 20.0
"""On standardised features, in questions: what the fold of a few hundred chose, flat from 10 to 40."""
_STEPS: Final = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """A question's features, whether the corpus answers it, and the conversation that it is of."""

    features: Features
    answerable: bool
    conversation: str


def calibrated(labelled: Sequence[Labelled], *, answered: float) -> Gate:
    """Fit a gate that lets the share ``answered``, from 0 to 1, of the answerable questions through.

    Where either sort has fewer than ``FEWEST`` questions the shipped weights stay, and only the bar is set. Raises
    ValueError where no question is answerable.
    """
    gate = _fitted(labelled)
    return replace(gate, least=bar([gate.of(one.features) for one in labelled if one.answerable], answered))


def written(gate: Gate, *, model: str) -> str:
    """Write a gate down, with the name of the embedder's model that its features came from."""
    kept = {"model": model, "bias": gate.bias, "weights": dict(gate.weights), "least": gate.least}
    return json.dumps(kept, sort_keys=True)


def read(text: str | None, *, model: str) -> Gate:
    """Read a gate that was written down; the shipped one where there is none, or one of another model or version."""
    try:
        kept = json.loads(text or "{}")
        known = kept.get("model") == model and kept["weights"].keys() <= set(get_args(Feature))
        return Gate(bias=kept["bias"], weights=kept["weights"], least=kept["least"]) if known else SHIPPED
    except (ValueError, KeyError, AttributeError, TypeError):
        return SHIPPED


def bar(likelihoods: Sequence[float], answered: float) -> float:
    """Give the highest bar that at least the share ``answered`` of the likelihoods reach."""
    if not likelihoods:
        raise ValueError("no question is answerable")
    ordered = sorted(likelihoods, reverse=True)
    return ordered[max(0, math.ceil(answered * len(ordered)) - 1)]


def judged_apart(labelled: Sequence[Labelled]) -> list[float] | None:
    """Give each question the likelihood of a gate fitted to the other folds; a conversation is in one fold whole.

    None where some fold leaves fewer than ``FEWEST`` of either sort: likelihoods of two gates do not compare.
    """
    folds: dict[int, list[int]] = defaultdict(list)
    for place, one in enumerate(labelled):
        folds[_fold(one.conversation)].append(place)
    likelihoods = [0.0] * len(labelled)
    for places in folds.values():
        held = set(places)
        gate = _fitted([one for place, one in enumerate(labelled) if place not in held])
        if gate is SHIPPED:
            return None
        for place in places:
            likelihoods[place] = gate.of(labelled[place].features)
    return likelihoods


def _fold(conversation: str) -> int:
    return int.from_bytes(blake2b(conversation.encode("utf-8", "replace"), digest_size=8).digest()) % FOLDS


def _fitted(labelled: Sequence[Labelled]) -> Gate:
    answers = np.array([one.answerable for one in labelled], float)
    if min(answers.sum(), len(answers) - answers.sum()) < FEWEST:
        return SHIPPED
    table = np.array([[one.features[name] for name in FITTED] for one in labelled], float)
    means, scales = table.mean(axis=0), table.std(axis=0)
    scales[scales == 0] = 1.0
    bias, weights = _newton((table - means) / scales, answers)
    weights = weights / scales
    named = dict(zip(FITTED, map(float, weights), strict=True))
    return Gate(bias=float(bias - weights @ means), weights=cast("Features", named), least=SHIPPED.least)


def _newton(table: Numbers, answers: Numbers) -> tuple[float, Numbers]:
    """Give the bias, which the ridge leaves alone, and the weights (d,) for standardised features (n, d)."""
    design = np.column_stack([np.ones(len(table)), table])
    ridge = np.diag([1e-6, *[_RIDGE] * table.shape[1]])
    found = np.zeros(design.shape[1])
    for _ in range(_STEPS):
        chances = 1 / (1 + np.exp(-np.clip(design @ found, -30, 30)))
        slope = design.T @ (answers - chances) - ridge @ found
        curve = (design * (chances * (1 - chances))[:, None]).T @ design + ridge
        step = np.linalg.solve(curve, slope)
        found += step
        if np.abs(step).max() < 1e-8:  # noqa: PLR2004 - converged
            break
    return float(found[0]), found[1:]
