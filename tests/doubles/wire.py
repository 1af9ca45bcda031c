"""A model's server that sends what it is told, byte for byte, and the events that it may be told to send."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"


def event(content: str, reason: str | None = None) -> bytes:
    finish = f'"{reason}"' if reason else "null"
    return (
        f'data: {{"id":"1","object":"chat.completion.chunk","created":1,"model":"m","choices":[{{"index":0,'
        f'"delta":{{"content":"{content}"}},"finish_reason":{finish}}}]}}\n\n'
    ).encode()


DONE = b"data: [DONE]\n\n"


def delta(**fields: object) -> bytes:
    return (
        b"data: " + json.dumps({"choices": [{"index": 0, "delta": fields, "finish_reason": None}]}).encode() + b"\n\n"
    )


def usage(*, choices: tuple[object, ...] = (), **fields: object) -> bytes:
    return b"data: " + json.dumps({"choices": choices, "usage": fields}).encode() + b"\n\n"


class Wire:
    """A server that sends what it is told, byte for byte, and notices when its client leaves."""

    def __init__(self) -> None:
        self.left = asyncio.Event()
        self.idle = asyncio.Event()
        self.idle.set()
        self.url = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.serving += 1
        self.idle.clear()
        with suppress(ConnectionError):
            self.asked = await reader.readuntil(b"\r\n\r\n")
            await self._say(reader, writer)
        writer.close()
        self.serving -= 1
        if not self.serving:
            self.idle.set()

    async def _say(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(self.sent)
        await writer.drain()
        while self.trickle:
            writer.write(self.trickle)
            await writer.drain()
            await asyncio.sleep(0.01)
        if self.stays:
            while await reader.read(1024):
                pass
            self.left.set()

    serving = 0
    asked = b""
    sent = b""
    trickle = b""
    """What is sent for ever after it."""
    stays = False


@asynccontextmanager
async def listening() -> AsyncGenerator[Wire]:
    """Listen while the body runs; its clients must have left by then."""
    wire = Wire()
    server = await asyncio.start_server(wire.serve, "127.0.0.1", 0)
    wire.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
    async with server:
        yield wire
        await wire.idle.wait()
