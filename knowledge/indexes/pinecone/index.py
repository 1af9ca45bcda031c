"""Vectors in Pinecone: a namespace for each workspace and model, permission and filters inside the query."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal, Self

import numpy as np
import structlog

from knowledge.base import Hit, VectorIndex
from knowledge.errors import WrongVectors
from knowledge.indexes.answering import answered
from knowledge.indexes.pinecone import wire
from knowledge.indexes.pinecone.asking import asking
from knowledge.indexes.pinecone.checking import checked
from knowledge.indexes.pinecone.patience import Patience
from knowledge.indexes.pinecone.writing import Writing

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping, Sequence

    from knowledge.base import EmbeddedChunk, Finding, Query, Vectors, VectorSpec
    from knowledge.indexes.answering import Answering
    from knowledge.indexes.pinecone.asking import Clock, Spent


class PineconeVectors(VectorIndex):
    """The vectors of one model in one index of Pinecone, any of its three metrics: of unit vectors all rank alike.

    Connections are made when they are needed, and closed at the end of the context. Every method raises Unreachable
    where Pinecone does not answer in time, and Refused where it does not let us in.
    """

    name: Literal["words", "vectors"] = "vectors"

    def __init__(
        self,
        host: str,
        key: str,
        catalog: Answering,
        *,
        patience: Patience | None = None,
        clock: Clock | None = None,
    ) -> None:
        """Search the index at a host (http:// is taken too); nothing is asked yet. Raises Refused without a key."""
        self._asking = asking(host, key, patience or Patience(), clock)
        self._patience = self._asking.patience
        self._catalog = catalog
        self._spec: VectorSpec | None = None
        self._metric = "cosine"
        self._writing: Writing | None = None

    async def __aenter__(self) -> Self:
        """Give itself."""
        return self

    async def __aexit__(self, *exc: object) -> None:
        """Close all connections, and log what was asked over them."""
        await self._asking.close()
        spent = self._asking.spent
        if spent.requests:
            asked = {"requests": spent.requests, "retries": spent.retries, "seconds": round(spent.seconds, 3)}
            units = {"read_units": spent.read_units, "write_units": spent.write_units}
            structlog.get_logger().info("asked pinecone", **asked, **units)

    @property
    def spent(self) -> Spent:
        """What was asked of Pinecone until now."""
        return replace(self._asking.spent)

    async def prepare(self, spec: VectorSpec, /) -> None:
        """See that the index takes vectors of this length."""
        stats = await self._asking.ask(lambda index: index.describe_index_stats(), self._patience.start)
        wrong = wire.unfit(stats.dimension, stats.metric, spec)
        if wrong:
            raise WrongVectors(wrong)
        self._spec, self._metric = spec, stats.metric or self._metric
        if self._writing is None or self._writing.dimensions != spec.dimensions:
            self._writing = Writing(asking=self._asking, dimensions=spec.dimensions)

    async def put(self, workspace: str, chunks: Sequence[EmbeddedChunk], /) -> None:
        """Write the chunks' vectors, readers and attributes, and nothing of their text."""
        await self._writes.put(self._namespace(workspace), chunks)

    async def remove(self, workspace: str, editions: Sequence[str], /) -> None:
        """Delete all records of these editions."""
        await self._writes.remove(self._namespace(workspace), editions)

    async def settled(self, workspace: str, /) -> None:
        """Wait until a search sees what this object has written."""
        await self._writes.settled(self._namespace(workspace))

    async def clear(self, workspace: str, /) -> None:
        """Delete the namespace."""
        await self._writes.clear(self._namespace(workspace))

    async def search(self, query: Query, /) -> Sequence[Hit]:
        """Find the nearest chunks by cosine, equals by their ids."""
        allowed = wire.allowed(query.scope, query.filters)
        vector = query.vector
        if vector is None or allowed is None or query.limit < 1 or not vector.any():
            return ()
        until = self._asking.clock.now() + self._patience.question

        async def nearest(most: int) -> Sequence[Hit]:
            return await self._nearest(query.scope.workspace, vector, allowed, most, until)

        return await answered(self._catalog, query.scope.workspace, query.limit, wire.TOP_K, nearest)

    async def vectors(self, workspace: str, chunks: Sequence[str], /) -> Mapping[str, Vectors]:
        """Fetch them."""
        namespace = self._namespace(workspace)
        found: dict[str, Vectors] = {}
        for ids in wire.parts(chunks, wire.IDS):
            answer = await self._asking.ask(
                lambda index, ids=ids: index.fetch(ids=ids, namespace=namespace),  # type: ignore[misc]  # mypy knows no such default
                self._patience.sync,
            )
            found |= {name: np.asarray(record.values, np.float32) for name, record in answer.vectors.items()}
        return found

    async def count(self, workspace: str, /) -> int:
        """Ask Pinecone's statistics, which may lag behind searches a little."""
        stats = await self._asking.ask(lambda index: index.describe_index_stats(), self._patience.start)
        held = stats.namespaces.get(self._namespace(workspace))
        return held.vector_count if held else 0

    def check(self, spec: VectorSpec, /) -> AsyncGenerator[Finding]:
        """Look at everything that these vectors need of the index; ``prepare`` need not have succeeded."""
        return checked(self._asking, spec)

    async def _nearest(
        self, workspace: str, vector: Vectors, allowed: wire.Condition, most: int, until: float
    ) -> Sequence[Hit]:
        namespace = self._namespace(workspace)
        answer = await self._asking.ask(
            lambda index: index.query(vector=wire.numbers(vector), top_k=most, namespace=namespace, filter=allowed),
            until - self._asking.clock.now(),
        )
        hits = (Hit(chunk=match.id, score=wire.cosine(match.score, self._metric)) for match in answer.matches)
        return sorted(hits, key=lambda hit: (-hit.score, hit.chunk))

    def _namespace(self, workspace: str) -> str:
        if self._spec is None:
            raise ValueError("prepare comes first")
        return wire.namespace(workspace, self._spec)

    @property
    def _writes(self) -> Writing:
        if self._writing is None:
            raise ValueError("prepare comes first")
        return self._writing
