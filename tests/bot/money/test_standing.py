from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from adapters.wishes import Used
from bot.money.base import Account, Payer, Standing
from bot.money.standing import seen, usage_of
from tests.doubles.adapters import MARY, a_question

if TYPE_CHECKING:
    from bot.money.base import Bill, Call, Holder, Ledger, Reservation

MIDNIGHT = datetime(2026, 11, 26, tzinfo=UTC)


def account(holder: Holder, used: int, limit: int = 100) -> Account:
    return Account(holder=holder, unit="micros", used=used, limit=limit, resets_at=MIDNIGHT)


class Standings:
    """A ledger that only knows how people stand."""

    def __init__(self, standing: Standing) -> None:
        self._standing = standing
        self.asked: list[Payer] = []

    async def standing(self, payer: Payer, /) -> Standing:
        self.asked.append(payer)
        return self._standing

    async def reserve(self, call: Call, /, *, waits: bool = True) -> Reservation:
        raise NotImplementedError

    async def settle(self, reservation: Reservation, bill: Bill, /) -> None:
        raise NotImplementedError

    async def release(self, reservation: Reservation, /) -> None:
        raise NotImplementedError


def test_people_see_their_own_limits_and_not_what_everyone_spends() -> None:
    spending = seen(Standing(accounts=(account("person", 8), account("everyone", 50), account("workspace", 5))))
    assert [(one.of, one.used) for one in spending.allowances] == [("person", 8), ("workspace", 5)]
    assert (spending.answers, spending.until) == ("usual", None)


@pytest.mark.parametrize(("used", "answers"), [(80, "usual"), (89, "usual"), (90, "thrifty"), (100, "quotes")])
def test_everyones_limit_shows_in_what_follows_from_it(used: int, answers: str) -> None:
    spending = seen(Standing(accounts=(account("person", 8), account("everyone", used))))
    assert (spending.answers, spending.until) == (answers, None if answers == "usual" else MIDNIGHT)


async def test_a_wish_is_answered_for_whoever_would_pay_for_a_question_there() -> None:
    ledger = Standings(Standing(accounts=()))
    known: Ledger = ledger
    await usage_of(known)(Used(person=MARY, place=a_question().place))
    assert ledger.asked == [
        Payer(
            person="terminal:local:person:mary", workspace="terminal:local", channel="terminal:local:channel:terminal"
        )
    ]
