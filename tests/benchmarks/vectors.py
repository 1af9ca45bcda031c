"""Vectors in PostgreSQL: putting, indexing, and how fast and how well they are found, by HNSW's parameters.

The server runs on this machine, so the figures hold no network; its settings are PostgreSQL's own but for the memory of
its buffers. A search asks for a hundred hits, as the retriever does. Recall is of the ten nearest, against float32.
The embedded index searches the same vectors in the same run.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

import numpy as np
from rich.console import Console
from rich.progress import Progress
from sqlalchemy import text

from knowledge.base import Chunk, EmbeddedChunk, Query, Scope, VectorSpec
from knowledge.indexes.blocks import Block
from knowledge.indexes.matrix import FULL, Matrix
from knowledge.indexes.pgvector.index import PgVectors
from knowledge.indexes.pgvector.patience import Patience
from knowledge.indexes.pgvector.tables import Tuning
from knowledge.stores.server import Server
from tests.benchmarks.clusters import CHANNEL, CHUNKS, KINDS, NEAREST, WORKSPACE, allowed, made
from tests.benchmarks.figures import Figure
from tests.doubles import postgres

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable, Collection, Iterator, Sequence

    from knowledge.base import Hit
    from knowledge.indexes.matrix import Selection
    from tests.benchmarks.clusters import Clusters, Kind

CHOSEN: Final = Tuning()
TUNINGS: Final = (
    CHOSEN,
    replace(CHOSEN, construction=64),
    replace(CHOSEN, links=24),
    replace(CHOSEN, kind="vector"),
)
CANDIDATES: Final = (40, 100, 200, 400)
_PUT: Final = 2_000
_LIMIT: Final = 100
_PATIENCE: Final = Patience(question=60.0)
"""Longer than a bot has, so that what is slow is measured."""


class Everything:
    """A catalog in which every edition answers."""

    async def answering(self, editions: Collection[str], /, *, workspace: str) -> frozenset[str]:
        return frozenset(editions)


@dataclass(slots=True, kw_only=True)
class Bench:
    """A server, what is put into it, and the figures so far."""

    server: Server
    clusters: Clusters
    progress: Progress
    figures: list[Figure] = field(default_factory=list)

    @property
    def count(self) -> int:
        return len(self.clusters.vectors)

    def index(self, tuning: Tuning) -> PgVectors:
        return PgVectors(self.server, Everything(), tuning=tuning, patience=_PATIENCE)

    @asynccontextmanager
    async def timed(self, name: str) -> AsyncGenerator[None]:
        """Show what is under way, and note how long it took."""
        task = self.progress.add_task(name, total=None)
        began = time.perf_counter()
        yield
        self.note(name, time.perf_counter() - began, "s")
        self.progress.remove_task(task)

    def note(self, name: str, value: float, unit: str, aim: str = "") -> None:
        self.figures.append(Figure(name=name, value=value, unit=unit, aim=aim))

    async def ask(self, statement: str) -> float:
        async with self.server.write() as connection:
            return float(await connection.scalar(text(statement)) or 0)


def figures(
    count: int = 100_000, tunings: Sequence[Tuning] = TUNINGS, candidates: Sequence[int] = CANDIDATES
) -> Sequence[Figure]:
    """Measure on a server of its own."""
    with (
        postgres.running("shared_buffers=1GB", "max_wal_size=8GB") as server,
        Progress(console=Console(stderr=True), transient=True) as progress,
    ):
        task = progress.add_task("making vectors", total=None)
        clusters = made(count)
        progress.remove_task(task)
        address = server.empty()
        return asyncio.run(_measured(address, clusters, progress, tunings, candidates))


async def _measured(
    address: str, clusters: Clusters, progress: Progress, tunings: Sequence[Tuning], candidates: Sequence[int]
) -> Sequence[Figure]:
    server = Server(address, command=3_600)
    bench = Bench(server=server, clusters=clusters, progress=progress)
    try:
        for tuning in tunings:
            await _tuned(bench, tuning, candidates)
        await _embedded(bench)
    finally:
        await server.close()
    return bench.figures


async def _tuned(bench: Bench, tuning: Tuning, candidates: Sequence[int]) -> None:
    """Put what is not there, make the index anew, and search by each number of candidates."""
    named = f"{tuning.kind}, m {tuning.links}, ef_construction {tuning.construction}"
    index = bench.index(tuning)
    await index.prepare(VectorSpec(model="made up", dimensions=bench.clusters.vectors.shape[1]))
    table = index._shelf.table.fullname
    if not await index.count(WORKSPACE):
        async with bench.timed(f"{tuning.kind}: putting {bench.count:,}"):
            await _put(bench, index)
        bench.note(f"{tuning.kind}: table", await bench.ask(f"SELECT pg_table_size('{table}')") / 1e6, "MB")
    async with bench.server.write() as connection:
        await connection.execute(text(f"DROP INDEX IF EXISTS {index._shelf.nearest}"))
    async with bench.timed(f"{named}: index made"):
        await index.settled(WORKSPACE)
    bench.note(f"{named}: index", await bench.ask(f"SELECT pg_relation_size('{index._shelf.nearest}')") / 1e6, "MB")
    for number in candidates:
        tried = bench.index(replace(tuning, candidates=number))
        await tried.prepare(index._shelf.spec)
        for kind in KINDS if number == CHOSEN.candidates else KINDS[:1]:
            await _searched(bench, f"{named}, ef_search {number}: {kind.name}", kind, tried.search)


async def _put(bench: Bench, index: PgVectors) -> None:
    task = bench.progress.add_task("putting", total=bench.count)
    for first in range(0, bench.count, _PUT):
        numbers = range(first, min(first + _PUT, bench.count))
        await index.put(WORKSPACE, [_chunk(number, bench.clusters) for number in numbers])
        bench.progress.update(task, completed=numbers.stop)
    bench.progress.remove_task(task)


async def _searched(bench: Bench, name: str, kind: Kind, search: Callable[[Query], Awaitable[Sequence[Hit]]]) -> None:
    """Ask all questions, once before for what is remembered, and compare what is found with the nearest."""
    task = bench.progress.add_task(name, total=None)
    scope = Scope(workspace=WORKSPACE, principals=frozenset({kind.principal}))
    took, found = list[float](), 0
    for vector, nearest in zip(bench.clusters.questions, bench.clusters.nearest[kind.name], strict=True):
        query = Query(text="", vector=vector, scope=scope, filters=kind.filters, limit=_LIMIT)
        if not took:
            await search(query)
        began = time.perf_counter()
        hits = await search(query)
        took.append((time.perf_counter() - began) * 1_000)
        found += len({_number(hit.chunk) for hit in hits[:NEAREST]} & set(nearest.tolist()))
    bench.note(f"{name}, p50", float(np.percentile(took, 50)), "ms")
    bench.note(f"{name}, p95", float(np.percentile(took, 95)), "ms")
    bench.note(f"{name}, recall@{NEAREST}", 100 * found / (NEAREST * len(took)), "%", "at least 95 %")
    bench.progress.remove_task(task)


async def _embedded(bench: Bench) -> None:
    """Search in memory, as a bot with one file does."""
    async with bench.timed("embedded: taken into memory"):
        matrix = Matrix(blocks=tuple(_blocks(bench.clusters)))
    for kind in KINDS:
        documents = np.flatnonzero(allowed(bench.count, kind)[::CHUNKS])
        selection = matrix.rows(documents.tolist())

        async def search(query: Query, selection: Selection = selection) -> Sequence[Hit]:
            assert query.vector is not None
            return matrix.nearest(query.vector, selection, query.limit)

        await _searched(bench, f"embedded: {kind.name}", kind, search)


def _blocks(clusters: Clusters) -> Iterator[Block]:
    for first in range(0, len(clusters.vectors), FULL):
        numbers = range(first, min(first + FULL, len(clusters.vectors)))
        columns = ([_id(number) for number in numbers], numbers, [number // CHUNKS for number in numbers])
        yield Block.of(columns, clusters.vectors[numbers.start : numbers.stop])


def _chunk(number: int, clusters: Clusters) -> EmbeddedChunk:
    document = number // CHUNKS
    name = _id(number)
    chunk = Chunk(id=name, edition=name.partition(":")[0], ordinal=number % CHUNKS, text="", searched="")
    return EmbeddedChunk(
        chunk=chunk,
        vector=clusters.vectors[number],
        readers=frozenset({WORKSPACE, CHANNEL} if document % 100 == 50 else {WORKSPACE}),
        attributes={
            "tag": frozenset({"often" if document % 100 else "seldom"}),
            "kind": frozenset({"legal" if document % 4 == 1 else "plain", "markdown"}),
            "year": frozenset({str(2015 + document % 10)}),
        },
    )


def _id(number: int) -> str:
    return f"{number // CHUNKS:032x}:{number % CHUNKS}"


def _number(chunk: str) -> int:
    document, _, ordinal = chunk.partition(":")
    return int(document, 16) * CHUNKS + int(ordinal)
