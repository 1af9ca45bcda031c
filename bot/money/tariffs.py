"""What a model's tokens cost, in whole numbers. Pure.

Lists name dollars for a million tokens, which are as many micro-dollars for one. They are kept as trillionths of a
dollar, so that a price of less than a micro-dollar a token is exact as well.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from bot.money.base import Price

if TYPE_CHECKING:
    from collections.abc import Iterable
    from decimal import Decimal

    from bot.money.base import Micros

TRILLIONTHS: Final = 1_000_000
"""Of a dollar, in one micro-dollar."""
EVERY_PROMPT: Final = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Tier:
    """What is taken for a prompt of more than ``over`` tokens: for the call, and for each token, in trillionths.

    A tier holds for all of a call's tokens, as providers have it, not only for those beyond ``over``.
    """

    over: int = EVERY_PROMPT
    call: int = 0
    prompt: int
    cached: int
    answer: int


@dataclass(frozen=True, slots=True)
class Tariff(Price):
    """Tiers, as ``tariff`` makes them: by ``over``, the first one for every prompt."""

    tiers: tuple[Tier, ...]

    def cost(self, *, prompt_tokens: int, answer_tokens: int, cached_tokens: int = 0) -> Micros:
        """Give the cost of one call, rounded up. More cached tokens than the prompt has count as all of it."""
        tier = next(tier for tier in reversed(self.tiers) if prompt_tokens > tier.over)
        cached = min(cached_tokens, prompt_tokens)
        sums = (tier.call, (prompt_tokens - cached) * tier.prompt, cached * tier.cached, answer_tokens * tier.answer)
        return -(-sum(sums) // TRILLIONTHS)


def trillionths(dollars: Decimal) -> int:
    """Give what a token costs when a million cost so many dollars, rounded up."""
    return math.ceil(Fraction(dollars) * TRILLIONTHS)


def tariff(tiers: Iterable[Tier]) -> Tariff:
    """Put tiers together, of one list or of several: for each prompt, the most that any of them takes.

    So a longer prompt never costs less than a shorter one, whatever a list says, and a cached token never more than
    another: what is set apart for the most tokens that a call can take covers each bill for fewer.
    """
    known = list(tiers)
    return Tariff(tuple(_dearest(over, known) for over in sorted({tier.over for tier in known})))


def _dearest(over: int, tiers: Iterable[Tier]) -> Tier:
    held = [tier for tier in tiers if tier.over <= over]
    return Tier(
        over=over,
        call=max(tier.call for tier in held),
        prompt=max(max(tier.prompt, tier.cached) for tier in held),
        cached=max(tier.cached for tier in held),
        answer=max(tier.answer for tier in held),
    )
