"""People in Slack's double, and bots of their own processes that are killed or paused: who was answered, how often."""

from __future__ import annotations

import asyncio
import json
import random
import signal
import sys
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from tests.doubles.slack import Clock, Slack

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence

    from tests.doubles.slack import Channel, Message

ROOT = Path(__file__).parents[2]
_LOOK = 0.05
_PATIENCE = 300.0
SENTENCES = ("one.", "two.", "three.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is asked, and what happens to the bots; ``points`` are those at which one dies, one after the other."""

    seed: int
    questions: int = 20
    channels: int = 5
    workers: int = 1
    points: Sequence[str] = ()
    kills: int = 0
    pauses: int = 0
    lease: float = 2.0


@dataclass(slots=True, kw_only=True)
class Seen:
    """How it came out: by question, how often each of its sentences stands in its thread."""

    lost: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)
    torn: list[str] = field(default_factory=list)
    died: int = 0
    paused: int = 0


class Crowd:
    """Asks, and looks."""

    def __init__(self, slack: Slack, plan: Plan) -> None:
        self.slack = slack
        self.plan = plan
        self.anna = slack.person("Anna")
        self.channels = [slack.channel(f"c{number}", self.anna) for number in range(plan.channels)]
        self.asked: list[tuple[Channel, Message]] = []

    def ask(self, number: int) -> None:
        channel = self.channels[number % len(self.channels)]
        self.asked.append((channel, self.slack.says(self.anna, channel, f"{self.slack.mention} Answer {number}:")))

    def text(self, number: int) -> str:
        return "\n".join(said.shown for said in self.slack.answers(*self.asked[number]))

    def whole(self, number: int) -> bool:
        answers = self.slack.answers(*self.asked[number])
        thumbs = any(button["action_id"] == "rate" for said in answers for button in said.buttons)
        return thumbs and all(f"Answer {number}: {word}" in self.text(number) for word in SENTENCES)

    def judged(self, seen: Seen) -> Seen:
        for number in range(len(self.asked)):
            counts = [self.text(number).count(f"Answer {number}: {word}") for word in SENTENCES]
            if 0 in counts:
                seen.lost.append(f"Answer {number}: {counts} {self.text(number)!r}")
            if max(counts) > 1:
                seen.twice.append(f"Answer {number}: {counts} {self.text(number)!r}")
        return seen


@asynccontextmanager
async def _process(folder: Path, *more: str) -> AsyncGenerator[asyncio.subprocess.Process]:
    command = [sys.executable, "-m", "tests.crash.slack_worker", str(folder / "told.json"), *more]
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
        async with _process(folder, "--lease", str(plan.lease), *more) as process:
            live.append(process)
            try:
                await process.wait()
            finally:
                live.remove(process)
        seen.died += 1


async def campaign(plan: Plan, folder: Path, database_url: str | None = None) -> Seen:
    """Run a plan to its end; the end is that all is answered, or that nothing has happened for long."""
    chance = random.Random(plan.seed)  # noqa: S311 - a plan, no secret
    seen = Seen()
    async with Slack(clock=Clock(runs=True)) as slack:
        slack.rates.enforced = False
        told = {
            "home": str(folder),
            "team": f"slack:{slack.home.id}",
            "slack": {
                "bot_token": slack.token,
                "app_token": slack.app_token,
                "api_url": slack.api_url,
            },
            **({"database_url": database_url} if database_url else {}),
        }
        (folder / "told.json").write_text(json.dumps(told))
        crowd = Crowd(slack, plan)
        points = list(plan.points)
        live: list[asyncio.subprocess.Process] = []
        workers = [
            asyncio.create_task(_kept_alive(folder, plan, points, seen, live))  # noqa: TID251 - a test's own
            for _ in range(plan.workers)
        ]
        try:
            await slack.until(lambda: slack.sockets.open, within=60)
            await _run(plan, chance, crowd, seen, live)
            deadline = asyncio.get_running_loop().time() + _PATIENCE
            while not all(crowd.whole(number) for number in range(plan.questions)):
                assert asyncio.get_running_loop().time() < deadline, crowd.judged(seen)
                slack.clock.move(5)  # so that what was not acknowledged comes again
                await asyncio.sleep(_LOOK * 4)
            await asyncio.sleep(plan.lease * 2)  # what an overtaken bot would still say
        finally:
            for one in workers:
                one.cancel()
            await asyncio.wait(workers)
        return crowd.judged(seen)


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
            await asyncio.sleep(plan.lease * 1.5)
            process.send_signal(signal.SIGCONT)
