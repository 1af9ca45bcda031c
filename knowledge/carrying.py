"""Carrying: another index, or another model, gets the vectors of all that is known, while the old ones serve.

Vectors of the same model are copied; those of another one are made anew. It may be stopped or killed anywhere: what was
carried is remembered, and the next try goes on from there. At the end both change places at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from knowledge.staging import Progress
from knowledge.whole import batches, embedded, kept, wholes

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from knowledge.base import Chunk, EmbeddedChunk, Embedder, Vectors
    from knowledge.serving import Semantic, Serving
    from knowledge.stores.base import Store
    from knowledge.vectorsets import VectorSet


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """What was carried now: how many chunks were copied, and how many embedded anew."""

    copied: int = 0
    embedded: int = 0


async def carry(
    serving: Serving, store: Store, *, anew: bool = False, progress: Callable[[Progress], None] | None = None
) -> Carried | None:
    """Let what is wanted serve, after it got all that it lacks; None where it serves already.

    ``anew`` copies no vectors, for where the old ones are lost.
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
        run = _Carrying(serving=serving, store=store, before=before, anew=anew, progress=progress)
        carried = await run.run()
        await serving.sweep()
        return carried


@dataclass(slots=True, kw_only=True)
class _Carrying:
    serving: Serving
    store: Store
    before: VectorSet
    anew: bool
    progress: Callable[[Progress], None] | None
    chunks: int = 0
    copied: int = 0
    embedded: int = 0

    async def run(self) -> Carried:
        target = await self.serving.opened(self.serving.wanted)
        coming = await self.serving.sets.coming(self.serving.wanted)
        lacking = await self.serving.sets.uncarried(coming)
        self.chunks = sum(chunks for _, chunks in lacking)
        for editions in batches(lacking, target.embedder.batch):
            await target.index.put(self.serving.workspace, await self._embedded(editions, target))
            await self.serving.sets.carry(coming, editions)
            self._report()
        await target.index.settled(self.serving.workspace)
        await self.serving.sets.switch(coming)
        return Carried(copied=self.copied, embedded=self.embedded)

    async def _embedded(self, editions: Sequence[int], target: Semantic) -> list[EmbeddedChunk]:
        """Give the editions' chunks with their vectors: copied where they can be, else made."""
        async with self.store.read() as connection:
            known = await wholes(connection, editions)
        vectors = await self._vectors([chunk for one in known for chunk in one.chunks], target.embedder)
        return [chunk for one in known for chunk in one.embedded(vectors)]

    async def _vectors(self, chunks: Sequence[Chunk], embedder: Embedder) -> Mapping[str, Vectors]:
        found = await self._known(chunks)
        new = [chunk for chunk in chunks if chunk.id not in found]
        async for some in embedded(new, embedder):
            found |= some
            self.embedded += len(some)
            self._report()
        self.copied += len(chunks) - len(new)
        return found

    async def _known(self, chunks: Sequence[Chunk]) -> dict[str, Vectors]:
        if self.anew or self.before.kept.spec != self.serving.wanted.spec:
            return {}
        old = await self.serving.index(self.before.kept)
        return await kept(old, self.serving.workspace, chunks)

    def _report(self) -> None:
        if self.progress is not None:
            done = self.copied + self.embedded
            self.progress(
                Progress(stage="carrying", documents=0, ready=0, skipped=0, chunks=self.chunks, embedded=done)
            )
