"""The embedder behind an endpoint: requests within the server's limits, a few at once, tried again within a time."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from knowledge.base import Embedded, Embedder, VectorSpec
from knowledge.endpoint.base import Free
from knowledge.endpoint.failing import Failure, late
from knowledge.endpoint.models import KNOWN, limits
from knowledge.endpoint.packing import portions
from knowledge.endpoint.server import Server

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence

    from knowledge.base import Vectors
    from knowledge.endpoint.base import Endpoint, Meter, Patience
    from knowledge.endpoint.packing import Portion
    from knowledge.endpoint.server import Answer

_PAUSE: Final = 0.25
"""Seconds before the second try, and twice as many before each further one, where the server names no other time."""
_LONGEST_PAUSE: Final = 8.0
_FREE: Final = Free()

Purpose = Literal["question", "passage"]


class EndpointEmbedder(Embedder):
    """Embeds with one model of one server, and is ``Billed``.

    A text without a word is the zero vector, and costs nothing. Questions wait for no passages; passages wait for each
    other, whoever embeds them.
    """

    vector_share = 0.5
    """As much as keywords: no more could be measured without a key, and ``e5``, which such models surpass, has it."""

    def __init__(
        self, server: Server, *, length: int, meter: Meter = _FREE, lanes: asyncio.Semaphore | None = None
    ) -> None:
        """``length`` is how long the vectors are; ``meter`` keeps account of each request, ``lanes`` are shared."""
        endpoint = server.endpoint
        self.spec = VectorSpec(model=f"openai:{endpoint.model}", dimensions=length)
        self.model = endpoint.model
        self.base_url = endpoint.base_url
        self._limits = limits(endpoint.model)
        self.batch = self._limits.batch
        self._server = server
        self._meter = meter
        self._lanes = lanes or asyncio.Semaphore(self._limits.lanes)

    def metered(self, meter: Meter, /) -> EndpointEmbedder:
        """Give the same embedder with somebody else who keeps account."""
        return EndpointEmbedder(self._server, length=self.spec.dimensions, meter=meter, lanes=self._lanes)

    async def embed(self, texts: Sequence[str], /, *, purpose: Purpose) -> Embedded:
        """Embed the texts, all or none. Raises Unreachable, Refused, and Unaffordable."""
        packed = await asyncio.to_thread(portions, texts, model=self.model, limits=self._limits)
        await self._server.connect()
        patience = self._patience(purpose)
        until = _now() + patience.total
        vectors = np.zeros((len(texts), self.spec.dimensions), np.float32)
        asking = Asking(server=self._server, meter=self._meter, length=self.spec.dimensions, patience=patience)

        async def embed(portion: Portion) -> int:
            if purpose == "question":
                return await asking.fill(vectors, portion, until)
            async with self._lanes:
                return await asking.fill(vectors, portion, _now() + patience.total)

        return Embedded(vectors=vectors, tokens=sum(await _each(embed, packed)))

    def _patience(self, purpose: Purpose) -> Patience:
        endpoint = self._server.endpoint
        return endpoint.question if purpose == "question" else endpoint.passage


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """Asks for portions until they are answered, or until it is of no use any more."""

    server: Server
    meter: Meter
    length: int | None
    patience: Patience

    async def fill(self, vectors: Vectors, portion: Portion, until: float) -> int:
        """Fill in the rows of a portion, and give its tokens. ``until`` is a time of the loop's clock.

        What is too much for the server is asked for in halves, and a single text that is too long is cut.
        """
        try:
            answer = await self.answered(portion, until)
        except Failure as failure:
            halves = portion.halves(self.server.endpoint.model) if failure.too_much else ()
            if not halves:
                raise failure.error from failure
            return sum([await self.fill(vectors, half, until) for half in halves])
        vectors[[text.row for text in portion.texts]] = answer.vectors
        return answer.tokens

    async def answered(self, portion: Portion, until: float) -> Answer:
        """Ask, and again after failures that may pass, each time for money of its own. Raises Failure."""
        number = 1
        while True:
            try:
                return await self._once(portion, until)
            except Failure as failure:
                wait = _pause(number) if failure.retry_after is None else failure.retry_after
                if not failure.passes or number == self.patience.tries or _now() + wait >= until:
                    raise
            await self.server.pause(wait)
            number += 1

    async def _once(self, portion: Portion, until: float) -> Answer:
        async with self.meter.request(portion.worst) as outcome:
            seconds = min(self.patience.one, until - _now())
            if seconds <= 0:  # the meter took its time
                raise late(self.server.endpoint)
            return await self.server.ask(portion, outcome, length=self.length, seconds=seconds)


@asynccontextmanager
async def opened(
    endpoint: Endpoint,
    *,
    length: int | None = None,
    meter: Meter = _FREE,
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> AsyncGenerator[EndpointEmbedder]:
    """Open an embedder, and close its connections.

    How long its vectors are is what the endpoint asks for, what is known of the model, or ``length``, which may be
    remembered of an index; where nobody knows it, one word is embedded to see, for which ``meter`` keeps account.
    Raises as ``embed`` does then. ``pause`` waits so many seconds between two tries.
    """
    server = Server(endpoint, pause=pause)
    try:
        known = KNOWN.get(endpoint.model)
        length = endpoint.dimensions or (known.dimensions if known else length)
        if length is None:
            length = await _probed(server, meter)
        yield EndpointEmbedder(server, length=length, meter=meter)
    finally:
        await server.aclose()


async def _probed(server: Server, meter: Meter) -> int:
    """Embed one word, and see how long its vector is."""
    endpoint = server.endpoint
    (portion,) = portions(["footnote"], model=endpoint.model, limits=limits(endpoint.model))
    await server.connect()
    asking = Asking(server=server, meter=meter, length=None, patience=endpoint.passage)
    try:
        answer = await asking.answered(portion, _now() + endpoint.passage.total)
    except Failure as failure:
        raise failure.error from failure
    return int(answer.vectors.shape[1])


async def _each(embed: Callable[[Portion], Awaitable[int]], packed: Sequence[Portion]) -> list[int]:
    """Embed all portions; the first error ends the others."""

    async def one(portion: Portion) -> int:
        return await embed(portion)

    try:
        async with asyncio.TaskGroup() as tasks:
            asked = [tasks.create_task(one(portion)) for portion in packed]
    except ExceptionGroup as group:
        first = group.exceptions[0]
        raise first from first.__cause__  # not the group, which would hide why
    return [task.result() for task in asked]


def _pause(number: int) -> float:
    return min(_LONGEST_PAUSE, _PAUSE * float(1 << (number - 1)))


def _now() -> float:
    return asyncio.get_running_loop().time()
