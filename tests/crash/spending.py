"""Runs spenders against a model that counts what it serves, and kills and pauses them by a plan that a seed makes."""

from __future__ import annotations

import asyncio
import json
import random
import signal
import sys
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from bot.database import Database
from bot.money.ledger import SqlLedger
from bot.money.statements import ACCOUNT, CHARGE
from tests.crash.campaign import ROOT, UNKNOWN
from tests.crash.questioner import Dear
from tests.crash.spender import POINTS
from tests.crash.spending_limits import LEASE, cost, limits
from tests.doubles.provider import Provider

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from sqlalchemy import Connection

_PATIENCE = 120.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Spending:
    """What to run: ``kills`` and ``pauses`` come at random, and each worker begins with a point at which it dies."""

    seed: int
    questions: int = 200
    workers: int = 4
    kills: int = 4
    pauses: int = 1
    points: tuple[str, ...] = POINTS
    latest: int = 8
    """How often a worker passes its point at most before it dies there."""
    careless: bool = False
    engine: bool = False
    """Whether questions go through the bot's own engine to a server that speaks OpenAI's protocol."""


@dataclass(slots=True)
class Spent:
    """What came of it, in micro-dollars; ``refused`` are those that were used when a question was refused."""

    served: int = 0
    booked: int = 0
    reserved: int = 0
    open: int = 0
    done: set[str] = field(default_factory=set)
    refused: dict[str, int] = field(default_factory=dict)
    died: list[str] = field(default_factory=list)
    harmed: int = 0


