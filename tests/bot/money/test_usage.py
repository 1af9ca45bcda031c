from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, get_args

import pytest
from sqlalchemy import Double, literal

from bot.cli.usage import BY, PERIODS
from bot.money.alerts import Alerts
from bot.money.base import Bill, Call, Payer
from bot.money.forecasting import Period, span
from bot.money.ledger import SqlLedger
from bot.money.limits import Limit, Limits
from bot.money.usage import By, SetApart, Spent, Usage
from bot.plans import Plans
from bot.policy import MoneySettings
from tests.doubles.adapters import RecordingAdapter
from tests.doubles.charges import EVENING, a_charge, an_account, kept

if TYPE_CHECKING:
    from bot.database import Database

DAY = span("day", EVENING)


NOW = ("2026-11-24", "2026-11")


@pytest.fixture
def usage(database: Database) -> Usage:
    return Usage(database)


async def test_where_nothing_was_spent_all_is_nothing(usage: Usage) -> None:
    assert await usage.spent(DAY) == Spent()
    assert await usage.top("person", DAY) == []
    assert await usage.set_apart() == SetApart(calls=0, worst=0)
    assert await usage.nearly(NOW, Plans(MoneySettings()).limits) == []


async def test_a_span_holds_what_was_begun_from_its_first_moment_until_before_its_end(
    database: Database, usage: Usage
) -> None:
    await kept(
        database,
        a_charge(at=DAY.begin, cost=1),
        a_charge(at=DAY.end - timedelta(milliseconds=1), cost=2),
        a_charge(at=DAY.begin - timedelta(milliseconds=1), cost=4),
        a_charge(at=DAY.end, cost=8),
    )
    assert (await usage.spent(DAY)).cost == 3


async def test_calls_of_one_answer_are_one_question_and_guesses_are_counted(database: Database, usage: Usage) -> None:
    await kept(
        database,
        a_charge(answer="a1", feature="rewriting", cost=100, prompt_tokens=10, answer_tokens=1),
        a_charge(answer="a1", cost=500, estimated=True),
        a_charge(answer="a2", cost=1_000, state="assumed", prompt_tokens=0, answer_tokens=0),
    )
    assert await usage.spent(DAY) == Spent(
        cost=1_600, calls=3, questions=2, prompt_tokens=1_010, answer_tokens=101, guessed=2
    )


async def test_what_is_set_apart_is_not_spent_and_what_was_released_is_neither(
    database: Database, usage: Usage
) -> None:
    await kept(
        database,
        a_charge(state="open", worst=700, cost=0),
        a_charge(state="open", worst=300, cost=0, at=EVENING - timedelta(days=1)),
        a_charge(state="released", worst=900, cost=0),
    )
    assert await usage.spent(DAY) == Spent()
    assert await usage.set_apart() == SetApart(calls=2, worst=1_000)


@pytest.mark.parametrize("by", get_args(By))
async def test_the_dearest_come_first_and_only_ten_of_them(database: Database, usage: Usage, by: By) -> None:
    await kept(database, *(a_charge(**{by: f"n{number:02}", "cost": number}) for number in range(12)))
    await kept(database, a_charge(**{by: "n05", "cost": 100}))
    top = await usage.top(by, DAY)
    assert [share.name for share in top] == ["n05", "n11", "n10", "n09", "n08", "n07", "n06", "n04", "n03", "n02"]
    assert (top[0].spent.cost, top[0].spent.calls) == (105, 2)


async def test_of_equals_the_one_with_more_calls_comes_first_then_the_first_by_name(
    database: Database, usage: Usage
) -> None:
    await kept(database, *(a_charge(model=model, cost=0) for model in ("b", "a", "c", "c")))
    assert [share.name for share in await usage.top("model", DAY)] == ["c", "a", "b"]


def limits(payer: Payer) -> Limits:
    """A hundred micro-dollars a day each; a plan of a hundred questions, of none for w2, without limit for w3."""
    most = {"w1": 100, "w2": 0}.get(payer.workspace)
    return Limits(
        person=Limit(holder="person", name=payer.person, micros=100),
        workspace=Limit(holder="workspace", name=payer.workspace, questions=most),
        everyone=Limit(holder="everyone", micros=100),
    )


async def test_limits_that_are_nearly_used_up_come_fullest_first_whatever_they_were_before(
    database: Database, usage: Usage
) -> None:
    plan = {"holder": "workspace", "period": "2026-11"}
    await kept(
        database,
        accounts=(
            an_account(spent=80, most_spent=10**6),
            an_account(holder="person", name="p1", spent=100),
            an_account(holder="person", name="p2", spent=79, most_spent=79),
            an_account(holder="person", name="p3", spent=100, period="2026-11-23"),
            an_account(**plan, name="w1", spent=10**9, questions=95),
            an_account(**plan, name="w2", spent=10, questions=1, most_questions=100),
            an_account(**plan, name="w3", spent=10**9, questions=10**6, most_questions=1),
        ),
    )
    assert [(one.name, one.unit, one.used, one.limit) for one in await usage.nearly(NOW, limits)] == [
        ("p1", "micros", 100, 100),
        ("w2", "questions", 1, 0),
        ("w1", "questions", 95, 100),
        ("", "micros", 80, 100),
    ]


async def test_a_sum_may_be_larger_than_what_an_integer_column_holds(database: Database, usage: Usage) -> None:
    await kept(database, *(a_charge(cost=2**60, prompt_tokens=2**31 - 1) for _ in range(4)))
    spent = await usage.spent(DAY)
    assert (spent.cost, spent.prompt_tokens) == (2**62, 4 * (2**31 - 1))


async def test_what_the_ledger_booked_is_what_was_spent_and_what_it_keeps_is_set_apart(
    database: Database, usage: Usage
) -> None:
    platform = RecordingAdapter()
    alerts = Alerts("recording:1:channel:ops", {"recording": platform})
    allowed = Plans(MoneySettings(all_day=Decimal(1), wait_seconds=0)).limits
    ledger = SqlLedger(
        database, allowed, wait_seconds=0.0, alert=alerts, now=lambda: literal(EVENING.timestamp(), Double())
    )
    payer = Payer(person="recording:1:person:mary", workspace="recording:1", channel="recording:1:channel:c")
    call = Call(answer="a1", payer=payer, feature="answer", model="gpt-4.1-mini", worst=900_000)
    bill = Bill(prompt_tokens=1_000, answer_tokens=100, cost=850_000, estimated=True)
    await ledger.settle(await ledger.reserve(call), bill)
    await ledger.reserve(replace(call, answer="a2", worst=140_000))
    assert await usage.spent(DAY) == Spent(
        cost=850_000, calls=1, questions=1, prompt_tokens=1_000, answer_tokens=100, guessed=1
    )
    assert await usage.set_apart() == SetApart(calls=1, worst=140_000)
    (nearly,) = await usage.nearly(NOW, allowed)
    assert (nearly.holder, nearly.used, nearly.limit) == ("everyone", 850_000, 1_000_000)
    async with alerts.running(), asyncio.timeout(30):
        while not platform.notices:  # noqa: ASYNC110 - a turn of the loop is all that it takes
            await asyncio.sleep(0)
    assert platform.notices[0][1].startswith("Today's limit of everyone together is 85 % used: $0.85 of $1.00.")


def test_the_command_offers_all_that_can_be_asked_for() -> None:
    assert (get_args(By), get_args(Period)) == (BY, PERIODS)
