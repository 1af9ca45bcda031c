"""What it costs never to lose a question: on SQLite and on PostgreSQL, each in a process of its own.

The engine is a script that says three sentences at once, the platform keeps a journal and shows nothing. So what is
measured is the inbox, the dispatcher, the journal and the turn, from before the insert to after the finish. PostgreSQL
runs without fsync here, SQLite with it, so their times do not compare; the CPU time is this process's alone.
"""

from __future__ import annotations

import asyncio
import json
import resource
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import asynccontextmanager, closing
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Final

from adapters.markup import Paragraph, Plain
from adapters.parts import Ending, Text
from bot.answering.turns import NewTurn
from bot.database import Database
from bot.dispatcher import Dispatcher
from bot.inbox import Inbox
from bot.ops.logs import configure
from bot.turns import Turns
from tests.benchmarks.figures import Figure, median_ms
from tests.doubles import postgres
from tests.doubles.adapters import RecordingAdapter, a_question

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence

    from adapters.base import Question
    from adapters.parts import AnswerId, Part
    from bot.answering.around import Around
    from bot.answering.permission import Readers

_ROOT: Final = Path(__file__).parents[2]
_IN_FLIGHT: Final = 1_000
_HOG: Final = 200
_OTHERS: Final = 49
_NEVER: Final = 10_000_000


class Script:
    """Says three sentences when its gate is open; ``begun`` are the times at which answers began."""

    def __init__(self) -> None:
        self.begun: dict[str, float] = {}
        self.ended: list[str] = []
        self.gate = asyncio.Event()
        self.waits_for = _NEVER
        self.all_begun = asyncio.Event()

    async def __call__(  # noqa: PLR0913 - as the engine's
        self,
        question: Question,
        readers: Readers,
        stop: asyncio.Event,
        /,
        *,
        answer: AnswerId,
        keep: Callable[[NewTurn], Awaitable[None]],
        around: Around | None,
    ) -> AsyncGenerator[Part]:
        self.begun[question.id] = time.perf_counter()
        if len(self.begun) == self.waits_for:
            self.all_begun.set()
        await self.gate.wait()
        for number in range(3):
            yield Text(block=Paragraph((Plain(f"Sentence {number}."),)))
            await asyncio.sleep(0)
        await keep(NewTurn(answer=answer, question=question, text="So.", verdict="answered"))
        self.ended.append(question.conversation)
        yield Ending(answer=answer, verdict="answered")


class Bench:
    """A service without knowledge or model on a database."""

    def __init__(self, database: Database, *, max_in_flight: int = 8) -> None:
        self.script = Script()
        self.inbox = Inbox(database, Turns(database))
        self._changed = asyncio.Event()
        self.inbox.on_change(lambda _: self._changed.set())
        self._numbers = count()
        self.dispatcher = Dispatcher(
            database=database,
            inbox=self.inbox,
            adapters={"recording": RecordingAdapter()},
            answer=self.script,
            max_in_flight=max_in_flight,
        )

    async def put(self, conversation: str) -> str:
        place = replace(a_question().place, platform="recording")
        name = f"{conversation}:{next(self._numbers)}"
        asked = replace(a_question(place=place), id=name, conversation=conversation, asked_at=datetime.now(UTC))
        await self.inbox.put(asked)
        return name

    async def settled(self) -> None:
        while await self.inbox.owed():
            await self._changed.wait()
            self._changed.clear()


@asynccontextmanager
async def bench(where: Path | str, *, max_in_flight: int = 8) -> AsyncGenerator[Bench]:
    async with Database(where) as database:
        yield Bench(database, max_in_flight=max_in_flight)


async def latency(where: Path | str) -> Mapping[str, float]:
    """Put one question after the other; seconds to the put's return and to the answer's beginning."""
    puts, starts = [], []
    async with bench(where) as one:
        one.script.gate.set()
        async with one.dispatcher.running():
            for number in range(330):
                began = time.perf_counter()
                name = await one.put(f"l{number}")
                puts.append(time.perf_counter() - began)
                await one.settled()
                starts.append(one.script.begun[name] - began)
    put, start = _percentiles(puts[30:]), _percentiles(starts[30:])
    return {"put p50": put[0], "put p99": put[1], "start p50": start[0], "start p99": start[1]}


async def work(where: Path | str, questions: int = 1_000) -> Mapping[str, float]:
    """Answer questions of 50 conversations; CPU milliseconds each, and how many a second."""
    async with bench(where) as one:
        one.script.gate.set()
        async with one.dispatcher.running():
            for _ in range(20):
                await one.put("warm")
            await one.settled()
            cpu, began = time.process_time(), time.perf_counter()
            for number in range(questions):
                await one.put(f"w{number % 50}")
            await one.settled()
            spent, took = time.process_time() - cpu, time.perf_counter() - began
    return {"cpu": spent * 1_000 / questions, "throughput": questions / took}


