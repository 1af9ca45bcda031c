"""People on a platform's double, and bots of their own processes that are killed or paused: who is answered, how often.

A crowd is a platform's people; the plan, the harm and the judgement are the same for all.
"""

from __future__ import annotations

import asyncio
import json
import random
import signal
import sys
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence

ROOT = Path(__file__).parents[2]
_LOOK = 0.2
_PATIENCE = 300.0
SENTENCES = ("one.", "two.", "three.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is asked, and what happens to the bots; ``points`` are those at which one dies, one after the other.

    ``channels`` are asked in turn. ``paused`` is for how many leases a bot stands still. ``listening`` are the seconds
    of the lease of who listens to Discord: with fewer than it has in earnest, nobody waits long for a dead one.
    """

    seed: int
    questions: int = 20
    channels: int = 5
    workers: int = 1
    points: Sequence[str] = ()
    kills: int = 0
    pauses: int = 0
    paused: float = 1.5
    lease: float = 2.0
    listening: float = 15.0


@dataclass(slots=True, kw_only=True)
class Seen:
    """How it came out: by question, how often each of its sentences stands there, and in which order."""

    lost: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)
    disordered: list[str] = field(default_factory=list)
    died: int = 0
    paused: int = 0


class Crowd(Protocol):
    """A platform's people."""

    told: dict[str, object]
    """Settings of the bots besides ``home``."""

    async def ready(self) -> None:
        """Wait for a bot that listens."""
        ...

    def ask(self, number: int) -> None:
        """Ask the question of a number."""
        ...

    def text(self, number: int) -> str:
        """Give all that stands as its answer now."""
        ...

    def finished(self, number: int) -> bool:
        """Say whether something stands as its answer that says that it is whole."""
        ...

    def order(self) -> Sequence[str]:
        """Say which answers came before those to questions that were asked earlier in the same conversation."""
        ...

    def passes(self) -> None:
        """Let a moment of the platform's time pass."""
        ...


def whole(crowd: Crowd, number: int) -> bool:
    return crowd.finished(number) and all(f"Answer {number}: {word}" in crowd.text(number) for word in SENTENCES)


def judged(crowd: Crowd, plan: Plan, seen: Seen) -> Seen:
    for number in range(plan.questions):
        text = crowd.text(number)
        counts = [text.count(f"Answer {number}: {word}") for word in SENTENCES]
        if 0 in counts:
            seen.lost.append(f"Answer {number}: {counts} {text!r}")
        elif max(counts) > 1:
            seen.twice.append(f"Answer {number}: {counts} {text!r}")
        elif sorted(SENTENCES, key=lambda word: text.index(f"Answer {number}: {word}")) != list(SENTENCES):
            seen.disordered.append(f"Answer {number}: {text!r}")
    seen.disordered += crowd.order()
    return seen


async def harmed(plan: Plan, crowd: Crowd, folder: Path, database_url: str | None = None) -> Seen:
    """Run a plan to its end; the end is that all is answered, or that nothing has happened for long."""
    chance, seen = random.Random(plan.seed), Seen()  # noqa: S311 - a plan, no secret
    told = {"home": str(folder), **crowd.told, **({"database_url": database_url} if database_url else {})}
    (folder / "told.json").write_text(json.dumps(told))
    points = list(plan.points)
    live: list[asyncio.subprocess.Process] = []
    workers = [
        asyncio.create_task(_kept_alive(folder, plan, points, seen, live))  # noqa: TID251 - a test's own
        for _ in range(plan.workers)
    ]
    try:
        await crowd.ready()
        await _run(plan, chance, crowd, seen, live)
        deadline = asyncio.get_running_loop().time() + _PATIENCE
        while not all(whole(crowd, number) for number in range(plan.questions)):
            assert asyncio.get_running_loop().time() < deadline, judged(crowd, plan, seen)
            crowd.passes()  # so that what was not acknowledged comes again
            await asyncio.sleep(_LOOK)
        await asyncio.sleep(plan.lease * 2)  # what an overtaken bot would still say
    finally:
        for one in workers:
            one.cancel()
        await asyncio.wait(workers)
    return judged(crowd, plan, seen)


@asynccontextmanager
async def _process(folder: Path, *more: str) -> AsyncGenerator[asyncio.subprocess.Process]:
    command = [sys.executable, "-m", "tests.crash.platform_worker", str(folder / "told.json"), *more]
    with (folder / "worker.log").open("ab") as log:
        process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stderr=log)
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def _kept_alive(
    folder: Path, plan: Plan, points: list[str], seen: Seen, live: list[asyncio.subprocess.Process]
) -> None:
    """Start a bot, and another one whenever it died."""
    while True:
        point = points.pop(0) if points else ""
        name, _, times = point.partition("#")
        more = ("--kill-at", name, "--times", times or "1") if name else ()
        leases = ("--lease", str(plan.lease), "--listening", str(plan.listening))
        async with _process(folder, *leases, *more) as process:
            live.append(process)
            try:
                await process.wait()
            finally:
                live.remove(process)
        seen.died += 1


async def _run(
    plan: Plan, chance: random.Random, crowd: Crowd, seen: Seen, live: list[asyncio.subprocess.Process]
) -> None:
    harms = ["kill"] * plan.kills + ["pause"] * plan.pauses
    chance.shuffle(harms)
    every = max(1, plan.questions // (len(harms) + 1))
    for number in range(plan.questions):
        crowd.ask(number)
        await asyncio.sleep(chance.random() * 0.3)
        if number % every == every - 1 and harms and live:
            process = chance.choice(live)
            if harms.pop() == "kill":
                process.send_signal(signal.SIGKILL)
                continue
            process.send_signal(signal.SIGSTOP)
            seen.paused += 1
            await asyncio.sleep(plan.lease * plan.paused)
            process.send_signal(signal.SIGCONT)
