"""An answer's models and its money, through the engine."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from structlog.testing import capture_logs

from adapters.parts import Ending, Text
from adapters.plain import rendered
from bot.answering import replies
from bot.errors import ModelCut, ModelDown, ModelRefused, StoreAway
from bot.money.base import Call, Rate, payer
from bot.money.limits import Limit, Limits
from tests.bot.answering.test_engine import AUDIENCE, GOOD, Bench, ending, question, tree
from tests.doubles.audiences import always
from tests.doubles.chains import Flat, link
from tests.doubles.ledger import MemoryLedger
from tests.doubles.models import Scripted

if TYPE_CHECKING:
    from collections.abc import Callable

    from adapters.parts import Part
    from bot.money.base import Bill, Payer, Reservation

PAYER = payer(question("").place, question("").asker)
ASKED = "How often is an API key rotated?"
HARD = "Why is an API key rotated every 90 days?"
COST = Flat().cost(prompt_tokens=100, answer_tokens=len(GOOD) // 4)
WORST = Flat().cost(prompt_tokens=100, answer_tokens=400)


class Named(Scripted):
    """A scripted model with a name of its own."""

    def __init__(self, name: str, text: str = GOOD, *, error: Exception | None = None, hangs: bool = False) -> None:
        super().__init__(text if error is None else "", error=error, hangs=hangs)
        self.name = name


def limited(micros: int) -> Callable[[Payer], Limits]:
    def limits(one: Payer) -> Limits:
        return Limits(
            person=Limit(holder="person", name=one.person, micros=micros),
            workspace=Limit(holder="workspace", name=one.workspace),
            everyone=Limit(holder="everyone", micros=100_000_000),
        )

    return limits


def booked(ledger: MemoryLedger) -> list[tuple[str, int]]:
    """What each model was paid, in the order of asking; nothing may be left open."""
    assert not any(charge.open for charge in ledger.charges.values())
    return [(charge.call.model, charge.cost) for charge in ledger.charges.values()]


async def test_one_call_is_set_apart_and_booked_at_what_it_did_cost() -> None:
    ledger = MemoryLedger()
    parts = await Bench(Named("first"), Named("second"), ledger=ledger).ask(HARD)
    assert (ending(parts).verdict, ending(parts).model) == ("answered", "first")
    assert booked(ledger) == [("first", COST)]
    (charge,) = ledger.charges.values()
    assert (charge.call.worst, charge.call.answer, charge.call.feature) == (WORST, "a1", "answer")
    assert charge.call.payer == PAYER


async def test_a_provider_that_never_began_costs_nothing_and_the_next_one_answers() -> None:
    ledger = MemoryLedger()
    down = Named("first", error=ModelRefused("No such key.", begun=False))
    parts = await Bench(down, Named("second"), ledger=ledger).ask(HARD)
    assert (ending(parts).verdict, ending(parts).model) == ("answered", "second")
    assert rendered(tree(parts)) == GOOD
    assert booked(ledger) == [("second", COST)]


async def test_a_provider_that_fell_silent_is_paid_for_the_prompt_that_it_took() -> None:
    ledger = MemoryLedger()
    silent = Named("first", error=ModelDown("It did not answer in time.", begun=True))
    await Bench(silent, Named("second"), ledger=ledger).ask(HARD)
    assert booked(ledger) == [("first", 100), ("second", COST)]


async def test_once_something_was_shown_no_other_model_goes_on() -> None:
    ledger, second = MemoryLedger(), Named("second")
    cut = Scripted(GOOD + " And", error=ModelCut("It broke off."))
    parts = await Bench(cut, second, ledger=ledger).ask(HARD)
    assert (ending(parts).verdict, ending(parts).model, second.asked) == ("cut", "scripted", [])
    assert rendered(tree(parts)).startswith(GOOD.split(" [1]")[0])
    assert booked(ledger) == [("scripted", Flat().cost(prompt_tokens=100, answer_tokens=len(GOOD + " And") // 4))]


async def test_a_failure_in_passing_is_tried_once_more_when_nobody_else_can_answer() -> None:
    ledger = MemoryLedger()
    passing = Named("only", error=ModelDown("It has a fault.", begun=False, retry_after=0.001))
    parts = await Bench(passing, ledger=ledger).ask(HARD)
    assert len(passing.asked) == 2
    assert ending(parts).model == "extractive"
    assert booked(ledger) == []


async def test_a_failure_that_stays_is_not_tried_again() -> None:
    for error in (
        ModelRefused("No such key.", begun=False),
        ModelDown("It did not answer in time.", begun=True),
        ModelDown("It has a fault.", begun=False, retry_after=60),
    ):
        model = Named("only", error=error)
        await Bench(model).ask(HARD)
        assert len(model.asked) == 1


async def test_for_a_model_that_rests_no_money_is_set_apart() -> None:
    ledger, model = MemoryLedger(limited(WORST - 1)), Named("first", error=ModelDown("It is down.", begun=True))
    resting = link(model)
    for _ in range(5):
        resting.breaker.admit().failed()  # type: ignore[union-attr]  # it is closed until then
    parts = await Bench(resting, ledger=ledger).ask(HARD)
    assert (ending(parts).model, model.asked, ledger.charges) == ("extractive", [], {})
    assert rendered(tree(parts)).endswith(replies.RESTING)


async def test_whoever_waited_a_minute_gets_quotes_and_no_further_model() -> None:
    seconds = iter([0.0, 0.0, 0.0, 61.0])
    second = Named("second")
    bench = Bench(Named("first", error=ModelDown("Silence.")), second, seconds=lambda: next(seconds, 61.0))
    parts = await bench.ask(HARD)
    assert (second.asked, ending(parts).model) == ([], "extractive")


async def test_without_money_nothing_is_asked_and_the_answer_says_why_it_is_quoted() -> None:
    ledger, model = MemoryLedger(limited(WORST - 1)), Named("first")
    parts = await Bench(model, ledger=ledger).ask(ASKED)
    assert (model.asked, ending(parts).model, ending(parts).verdict) == ([], "extractive", "answered")
    text = rendered(tree(parts))
    assert text.startswith("An API key is rotated every 90 days. [1]")
    assert "more than" in text
    assert "quotes" in text


async def test_a_model_that_is_dear_gives_way_to_one_that_can_be_paid() -> None:
    ledger = MemoryLedger(limited(WORST - 1))
    cheap = replace(link(Named("second")), price=None)
    parts = await Bench(link(Named("first")), cheap, ledger=ledger).ask(HARD)
    assert (ending(parts).model, rendered(tree(parts))) == ("second", GOOD)


@pytest.mark.parametrize(("spent", "model"), [(0, "large"), (9, "little")])
async def test_near_the_end_of_the_money_small_models_answer(spent: int, model: str) -> None:
    ledger = MemoryLedger(limited(10 * WORST))
    for number in range(spent):
        await Bench(Bigger("large"), ledger=ledger).ask(HARD, answer=f"a{number}")
    parts = await Bench(link(Named("large")), link(Named("little"), "small"), ledger=ledger).ask(HARD)
    assert ending(parts).model == model


class Bigger(Named):
    """A model that uses all that it may."""

    def __init__(self, name: str) -> None:
        super().__init__(name, GOOD.ljust(1_600))


async def test_an_easy_question_goes_to_the_small_model() -> None:
    models = link(Named("large")), link(Named("little"), "small")
    assert ending(await Bench(*models).ask(ASKED)).model == "little"


async def test_a_stop_settles_what_was_seen() -> None:
    ledger = MemoryLedger()
    bench = Bench(Named("first", GOOD + " The", hangs=True), ledger=ledger)

    def stop(part: Part) -> None:
        if isinstance(part, Text):
            asyncio.get_running_loop().call_soon(bench.stop.set)

    parts = await bench.ask(HARD, stop)
    assert ending(parts).verdict == "stopped"
    assert booked(ledger) == [("first", Flat().cost(prompt_tokens=100, answer_tokens=len(GOOD + " The") // 4))]


async def test_closing_the_answer_settles_too() -> None:
    ledger = MemoryLedger()
    bench = Bench(Named("first", GOOD + " The", hangs=True), ledger=ledger)
    parts = bench.engine.answer(question(HARD), always(AUDIENCE), bench.stop)
    async with aclosing(parts):
        async for part in parts:
            if isinstance(part, Text):
                break
    ((_, cost),) = booked(ledger)
    assert 100 < cost < WORST


class Crowded(MemoryLedger):
    """A ledger whose money is set apart for others; ``asked`` is set once somebody waits for it."""

    def __init__(self) -> None:
        super().__init__(limited(WORST), wait_seconds=60.0)
        self.asked = asyncio.Event()

    async def reserve(self, call: Call, /, *, waits: bool = True) -> Reservation:
        if self.charges:
            self.asked.set()
        return await super().reserve(call, waits=waits)


async def test_a_stop_ends_the_wait_for_money() -> None:
    ledger, model = Crowded(), Named("first")
    other = Call(answer="other", payer=PAYER, feature="answer", model="first", worst=WORST)
    held = await ledger.reserve(other)
    bench = Bench(model, ledger=ledger)
    async with asyncio.TaskGroup() as group:
        asking = group.create_task(bench.ask(HARD))
        await ledger.asked.wait()
        bench.stop.set()
    assert (ending(asking.result()).verdict, model.asked) == ("stopped", [])
    await ledger.release(held)
    assert ledger.charges == {}


class Untimely(MemoryLedger):
    """A ledger whose asker is cancelled at the very moment at which the money is there."""

    asker: asyncio.Task[list[Part]] | None = None

    async def reserve(self, call: Call, /, *, waits: bool = True) -> Reservation:
        reservation = await super().reserve(call, waits=waits)
        assert self.asker is not None
        self.asker.cancel()
        return reservation


async def test_money_that_came_too_late_for_anybody_to_have_it_is_given_back() -> None:
    ledger, model = Untimely(), Named("first")
    async with asyncio.TaskGroup() as group:
        ledger.asker = group.create_task(Bench(model, ledger=ledger).ask(HARD))
    assert ledger.asker.cancelled()
    assert (ledger.charges, model.asked) == ({}, [])


async def test_money_that_comes_free_in_time_pays_for_the_answer() -> None:
    ledger, model = Crowded(), Named("first")
    other = Call(answer="other", payer=PAYER, feature="answer", model="first", worst=WORST)
    held = await ledger.reserve(other)
    async with asyncio.TaskGroup() as group:
        asking = group.create_task(Bench(model, ledger=ledger).ask(HARD))
        await ledger.asked.wait()
        await ledger.release(held)
    assert ending(asking.result()).model == "first"


class Away(MemoryLedger):
    """A ledger whose database is away: when money is set apart, or when it is booked."""

    def __init__(self, when: str) -> None:
        super().__init__()
        self.when = when

    async def reserve(self, call: Call, /, *, waits: bool = True) -> Reservation:
        if self.when == "reserve":
            raise StoreAway("PostgreSQL does not answer.")
        return await super().reserve(call, waits=waits)

    async def settle(self, reservation: Reservation, bill: Bill, /) -> None:
        if self.when == "settle":
            raise StoreAway("PostgreSQL does not answer.")
        await super().settle(reservation, bill)


async def test_money_fails_closed() -> None:
    model = Named("first")
    parts = await Bench(model, ledger=Away("reserve")).ask(ASKED)
    assert (model.asked, ending(parts).model) == ([], "extractive")
    assert rendered(tree(parts)).endswith(replies.UNACCOUNTED)


async def test_an_answer_that_cannot_be_settled_stands_and_the_log_says_so() -> None:
    with capture_logs() as logged:
        parts = await Bench(Named("first"), ledger=Away("settle")).ask(HARD)
    assert (ending(parts).verdict, rendered(tree(parts))) == ("answered", GOOD)
    assert [line["why"] for line in logged if line["log_level"] == "warning"] == ["PostgreSQL does not answer."]


async def test_too_many_questions_are_told_once_and_then_marked() -> None:
    ledger, model = MemoryLedger(), Named("first")
    bench = Bench(model, ledger=ledger, windows=(Rate(most=1, seconds=60),))
    assert ending(await bench.ask(ASKED, number=1)).verdict == "answered"
    told = await bench.ask(ASKED, number=2)
    silent = await bench.ask(ASKED, number=3)
    assert [ending(parts).verdict for parts in (told, silent)] == ["limited", "limited"]
    assert "one question within a minute" in rendered(tree(told))
    assert "Ask again in" in rendered(tree(told))
    assert [type(part) for part in silent] == [Ending]
    assert ending(told).told is None
    assert "Ask again in" in str(ending(silent).told)
    assert len(model.asked) == len(ledger.charges) == 1
    assert ending(await bench.ask(ASKED, number=1)).verdict == "answered"


async def test_rates_are_halved_near_the_end_of_the_money() -> None:
    ledger = MemoryLedger(limited(10 * WORST))
    for number in range(9):
        await Bench(Bigger("large"), ledger=ledger).ask(HARD, answer=f"a{number}")
    bench = Bench(Named("first"), ledger=ledger, windows=(Rate(most=3, seconds=60),))
    verdicts = [ending(await bench.ask(ASKED, number=number)).verdict for number in range(3)]
    assert verdicts == ["answered", "answered", "limited"]


def test_waiting_is_told_in_the_words_of_a_person() -> None:
    assert [replies.lasting(seconds) for seconds in (0.2, 1, 34, 60, 61, 3_600, 3_601)] == [
        "1 second", "1 second", "34 seconds", "60 seconds", "2 minutes", "60 minutes", "2 hours",
    ]  # fmt: skip
