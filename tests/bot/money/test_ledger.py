from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select
from structlog.testing import capture_logs

from bot.database import Database
from bot.errors import OverBudget, StoreAway, StoreError
from bot.money.base import Bill, Payer
from bot.money.ledger import SqlLedger
from bot.money.statements import ACCOUNT, CHARGE
from tests.contracts.ledger import PAYER, Chosen, LedgerContract, a_bill, a_call, paid, refused, used
from tests.doubles.clock import EVENING, Clock
from tests.doubles.ledger import MemoryLedger

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from sqlalchemy import Connection

    from bot.money.base import Account, Ledger
    from bot.money.limits import Limits
    from tests.contracts.ledger import Ledgers


class TestLedgerInMemory(LedgerContract):
    @pytest.fixture
    def ledgers(self) -> Ledgers:
        return MemoryLedger


class TestLedgerInSql(LedgerContract):
    @pytest.fixture
    def ledgers(self, database: Database) -> Ledgers:
        def made(limits: Callable[[Payer], Limits], /, *, wait_seconds: float = 0.0) -> Ledger:
            return SqlLedger(database, limits, wait_seconds=wait_seconds)

        return made


class Processes:
    """Ledgers of several processes on one database, whose clock the test moves."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.clock = Clock()
        self.alerts: list[tuple[Account, Payer]] = []

    def ledger(self, limits: Chosen | None = None, *, owner: str = "one", wait_seconds: float = 0.0) -> SqlLedger:
        return SqlLedger(
            self.database,
            limits or Chosen(),
            wait_seconds=wait_seconds,
            alert=lambda account, payer: self.alerts.append((account, payer)),
            owner=owner,
            now=self.clock.now,
        )

    async def states(self) -> list[str]:
        def read(connection: Connection) -> list[str]:
            return list(connection.scalars(select(CHARGE.c.state).order_by(CHARGE.c.begun_at, CHARGE.c.answer)))

        return await self.database.read(read)

    async def reserved(self) -> int:
        everyone = select(func.sum(ACCOUNT.c.reserved)).where(ACCOUNT.c.holder == "everyone")
        return int(await self.database.read(lambda connection: connection.scalar(everyone)) or 0)


@pytest.fixture
def processes(database: Database) -> Processes:
    return Processes(database)


# --- processes that vanish


async def test_what_a_vanished_process_left_is_booked_at_its_worst_once_its_lease_is_over(processes: Processes) -> None:
    gone, here = processes.ledger(owner="gone"), processes.ledger(owner="here")
    await gone.reserve(a_call())
    assert await here.recover() == 0
    processes.clock.move(31)
    with capture_logs() as logs:
        assert await here.recover() == 1
    assert [line["event"] for line in logs] == ["calls of a process that is gone were booked at their worst"]
    assert await here.recover() == 0
    assert (await used(here))["person", "micros"] == 100
    assert (await processes.states(), await processes.reserved()) == (["assumed"], 0)


async def test_a_process_that_lives_keeps_what_it_reserved(processes: Processes) -> None:
    here, other = processes.ledger(owner="here"), processes.ledger(owner="other")
    reservation = await here.reserve(a_call())
    for _ in range(3):
        processes.clock.move(20)
        await here.keep()
        assert await other.recover() == 0
    await here.settle(reservation, a_bill())
    assert await processes.states() == ["settled"]


async def test_what_is_settled_is_renewed_no_more(processes: Processes) -> None:
    here = processes.ledger()
    await paid(here)
    await here.release(await here.reserve(a_call("a2")))
    processes.clock.move(31)
    await here.keep()
    assert await processes.states() == ["settled", "released"]


async def test_a_process_that_comes_back_has_only_the_difference_booked_and_once(processes: Processes) -> None:
    zombie, here = processes.ledger(owner="zombie"), processes.ledger(owner="here")
    reservation = await zombie.reserve(a_call())
    processes.clock.move(31)
    await here.recover()
    for _ in range(2):
        await zombie.settle(reservation, a_bill(60))
    assert (await used(here))["everyone", "micros"] == 60
    assert (await processes.states(), await processes.reserved()) == (["settled"], 0)


async def test_a_process_that_comes_back_cannot_release_what_was_booked(processes: Processes) -> None:
    zombie, here = processes.ledger(owner="zombie"), processes.ledger(owner="here")
    reservation = await zombie.reserve(a_call())
    processes.clock.move(31)
    await here.recover()
    await zombie.release(reservation)
    assert (await used(here))["everyone", "micros"] == 100


async def test_another_try_at_an_answer_books_what_the_first_one_left_at_once(processes: Processes) -> None:
    gone, here = processes.ledger(Chosen(questions=5), owner="gone"), processes.ledger(Chosen(questions=5))
    await gone.reserve(a_call("a1"))
    await gone.reserve(a_call("a2"))
    await paid(here, "a1")
    assert await used(here) == {("person", "micros"): 160, ("workspace", "questions"): 2, ("everyone", "micros"): 160}
    assert sorted(await processes.states()) == ["assumed", "open", "settled"]


async def test_it_does_so_where_the_other_try_is_refused_too(processes: Processes) -> None:
    gone, here = processes.ledger(owner="gone"), processes.ledger(Chosen(person=150))
    await gone.reserve(a_call())
    error = await refused(here, a_call())
    assert (error.account.used, await processes.states()) == (100, ["assumed"])


async def test_several_calls_of_one_answer_in_one_process_leave_each_other_alone(processes: Processes) -> None:
    here = processes.ledger()
    await here.reserve(a_call("a1"))
    await here.reserve(a_call("a1"))
    assert await processes.states() == ["open", "open"]


async def test_running_recovers_what_others_left(processes: Processes) -> None:
    await processes.ledger(owner="gone").reserve(a_call())
    processes.clock.move(31)
    async with processes.ledger(owner="here").running():
        while await processes.states() != ["assumed"]:  # noqa: ASYNC110 - another task's work sets no event here
            await asyncio.sleep(0.01)


# --- what goes wrong in between


async def test_a_reservation_that_is_cancelled_on_its_way_is_released(processes: Processes) -> None:
    here = processes.ledger()
    write, committed = processes.database.write, asyncio.Event()

    async def slow(work: Callable[[Connection], object]) -> object:
        done = await write(work)
        committed.set()
        await asyncio.Event().wait()
        return done

    processes.database.write = slow  # type: ignore[method-assign, assignment]
    async with asyncio.TaskGroup() as group:
        reserving = group.create_task(here.reserve(a_call()))
        await committed.wait()
        reserving.cancel()
    processes.database.write = write  # type: ignore[method-assign]
    assert await processes.states() == ["open"]
    await here.keep()
    assert (await processes.states(), await processes.reserved()) == (["released"], 0)


async def test_reservations_that_are_cancelled_anywhere_leave_nothing_set_apart(processes: Processes) -> None:
    here = processes.ledger(Chosen(person=None, everyone=100_000))
    for turns in range(60):
        task = asyncio.get_running_loop().create_task(here.reserve(a_call(f"a{turns}")))
        for _ in range(turns % 20):
            await asyncio.sleep(0)
        task.cancel()
        with suppress(asyncio.CancelledError):
            await here.release(await task)
    await here.keep()
    processes.clock.move(31)
    await here.keep()
    assert await processes.reserved() == 0
    assert set(await processes.states()) <= {"released", "assumed"}


async def test_a_transaction_that_is_done_twice_sets_apart_and_books_once(processes: Processes) -> None:
    write = processes.database.write

    async def twice(work: Callable[[Connection], object]) -> object:
        await write(work)
        return await write(work)

    processes.database.write = twice  # type: ignore[method-assign, assignment]
    here = processes.ledger(Chosen(questions=5))
    reservation = await here.reserve(a_call())
    assert await processes.reserved() == 100
    await here.settle(reservation, a_bill(60))
    assert await used(here) == {("person", "micros"): 60, ("workspace", "questions"): 1, ("everyone", "micros"): 60}


async def test_a_bill_that_could_not_be_booked_is_booked_later_as_it_was(
    processes: Processes, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = processes.ledger()
    reservation = await here.reserve(a_call())

    async def away(work: object) -> object:
        raise StoreAway("It is away.")

    with monkeypatch.context() as patched:
        patched.setattr(processes.database, "write", away)
        with pytest.raises(StoreError):
            await here.settle(reservation, a_bill(60))
        with pytest.raises(StoreError):
            await here.release(reservation)
    await here.keep()
    assert ((await used(here))["person", "micros"], await processes.states()) == (60, ["settled"])


async def test_a_database_that_cannot_be_used_lets_no_call_be_made(tmp_path: Path) -> None:
    async with Database(tmp_path / "footnote.db", busy_seconds=0.01) as database:
        await database.write(lambda connection: connection.exec_driver_sql("DROP TABLE account"))
        with pytest.raises(StoreError):
            await SqlLedger(database, Chosen(), wait_seconds=0.0).reserve(a_call())


async def test_two_processes_that_pay_for_one_answer_at_once_count_one_question(processes: Processes) -> None:
    limits = Chosen(questions=5)
    ledgers = [processes.ledger(limits, owner=f"process {number}") for number in range(8)]
    async with asyncio.TaskGroup() as group:
        for ledger in ledgers:
            group.create_task(ledger.reserve(a_call("a1")))
    assert (await used(ledgers[0]))["workspace", "questions"] == 1


async def test_a_bill_over_what_was_set_apart_is_reported(processes: Processes) -> None:
    with capture_logs() as logs:
        await paid(processes.ledger(), cost=150, worst=100)
    assert [(line["event"], line["worst"], line["cost"]) for line in logs] == [
        ("a call cost more than it could", 100, 150)
    ]


async def test_what_a_call_was_is_kept(processes: Processes) -> None:
    here = processes.ledger()
    bill = Bill(prompt_tokens=10, answer_tokens=5, cost=60, estimated=True)
    await here.settle(await here.reserve(a_call()), bill)
    (row,) = await processes.database.read(lambda connection: connection.execute(select(CHARGE)).all())
    assert (row.person, row.workspace, row.channel) == (PAYER.person, PAYER.workspace, PAYER.channel)
    assert (row.answer, row.feature, row.model, row.worst, row.cost) == ("a1", "answer", "gpt-4.1-mini", 100, 60)
    assert (row.prompt_tokens, row.answer_tokens, row.estimated) == (10, 5, True)


# --- waiting


async def test_money_that_another_process_frees_is_found_by_looking(processes: Processes) -> None:
    one, other = (processes.ledger(Chosen(person=100), owner=name, wait_seconds=30.0) for name in ("one", "other"))
    reservation = await one.reserve(a_call("a1"))
    async with asyncio.TaskGroup() as group:
        waiting = group.create_task(other.reserve(a_call("a2")))
        await asyncio.sleep(0.01)
        await one.settle(reservation, a_bill(0))
    assert waiting.result().call.answer == "a2"


async def test_who_waits_is_refused_as_soon_as_waiting_cannot_help(processes: Processes) -> None:
    here = processes.ledger(Chosen(person=100), wait_seconds=30.0)
    reservation = await here.reserve(a_call("a1"))

    async def wait() -> str:
        return (await refused(here, a_call("a2"))).told

    async with asyncio.TaskGroup() as group:
        waiting = group.create_task(wait())
        await asyncio.sleep(0.01)
        await here.settle(reservation, a_bill(95))
    assert "is too little for this answer" in waiting.result()


async def test_whoever_gives_up_waiting_makes_room_in_the_line(processes: Processes) -> None:
    here = processes.ledger(Chosen(person=100), wait_seconds=30.0)
    reservation = await here.reserve(a_call("a1"))
    async with asyncio.TaskGroup() as group:
        first, second = (group.create_task(here.reserve(a_call(answer))) for answer in ("a2", "a3"))
        await asyncio.sleep(0.01)
        first.cancel()
        await here.release(reservation)
    assert second.result().call.answer == "a3"


# --- the day's end


async def test_a_new_day_and_a_new_month_begin_with_nothing_used(processes: Processes) -> None:
    here = processes.ledger(Chosen(person=None, everyone=None, plan=100, questions=1))
    await paid(here, "a1", cost=100)
    told = "This workspace's money for this month is used up; there is more on 1 December, in 1 minute."
    assert (await refused(here, a_call("a2"))).told == told
    processes.clock.move(60)
    await paid(here, "a2", cost=100)
    assert (await used(here))["workspace", "questions"] == 1


async def test_a_call_belongs_to_the_day_in_which_it_was_reserved(processes: Processes) -> None:
    here = processes.ledger()
    late = await here.reserve(a_call("a1"))
    await here.reserve(a_call("a2"))
    processes.clock.move(120)
    await here.settle(late, a_bill(60))
    await processes.ledger(owner="other").recover()
    assert (await used(here))["person", "micros"] == 0
    processes.clock.at = EVENING
    assert (await used(here))["person", "micros"] == 160


# --- alerts


async def test_eighty_per_cent_are_told_once_a_day_whichever_process_sees_them(processes: Processes) -> None:
    limits = Chosen(person=None, everyone=1_000)
    one, other = processes.ledger(limits, owner="one"), processes.ledger(limits, owner="other")
    await paid(one, "a1", cost=799, worst=800)
    assert processes.alerts == []
    await paid(other, "a2", cost=1)
    await paid(one, "a3", cost=100)
    ((account, payer),) = processes.alerts
    assert (account.holder, account.used, account.limit, payer) == ("everyone", 800, 1_000, PAYER)
    processes.clock.move(60)
    await paid(one, "a4", cost=900, worst=900)
    assert [account.used for account, _ in processes.alerts] == [800, 900]


async def test_each_limit_of_a_plan_is_told_and_a_persons_is_not(processes: Processes) -> None:
    here = processes.ledger(Chosen(person=100, plan=1_000, questions=2))
    await paid(here, "a1", cost=80)
    other = replace(PAYER, person="slack:T1:person:U2")
    await here.settle(await here.reserve(a_call("a2", payer=other)), a_bill(10))
    for number in range(8):
        payer = replace(PAYER, person=f"slack:T1:person:V{number}")
        await here.settle(await here.reserve(a_call("a2", payer=payer)), a_bill(100))
    assert [(account.holder, account.unit, account.used) for account, _ in processes.alerts] == [
        ("workspace", "questions", 2),
        ("workspace", "micros", 890),
    ]


async def test_what_is_booked_for_a_vanished_process_is_told_too(processes: Processes) -> None:
    limits = Chosen(everyone=100)
    await processes.ledger(limits, owner="gone").reserve(a_call())
    processes.clock.move(31)
    await processes.ledger(limits, owner="here").recover()
    assert [(account.holder, account.used) for account, _ in processes.alerts] == [("everyone", 100)]


async def test_a_process_that_cannot_tell_leaves_it_to_one_that_can(processes: Processes) -> None:
    limits = Chosen(person=None, everyone=1_000)
    mute = SqlLedger(processes.database, limits, wait_seconds=0.0, owner="mute", now=processes.clock.now)
    await paid(mute, "a1", cost=850, worst=850)
    await paid(processes.ledger(limits), "a2", cost=1)
    assert [account.used for account, _ in processes.alerts] == [851]


# --- the end


async def test_a_process_that_ends_frees_what_it_never_spent(processes: Processes) -> None:
    here = processes.ledger(Chosen(person=100), wait_seconds=30.0)
    async with here.running():
        first = await here.reserve(a_call("a1"))
        async with asyncio.TaskGroup() as group:
            waiting = group.create_task(here.reserve(a_call("a2")))
            await asyncio.sleep(0.01)
            await here.release(first)
            waiting.cancel()
    assert await processes.reserved() == 0
    assert "open" not in await processes.states()


# --- all of it at once


async def test_four_processes_at_once_spend_all_of_it_and_not_a_millionth_more(where: Path | str) -> None:
    limits = Chosen(person=None, everyone=5_000, questions=10_000)
    spent: list[int] = []

    async def ask(ledger: Ledger, number: int) -> None:
        with suppress(OverBudget):
            reservation = await ledger.reserve(a_call(f"a{number}"))
            await asyncio.sleep(0)
            cost = 10 + number % 91
            await ledger.settle(reservation, a_bill(cost))
            spent.append(cost)

    databases = [Database(where) for _ in range(4)]
    for database in databases:
        await database.__aenter__()
    ledgers = [SqlLedger(database, limits, wait_seconds=30.0) for database in databases]
    try:
        async with asyncio.TaskGroup() as group:
            for number in range(200):
                group.create_task(ask(ledgers[number % 4], number))
        assert (await used(ledgers[0]))["everyone", "micros"] == sum(spent)
    finally:
        for database in databases:
            await database.__aexit__()
    assert 4_900 < sum(spent) <= 5_000
