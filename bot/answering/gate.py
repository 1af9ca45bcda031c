"""Whether a search looks good enough to answer from. Pure: without a model, in no time.

A logistic model of two signals, fitted to squad2, mtrag (each question with the one before it), awsdocs and the
project's own manual, each collection asked its own questions and those of another one. It separates what a collection
is not about (AUC .97 to 1.0) but hardly what it is about and does not answer (squad2 .59, mtrag .79): that is left to
the model and the verifier. A question stopped by mistake loses its answer, one let through by mistake costs a model
call; so the threshold is low, and lets 99.6 % of the answerable questions through, paraphrases of the manual's words
included, while it stops three quarters or more of what is off the topic of a documentation.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from knowledge.base import Signals

_BIAS: Final = -7.5
_OF_SIMILARITY: Final = 9.0
"""For a cosine of 1: questions that are answered have .25 to .8, others mostly less than .35."""
_OF_COVERAGE: Final = 7.0
"""For a question all of whose telling words stand in one passage."""
_LEAST: Final = 0.07
"""Likelihood from which an answer is tried."""


def sufficient(signals: Signals) -> bool:
    """Say whether to try an answer; False means to abstain."""
    return likelihood(signals) >= _LEAST


def likelihood(signals: Signals) -> float:
    """Give how likely the passages answer the question, from 0 to 1, on balanced data."""
    score = _BIAS + _OF_SIMILARITY * signals.similarity + _OF_COVERAGE * signals.coverage
    return 1 / (1 + math.exp(-score))
