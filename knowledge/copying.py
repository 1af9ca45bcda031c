"""Copying: another catalog comes to know what one knows, vectors included, without a source being read again.

It may be stopped or killed anywhere, as a sync may; the same copy goes on from what was staged. Everything changes in
the other catalog at once, at the end.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from knowledge.editions import Editions, Publishing
from knowledge.notes import Notes
from knowledge.staging import Progress
from knowledge.whole import batches, embedded, kept, wholes

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from knowledge.base import Chunk, Index, Vectors
    from knowledge.editions import Held
    from knowledge.serving import Semantic, Serving
    from knowledge.stores.base import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Copied:
    """What a copy did: documents and chunks that are new there, and how many chunks had to be embedded for it."""

    documents: int
    chunks: int
    embedded: int
    removed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """A catalog with its keywords, and the vectors of its workspace, which both sides share the name of."""

    store: Store
    serving: Serving
    words: Index | None = None


async def copy(
    here: Side, there: Side, notes: Sequence[str], *, progress: Callable[[Progress], None] | None = None
) -> Copied:
    """Make the catalog ``there`` answer as ``here`` does, with the vectors that the settings want there.

    ``notes`` are the names of notes that go along. Vectors of the same model are copied. What ``there`` knew besides
    is forgotten. Raises KnowledgeError, Busy where a sync is at work on either side.
    """
    async with here.store.alone(), there.store.alone():
        return await _Copying(here=here, there=there, progress=progress).run(notes)


@dataclass(slots=True, kw_only=True)
class _Copying:
    here: Side
    there: Side
    progress: Callable[[Progress], None] | None
    chunks: int = 0
    done: int = 0
    embedded: int = 0

    async def run(self, notes: Sequence[str]) -> Copied:
        workspace = self.there.serving.workspace
        source = Editions(self.here.store, workspace)
        target = Editions(self.there.store, workspace)
        semantic = await self.there.serving.claimed()
        held = await self._cleared(target, semantic)
        live = {one.id: one for one in await source.held() if one.state == "live"}
        known = {one.id for one in held if one.state != "staging"}
        counts = [(number, chunks) for number, chunks in await source.sizes() if number in _numbers(live, known)]
        self.chunks = sum(chunks for _, chunks in counts)
        for numbers in batches(counts, semantic.embedder.batch):
            await self._stage(target, semantic, numbers)
        await semantic.index.settled(workspace)
        removed = tuple(one for one in held if one.state == "live" and one.id not in live)
        flipped = tuple(name for name in live if name not in {one.id for one in held if one.state == "live"})
        dropped = tuple(one for one in held if one.state in {"live", "staged"} and one.id not in live)
        await target.publish(Publishing(flipped=flipped, dropped=dropped, origins=await source.origins()))
        await self._notes(notes)
        await self.there.serving.sweep()
        return Copied(documents=len(flipped), chunks=self.done, embedded=self.embedded, removed=len(removed))

    async def _cleared(self, target: Editions, semantic: Semantic) -> Sequence[Held]:
        """Clear away what a killed copy left unfinished, and give the rest."""
        held = await target.held()
        unfinished = [one for one in held if one.state == "staging"]
        if unfinished:
            await semantic.index.remove(self.there.serving.workspace, [one.id for one in unfinished])
            await target.drop(unfinished)
        await self.there.serving.sweep()
        return [one for one in held if one.state != "staging"]

    async def _stage(self, target: Editions, semantic: Semantic, numbers: Sequence[int]) -> None:
        async with self.here.store.read() as connection:
            editions = await wholes(connection, numbers)
        vectors = await self._vectors([chunk for one in editions for chunk in one.chunks], semantic)
        await target.take(editions)
        chunks = [chunk for one in editions for chunk in one.embedded(vectors)]
        if self.there.words is not None:
            await self.there.words.put(self.there.serving.workspace, chunks)
        await semantic.index.put(self.there.serving.workspace, chunks)
        await target.staged(one.particulars["id"] for one in editions)
        self.done += len(chunks)
        self._report()

    async def _vectors(self, chunks: Sequence[Chunk], semantic: Semantic) -> Mapping[str, Vectors]:
        """Copy what is of the same model, and embed the rest."""
        found = await self._known(chunks, semantic)
        new = [chunk for chunk in chunks if chunk.id not in found]
        async for some in embedded(new, semantic.embedder):
            found |= some
            self.embedded += len(some)
        return found

    async def _known(self, chunks: Sequence[Chunk], semantic: Semantic) -> dict[str, Vectors]:
        serving = await self.here.serving.sets.serving()
        if serving is None or serving.kept.spec != semantic.kept.spec:
            return {}
        index = await self.here.serving.index(serving.kept)
        return await kept(index, self.here.serving.workspace, chunks)

    async def _notes(self, names: Sequence[str]) -> None:
        here, there = Notes(self.here.store), Notes(self.there.store)
        for name in names:
            await there.write(name, await here.read(name))

    def _report(self) -> None:
        if self.progress is not None:
            self.progress(
                Progress(stage="carrying", documents=0, ready=0, skipped=0, chunks=self.chunks, embedded=self.done)
            )


def _numbers(live: Mapping[str, Held], known: set[str]) -> set[int]:
    return {one.number for name, one in live.items() if name not in known}
