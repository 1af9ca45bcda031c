"""What a mention in Slack costs this process, and how soon its asker sees something, over Socket Mode.

The model is instant: three sentences from a script. Inbox, journal, history and adapter are the bot's own, on SQLite.
Beside it stands a bare Bolt app that posts the same text with as many calls, and keeps nothing.
"""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
from collections import Counter
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bot.evaluation.measures import quantile
from tests.benchmarks.figures import Figure
from tests.benchmarks.processes import processor_ms
from tests.doubles.slack import Clock, Slack

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence

    from tests.doubles.slack import Channel, Message

ROOT: Final = Path(__file__).parents[2]
MENTIONS: Final = 200
WARM: Final = 20
A_SECOND: Final = 20
CHANNELS: Final = 40
SIGNS: Final = frozenset(
    {"assistant.threads.setStatus", "agents.sessions.setStatus", "chat.postMessage", "chat.startStream"}
)
TEXT: Final = "Answer 1: one. Answer 1: two. Answer 1: three."


def figures() -> Sequence[Figure]:
    """Ask 200 questions at 20 a second of each."""
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(_figures(Path(folder)))


async def _figures(folder: Path) -> Sequence[Figure]:
    ours, signs, methods = await _ours(folder)
    bare = await _bare(folder, methods)
    calls = sum(methods.values()) / MENTIONS
    return (
        Figure(name="a bare Bolt app, processor time a mention", value=bare, unit="ms"),
        Figure(
            name=f"Footnote, {calls:.1f} calls a mention",
            value=ours,
            unit="ms",
            ratio=ours / bare,
            to="bare",
            aim="at most 2 x",
        ),
        Figure(
            name="event to first visible sign at 20 mentions a second, p50",
            value=1_000 * quantile(signs, 0.5),
            unit="ms",
        ),
        Figure(name="the same, p95", value=1_000 * quantile(signs, 0.95), unit="ms", aim="at most 300 ms"),
    )


async def _ours(folder: Path) -> tuple[float, list[float], Counter[str]]:
    async with Slack(clock=Clock(runs=True)) as slack:
        slack.rates.enforced = False
        told = folder / "told.json"
        told.write_text(
            json.dumps(
                {
                    "home": str(folder),
                    "team": f"slack:{slack.home.id}",
                    "slack": {
                        "bot_token": slack.token,
                        "app_token": slack.app_token,
                        "api_url": slack.api_url,
                    },
                }
            )
        )
        async with _process(
            slack, "tests.crash.platform_worker", str(told), "--pause", "0", "--lease", "30"
        ) as process:
            took, asked, calls = await _asked(slack, process)
            signs = [_first(slack, *one) for one in asked]
            methods = Counter(call.method for call in slack.calls[calls:])
    return took, signs, methods


async def _bare(folder: Path, methods: Counter[str]) -> float:
    """Let a bare app make as many calls a mention, spread over the same methods as evenly as whole numbers allow."""
    each = [method for method, count in methods.items() for _ in range(round(count / MENTIONS))]
    async with Slack(clock=Clock(runs=True)) as slack:
        slack.rates.enforced = False
        told = folder / "bare.json"
        given = {"token": slack.token, "app_token": slack.app_token, "api_url": slack.api_url}
        told.write_text(json.dumps(given | {"methods": each, "text": TEXT}))
        async with _process(slack, "tests.benchmarks.bare_bolt", str(told)) as process:
            took, _, _ = await _asked(slack, process)
    return took


@asynccontextmanager
async def _process(slack: Slack, *command: str) -> AsyncGenerator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", *command, cwd=ROOT)
    try:
        await slack.until(lambda: slack.sockets.open, within=60)
        yield process
    finally:
        process.kill()
        await process.wait()


async def _asked(
    slack: Slack, process: asyncio.subprocess.Process
) -> tuple[float, list[tuple[Channel, Message, float]], int]:
    """Ask at an even pace; give the processor's milliseconds a mention, what was asked when, and calls before that."""
    anna = slack.person("Anna")
    channels = [slack.channel(f"c{number}", anna) for number in range(CHANNELS)]

    def says(number: int) -> tuple[Channel, Message, float]:
        channel = channels[number % CHANNELS]
        return channel, slack.says(anna, channel, f"{slack.mention} Answer {number}:"), slack.clock.now()

    warm = [says(number) for number in range(WARM)]
    await slack.until(lambda: all(_posted(slack, *one) for one in warm), within=60)
    await asyncio.sleep(1)
    before, calls = processor_ms(process.pid), len(slack.calls)
    asked = []
    for number in range(MENTIONS):
        asked.append(says(number))
        await asyncio.sleep(1 / A_SECOND)
    await slack.until(lambda: all(_posted(slack, *one) for one in asked), within=120)
    await asyncio.sleep(1)
    return (processor_ms(process.pid) - before) / MENTIONS, asked, calls


def _posted(slack: Slack, channel: Channel, message: Message, _: float) -> bool:
    return any("three." in said.shown for said in slack.answers(channel, message))


def _first(slack: Slack, channel: Channel, message: Message, at: float) -> float:
    """Seconds until something of an answer could be seen."""
    return min(call.at - at for call in slack.calls if call.method in SIGNS and _concerns(call.arguments, message))


def _concerns(arguments: object, message: Message) -> bool:
    return isinstance(arguments, dict) and arguments.get("thread_ts") == message.ts
