"""What a person may know of how they stand. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from adapters.spending import Allowance, Spending
from bot.money.base import payer

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from typing import Literal

    from adapters.wishes import Used
    from bot.money.base import Ledger, Stage, Standing

_ANSWERS: Final[Mapping[Stage, Literal["usual", "thrifty", "quotes"]]] = {
    "free": "usual",
    "warned": "usual",
    "thrifty": "thrifty",
    "spent": "quotes",
}


def usage_of(ledger: Ledger) -> Callable[[Used], Awaitable[Spending]]:
    """Give what a desk asks for a person's usage. It raises StoreError."""

    async def usage(wish: Used) -> Spending:
        return seen(await ledger.standing(payer(wish.place, wish.person)))

    return usage


def seen(standing: Standing) -> Spending:
    """Give their own limits and their workspace's; of everyone's together only what follows from it."""
    tightest, answers = standing.tightest, _ANSWERS[standing.stage]
    allowances = [
        Allowance(
            of=account.holder, unit=account.unit, used=account.used, limit=account.limit, resets_at=account.resets_at
        )
        for account in standing.accounts
        if account.holder != "everyone"
    ]
    until = tightest.resets_at if tightest and answers != "usual" else None
    return Spending(allowances=tuple(allowances), answers=answers, until=until)
