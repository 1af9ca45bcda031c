"""What it costs never to spend a cent over: reserve and settle against two bare transactions, on both databases.

The two bare ones insert a row and update it, by the same way and as durable. PostgreSQL runs without fsync here, SQLite
with it, so only the ratios compare.
"""

from __future__ import annotations

import asyncio
import secrets
import statistics
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy import Column, MetaData, String, Table, bindparam, insert, update

from bot.database import Database
from bot.money.base import DOLLAR, Bill, Call, Payer
from bot.money.ledger import SqlLedger
from bot.money.limits import Limit, Limits
from bot.ops.logs import configure
from tests.benchmarks.figures import Figure
from tests.doubles import postgres

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from bot.money.base import Ledger

_TIMES: Final = 1_000
_WARM: Final = 100
_AT_ONCE: Final = 200
_AIM: Final = "at most 1.5 x two bare transactions"
_BARE: Final = Table("bare", MetaData(), Column("id", String(32), primary_key=True), Column("words", String(32)))
_INSERT: Final = insert(_BARE).values(id=bindparam("key"), words="how?")
_UPDATE: Final = update(_BARE).where(_BARE.c.id == bindparam("key")).values(words="so.")
_BILL: Final = Bill(prompt_tokens=1_000, answer_tokens=200, cost=700)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """Milliseconds: medians of one after the other, and of each of many at once."""

    reserve: float
    settle: float
    bare: float
    ledger: float
    bare_at_once: float
    ledger_at_once: float


def limits(payer: Payer) -> Limits:
    """Limit everything that can be limited, so that all of it is checked."""
    return Limits(
        person=Limit(holder="person", name=payer.person, micros=1_000_000 * DOLLAR),
        workspace=Limit(holder="workspace", name=payer.workspace, micros=1_000_000 * DOLLAR, questions=1_000_000),
        everyone=Limit(holder="everyone", micros=1_000_000 * DOLLAR),
    )


class Bench:
    """Pairs of transactions on one database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._ledger: Ledger = SqlLedger(database, limits, wait_seconds=10.0)
        self.reserving: list[float] = []
        self.settling: list[float] = []

    async def paid(self, number: int) -> None:
        """Reserve and settle, for one of fifty persons."""
        payer = Payer(person=f"slack:T1:person:U{number % 50}", workspace="slack:T1", channel="slack:T1:channel:C1")
        call = Call(answer=secrets.token_hex(16), payer=payer, feature="answer", model="gpt-4.1-mini", worst=2_000)
        began = time.perf_counter()
        reservation = await self._ledger.reserve(call)
        between = time.perf_counter()
        await self._ledger.settle(reservation, _BILL)
        self.reserving.append(between - began)
        self.settling.append(time.perf_counter() - between)

    async def bare(self, _number: int) -> None:
        """Insert a row, and update it."""
        told = {"key": secrets.token_hex(16)}
        await self._database.write(lambda connection: connection.execute(_INSERT, told))
        await self._database.write(lambda connection: connection.execute(_UPDATE, told))


async def measured(where: Path | str) -> Measured:
    """Measure one database; the two kinds take turns, so that both see the same moments of the machine."""
    async with Database(where) as database:
        await database.write(_BARE.create)
        bench = Bench(database)
        took: dict[str, list[float]] = {"bare": [], "ledger": []}
        for number in range(_TIMES):
            for name, pair in (("bare", bench.bare), ("ledger", bench.paid)):
                took[name].append(await _timed(pair, number))
        bare_at_once = [await _at_once(bench.bare) for _ in range(5)]
        ledger_at_once = [await _at_once(bench.paid) for _ in range(5)]
        return Measured(
            reserve=_median(bench.reserving[_WARM:_TIMES]),
            settle=_median(bench.settling[_WARM:_TIMES]),
            bare=_median(took["bare"][_WARM:]),
            ledger=_median(took["ledger"][_WARM:]),
            bare_at_once=_median(bare_at_once),
            ledger_at_once=_median(ledger_at_once),
        )


async def _timed(pair: Callable[[int], Awaitable[None]], number: int) -> float:
    began = time.perf_counter()
    await pair(number)
    return time.perf_counter() - began


async def _at_once(pair: Callable[[int], Awaitable[None]]) -> float:
    """Give the seconds that each of many took, begun at the same time."""
    began = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for number in range(_AT_ONCE):
            group.create_task(pair(number))  # type: ignore[arg-type]  # a coroutine function
    return (time.perf_counter() - began) / _AT_ONCE


def _median(seconds: Sequence[float]) -> float:
    return statistics.median(seconds) * 1_000


def figures() -> Sequence[Figure]:
    """Measure both databases."""
    configure(level="error")
    with tempfile.TemporaryDirectory() as home, postgres.running() as server:
        found = {
            "SQLite": asyncio.run(measured(Path(home, "footnote.db"))),
            "PostgreSQL": asyncio.run(measured(server.database())),
        }
    return [figure for kind, values in found.items() for figure in _figures(kind, values)]


def _figures(kind: str, found: Measured) -> Sequence[Figure]:
    both, at_once = found.ledger / found.bare, found.ledger_at_once / found.bare_at_once
    to = "two bare transactions"
    return (
        Figure(name=f"{kind}: reserve, p50", value=found.reserve, unit="ms"),
        Figure(name=f"{kind}: settle, p50", value=found.settle, unit="ms"),
        Figure(name=f"{kind}: reserve and settle, p50", value=found.ledger, unit="ms", ratio=both, to=to, aim=_AIM),
        Figure(name=f"{kind}: each of {_AT_ONCE} at once", value=found.ledger_at_once, unit="ms", ratio=at_once, to=to),
    )