async def crowd(where: Path | str) -> Mapping[str, float]:
    """Have 1,000 conversations answered at the same time; the peak of memory in MB, and how many a second."""
    async with bench(where, max_in_flight=_IN_FLIGHT) as one:
        one.script.waits_for = _IN_FLIGHT
        async with one.dispatcher.running():
            for number in range(_IN_FLIGHT):
                await one.put(f"f{number}")
            await one.script.all_begun.wait()
            began = time.perf_counter()
            one.script.gate.set()
            await one.settled()
            took = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 << (20 if sys.platform == "darwin" else 10))
    return {"crowd memory": peak, "crowd throughput": _IN_FLIGHT / took}


async def fairness(where: Path | str) -> Mapping[str, float]:
    """Let one conversation ask 200 things and 49 others one each; how many of the 200 go before the last of the 49."""
    async with bench(where) as one:
        one.script.gate.set()
        for _ in range(_HOG):
            await one.put("hog")
        for number in range(_OTHERS):
            await one.put(f"h{number}")
        async with one.dispatcher.running():
            await one.settled()
    ended = one.script.ended
    last = max(at for at, conversation in enumerate(ended) if conversation != "hog")
    return {"hog": float(ended[:last].count("hog"))}


def _percentiles(seconds: Sequence[float]) -> tuple[float, float]:
    """Give the median and the 99th percentile, in milliseconds."""
    ordered = sorted(seconds)
    return statistics.median(ordered) * 1_000, ordered[int(len(ordered) * 0.99)] * 1_000


def figures() -> Sequence[Figure]:
    """Measure both databases."""
    with tempfile.TemporaryDirectory() as home, postgres.running() as server:
        found = {
            "SQLite": _measured([str(Path(home, f"{number}.db")) for number in range(4)]),
            "PostgreSQL": _measured([server.database() for _ in range(4)]),
        }
        bare = _bare_commit(Path(home, "bare.db"))
    figures = [Figure(name="one bare insert into a SQLite file, synced", value=bare, unit="ms")]
    for kind, values in found.items():
        figures += _figures(kind, values, bare)
    return figures


def _measured(places: Sequence[str]) -> Mapping[str, float]:
    ran = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.inbox", *places], cwd=_ROOT, stdout=subprocess.PIPE, check=True
    )
    values: Mapping[str, float] = json.loads(ran.stdout)
    return values


def _figures(kind: str, values: Mapping[str, float], bare: float) -> Sequence[Figure]:
    aim = "at most 4 ms" if kind == "SQLite" else "at most 2 ms"
    put, start = values["put p50"], values["start p50"]
    to = "a bare insert"
    return (
        Figure(name=f"{kind}: put, p50", value=put, unit="ms", ratio=put / bare, to=to),
        Figure(name=f"{kind}: put, p99", value=values["put p99"], unit="ms", ratio=values["put p99"] / put, to="p50"),
        Figure(name=f"{kind}: put to start, p50", value=start, unit="ms", ratio=start / put, to="put", aim="10 ms"),
        Figure(name=f"{kind}: put to start, p99", value=values["start p99"], unit="ms"),
        Figure(name=f"{kind}: CPU a question", value=values["cpu"], unit="ms", aim=aim),
        Figure(name=f"{kind}: questions", value=values["throughput"], unit="/s"),
        Figure(name=f"{kind}: 1,000 in flight, memory", value=values["crowd memory"], unit="MB", aim="at most 400 MB"),
        Figure(name=f"{kind}: 1,000 in flight, finished", value=values["crowd throughput"], unit="/s"),
        Figure(
            name=f"{kind}: answers to one who asks much, before the last of 49 others got theirs",
            value=values["hog"],
            unit="",
            aim=f"about {_OTHERS // 7} of {_HOG}",
        ),
    )


def _bare_commit(file: Path) -> float:
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("CREATE TABLE bare (words TEXT)")
        return median_ms(lambda: connection.execute("INSERT INTO bare VALUES ('how?')"), times=100)


def main(*places: str) -> None:
    """Measure in this process, a database for each measurement, and write the values as JSON."""
    configure(level="error")
    values: dict[str, float] = {}
    for place, measure in zip(places, (latency, work, fairness, crowd), strict=True):
        values |= asyncio.run(measure(place if "://" in place else Path(place)))
    sys.stdout.write(json.dumps(values))


if __name__ == "__main__":
    main(*sys.argv[1:])
