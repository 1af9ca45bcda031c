"""Runs a platform, people and bots, each in processes of their own, and harms them by a plan that a seed makes.

When something is to happen is counted in what the platform has shown, not in seconds, so a seed replays the plan.
"""

from __future__ import annotations

import asyncio
import random
import signal
import sys
import tempfile
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from bot.database import Database
from bot.errors import StoreError
from bot.inbox import Inbox
from bot.turns import Turns
from tests.crash.judging import judged

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence

    from tests.crash.judging import Judged

ROOT = Path(__file__).parents[2]
Harm = Literal["kill", "pause", "end", "sink"]
_LOOK = 0.1
_UNDER_WAY = 20
"""Lines that a worker's platform shows more before that worker is told to end."""
_PATIENCE = 400.0
UNKNOWN = 255
"""What asyncio says of a process that another thread's wait has buried."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What to run and what to do to it. ``points`` are those at which a worker dies by itself, one after the other."""

    seed: int
    questions: int = 1_000
    conversations: int = 50
    workers: int = 1
    kills: int = 20
    pauses: int = 0
    ends: int = 0
    sink_kills: int = 0
    points: Sequence[str] = ()
    keys: bool = False
    lease: float = 2.0
    pause: float = 0.01
    rate: float = 0.05
    fault: str = ""

    def harms(self) -> list[tuple[int, Harm]]:
        """Give what happens after how many lines of the platform's log, soonest first."""
        chance = random.Random(self.seed)  # noqa: S311 - a plan, no secret
        wanted: dict[Harm, int] = {
            "kill": self.kills,
            "pause": self.pauses,
            "end": self.ends,
            "sink": self.sink_kills,
        }
        harms = [harm for harm, times in wanted.items() for _ in range(times)]
        lines = self.questions * 5  # a post and some edits each
        return sorted((int(lines * (0.02 + 0.9 * chance.random())), harm) for harm in harms)


@dataclass(slots=True)
class Happened:
    """What came of it: the judgement, and how often a worker took how long to end when it was told to."""

    judged: Judged
    died: list[str] = field(default_factory=list)
    ended: list[float] = field(default_factory=list)
    seconds: float = 0.0


