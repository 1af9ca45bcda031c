"""The network between a bot and its provider: ``faulty`` as a proxy, which a test lets fail while connections live."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, TypeAlias

from faulty.core import FaultyProxy  # type: ignore[import-untyped]  # the package ships no types

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from tests.doubles.provider import Provider


class _BlackHole:
    """Swallows everything: the connection stands, and nothing comes."""

    async def process(self, chunk: bytes) -> AsyncGenerator[bytes]:
        for _ in ():
            yield chunk


class _Broken:
    """Ends the connection at the first bytes."""

    async def process(self, chunk: bytes) -> AsyncGenerator[bytes]:
        for _ in ():
            yield chunk
        raise ConnectionResetError


class _Slow:
    """Delays each chunk by so many seconds."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    async def process(self, chunk: bytes) -> AsyncGenerator[bytes]:
        await asyncio.sleep(self._seconds)
        yield chunk


_Fault: TypeAlias = _BlackHole | _Broken | _Slow


class Network:
    """Carries everything until it is told otherwise; new and old connections alike."""

    def __init__(self, proxy: FaultyProxy, url: str) -> None:
        self._proxy = proxy
        self.url = url

    def swallow_answers(self) -> None:
        """Let nothing come back."""
        self._fail(ingress=_BlackHole())

    def swallow_questions(self) -> None:
        """Let nothing through to the provider."""
        self._fail(egress=_BlackHole())

    def break_connections(self) -> None:
        """End each connection when the provider answers."""
        self._fail(ingress=_Broken())

    def slow_down(self, seconds: float) -> None:
        """Delay what comes back."""
        self._fail(ingress=_Slow(seconds))

    def recover(self) -> None:
        """Carry everything again."""
        self._proxy.clear_all_rules()

    def _fail(self, *, ingress: _Fault | None = None, egress: _Fault | None = None) -> None:
        self._proxy.clear_all_rules()
        if ingress is not None:
            self._proxy.add_ingress_rule(ingress)
        if egress is not None:
            self._proxy.add_egress_rule(egress)


@asynccontextmanager
async def between(provider: Provider) -> AsyncGenerator[Network]:
    """Stand between a bot and its provider while the body runs."""
    async with FaultyProxy("127.0.0.1", 0, "127.0.0.1", provider.port) as proxy:
        port = proxy._server.sockets[0].getsockname()[1]
        yield Network(proxy, f"http://127.0.0.1:{port}/v1")
