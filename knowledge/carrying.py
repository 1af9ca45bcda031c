"""Carrying: another index, or another model, gets the vectors of all that is known, while the old ones serve.

Vectors of the same model are copied; those of another one are made anew. It may be stopped or killed anywhere: what was
carried is remembered, and the next try goes on from there. At the end both change places at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from sqlalchemy import select

from knowledge.base import Chunk, EmbeddedChunk
from knowledge.staging import Progress
from knowledge.tables import Attribute, ChunkRow, Edition, Reader

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

    from knowledge.base import Field, Vectors
    from knowledge.serving import Semantic, Serving
    from knowledge.stores.base import Store
    from knowledge.vectorsets import VectorSet


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """What was carried now: how many chunks were copied, and how many embedded anew."""

    copied: int = 0
    embedded: int = 0


async def carry(
    serving: Serving, store: Store, *, progress: Callable[[Progress], None] | None = None
) -> Carried | None:
    """Let what is wanted serve, after it got all that it lacks; None where it serves already.

    Raises KnowledgeError, Busy where a sync is at work; then what served before still does.
    """
    if await serving.waiting() is None and all(one.state == "serving" for one in await serving.sets.all()):
        return None
    async with store.alone():
        before = await serving.waiting()
        if before is None:
            await serving.sets.none_coming()
            await serving.sweep()
            return None
        run = _Carrying(serving=serving, store=store, before=before, progress=progress)
        carried = await run.run()
        await serving.sweep()
        return carried


@dataclass(slots=True, kw_only=True)
class _Carrying:
    serving: Serving
    store: Store
    before: VectorSet
    progress: Callable[[Progress], None] | None
    chunks: int = 0
    copied: int = 0
    embedded: int = 0

    async def run(self) -> Carried:
        target = await self.serving.opened(self.serving.wanted)
        coming = await self.serving.sets.coming(self.serving.wanted)
        lacking = await self.serving.sets.uncarried(coming)
        self.chunks = sum(chunks for _, chunks in lacking)
        for editions in _batches(lacking, target.embedder.batch):
            await target.index.put(self.serving.workspace, await self._embedded(editions, target))
            await self.serving.sets.carry(coming, editions)
            self._report()
        await target.index.settled(self.serving.workspace)
        await self.serving.sets.switch(coming)
        return Carried(copied=self.copied, embedded=self.embedded)

    async def _embedded(self, editions: Sequence[int], target: Semantic) -> list[EmbeddedChunk]:
        """Give the editions' chunks with their vectors: copied where they can be, else made."""
        async with self.store.read() as connection:
            chunks = await _chunks(connection, editions)
        known = await self._known([one.chunk.id for one in chunks])
        new = [one for one in chunks if one.chunk.id not in known]
        for start in range(0, len(new), target.embedder.batch):
            some = new[start : start + target.embedder.batch]
            found = await target.embedder.embed([one.chunk.searched for one in some], purpose="passage")
            known |= {one.chunk.id: vector for one, vector in zip(some, found.vectors, strict=True)}
            self.embedded += len(some)
            self._report()
        self.copied += len(chunks) - len(new)
        return [one.embedded(known[one.chunk.id]) for one in chunks]

    async def _known(self, chunks: Sequence[str]) -> dict[str, Vectors]:
        if self.before.kept.spec != self.serving.wanted.spec or not chunks:
            return {}
        old = await self.serving.index(self.before.kept)
        return dict(await old.vectors(self.serving.workspace, chunks))

    def _report(self) -> None:
        if self.progress is not None:
            done = self.copied + self.embedded
            self.progress(
                Progress(stage="carrying", documents=0, ready=0, skipped=0, chunks=self.chunks, embedded=done)
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Bare:
    """A chunk without its vector, and what its document is asked for."""

    chunk: Chunk
    readers: frozenset[str]
    attributes: Mapping[Field, frozenset[str]]

    def embedded(self, vector: Vectors) -> EmbeddedChunk:
        return EmbeddedChunk(chunk=self.chunk, vector=vector, readers=self.readers, attributes=self.attributes)


def _batches(lacking: Sequence[tuple[int, int]], size: int) -> Iterator[list[int]]:
    """Put editions together until they have so many chunks."""
    editions: list[int] = []
    chunks = 0
    for number, count in lacking:
        editions.append(number)
        chunks += count
        if chunks >= size:
            yield editions
            editions, chunks = [], 0
    if editions:
        yield editions


async def _chunks(connection: AsyncConnection, editions: Sequence[int]) -> list[_Bare]:
    readers: dict[int, set[str]] = {number: set() for number in editions}
    for number, principal in await connection.execute(
        select(Reader.edition, Reader.principal).where(Reader.edition.in_(editions))
    ):
        readers[number].add(principal)
    known: dict[int, dict[Field, set[str]]] = {number: {} for number in editions}
    attributes = select(Attribute.edition, Attribute.field, Attribute.value).where(Attribute.edition.in_(editions))
    for number, name, value in await connection.execute(attributes):
        known[number].setdefault(cast("Field", name), set()).add(value)
    rows = await connection.execute(
        select(Edition.number, Edition.id, ChunkRow.id, ChunkRow.ordinal, ChunkRow.text, ChunkRow.searched)
        .join(ChunkRow, ChunkRow.edition == Edition.number)
        .where(Edition.number.in_(editions))
        .order_by(ChunkRow.number)
    )
    return [
        _Bare(
            chunk=Chunk(id=name, edition=edition, ordinal=ordinal, text=text, searched=searched),
            readers=frozenset(readers[number]),
            attributes={name: frozenset(values) for name, values in known[number].items()},
        )
        for number, edition, name, ordinal, text, searched in rows
    ]
