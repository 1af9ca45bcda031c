"""Carrying: another index, or another model, gets the vectors of all that is known, while the old ones serve.

Vectors of the same model are copied; those of another one are made anew. It may be stopped or killed anywhere: what was
carried is remembered, and the next try goes on from there. At the end both change places at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from knowledge.gaining import Gaining
from knowledge.staging import Progress
from knowledge.whole import batches, wholes

if TYPE_CHECKING:
    from collections.abc import Callable

    from knowledge.serving import Serving
    from knowledge.stores.base import Store
    from knowledge.vectorsets import Kept


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """What was carried now: how many chunks were copied, and how many embedded anew."""

    copied: int = 0
    embedded: int = 0


async def carry(
    serving: Serving, store: Store, *, anew: bool = False, progress: Callable[[Progress], None] | None = None
) -> Carried | None:
    """Let what is wanted serve, after it got all that it lacks; None where it serves already.

    ``anew`` makes all vectors, for where the old ones are lost, those that serve included.
    Raises KnowledgeError, Busy where a sync is at work; then what served before still does.
    """
    if not anew and await serving.waiting() is None and all(one.state == "serving" for one in await serving.sets.all()):
        return None
    async with store.alone():
        before = await (serving.sets.serving() if anew else serving.waiting())
        if before is None:
            await serving.sets.none_coming()
            await serving.sweep()
            return None
        carried = await _Carrying(serving=serving, store=store, progress=progress).run(None if anew else before.kept)
        await serving.sweep()
        return carried


@dataclass(slots=True, kw_only=True)
class _Carrying:
    serving: Serving
    store: Store
    progress: Callable[[Progress], None] | None
    chunks: int = 0
    done: int = 0

    async def run(self, old: Kept | None) -> Carried:
        """Copy what can be of the ``old`` vectors."""
        target = await self.serving.opened(self.serving.wanted)
        coming = await self.serving.sets.coming(self.serving.wanted)
        lacking = await self.serving.sets.uncarried(coming)
        self.chunks = sum(chunks for _, chunks in lacking)
        gaining = Gaining(source=self.serving, old=old, target=target, report=self._report)
        for numbers in batches(lacking, target.embedder.batch):
            async with self.store.read() as connection:
                editions = await wholes(connection, numbers)
            await target.index.put(self.serving.workspace, await gaining.of(editions))
            await self.serving.sets.carry(coming, numbers)
            self.done = gaining.copied + gaining.embedded
            self._report()
        await target.index.settled(self.serving.workspace)
        await self.serving.sets.switch(coming)
        return Carried(copied=gaining.copied, embedded=gaining.embedded)

    def _report(self) -> None:
        if self.progress is not None:
            self.progress(
                Progress(stage="carrying", documents=0, ready=0, skipped=0, chunks=self.chunks, embedded=self.done)
            )
