"""The network between the bot and a server, to be broken at will; each proxy listens on a port of its own."""

from __future__ import annotations

import asyncio
import ssl
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

from faulty.core import FaultyProxy  # type: ignore[import-untyped]  # it has no types

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator


CERTIFICATE: Final = Path(__file__).parent / "certificates" / "localhost.pem"
"""Signed by itself for localhost and 127.0.0.1, with its key, until 2126; it guards nothing."""


class Tap:
    """Counts what passes in one direction, and can swallow it, delay some of it, or put something else in its place."""

    def __init__(self) -> None:
        self.chunks = 0
        self.swallows = False
        self.says: bytes | None = None
        self.delays: dict[bytes, float] = {}

    async def process(self, chunk: bytes) -> AsyncGenerator[bytes]:
        self.chunks += 1
        if chunk in self.delays:
            await asyncio.sleep(self.delays[chunk])
        if not self.swallows:
            yield chunk if self.says is None else self.says


class Network:
    """The way to a server on this machine. ``sent`` is what passes to it, ``answered`` what comes back."""

    def __init__(self, port: int) -> None:
        self.sent, self.answered = Tap(), Tap()
        self._proxy = FaultyProxy("127.0.0.1", 0, "127.0.0.1", port)
        self._proxy.add_egress_rule(self.sent)
        self._proxy.add_ingress_rule(self.answered)

    def black_hole(self, *, swallows: bool) -> None:
        """Swallow everything in both directions, while connections stand and new ones are taken; or no more."""
        self.sent.swallows = self.answered.swallows = swallows

    @property
    def address(self) -> str:
        """What to connect to instead of the server."""
        return f"redis://127.0.0.1:{self.port}"

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._proxy._server.sockets[0].getsockname()[1])

    @property
    def connections(self) -> int:
        """How many were ever made."""
        return int(self._proxy.stats.total_connections)

    async def __aenter__(self) -> Self:
        await self._proxy.__aenter__()
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self._proxy.stop()


@asynccontextmanager
async def encrypted(port: int) -> AsyncGenerator[int]:
    """Listen with TLS in front of a server that has none, and give the port."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        inner_reader, inner_writer = await asyncio.open_connection("127.0.0.1", port)
        async with asyncio.TaskGroup() as group:
            group.create_task(_pumped(reader, inner_writer))
            group.create_task(_pumped(inner_reader, writer))

    async with await asyncio.start_server(carry, "127.0.0.1", 0, ssl=context) as listening:
        yield listening.sockets[0].getsockname()[1]


async def _pumped(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while chunk := await reader.read(65_536):
            writer.write(chunk)
    except ConnectionError:
        pass
    finally:
        writer.close()