class Model:
    """Answers any request with a number of tokens up to what it may, and counts them the moment it has them."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self.calls = 0
        self.served = 0
        self.port = 0

    @asynccontextmanager
    async def serving(self) -> AsyncGenerator[None]:
        server = await asyncio.start_server(self._answer, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield
        finally:
            server.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError):  # a spender that died
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().partition(b"content-length:")[2].split()[0])
            asked = json.loads(await reader.readexactly(length))
            said = self._chance.randint(asked["max_tokens"] // 2, asked["max_tokens"])
            self.served += cost(asked["prompt_tokens"], said)
            self.calls += 1
            await asyncio.sleep(self._chance.random() * 0.05)
            body = json.dumps({"prompt_tokens": asked["prompt_tokens"], "answer_tokens": said}).encode()
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n" % len(body) + body)
            await writer.drain()
        writer.close()


class Server:
    """A provider in a thread; it counts each token as it is sent, whoever is there to read it."""

    def __init__(self) -> None:
        self._provider = Provider()

    @asynccontextmanager
    async def serving(self) -> AsyncGenerator[None]:
        with self._provider:
            yield

    @property
    def port(self) -> int:
        return self._provider.port

    @property
    def calls(self) -> int:
        return len(self._provider.calls)

    @property
    def served(self) -> int:
        tokens = self._provider
        return Dear().cost(prompt_tokens=tokens.prompt_tokens, answer_tokens=tokens.answer_tokens)


class Run:
    def __init__(self, plan: Spending, database: str) -> None:
        self._plan = plan
        self._database = database
        self._chance = random.Random(plan.seed)  # noqa: S311 - a plan, no secret
        numbers = random.Random(plan.seed + 1)  # noqa: S311 - of tokens, no secret
        self._model: Model | Server = Server() if plan.engine else Model(numbers)
        self._points = list(plan.points)
        self._workers: dict[int, asyncio.subprocess.Process] = {}
        self._armed: dict[int, str] = {}
        self.spent = Spent()

    async def run(self) -> Spent:
        """Run until every question is answered or refused, and leases are over."""
        answers = [f"a{number}" for number in range(self._plan.questions)]
        async with asyncio.timeout(_PATIENCE), self._model.serving():
            try:
                async with asyncio.TaskGroup() as group:
                    harming = group.create_task(self._harm())
                    asking = [
                        group.create_task(self._asked(number, answers[number :: self._plan.workers]))
                        for number in range(self._plan.workers)
                    ]
                    await asyncio.wait(asking)
                    harming.cancel()
            finally:
                for worker in self._workers.values():
                    if worker.returncode is None:
                        worker.kill()
            await self._audit()
        self.spent.served = self._model.served
        return self.spent

    async def _asked(self, number: int, answers: list[str]) -> None:
        """Start a worker, and start it again for what is left, as often as it dies.

        One without a point waits until those with one are dead, for it would spend the money that they need until then.
        """
        while left := [answer for answer in answers if answer not in self.spent.done | self.spent.refused.keys()]:
            self._armed[number] = point = self._points.pop(0) if self._points else ""
            while not (point or self._plan.engine) and any(self._armed.values()):
                await asyncio.sleep(0.01)
            worker = self._workers[number] = await self._started(point, left)
            assert worker.stdout is not None
            async for line in worker.stdout:
                self._note(line.decode().split())
            code = await worker.wait()
            assert code in {0, -signal.SIGKILL, UNKNOWN}, code
            if code and point:
                self.spent.died.append(point)
            self._armed[number] = ""

    async def _started(self, point: str, answers: list[str]) -> asyncio.subprocess.Process:
        told = ["--kill-at", point, "--times", str(self._chance.randint(1, self._plan.latest))] if point else []
        told += ["--at-once", str(self._plan.latest)] if point else []
        told += ["--careless"] if self._plan.careless else []
        told += ["--engine"] if self._plan.engine else []
        told += [self._database, str(self._model.port), *answers]
        command = (sys.executable, "-m", "tests.crash.spender")
        return await asyncio.create_subprocess_exec(*command, *told, cwd=ROOT, stdout=asyncio.subprocess.PIPE)

    def _note(self, words: list[str]) -> None:
        match words:
            case ["done", answer]:
                self.spent.done.add(answer)
            case ["refused", answer, used]:
                self.spent.refused[answer] = int(used)
            case _:
                raise AssertionError(words)

    async def _harm(self) -> None:
        """Kill and pause at random, some calls apart, whoever is not to die at a point of its own."""
        harms = ["kill"] * self._plan.kills + ["pause"] * self._plan.pauses
        self._chance.shuffle(harms)
        for harm in harms:
            calls = self._model.calls + self._chance.randint(1, 8)
            while self._model.calls < calls or not (free := self._unarmed()):
                await asyncio.sleep(0.005)
            worker = self._chance.choice(free)
            with suppress(ProcessLookupError):  # it has just ended by itself
                if harm == "kill":
                    worker.kill()
                else:
                    worker.send_signal(signal.SIGSTOP)
                    await asyncio.sleep(1.5 * LEASE)
                    worker.send_signal(signal.SIGCONT)
            self.spent.harmed += 1

    def _unarmed(self) -> list[asyncio.subprocess.Process]:
        workers = sorted(self._workers.items())
        return [worker for number, worker in workers if worker.returncode is None and not self._armed[number]]

    async def _audit(self) -> None:
        """Wait for the leases of the dead, and read the books."""
        where: Path | str = self._database if "://" in self._database else Path(self._database)
        async with Database(where) as database:
            ledger = SqlLedger(database, limits, wait_seconds=0.0)
            until = asyncio.get_running_loop().time() + 3 * LEASE
            while await database.read(_open) and asyncio.get_running_loop().time() < until:
                await ledger.recover()
                await asyncio.sleep(0.1)
            self.spent.open = await database.read(_open)
            self.spent.booked, self.spent.reserved = await database.read(_everyone)


def _open(connection: Connection) -> int:
    return connection.scalar(select(func.count()).where(CHARGE.c.state == "open")) or 0


def _everyone(connection: Connection) -> tuple[int, int]:
    row = connection.execute(select(ACCOUNT).where(ACCOUNT.c.holder == "everyone")).one()
    return row.spent, row.reserved
