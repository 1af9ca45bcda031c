"""Money around one call: its worst cost is set apart before, and what it did cost is booked after, however it ends."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import structlog

from bot.errors import StoreError
from bot.money.base import Bill, Call

if TYPE_CHECKING:
    from adapters.base import AnswerId
    from bot.models.base import Bound, Finished, Prompt
    from bot.models.chain import Link
    from bot.money.base import Feature, Ledger, Payer, Price, Reservation


class Heard(Protocol):
    """What came of a call: ``begun`` where its server may have begun to answer, ``seen`` the tokens of what it said."""

    finished: Finished | None
    begun: bool

    @property
    def seen(self) -> int:
        """Give tokens that were streamed, estimated."""
        ...


def called(link: Link, prompt: Prompt, *, answer: AnswerId, payer: Payer, feature: Feature) -> Call:
    """Give a call that is about to be made, with the most that it can cost."""
    bound = link.model.bound(prompt)
    worst = link.price.cost(prompt_tokens=bound.prompt_tokens, answer_tokens=bound.answer_tokens)
    return Call(answer=answer, payer=payer, feature=feature, model=link.model.name, worst=worst)


def billed(price: Price, bound: Bound, heard: Heard) -> Bill | None:
    """Give the bill of a call that has ended, None where its server never began to answer it.

    What a server does not say, as where the stream was stopped or cut, is the whole prompt, what was seen, and what a
    reasoning model may have thought unseen.
    """
    done = heard.finished
    if done is not None and done.prompt_tokens:
        return Bill(
            prompt_tokens=done.prompt_tokens,
            answer_tokens=done.answer_tokens,
            cost=price.cost(
                prompt_tokens=done.prompt_tokens, answer_tokens=done.answer_tokens, cached_tokens=done.cached_tokens
            ),
            estimated=done.estimated,
        )
    if not heard.begun:
        return None
    seen = min(heard.seen, bound.answer_tokens - bound.hidden) + bound.hidden
    cost = price.cost(prompt_tokens=bound.prompt_tokens, answer_tokens=seen)
    return Bill(prompt_tokens=bound.prompt_tokens, answer_tokens=seen, cost=cost, estimated=True)


async def settled(ledger: Ledger, reservation: Reservation, link: Link, prompt: Prompt, heard: Heard | None) -> None:
    """Book what a call did cost, or free its money where it was never begun.

    Where that fails, its worst is booked once the lease of the reservation is over.
    """
    bill = billed(link.price, link.model.bound(prompt), heard) if heard is not None else None
    try:
        if bill is None:
            await ledger.release(reservation)
        else:
            await ledger.settle(reservation, bill)
    except StoreError as error:
        structlog.get_logger().warning("a call is not settled, and so will count at its worst", why=error.told)
