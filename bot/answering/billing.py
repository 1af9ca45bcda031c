"""Money around one call: its worst cost is set apart before, and what it did cost is booked after, however it ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.answering.stopping import unless
from bot.money.base import Bill, Call
from bot.money.settling import closed

if TYPE_CHECKING:
    import asyncio

    from adapters.parts import AnswerId
    from bot.models.base import Finished, Heard, LanguageModel, Prompt, Used
    from bot.models.chain import Link
    from bot.money.base import Feature, Ledger, Micros, Payer, Price, Reservation


def called(link: Link, prompt: Prompt, *, answer: AnswerId, payer: Payer, feature: Feature) -> Call:
    """Give a call that is about to be made, with the most that it can cost."""
    bound = link.bound(prompt)
    worst = _cost(link.price, prompt_tokens=bound.prompt_tokens, answer_tokens=bound.answer_tokens)
    return Call(answer=answer, payer=payer, feature=feature, model=link.name, worst=worst)


async def reserved(ledger: Ledger, call: Call, stop: asyncio.Event, *, waits: bool) -> Reservation | None:
    """Set a call's worst cost apart; None where a stop came first. Raises OverBudget and StoreError.

    Where it is cancelled at the very moment at which the money is there, nobody would have it: so it is given back.
    """
    made: list[Reservation] = []

    async def reserve() -> None:
        made.append(await ledger.reserve(call, waits=waits))

    try:
        await unless(stop, reserve())
    except BaseException:
        if made:
            await settled(ledger, made[0], None, None)
        raise
    return made[0] if made else None


def billed(price: Price | None, used: Used) -> Bill:
    """Give the bill for what a call used."""
    tokens = {"prompt_tokens": used.prompt_tokens, "answer_tokens": used.answer_tokens}
    cost = _cost(price, **tokens, cached_tokens=used.cached_tokens)
    return Bill(**tokens, cost=cost, estimated=used.estimated)


def owed(model: LanguageModel, prompt: Prompt, finished: Finished | None, heard: Heard, *, begun: bool) -> Used | None:
    """Give what a call that has ended used; None where its server never began to answer it."""
    if finished is not None:
        return finished
    return heard.used(model.bound(prompt)) if begun else None


async def settled(ledger: Ledger, reservation: Reservation, price: Price | None, used: Used | None) -> None:
    """Book what a call used, or free its money where it was never begun, which is None."""
    await closed(ledger, reservation, None if used is None else billed(price, used))


def _cost(price: Price | None, *, prompt_tokens: int, answer_tokens: int, cached_tokens: int = 0) -> Micros:
    if price is None:
        return 0
    return price.cost(prompt_tokens=prompt_tokens, answer_tokens=answer_tokens, cached_tokens=cached_tokens)
