"""A process that asks a model many questions at once and pays by the ledger; it can be told to die at a named point.

    python -m tests.crash.spender DATABASE PORT ANSWER…

It says a line for each question that is over: ``done`` and the answer's id, or ``refused``, the id and what was used.
"""

from __future__ import annotations

import argparse
import asyncio
import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from bot.database import Database
from bot.errors import OverBudget
from bot.money.base import Bill, Call, Payer, Reservation
from bot.money.ledger import SqlLedger
from bot.money.limits import Limit, Limits
from bot.ops.logs import configure
from tests.crash.questioner import MarkedLedger, Questioner
from tests.crash.spending_limits import LEASE, cost, limits, say
from tests.crash.worker import Points

if TYPE_CHECKING:
    from bot.money.base import Ledger

PROMPT_TOKENS: Final = 2_500
MOST_TOKENS: Final = 1_000
POINTS: Final = ("reserved", "asked", "answered", "settled")


class CarelessLedger(SqlLedger):
    """Looks before the call and adds after it: the fault that the campaign must find."""

    def __init__(self, database: Database, **told: Any) -> None:  # noqa: ANN401 - as any ledger's
        super().__init__(database, limits, **told)
        self._books = SqlLedger(database, _boundless, **told)

    async def reserve(self, call: Call, /, *, waits: bool = True) -> Reservation:
        (account,) = (await self.standing(call.payer)).accounts
        if account.used + call.worst > account.limit:
            raise OverBudget("Used up.", account)
        return Reservation(id="", call=call)

    async def settle(self, reservation: Reservation, bill: Bill, /) -> None:
        await self._books.settle(await self._books.reserve(reservation.call), bill)


def _boundless(payer: Payer) -> Limits:
    return replace(limits(payer), everyone=Limit(holder="everyone"))


class Spender:
    """Asks every question once, so many of them ``at_once``."""

    def __init__(self, ledger: Ledger, port: int, points: Points, at_once: int) -> None:
        self._free = asyncio.Semaphore(at_once)
        self._ledger = ledger
        self._port = port
        self._points = points

    async def ask(self, answer: str) -> None:
        person = f"slack:T1:person:U{int(answer.removeprefix('a')) % 7}"
        payer = Payer(person=person, workspace="slack:T1", channel="slack:T1:channel:C1")
        worst = cost(PROMPT_TOKENS, MOST_TOKENS)
        call = Call(answer=answer, payer=payer, feature="answer", model="gpt-4.1-mini", worst=worst)
        async with self._free:
            await self._pay(call)

    async def _pay(self, call: Call) -> None:
        try:
            reservation = await self._ledger.reserve(call)
        except OverBudget as error:
            say("refused", call.answer, error.account.used)
            return
        self._points.reach("reserved")
        bill = await self._called()
        self._points.reach("answered")
        await self._ledger.settle(reservation, bill)
        self._points.reach("settled")
        say("done", call.answer)

    async def _called(self) -> Bill:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        body = json.dumps({"prompt_tokens": PROMPT_TOKENS, "max_tokens": MOST_TOKENS}).encode()
        writer.write(b"POST /v1/chat HTTP/1.1\r\nHost: model\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
        await writer.drain()
        self._points.reach("asked")
        told = await reader.read()
        writer.close()
        usage: dict[str, Any] = json.loads(told.partition(b"\r\n\r\n")[2])
        asked, said = usage["prompt_tokens"], usage["answer_tokens"]
        return Bill(prompt_tokens=asked, answer_tokens=said, cost=cost(asked, said))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("database")
    parser.add_argument("port", type=int)
    parser.add_argument("answers", nargs="*")
    parser.add_argument("--kill-at", default="")
    parser.add_argument("--times", type=int, default=1)
    parser.add_argument("--at-once", type=int, default=1_000)
    parser.add_argument("--careless", action="store_true")
    parser.add_argument("--engine", action="store_true", help="ask through the bot's own engine and its chain")
    return parser.parse_args()


async def main() -> None:
    told = _arguments()
    configure(level="error", form="json")
    where = told.database if "://" in told.database else Path(told.database)
    facts: dict[str, Any] = {"wait_seconds": 30.0, "lease_seconds": LEASE}
    async with Database(where, busy_seconds=20.0) as database:
        points = Points(told.kill_at, told.times)
        marked = MarkedLedger(database, points, **facts)
        unmarked = CarelessLedger(database, **facts) if told.careless else SqlLedger(database, limits, **facts)
        ledger = marked if told.engine else unmarked
        asker = Questioner(marked, told.port) if told.engine else Spender(unmarked, told.port, points, told.at_once)
        async with ledger.running(), asyncio.TaskGroup() as group:
            for answer in told.answers:
                group.create_task(asker.ask(answer))


if __name__ == "__main__":
    asyncio.run(main())
