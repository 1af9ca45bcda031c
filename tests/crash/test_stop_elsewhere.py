"""A stop, an edit or a deletion that another process takes in reaches the model's stream in this one."""

from __future__ import annotations

import asyncio
import json
import sys
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from adapters.parts import Ending, Text
from adapters.plain import block_text
from bot.answering import prompt_files
from bot.answering.engine import Engine
from bot.database import Database
from bot.dispatcher import Dispatcher
from bot.inbox import Inbox
from bot.models.endpoint import Endpoint
from bot.models.openai import OpenAiChat
from bot.turns import Turns
from tests.doubles.adapters import NOON, RecordingAdapter, a_question
from tests.doubles.answering import Passages, covered, earlier, passage
from tests.doubles.chains import admission, chained

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from adapters.parts import Part

ROOT = Path(__file__).parents[2]
KEYS = passage("keys.md", "An API key is rotated every 90 days. The old key works for one more day.", title="API keys")
FIRST = "An API key is rotated every 90 days. [1] "
SECOND = "The old key works for one more day. [1]"


class Model:
    """A chat server on the loopback: says a line for each request, then hangs until it is left.

    ``left`` is set when a client closed its connection while its stream was still open.
    """

    def __init__(self, *lines: tuple[str, bool]) -> None:
        """Each line, and whether the stream ends after it."""
        self._lines = list(lines)
        self.asked: list[str] = []
        self.said = asyncio.Event()
        self.left = asyncio.Event()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        size = next(int(line.split(b":")[1]) for line in head.lower().split(b"\r\n") if b"content-length" in line)
        self.asked.append((await reader.readexactly(size)).decode())
        line, ends = self._lines.pop(0)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n")
        for start in range(0, len(line), 8):
            writer.write(_chunk({"content": line[start : start + 8]}))
        if ends:
            writer.write(_chunk({}, reason="stop") + b"data: [DONE]\n\n")
        await writer.drain()
        self.said.set()
        if not ends:
            with suppress(ConnectionError):
                await reader.read()
            self.left.set()
        writer.close()

    @asynccontextmanager
    async def address(self) -> AsyncGenerator[str]:
        server = await asyncio.start_server(self.serve, "127.0.0.1", 0)
        try:
            yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
        finally:
            server.close()


def _chunk(delta: dict[str, str], reason: str | None = None) -> bytes:
    choice = {"index": 0, "delta": delta, "finish_reason": reason}
    return b"data: " + json.dumps({"object": "chat.completion.chunk", "choices": [choice]}).encode() + b"\n\n"


class Service:
    def __init__(self, where: Path | str, model: Model) -> None:
        self.where = where
        self.model = model
        self.adapter = RecordingAdapter()
        self.changed = asyncio.Event()

    @asynccontextmanager
    async def asked(self) -> AsyncGenerator[None]:
        """Run, with one question that the model is answering."""
        shelf = Passages(KEYS)
        async with Database(self.where) as database, self.model.address() as address:
            chat = OpenAiChat(Endpoint(name="small", base_url=address, key="key"))
            turns = Turns(database)
            self.inbox = Inbox(database, turns)
            self.inbox.on_change(lambda _: self.changed.set())
            engine = Engine(
                retriever=shelf,
                catalog=shelf,
                admission=admission(),
                chain=chained(chat),
                turns=turns,
                prompts=prompt_files.load(),
                workspace="w",
                gate=covered,
            )
            dispatcher = Dispatcher(
                database=database,
                inbox=self.inbox,
                adapters={"recording": self.adapter},
                answer=engine.answer,
                now=NOON.timestamp,
            )
            async with dispatcher.running():
                place = replace(a_question().place, platform="recording")
                await self.inbox.put(a_question("How often is an API key rotated?", place))
                await self.model.said.wait()
                yield
                while await self.inbox.owed():
                    await self.changed.wait()
                    self.changed.clear()
            await chat.aclose()

    @asynccontextmanager
    async def elsewhere(self, *event: str) -> AsyncGenerator[asyncio.StreamWriter]:
        """Another process that takes the event in as soon as a line is written."""
        pipe = asyncio.subprocess.PIPE
        told = (sys.executable, "-m", "tests.crash.elsewhere", str(self.where), *event)
        process = await asyncio.create_subprocess_exec(*told, cwd=ROOT, stdin=pipe, stdout=pipe)
        assert process.stdout is not None
        assert process.stdin is not None
        assert await process.stdout.readline() == b"ready\n"
        yield process.stdin
        await process.communicate()
        assert process.returncode == 0

    @property
    def parts(self) -> list[Part]:
        return self.adapter.replies["q1"]

    def verdict(self) -> str:
        ending = self.parts[-1]
        assert isinstance(ending, Ending)
        return ending.verdict

    def text(self) -> str:
        return " ".join(block_text(part.block).strip() for part in self.parts if isinstance(part, Text))


async def taken(service: Service, *event: str) -> float:
    """Let another process take the event in; give the seconds until the model's connection was closed."""
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(30), service.asked(), service.elsewhere(*event) as process:
        began = loop.time()
        process.write(b"go on\n")
        await service.model.left.wait()
        return loop.time() - began


@pytest.mark.parametrize("wish", ["stop", "delete"])
async def test_what_another_process_stops_ends_here_and_leaves_the_model(where: Path | str, wish: str) -> None:
    service = Service(where, Model((FIRST + "The old", False)))
    await taken(service, wish, "q1")
    assert service.verdict() == "stopped"
    assert "90 days" in service.text()


async def test_an_edit_before_the_first_sentence_is_shown_begins_anew(where: Path | str) -> None:
    service = Service(where, Model(("An API", False), (SECOND, True)))
    await taken(service, "edit", "q1", "How long does the old key work?")
    assert service.verdict() == "answered"
    assert service.text() == "The old key works for one more day. [1]"
    assert ["How long does the old key work" in asked for asked in service.model.asked] == [False, True]
    async with Database(where) as database:
        turns = await Turns(database).history(replace(earlier(), platform="recording"))
    assert [turn.question for turn in turns] == ["How long does the old key work?"]


async def test_an_edit_after_the_first_sentence_is_ignored(where: Path | str) -> None:
    service = Service(where, Model((FIRST + "The old", False)))
    async with asyncio.timeout(30), service.asked():
        while not any(isinstance(part, Text) for part in service.adapter.replies.get("q1", [])):
            await asyncio.sleep(0.01)
        async with service.elsewhere("edit", "q1", "Something else?") as process:
            process.write(b"go on\n")
        await service.inbox.stop("q1")
    assert len(service.model.asked) == 1
    assert service.verdict() == "stopped"


@pytest.mark.crash
@pytest.mark.parametrize("event", [("stop", "q1"), ("edit", "q1", "How long does the old key work?")], ids=" ".join)
async def test_it_takes_less_than_a_second(where: Path | str, event: tuple[str, ...]) -> None:
    said = FIRST + "The old" if event[0] == "stop" else "An API"
    service = Service(where, Model((said, False), (SECOND, True)))
    assert await taken(service, *event) < 1.0
