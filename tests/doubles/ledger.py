"""A ledger in memory: one process, nothing survives, and every limit holds all the same."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from typing import TYPE_CHECKING

from bot.errors import OverBudget
from bot.money.base import DOLLAR, Ledger, Reservation, Standing
from bot.money.limits import Limit, Limits, Use, Wanted, accounts, obstacle
from bot.money.wording import held_up, refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bot.money.base import Bill, Call, Holder, Micros, Payer
    from bot.money.limits import Obstacle

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)


@dataclass(slots=True, kw_only=True)
class _Charge:
    call: Call
    counts: bool
    cost: Micros = 0
    open: bool = True


class MemoryLedger(Ledger):
    """It is always noon, so all charges are of one day and month."""

    def __init__(self, limits: Callable[[Payer], Limits] | None = None, *, wait_seconds: float = 0.0) -> None:
        """Without ``limits``: five dollars a person and a hundred for everyone."""
        self._limits = limits or generous
        self._wait_seconds = wait_seconds
        self._numbers = count(1)
        self._freed = asyncio.Condition()
        self.charges: dict[str, _Charge] = {}

    async def standing(self, payer: Payer, /) -> Standing:
        limits = self._limits(payer)
        found = accounts(limits, self._uses(payer), NOON.timestamp())
        return Standing(accounts=found, small_only=limits.small_only)

    async def reserve(self, call: Call, /, *, waits: bool = True) -> Reservation:
        reservation = Reservation(id=f"charge {next(self._numbers)}", call=call)
        until = asyncio.get_running_loop().time() + (self._wait_seconds if waits else 0.0)
        async with self._freed:
            while (found := self._obstacle(call)) is not None:
                if not found.passes:
                    raise OverBudget(refusal(found, NOON.timestamp()), found.account)
                try:
                    async with asyncio.timeout_at(until):
                        await self._freed.wait()
                except TimeoutError:
                    raise OverBudget(held_up(found.account), found.account) from None
            self.charges[reservation.id] = _Charge(call=call, counts=self._counts(call))
        return reservation

    async def settle(self, reservation: Reservation, bill: Bill, /) -> None:
        async with self._freed:
            charge = self.charges.get(reservation.id)
            if charge is not None and charge.open:
                charge.cost, charge.open = bill.cost, False
            self._freed.notify_all()

    async def release(self, reservation: Reservation, /) -> None:
        async with self._freed:
            charge = self.charges.get(reservation.id)
            if charge is not None and charge.open:
                del self.charges[reservation.id]
            self._freed.notify_all()

    def _obstacle(self, call: Call) -> Obstacle | None:
        wanted = Wanted(worst=call.worst, counts=self._counts(call))
        return obstacle(self._limits(call.payer), self._uses(call.payer), wanted, NOON.timestamp())

    def _counts(self, call: Call) -> bool:
        counted = any(charge.counts and charge.call.answer == call.answer for charge in self.charges.values())
        return call.asks and not counted

    def _uses(self, payer: Payer) -> Mapping[Holder, Use]:
        """Add up what every charge that concerns a payer takes."""
        uses: dict[Holder, Use] = defaultdict(Use)
        for charge in self.charges.values():
            theirs = charge.call.payer
            mine: dict[Holder, bool] = {
                "person": theirs.person == payer.person,
                "workspace": theirs.workspace == payer.workspace,
                "everyone": True,
            }
            for holder in (holder for holder, concerned in mine.items() if concerned):
                use = uses[holder]
                uses[holder] = Use(
                    spent=use.spent + charge.cost,
                    reserved=use.reserved + charge.call.worst * charge.open,
                    questions=use.questions + charge.counts,
                )
        return uses


def generous(payer: Payer) -> Limits:
    """Give the limits that hold where nothing is set."""
    return Limits(
        person=Limit(holder="person", name=payer.person, micros=5 * DOLLAR),
        workspace=Limit(holder="workspace", name=payer.workspace),
        everyone=Limit(holder="everyone", micros=100 * DOLLAR),
    )
