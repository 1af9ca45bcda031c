"""What keeps limits keeps to this, fakes included. Subclass it, and give the fixture ``ledgers``."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

import pytest

from bot.errors import OverBudget
from bot.money.base import Bill, Call, Payer
from bot.money.limits import Limit, Limits

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.money.base import Holder, Ledger, Micros, Reservation, Unit

PAYER = Payer(person="slack:T1:person:U1", workspace="slack:T1", channel="slack:T1:channel:C1")
FREE = Bill(prompt_tokens=0, answer_tokens=0, cost=0)


def a_call(answer: str = "a1", worst: Micros = 100, payer: Payer = PAYER) -> Call:
    return Call(answer=answer, payer=payer, feature="answer", model="gpt-4.1-mini", worst=worst)


def a_bill(cost: Micros = 60) -> Bill:
    return Bill(prompt_tokens=10, answer_tokens=5, cost=cost)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """Limits in micro-dollars and questions."""

    person: int | None = 1_000
    everyone: int | None = 10_000
    plan: int | None = None
    questions: int | None = None
    small_only: bool = False

    def __call__(self, payer: Payer) -> Limits:
        return Limits(
            person=Limit(holder="person", name=payer.person, micros=self.person),
            workspace=Limit(holder="workspace", name=payer.workspace, micros=self.plan, questions=self.questions),
            everyone=Limit(holder="everyone", micros=self.everyone),
            small_only=self.small_only,
        )


class Ledgers(Protocol):
    """Makes ledgers."""

    def __call__(self, limits: Callable[[Payer], Limits], /, *, wait_seconds: float = 0.0) -> Ledger: ...


async def used(ledger: Ledger, payer: Payer = PAYER) -> dict[tuple[Holder, Unit], int]:
    return {(account.holder, account.unit): account.used for account in (await ledger.standing(payer)).accounts}


async def refused(ledger: Ledger, call: Call) -> OverBudget:
    with pytest.raises(OverBudget) as caught:
        await ledger.reserve(call)
    return caught.value


async def paid(ledger: Ledger, answer: str = "a1", cost: Micros = 60, worst: Micros = 100) -> Reservation:
    reservation = await ledger.reserve(a_call(answer, worst))
    await ledger.settle(reservation, a_bill(cost))
    return reservation


class LedgerContract:
    """The rules of ``bot.money.base.Ledger``."""

    async def test_who_never_paid_has_used_nothing_of_any_limit(self, ledgers: Ledgers) -> None:
        standing = await ledgers(Chosen(plan=500, questions=3, small_only=True)).standing(PAYER)
        assert [(one.holder, one.unit, one.used, one.limit) for one in standing.accounts] == [
            ("person", "micros", 0, 1_000),
            ("workspace", "micros", 0, 500),
            ("workspace", "questions", 0, 3),
            ("everyone", "micros", 0, 10_000),
        ]
        assert (standing.stage, standing.small_only) == ("free", True)

    async def test_a_limit_that_is_none_is_no_account(self, ledgers: Ledgers) -> None:
        ledger = ledgers(Chosen(person=None, everyone=None))
        await paid(ledger, cost=10**12, worst=10**12)
        assert (await ledger.standing(PAYER)).accounts == ()

    async def test_what_is_set_apart_is_not_used_and_what_is_settled_is(self, ledgers: Ledgers) -> None:
        ledger = ledgers(Chosen())
        reservation = await ledger.reserve(a_call())
        assert await used(ledger) == {("person", "micros"): 0, ("everyone", "micros"): 0}
        await ledger.settle(reservation, a_bill(60))
        assert await used(ledger) == {("person", "micros"): 60, ("everyone", "micros"): 60}

    async def test_settling_again_changes_nothing(self, ledgers: Ledgers) -> None:
        ledger = ledgers(Chosen())
        reservation = await paid(ledger)
        await ledger.settle(reservation, a_bill(99))
        await ledger.release(reservation)
        assert (await used(ledger))["person", "micros"] == 60

    async def test_what_is_released_is_free_again_for_good(self, ledgers: Ledgers) -> None:
        ledger = ledgers(Chosen(person=100))
        reservation = await ledger.reserve(a_call())
        await ledger.release(reservation)
        await ledger.settle(reservation, a_bill())
        await ledger.release(reservation)
        assert (await used(ledger))["person", "micros"] == 0
        await ledger.reserve(a_call("a2"))
        await refused(ledger, a_call("a3"))

    async def test_what_is_set_apart_leaves_no_room_for_others_until_it_is_settled(self, ledgers: Ledgers) -> None:
        ledger = ledgers(Chosen(person=150))
        reservation = await ledger.reserve(a_call())
        error = await refused(ledger, a_call("a2"))
        assert "ask again in a minute" in error.told
        await ledger.settle(reservation, a_bill(50))
        await ledger.reserve(a_call("a2"))

    @pytest.mark.parametrize("holder", ["person", "workspace", "everyone"])
    async def test_each_limit_of_money_refuses_by_itself(self, ledgers: Ledgers, holder: Holder) -> None:
        chosen = {"person": Chosen(person=100), "workspace": Chosen(plan=100), "everyone": Chosen(everyone=100)}
        ledger = ledgers(chosen[holder])
        await paid(ledger)
        error = await refused(ledger, a_call("a2", worst=41))
        assert (error.account.holder, error.account.used, error.account.limit) == (holder, 60, 100)
        await ledger.reserve(a_call("a2", worst=40))

    async def test_even_the_first_call_of_all_keeps_the_limits(self, ledgers: Ledgers) -> None:
        for chosen in (Chosen(person=99), Chosen(plan=99), Chosen(everyone=99), Chosen(questions=0)):
            error = await refused(ledgers(chosen), a_call())
            assert "whoever runs me can" in error.told

    async def test_persons_do_not_share_a_limit_and_everyone_does(self, ledgers: Ledgers) -> None:
        ledger = ledgers(Chosen(person=100, everyone=200))
        for person in ("U1", "U2"):
            other = replace(PAYER, person=f"slack:T1:person:{person}")
            await ledger.reserve(a_call(person, payer=other))
        third = replace(PAYER, person="slack:T1:person:U3")
        assert (await refused(ledger, a_call("a3", worst=1, payer=third))).account.holder == "everyone"

    async def test_an_answer_counts_as_one_question_however_many_calls_it_takes(self, ledgers: Ledgers) -> None:
        ledger = ledgers(Chosen(questions=2))
        for answer in ("a1", "a1", "a2", "a1"):
            await paid(ledger, answer)
        assert (await used(ledger))["workspace", "questions"] == 2
        error = await refused(ledger, a_call("a3"))
        assert (error.account.unit, error.account.limit) == ("questions", 2)
        await paid(ledger, "a2")

    async def test_a_call_that_is_released_counts_as_no_question(self, ledgers: Ledgers) -> None:
        ledger = ledgers(Chosen(questions=1))
        await ledger.release(await ledger.reserve(a_call("a1")))
        assert (await used(ledger))["workspace", "questions"] == 0
        await paid(ledger, "a2")
        await paid(ledger, "a2")
        assert (await used(ledger))["workspace", "questions"] == 1

    async def test_embedding_counts_as_no_question(self, ledgers: Ledgers) -> None:
        ledger = ledgers(Chosen(questions=1))
        for answer in ("a1", "a2", "a1"):
            await ledger.settle(await ledger.reserve(replace(a_call(answer), feature="embedding")), a_bill())
        assert (await used(ledger))["workspace", "questions"] == 0
        await paid(ledger, "a1")
        await ledger.reserve(replace(a_call("a2"), feature="embedding"))
        assert (await used(ledger))["workspace", "questions"] == 1

    async def test_a_refused_call_leaves_nothing(self, ledgers: Ledgers) -> None:
        ledger = ledgers(Chosen(person=100, questions=5))
        await refused(ledger, a_call("a1", worst=101))
        assert (await used(ledger))["workspace", "questions"] == 0
        await ledger.reserve(a_call("a1", worst=100))

    async def test_a_bill_over_what_was_set_apart_is_booked_whole(self, ledgers: Ledgers) -> None:
        ledger = ledgers(Chosen())
        await paid(ledger, cost=150, worst=100)
        assert (await used(ledger))["everyone", "micros"] == 150

    async def test_a_call_that_costs_nothing_is_settled_at_nothing(self, ledgers: Ledgers) -> None:
        ledger = ledgers(Chosen())
        await ledger.settle(await ledger.reserve(a_call(worst=0)), FREE)
        assert (await used(ledger))["person", "micros"] == 0

    async def test_a_refusal_says_when_there_is_more(self, ledgers: Ledgers) -> None:
        ledger = ledgers(Chosen(everyone=100))
        await paid(ledger, cost=100)
        error = await refused(ledger, a_call("a2"))
        assert "Today's money for answers is used up; there is more at 00:00 UTC, in " in error.told
        assert error.account.resets_at == (await ledger.standing(PAYER)).accounts[1].resets_at
        assert (await ledger.standing(PAYER)).stage == "spent"

    async def test_two_hundred_at_once_never_exceed_a_limit(self, ledgers: Ledgers) -> None:
        ledger = ledgers(Chosen(person=None, everyone=1_050))
        outcomes: list[Reservation | None] = []

        async def ask(number: int) -> None:
            try:
                outcomes.append(await ledger.reserve(a_call(f"a{number}")))
            except OverBudget:
                outcomes.append(None)

        async with asyncio.TaskGroup() as group:
            for number in range(200):
                group.create_task(ask(number))
        reserved = [outcome for outcome in outcomes if outcome is not None]
        assert (len(outcomes), len(reserved)) == (200, 10)

    async def test_a_burst_waits_for_settlements_instead_of_being_refused(self, ledgers: Ledgers) -> None:
        ledger = ledgers(Chosen(person=None, everyone=1_000), wait_seconds=30.0)
        costs = []

        async def ask(number: int) -> None:
            reservation = await ledger.reserve(a_call(f"a{number}"))
            await asyncio.sleep(0)
            await ledger.settle(reservation, a_bill(10))
            costs.append(10)

        async with asyncio.TaskGroup() as group:
            for number in range(60):
                group.create_task(ask(number))
        assert (await used(ledger))["everyone", "micros"] == sum(costs) == 600

    async def test_whoever_waits_goes_on_once_something_is_released(self, ledgers: Ledgers) -> None:
        ledger = ledgers(Chosen(person=100), wait_seconds=30.0)
        first = await ledger.reserve(a_call("a1"))
        async with asyncio.TaskGroup() as group:
            waiting = group.create_task(ledger.reserve(a_call("a2")))
            await asyncio.sleep(0.01)
            assert not waiting.done()
            await ledger.release(first)
        assert waiting.result().call.answer == "a2"

    async def test_whoever_waits_in_vain_is_refused(self, ledgers: Ledgers) -> None:
        ledger = ledgers(Chosen(person=100), wait_seconds=0.02)
        await ledger.reserve(a_call("a1"))
        error = await refused(ledger, a_call("a2"))
        assert "ask again in a minute" in error.told
