"""Whether a search looks good enough to answer from. Pure: without a model, in no time.

The shipped gate is a logistic model of two signals, fitted to squad2, mtrag (each question with the one before it),
awsdocs and the project's own manual, each collection asked its own questions and those of another one. It separates
what a collection is not about (AUC .97 to 1.0) but hardly what it is about and does not answer: that is left to the
model and the verifier. A question stopped by mistake loses its answer, one let through by mistake costs a model call;
so its bar is low, and lets 99.6 % of the answerable questions through, paraphrases of the manual's words included,
while it stops three quarters or more of what is off the topic of a documentation.

``bot.answering.calibration`` fits another one to a team's own questions, which may be stricter.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from knowledge import terms

if TYPE_CHECKING:
    from collections.abc import Iterable

    from knowledge.base import Passage, Signals

Feature: TypeAlias = Literal[
    "similarity", "coverage", "stated", "missing", "sentence", "spread", "peak", "continued", "topic",
    "asks", "closed", "amount", "long",
]  # fmt: skip
Features: TypeAlias = Mapping[Feature, float]

_CLOSED = re.compile(
    r"\s*(?:is|are|was|were|do|does|did|can|could|will|would|should|has|have|had|may|must)\b", re.IGNORECASE
)
_AMOUNT = re.compile(r"\bhow (?:much|many|long|often|far|old)\b|\bwhat (?:time|year|date)\b|\bwhen\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """What is known before an answer is tried.

    ``continued`` is the share, from 0 to 1, of the last answer's telling words that one of the passages holds: a
    conversation that goes on where it was. ``topic`` is the share of the earlier questions' telling words that the
    best passages hold together: a search that stays with what the conversation is about.
    """

    question: str
    signals: Signals
    continued: float = 0.0
    topic: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """A logistic model: weights by feature, a bias, and the likelihood from which an answer is tried."""

    bias: float
    weights: Features
    least: float

    def sufficient(self, outlook: Outlook) -> bool:
        """Say whether to try an answer; False means to abstain."""
        return self.likelihood(outlook) >= self.least

    def likelihood(self, outlook: Outlook) -> float:
        """Give how likely the passages answer the question, from 0 to 1, on data like that it was fitted to."""
        return self.of(features(outlook))

    def of(self, said: Features) -> float:
        """Give the same from features."""
        score = self.bias + sum(weight * said[name] for name, weight in self.weights.items())
        return 1 / (1 + math.exp(-max(-_STEEPEST, min(_STEEPEST, score))))


Sufficient: TypeAlias = Callable[[Outlook], bool]
"""What an engine asks: ``Gate.sufficient``."""

_STEEPEST: Final = 500.0
"""Of a score: beyond it the likelihood is 0 or 1, and the exponential would overflow."""

_CLOSE: Final = 0.25
"""Cosine, or share of the question's weight, from which on a passage has to do with a question."""

SHIPPED: Final = Gate(bias=-7.5, weights={"similarity": 9.0, "coverage": 7.0}, least=0.07)
"""Questions that are answered have a cosine of .25 to .8, others mostly less than .35."""


def features(outlook: Outlook) -> Features:
    """Give what a gate may weigh: what both searches say, and what the question's form does."""
    signals, question = outlook.signals, outlook.question
    return {
        "similarity": signals.similarity,
        "coverage": signals.coverage,
        "stated": signals.stated,
        "missing": signals.missing,
        "sentence": signals.sentence,
        "spread": signals.spread,
        "peak": signals.peak,
        "continued": outlook.continued,
        "topic": outlook.topic,
        "asks": float("?" in question),
        "closed": float(bool(_CLOSED.match(question))),
        "amount": float(bool(_AMOUNT.search(question))),
        "long": math.log1p(len(question.split())),
    }


def far(outlook: Outlook) -> bool:
    """Whether what was found is so far from the question, by its words and its meaning, that it is not worth naming."""
    return outlook.signals.similarity < _CLOSE and outlook.signals.coverage < _CLOSE


def continued(answer: str, passages: Iterable[Passage]) -> float:
    """Give the share of an answer's telling words, by their roots, that the passage with most of them holds."""
    said = _told(answer)
    return max((len(said & terms.roots(one.text)) / len(said) for one in passages), default=0.0) if said else 0.0


def topic(questions: Iterable[str], said: frozenset[str]) -> float:
    """Give the share of the questions' telling words whose roots are among those of a search's passages."""
    asked = _told("\n".join(questions))
    return len(asked & said) / len(asked) if asked else 0.0


def _told(text: str) -> frozenset[str]:
    return terms.roots(" ".join(terms.telling(text)))
