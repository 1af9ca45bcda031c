"""Requests to one index: bounded, tried again where that may help, and counted.

The SDK tries again too, out of our control: ``AsyncPinecone`` gives its ``retry_config`` to its control plane alone,
and an index gets three retries, waits of up to 60 s that no deadline ends, and a budget that all indexes of one host
share in the process. So its retries are turned off, and this is the one layer that tries again.
"""

from __future__ import annotations

import asyncio
import random
import time
from dataclasses import dataclass, field, replace
from itertools import count
from typing import TYPE_CHECKING, Final, Protocol, TypeVar
from urllib.parse import urlsplit

from pinecone import AsyncPinecone, RetryConfig

from knowledge.errors import Refused
from knowledge.indexes.pinecone.failing import FAILURES, asked_to_wait, explained, passing
from knowledge.indexes.pinecone.patience import Patience, pause

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from pinecone import AsyncIndex

    from knowledge.errors import KnowledgeError

_CONNECTIONS: Final = 64
"""At a time; further requests wait for one, as long as their patience lasts."""
_Answer = TypeVar("_Answer")


@dataclass(slots=True, kw_only=True)
class Spent:
    """What was asked of Pinecone so far. ``seconds`` are of all requests together, those that failed included."""

    requests: int = 0
    retries: int = 0
    read_units: int = 0
    write_units: int = 0
    """As far as answers say it; those to upserts do not."""
    seconds: float = 0.0


class Clock(Protocol):
    """Seconds that only rise, and waiting for them to."""

    def now(self) -> float:
        """Give the time."""
        ...

    async def sleep(self, seconds: float, /) -> None:
        """Wait."""
        ...


class _Monotonic(Clock):
    def now(self) -> float:
        return time.monotonic()

    async def sleep(self, seconds: float, /) -> None:
        await asyncio.sleep(seconds)


@dataclass(slots=True, kw_only=True)
class Asking:
    """The connections to an index; they are made when they are needed, and closed by ``close``."""

    host: str
    client: AsyncPinecone
    patience: Patience = field(default_factory=Patience)
    clock: Clock = field(default_factory=_Monotonic)
    spent: Spent = field(default_factory=Spent)
    _index: AsyncIndex | None = None

    @property
    def name(self) -> str:
        """What sentences call the host."""
        return urlsplit(self.host).netloc or self.host

    async def ask(self, request: Callable[[AsyncIndex], Awaitable[_Answer]], within: float) -> _Answer:
        """Send a request, again where that may help, for so many seconds in all; raises Unreachable or Refused.

        Each request may be sent twice without harm. One try takes half of the time at most, so that a connection that
        hangs is not the only one.
        """
        until = self.clock.now() + within
        for tried in count(1):
            try:
                return await self._try(request, min(within / 2, until - self.clock.now()))
            except FAILURES as error:
                waits = pause(self.patience, tried, asked_to_wait(error), random.random())  # noqa: S311 - no secret
                if tried >= self.patience.tries or not passing(error) or self.clock.now() + waits >= until:
                    raise self._explained(error) from error
            self.spent.retries += 1
            await self.clock.sleep(waits)
        raise AssertionError("unreachable")

    async def close(self) -> None:
        """Close all connections; those that are needed later are made anew."""
        index, self._index = self._index, None
        if index is not None:
            await index.close()
        await self.client.close()

    async def _try(self, request: Callable[[AsyncIndex], Awaitable[_Answer]], seconds: float) -> _Answer:
        begun = self.clock.now()
        self.spent.requests += 1
        try:
            async with asyncio.timeout(seconds):
                answer = await request(await self._opened())
        finally:
            self.spent.seconds += self.clock.now() - begun
        usage = getattr(answer, "usage", None)
        self.spent.read_units += getattr(usage, "read_units", None) or 0
        self.spent.write_units += getattr(usage, "write_units", None) or 0
        return answer

    async def _opened(self) -> AsyncIndex:
        if self._index is None:
            index = await self.client.index(host=self.host)
            config = index._http._config  # noqa: SLF001 - the one way to turn the SDK's retries off, see above
            index._http._config = replace(config, retry_config=RetryConfig(max_retries=0))  # noqa: SLF001
            self._index = self._index or index
        return self._index

    def _explained(self, error: Exception) -> KnowledgeError:
        return explained(error, self.name)


def asking(host: str, key: str, patience: Patience, clock: Clock | None = None) -> Asking:
    """Make ready to ask the index at a host; raises Refused without a key. Nothing is connected yet."""
    if not key:
        raise Refused("Pinecone needs a key, and PINECONE_API_KEY is not set.")
    client = AsyncPinecone(api_key=key, connection_pool_maxsize=_CONNECTIONS)
    return Asking(host=host, client=client, patience=patience, clock=clock or _Monotonic())
