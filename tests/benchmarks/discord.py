"""What a mention in Discord costs this process, how soon its asker sees something, and what 1,000 guilds weigh.

The model is instant: three sentences from a script. Inbox, journal, history and adapter are the bot's own, on SQLite.
Beside it stands a bare discord.py bot that posts and edits the same text as often, and keeps nothing.
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
from tests.benchmarks.processes import megabytes, processor_ms
from tests.doubles.discord import Clock, Discord

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence

    from tests.doubles.discord import Message
    from tests.doubles.discord.call import Call

ROOT: Final = Path(__file__).parents[2]
MENTIONS: Final = 200
WARM: Final = 20
A_SECOND: Final = 5
"""Mentions: each takes three calls or more, and Discord takes fifty a second in all."""
CHANNELS: Final = 40
GUILDS: Final = 1_000
TEXT: Final = "Answer 1: one. Answer 1: two. Answer 1: three."


def figures() -> Sequence[Figure]:
    """Ask 200 questions of each, and let each be in 1,000 guilds."""
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(_figures(Path(folder)))


async def _figures(folder: Path) -> Sequence[Figure]:
    ours, signs, calls = await _ours(folder)
    bare = await _bare(folder, calls)
    few, many, others = await _weights(folder)
    return (
        Figure(name="a bare discord.py bot, processor time a mention", value=bare, unit="ms"),
        Figure(
            name=f"Footnote, {sum(calls.values()) / MENTIONS:.1f} calls a mention",
            value=ours,
            unit="ms",
            ratio=ours / bare,
            to="bare",
            aim="at most 2 x",
        ),
        Figure(
            name=f"event to first visible sign at {A_SECOND} mentions a second, p50",
            value=1_000 * quantile(signs, 0.5),
            unit="ms",
        ),
        Figure(name="the same, p95", value=1_000 * quantile(signs, 0.95), unit="ms"),
        Figure(name="memory in one guild", value=few, unit="MB"),
        Figure(
            name=f"memory in {GUILDS:,} guilds of 20 channels", value=many, unit="MB", ratio=many / few, to="one guild"
        ),
        Figure(name="a bare discord.py bot in as many", value=others, unit="MB"),
    )


def _told(discord: Discord, folder: Path, **more: object) -> Path:
    """Write down what a bot is told, ours or a bare one."""
    urls = {"token": discord.token, "api_url": discord.api_url, "gateway_url": discord.gateway_url}
    told = folder / f"told-{len(list(folder.iterdir()))}.json"
    home = told.with_suffix("")
    home.mkdir()
    told.write_text(json.dumps(urls | more if more else {"home": str(home), "discord": urls}))
    return told


async def _ours(folder: Path) -> tuple[float, list[float], Counter[str]]:
    async with Discord(clock=Clock(runs=True)) as discord:
        discord.rates.enforced = False
        command = ("tests.crash.platform_worker", str(_told(discord, folder)), "--pause", "0", "--lease", "30")
        async with _process(discord, *command) as process:
            took, asked, before = await _asked(discord, process)
            signs = [_first(discord, *one) for one in asked]
            calls = Counter(_kind(call) for call in discord.calls[before:])
    return took, signs, calls


async def _bare(folder: Path, calls: Counter[str]) -> float:
    each = {kind: round(calls[kind] / MENTIONS) for kind in ("thread", "typing", "post", "edit")}
    async with Discord(clock=Clock(runs=True)) as discord:
        discord.rates.enforced = False
        async with _process(
            discord, "tests.benchmarks.bare_discord", str(_told(discord, folder, calls=each, text=TEXT))
        ) as process:
            took, _, _ = await _asked(discord, process)
    return took


async def _weights(folder: Path) -> tuple[float, float, float]:
    """Give the megabytes of ours in one guild, in many, and of a bare bot in as many."""
    async with Discord(clock=Clock(runs=True)) as discord:
        discord.rates.enforced = False
        discord.guild("Acme")
        async with _process(discord, "tests.crash.platform_worker", str(_told(discord, folder))) as process:
            await asyncio.sleep(3)
            few = megabytes(process.pid)
        for number in range(GUILDS - 1):
            guild = discord.guild(f"Guild {number}")
            for channel in range(20):
                discord.channel(f"c{channel}", guild)
        async with _process(discord, "tests.crash.platform_worker", str(_told(discord, folder))) as process:
            await asyncio.sleep(10)
            many = megabytes(process.pid)
        nothing = {"thread": 0, "typing": 0, "post": 0, "edit": 0}
        told = _told(discord, folder, calls=nothing, text=TEXT)
        async with _process(discord, "tests.benchmarks.bare_discord", str(told)) as process:
            await asyncio.sleep(10)
            others = megabytes(process.pid)
    return few, many, others


@asynccontextmanager
async def _process(discord: Discord, *command: str) -> AsyncGenerator[asyncio.subprocess.Process]:
    sessions = discord.gateway.identified
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", *command, cwd=ROOT)
    try:
        await discord.until(lambda: discord.gateway.identified > sessions, within=60)
        await asyncio.sleep(1)
        yield process
    finally:
        process.kill()
        await process.wait()


async def _asked(
    discord: Discord, process: asyncio.subprocess.Process
) -> tuple[float, list[tuple[Message, float]], int]:
    """Ask at an even pace; give the processor's milliseconds a mention, what was asked when, and calls before that."""
    guild = discord.guild("Acme")
    anna = discord.person("Anna", guild)
    channels = [discord.channel(f"c{number}", guild) for number in range(CHANNELS)]

    def says(number: int) -> tuple[Message, float]:
        message = discord.says(anna, channels[number % CHANNELS], f"{discord.mention} Answer {number}:")
        return message, discord.clock.now()

    warm = [says(number) for number in range(WARM)]
    await discord.until(lambda: all(_posted(discord, one) for one, _ in warm), within=60)
    await asyncio.sleep(1)
    before, calls = processor_ms(process.pid), len(discord.calls)
    asked = []
    for number in range(MENTIONS):
        asked.append(says(number))
        await asyncio.sleep(1 / A_SECOND)
    await discord.until(lambda: all(_posted(discord, one) for one, _ in asked), within=120)
    await asyncio.sleep(1)
    return (processor_ms(process.pid) - before) / MENTIONS, asked, calls


def _posted(discord: Discord, message: Message) -> bool:
    thread = discord.thread_of(message)
    return thread is not None and any("three." in said.shown for said in discord.answers(thread))


def _kind(call: Call) -> str:
    """Name a call, as the bare bot is told of it."""
    if call.path.endswith("/threads"):
        return "thread"
    if call.path.endswith("/typing"):
        return "typing"
    if "/messages" in call.path and call.method in {"POST", "PATCH"}:
        return "post" if call.method == "POST" else "edit"
    return "other"


def _first(discord: Discord, message: Message, at: float) -> float:
    """Seconds until something of an answer could be seen: that the bot is typing, or a thread."""
    names = {message.id, message.channel.id}
    return min(call.at - at for call in discord.calls if call.at >= at and names & set(call.path.split("/")))