class Campaign:
    def __init__(self, plan: Plan, database: str, home: Path) -> None:
        self._plan = plan
        self._database = database
        self._home = home
        self._chance = random.Random(plan.seed + 1)  # noqa: S311 - whom it hits, no secret
        self._points = list(plan.points)
        self._workers: dict[int, asyncio.subprocess.Process] = {}
        self._armed: dict[int, str] = {}
        self._began: dict[int, int] = {}
        self._struck: set[int] = set()
        self._sink: asyncio.subprocess.Process | None = None
        self.harmed = 0
        self.died: list[str] = []
        self.ended: list[float] = []

    @property
    def log(self) -> Path:
        return self._home / "log"

    async def run(self, beside: Callable[[], Awaitable[None]] | None = None) -> Happened:
        """Run to the end: everything asked, nothing owed. ``beside`` runs at the same time."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        await self._start_sink()
        for number in range(self._plan.workers):
            await self._start(number)
        try:
            async with asyncio.timeout(_PATIENCE), asyncio.TaskGroup() as group:
                asking = group.create_task(self._asked())
                watching = group.create_task(self._keep_alive())
                group.create_task(self._harmed())
                if beside is not None:
                    group.create_task(beside())  # type: ignore[arg-type]  # a coroutine function
                await asking
                await self._settled()
                watching.cancel()
        except TimeoutError:
            pass  # what is missing is judged as lost
        finally:
            await self._end_all()
        lines = self.log.read_text().splitlines()
        verdict = judged(lines, self._plan.questions, self._plan.conversations)
        return Happened(verdict, self.died, self.ended, loop.time() - began)

    async def _asked(self) -> None:
        plan = self._plan
        numbers = ("--questions", plan.questions, "--conversations", plan.conversations, "--seed", plan.seed)
        sender = await self._process("sender", *self._intakes(), *numbers, "--rate", plan.rate)
        try:
            assert await sender.wait() == 0
        finally:
            if sender.returncode is None:
                sender.kill()

    async def _harmed(self) -> None:
        for lines, harm in self._plan.harms():
            while self.lines() < lines:
                await asyncio.sleep(_LOOK)
            await self._do(harm)
            self.harmed += 1

    async def _do(self, harm: Harm) -> None:
        number = self._chance.choice(sorted(self._workers))
        worker = self._workers[number]
        match harm:
            case "sink":
                assert self._sink is not None
                self._sink.kill()
                await self._sink.wait()
                await self._start_sink()
            case "kill":
                self._struck.add(number)
                self._signal(worker, signal.SIGKILL)
            case "pause":
                self._signal(worker, signal.SIGSTOP)
                await asyncio.sleep(self._plan.lease * (1.2 + self._chance.random()))
                self._signal(worker, signal.SIGCONT)
            case "end":
                await self._end(worker)

    async def _end(self, worker: asyncio.subprocess.Process) -> None:
        began = asyncio.get_running_loop().time()
        self._signal(worker, signal.SIGTERM)
        await worker.wait()
        self.ended.append(asyncio.get_running_loop().time() - began)

    @staticmethod
    def _signal(worker: asyncio.subprocess.Process, which: signal.Signals) -> None:
        if worker.returncode is None:
            worker.send_signal(which)

    async def _keep_alive(self) -> None:
        """Start again whoever is dead, as a host does."""
        while True:
            for number, worker in self._workers.items():
                if worker.returncode is not None:
                    self._bury(number, worker.returncode)
                    await self._start(number)
                elif self._armed.get(number) == "drain" and self.lines() > self._began[number] + _UNDER_WAY:
                    self._signal(worker, signal.SIGTERM)  # the point is passed by one that is told to end
            await asyncio.sleep(_LOOK)

    def _bury(self, number: int, code: int) -> None:
        """Note the point at which a worker died by itself; try that again where something else was faster."""
        armed = self._armed.pop(number, "")
        if armed and (number in self._struck or code not in {-signal.SIGKILL, UNKNOWN}):
            self._points.append(armed)
        elif armed:
            self.died.append(armed)
        self._struck.discard(number)

    async def _settled(self) -> None:
        """Wait until nothing is owed, also while the database is being restarted."""
        owed = True
        while owed:
            await asyncio.sleep(_LOOK)
            with suppress(StoreError):
                owed = bool(await self._owed())

    async def _owed(self) -> int:
        where: Path | str = self._database if "://" in self._database else Path(self._database)
        async with Database(where) as database:
            return await Inbox(database, Turns(database)).owed()

    async def _start(self, number: int) -> None:
        plan = self._plan
        told: list[object] = ["--lease", plan.lease, "--pause", plan.pause, "--seed", plan.seed + number]
        if plan.keys:
            told.append("--keys")
        if plan.fault:
            told += ["--fault", plan.fault]
        if self._points:
            self._armed[number] = self._points.pop(0)
            times = 1 if self._armed[number] == "drain" else self._chance.randint(1, 8)
            told += ["--kill-at", self._armed[number], "--times", times]
        self._began[number] = self.lines()
        self._workers[number] = await self._process(
            "worker", self._database, self._intakes()[number], self._home / "sink", *told
        )

    async def _start_sink(self) -> None:
        keys = ("--keys",) if self._plan.keys else ()
        self._sink = await self._process("sink", self._home / "sink", self.log, *keys)

    async def _process(self, module: str, *told: object) -> asyncio.subprocess.Process:
        command = (sys.executable, "-m", f"tests.crash.{module}", *map(str, told))
        return await asyncio.create_subprocess_exec(*command, cwd=ROOT)

    async def _end_all(self) -> None:
        for process in (*self._workers.values(), self._sink):
            if process is not None and process.returncode is None:
                process.kill()
                await process.wait()

    def _intakes(self) -> list[Path]:
        return [self._home / f"intake-{number}" for number in range(self._plan.workers)]

    def lines(self) -> int:
        return self.log.read_bytes().count(b"\n") if self.log.exists() else 0


@asynccontextmanager
async def campaign(plan: Plan, database: str) -> AsyncGenerator[Campaign]:
    """Give a campaign with a folder whose path is short enough for sockets."""
    with tempfile.TemporaryDirectory(prefix="footnote-crash-") as home:
        yield Campaign(plan, database, Path(home))
