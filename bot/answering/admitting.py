"""Whether a question is taken: how its asker stands with money, and whether they ask too often."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from bot.money.base import payer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from adapters.base import Question
    from bot.money.base import Denied, Ledger, Payer, Rate, Rates, Standing

_THRIFTY: Final = ("thrifty", "spent")


@dataclass(frozen=True, slots=True, kw_only=True)
class Admitted:
    """Who pays and how they stand; ``denied`` is set where they ask too often, and then nothing is answered."""

    payer: Payer
    standing: Standing
    denied: Denied | None

    @property
    def small_only(self) -> bool:
        """Whether strong models are too dear for this question."""
        return self.standing.small_only or self.standing.stage in _THRIFTY


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """Counts questions in ``windows``, which are half as wide for whoever has nearly used up a limit of money."""

    ledger: Ledger
    rates: Rates
    windows: Sequence[Rate]

    async def admitted(self, question: Question) -> Admitted:
        """Take a question or not; once taken it counts, however often it is tried. Raises StoreError."""
        paying = payer(question.place, question.asker)
        standing = await self.ledger.standing(paying)
        windows = tuple(map(halved, self.windows)) if standing.stage in _THRIFTY else self.windows
        denied = await self.rates.admit(paying.person, question.id, windows)
        return Admitted(payer=paying, standing=standing, denied=denied)


def halved(rate: Rate) -> Rate:
    """Give half of a rate, but not nothing."""
    return replace(rate, most=(rate.most + 1) // 2)
