"""The ledger against a plain model: whatever processes do, die and come back, and however days end."""

from __future__ import annotations

import asyncio
import tempfile
from collections import defaultdict
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, multiple, rule, run_state_machine_as_test
from sqlalchemy import delete, select

from bot.database import Database
from bot.errors import OverBudget
from bot.migrating import migrate
from bot.money.ledger import LEASE_SECONDS, SqlLedger
from bot.money.limits import period
from bot.money.statements import ACCOUNT, CHARGE
from tests.contracts.ledger import PAYER, Chosen, a_bill, a_call
from tests.doubles.clock import Clock

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterator

    from sqlalchemy import Connection

    from bot.money.base import Holder, Payer, Reservation
    from tests.doubles.postgres import Server

LIMITS = Chosen(person=300, everyone=500, plan=900, questions=6)
PROCESSES = 3


@dataclass(slots=True)
class Charge:
    """What the model knows of a call."""

    ledger: SqlLedger
    reservation: Reservation
    begun_at: float
    lease_until: float
    counts: bool
    state: str = "open"
    cost: int = 0

    @property
    def payer(self) -> Payer:
        return self.reservation.call.payer


class LedgerMachine(RuleBasedStateMachine):
    """Three processes share a database; ``where`` makes an empty one."""

    where: ClassVar[Path | str]

    charges = Bundle("charges")

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.clock = Clock()
        self.database = Database(self.where)
        self.run(self.database.__aenter__())
        self.run(self.database.write(_emptied))
        self.ledgers = [self.ledger() for _ in range(PROCESSES)]
        self.known: list[Charge] = []

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:  # noqa: ANN401 - what the work gives
        return self.runner.run(work)

    def ledger(self) -> SqlLedger:
        return SqlLedger(self.database, LIMITS, wait_seconds=0.0, now=self.clock.now)

    @property
    def at(self) -> float:
        return self.clock.at.timestamp()

    @rule(
        target=charges,
        process=st.integers(0, PROCESSES - 1),
        person=st.sampled_from(["U1", "U2"]),
        answer=st.integers(1, 8),
        worst=st.integers(0, 200),
    )
    def reserve(self, process: int, person: str, answer: int, worst: int) -> Any:  # noqa: ANN401 - a charge or none
        """A call is made just when it keeps all limits."""
        ledger = self.ledgers[process]
        call = a_call(f"a{answer}", worst, replace(PAYER, person=f"slack:T1:person:{person}"))
        counts = not any(one.counts and one.state != "released" for one in self.of(call.answer))
        fits = self.fits(call.payer, worst, counts=counts)
        for one in self.of(call.answer):
            if one.state == "open" and one.ledger is not ledger:
                one.state, one.cost = "assumed", one.reservation.call.worst
        try:
            reservation = self.run(ledger.reserve(call))
        except OverBudget:
            assert not fits
            return multiple()
        assert fits
        charge = Charge(ledger, reservation, self.at, self.at + LEASE_SECONDS, counts)
        self.known.append(charge)
        return charge

    @rule(charge=charges, share=st.floats(0, 1))
    def settle(self, charge: Charge, share: float) -> None:
        """Whoever made a call settles it, be it that others took them for dead."""
        cost = int(charge.reservation.call.worst * share)
        self.run(charge.ledger.settle(charge.reservation, a_bill(cost)))
        if charge.state in {"open", "assumed"}:
            charge.state, charge.cost = "settled", cost

    @rule(charge=charges)
    def release(self, charge: Charge) -> None:
        self.run(charge.ledger.release(charge.reservation))
        if charge.state == "open":
            charge.state = "released"

    @rule(process=st.integers(0, PROCESSES - 1))
    def vanish(self, process: int) -> None:
        """Another process takes its place; the old one may come back and settle."""
        self.ledgers[process] = self.ledger()

    @rule(seconds=st.sampled_from([1, 20, 40, 60, 3_600, 86_400]))
    def wait(self, seconds: int) -> None:
        self.clock.move(seconds)

    @rule(process=st.integers(0, PROCESSES - 1))
    def keep(self, process: int) -> None:
        self.run(self.ledgers[process].keep())
        for one in self.known:
            if one.state == "open" and one.ledger is self.ledgers[process]:
                one.lease_until = self.at + LEASE_SECONDS
            elif one.state == "open" and one.lease_until < self.at:
                one.state, one.cost = "assumed", one.reservation.call.worst

    @invariant()
    def sums_are_right_and_limits_kept(self) -> None:
        accounts, states = self.run(self.database.read(_read))
        assert states == {one.reservation.id: (one.state, one.cost) for one in self.known}
        assert accounts == self.sums()
        for (holder, _, _), (spent, reserved, questions) in accounts.items():
            limit = next(limit for limit in LIMITS(PAYER).ordered if limit.holder == holder)
            assert limit.micros is not None
            assert spent + reserved <= limit.micros
            assert limit.questions is None or questions <= limit.questions

    def teardown(self) -> None:
        """After every process is gone and a lease is over, nothing is open."""
        try:
            self.clock.move(31)
            self.run(self.ledger().recover())
            accounts, states = self.run(self.database.read(_read))
            assert "open" not in {state for state, _ in states.values()}
            assert all(reserved == 0 for _, reserved, _ in accounts.values())
        finally:
            self.run(self.database.__aexit__())
            self.runner.close()

    def of(self, answer: str) -> list[Charge]:
        return [one for one in self.known if one.reservation.call.answer == answer]

    def fits(self, payer: Payer, worst: int, *, counts: bool) -> bool:
        sums, fits = self.sums(), True
        for limit in LIMITS(payer).ordered:
            spent, reserved, questions = sums.get((limit.holder, limit.name, period(limit.holder, self.at)), (0, 0, 0))
            fits &= limit.micros is None or spent + reserved + worst <= limit.micros
            fits &= limit.questions is None or questions + counts <= limit.questions
        return fits

    def sums(self) -> dict[tuple[Holder, str, str], tuple[int, int, int]]:
        """Add up the charges of every account that was ever reserved from."""
        sums: dict[tuple[Holder, str, str], tuple[int, int, int]] = defaultdict(lambda: (0, 0, 0))
        for one in self.known:
            for limit in LIMITS(one.payer).ordered:
                key = (limit.holder, limit.name, period(limit.holder, one.begun_at))
                spent, reserved, questions = sums[key]
                counted = limit.holder == "workspace" and one.counts and one.state != "released"
                held = one.reservation.call.worst if one.state == "open" else 0
                sums[key] = (spent + one.cost, reserved + held, questions + counted)
        return dict(sums)


def _emptied(connection: Connection) -> None:
    connection.execute(delete(ACCOUNT))
    connection.execute(delete(CHARGE))


def _read(connection: Connection) -> tuple[dict[Any, Any], dict[str, tuple[str, int]]]:
    accounts = connection.execute(select(ACCOUNT)).all()
    charges = connection.execute(select(CHARGE.c.id, CHARGE.c.state, CHARGE.c.cost)).all()
    return (
        {(row.holder, row.name, row.period): (row.spent, row.reserved, row.questions) for row in accounts},
        {row.id: (row.state, row.cost) for row in charges},
    )


@pytest.fixture
def fresh() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
        migrate(Path(home) / "footnote.db")
        yield Path(home) / "footnote.db"


def _machine(where: Path | str) -> type[LedgerMachine]:
    return type("Machine", (LedgerMachine,), {"where": where})


def test_the_ledger_equals_its_model_on_sqlite(fresh: Path) -> None:
    run_state_machine_as_test(_machine(fresh), settings=settings(max_examples=30, stateful_step_count=40))


def test_the_ledger_equals_its_model_on_postgresql(server: Server) -> None:
    machine = _machine(server.database())
    run_state_machine_as_test(machine, settings=settings(max_examples=15, stateful_step_count=40))
