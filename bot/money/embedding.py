"""Embedding for money: each request to an endpoint is reserved at its worst and settled at what it did cost.

A question's embedding is paid by its asker, as its answer is. A sync's is paid by its workspace: no person's day holds
for it, but everyone's day and the workspace's month do. An embedder on this machine costs nothing and stays as it is.
"""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.errors import OverBudget, StoreError
from bot.money.base import SYNC, Bill, Call, Payer
from bot.money.settling import closed
from bot.money.wording import sync_refusal
from knowledge.endpoint.base import Billed, Free, Meter, Outcome
from knowledge.errors import Unaffordable

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable

    from adapters.base import Principal
    from adapters.parts import AnswerId
    from bot.money.base import Ledger, Price, Reservation
    from knowledge.base import Embedder
    from knowledge.endpoint.base import Priced

_MILLION = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Purse(Meter):
    """Pays for the requests of one embedder. ``syncs`` says for what: a sync waits for money, a question does not."""

    ledger: Ledger
    price: Price
    payer: Payer
    answer: AnswerId
    model: str
    syncs: bool = False

    @asynccontextmanager
    async def request(self, tokens: int, /) -> AsyncGenerator[Outcome]:
        """Set the worst cost apart before, and book after what the outcome says. Raises Unaffordable."""
        reservation = await self._reserved(tokens)
        outcome = Outcome()
        try:
            yield outcome
        finally:
            await closed(self.ledger, reservation, self._bill(outcome, tokens) if outcome.begun else None)

    async def _reserved(self, tokens: int) -> Reservation:
        call = Call(
            answer=self.answer, payer=self.payer, feature="embedding", model=self.model, worst=self._cost(tokens)
        )
        try:
            return await self.ledger.reserve(call, waits=self.syncs)
        except OverBudget as error:
            told = sync_refusal(error.account, call.worst) if self.syncs else error.told
            raise Unaffordable(told) from error
        except StoreError as error:
            raise Unaffordable(f"Nobody can keep account of what embedding costs just now: {error.told}") from error

    def _bill(self, outcome: Outcome, worst: int) -> Bill:
        """Give what a request did cost, at its worst where nobody says what it took."""
        tokens = worst if outcome.tokens is None else outcome.tokens
        return Bill(prompt_tokens=tokens, answer_tokens=0, cost=self._cost(tokens), estimated=outcome.tokens is None)

    def _cost(self, tokens: int) -> int:
        return self.price.cost(prompt_tokens=tokens, answer_tokens=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Paying:
    """Lets embedders be paid for. ``price_of`` gives what tokens of one cost, as the settings or the lists say.

    ``run`` tells a sync or a start from every other one, in all processes: what an earlier try at the same one had set
    apart would be taken for lost.
    """

    ledger: Ledger
    price_of: Callable[[Priced], Price]

    def by_asker(self, payer: Payer, answer: AnswerId) -> Callable[[Embedder], Embedder]:
        """Give what makes an embedder one that the asker of a question pays for."""

        def paid(embedder: Embedder) -> Embedder:
            if not isinstance(embedder, Billed):
                return embedder
            return embedder.metered(self._meter(embedder, payer, answer, syncs=False))

        return paid

    def by_workspace(self, workspace: Principal, run: str) -> Callable[[Embedder], Embedder]:
        """Give what makes an embedder one that a workspace pays for."""

        def paid(embedder: Embedder) -> Embedder:
            return embedder.metered(self.meter(embedder, workspace, run)) if isinstance(embedder, Billed) else embedder

        return paid

    def meter(self, asked: Priced, workspace: Principal, run: str) -> Meter:
        """Give who keeps account where no embedder is there yet, as for finding out how long its vectors are."""
        payer = Payer(person=workspace, workspace=workspace, channel=workspace)
        return self._meter(asked, payer, f"{SYNC}{run}", syncs=True)

    def _meter(self, asked: Priced, payer: Payer, answer: AnswerId, *, syncs: bool) -> Meter:
        """What costs nothing needs no account, and goes on where nobody can keep one."""
        price = self.price_of(asked)
        if not price.cost(prompt_tokens=_MILLION, answer_tokens=0):
            return Free()
        return Purse(ledger=self.ledger, price=price, payer=payer, answer=answer, model=asked.model, syncs=syncs)
