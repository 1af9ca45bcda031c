"""Copying: another catalog comes to know what one knows, vectors included, without a source being read again.

It may be stopped or killed anywhere, as a sync may; the same copy goes on from what was staged. Everything changes in
the other catalog at once, at the end.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from knowledge.editions import Editions, Publishing
from knowledge.gaining import Gaining
from knowledge.notes import Notes
from knowledge.resuming import resumed
from knowledge.staging import Progress
from knowledge.whole import batches, wholes

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from knowledge.base import Index
    from knowledge.editions import Held
    from knowledge.serving import Serving
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

    async def run(self, notes: Sequence[str]) -> Copied:
        workspace = self.there.serving.workspace
        source = Editions(self.here.store, workspace)
        target = Editions(self.there.store, workspace)
        semantic = await self.there.serving.claimed()
        if self.there.words is not None:
            await self.there.words.prepare(semantic.kept.spec)
        held = await resumed(target, self.there.serving, semantic)
        old = await self.here.serving.sets.serving()
        gaining = Gaining(source=self.here.serving, old=old.kept if old else None, target=semantic, report=self._report)
        here = {one.id: one for one in await source.held() if one.state == "live"}
        there = {one.id: one for one in held}
        new = {one.number for name, one in here.items() if name not in there}
        counts = [(number, chunks) for number, chunks in await source.sizes() if number in new]
        self.chunks = sum(chunks for _, chunks in counts)
        for numbers in batches(counts, semantic.embedder.batch):
            await self._stage(target, gaining, numbers)
        await semantic.index.settled(workspace)
        publishing = _publishing(here, there, await source.origins())
        await target.publish(publishing)
        await self._notes(notes)
        await self.there.serving.sweep()
        removed = sum(one.state == "live" for one in publishing.dropped)
        return Copied(documents=len(publishing.flipped), chunks=self.done, embedded=gaining.embedded, removed=removed)

    async def _stage(self, target: Editions, gaining: Gaining, numbers: Sequence[int]) -> None:
        async with self.here.store.read() as connection:
            editions = await wholes(connection, numbers)
        chunks = await gaining.of(editions)
        await target.take(editions)
        if self.there.words is not None:
            await self.there.words.put(self.there.serving.workspace, chunks)
        await gaining.target.index.put(self.there.serving.workspace, chunks)
        await target.staged(one.particulars["id"] for one in editions)
        self.done += len(chunks)
        self._report()

    async def _notes(self, names: Sequence[str]) -> None:
        here, there = Notes(self.here.store), Notes(self.there.store)
        for name in names:
            await there.write(name, await here.read(name))

    def _report(self) -> None:
        if self.progress is not None:
            self.progress(
                Progress(stage="carrying", documents=0, ready=0, skipped=0, chunks=self.chunks, embedded=self.done)
            )


def _publishing(here: Mapping[str, Held], there: Mapping[str, Held], origins: Mapping[str, str]) -> Publishing:
    """Let answer there, by the ids of editions, what answers here, with its dates, and nothing else."""
    answering = {name: one for name, one in there.items() if one.state == "live"}
    return Publishing(
        flipped=tuple(name for name in here if name not in answering),
        dropped=tuple(one for name, one in there.items() if name not in here),
        dates={
            one.number: here[name].given_at
            for name, one in there.items()
            if name in here and one.given_at != here[name].given_at
        },
        origins=origins,
    )
