"""Chains of models that cost a little, and an admission that lets everybody in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.answering.admitting import Admission
from bot.models.breaker import Breaker
from bot.models.chain import Chain, Link
from bot.models.extractive import Extractive
from bot.money.windows import Windows
from tests.doubles.ledger import MemoryLedger

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.models.base import LanguageModel, Strength
    from bot.money.base import Ledger, Rate, Rates


@dataclass(frozen=True, slots=True, kw_only=True)
class Flat:
    """A micro-dollar for a token of the prompt, four for one of the answer."""

    def cost(self, *, prompt_tokens: int, answer_tokens: int, cached_tokens: int = 0) -> int:
        return prompt_tokens + 4 * answer_tokens


def link(model: LanguageModel, strength: Strength = "strong") -> Link:
    """A link whose breaker's clock stands still."""
    return Link(model=model, strength=strength, price=Flat(), breaker=Breaker(lambda: 0.0))


def chained(*models: LanguageModel | Link, last: LanguageModel | None = None) -> Chain:
    """A chain of these; at its end, by default, the model that quotes."""
    links = tuple(model if isinstance(model, Link) else link(model) for model in models)
    return Chain(links=links, last=last or Extractive())


def admission(ledger: Ledger | None = None, rates: Rates | None = None, windows: Sequence[Rate] = ()) -> Admission:
    """Limits of five dollars a person and a hundred for everyone, and no windows."""
    return Admission(ledger=ledger or MemoryLedger(), rates=rates or Windows(), windows=windows)
