"""Syncing: what sources give is cut, embedded and staged beside what answers, and published at the end in one step.

A sync may be stopped or killed anywhere: what answers is whole, and the next one goes on from what was staged.
"""

from __future__ import annotations

import time
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from knowledge.editions import Editions
from knowledge.errors import KnowledgeError, NothingThere, OtherOrigin
from knowledge.resuming import resumed
from knowledge.staging import Clock, Progress, Staging
from knowledge.tally import Tally

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from knowledge.base import Embedder, Index, Skipped, Source
    from knowledge.catalog import Catalog
    from knowledge.editions import Held, Publishing
    from knowledge.serving import Semantic, Serving


@dataclass(frozen=True, slots=True, kw_only=True)
class Seconds:
    """Time by stage. The stages overlap, so their sum may be more than the whole."""

    read: float
    chunk: float
    embed: float
    write: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What a sync did. ``resumed`` counts those of added and changed that an earlier, unfinished sync had staged.

    ``chunks`` were embedded now; ``bytes`` is the size of all documents read, unchanged ones too. ``flagged`` are the
    ids of the documents cut now out of which something was left that no reader sees, ``masked`` counts the secrets
    masked, ``masked_in`` are the documents they stood in, and ``suspicious`` those that look as if they gave orders to
    a language model. ``remaining`` says why vectors of what is gone could not be removed yet; they answer nothing, and
    the next sync removes them. ``renewed`` counts the chunks that were embedded anew before, for another embedder.
    """

    added: int
    changed: int
    unchanged: int
    removed: int
    resumed: int
    skipped: tuple[Skipped, ...]
    chunks: int
    bytes: int
    seconds: float
    stages: Seconds
    flagged: tuple[str, ...] = ()
    masked: int = 0
    masked_in: tuple[str, ...] = ()
    suspicious: tuple[str, ...] = ()
    remaining: str | None = None
    renewed: int = 0


async def sync(  # noqa: PLR0913 - its dependencies
    sources: Sequence[Source],
    *,
    catalog: Catalog,
    serving: Serving,
    words: Index | None = None,
    progress: Callable[[Progress], None] | None = None,
    rebuild: bool = False,
    moved: bool = False,
) -> Summary:
    """Make the workspace know what the sources give now, and forget what is gone from them; other sources stay.

    ``words`` are keywords that have to be put, as on a server; a file keeps its own in step.
    The vectors that serve are written, whatever is wanted; ``knowledge.carrying`` comes first where they shall change.
    ``rebuild`` first forgets everything of the workspace, other sources too, and begins with what is wanted. Where the
    embedder does not work or there is nothing to read, nothing is forgotten.
    ``moved`` says that a source is where it is now, though one of its name was elsewhere; else that is OtherOrigin.
    Raises KnowledgeError (Busy where another sync is at work, Unreachable, NoSpace, Damaged) and what the sources
    raise; then nothing is published, and what was staged waits for the next sync.
    """
    async with catalog.store.alone():
        run = _Sync(serving=serving, editions=Editions(catalog.store, serving.workspace), clock=Clock())
        if rebuild:
            await _must_be_of_use(sources, (await serving.opened(serving.wanted)).embedder)
            await run.editions.clear()
        semantic = await serving.claimed()
        if rebuild:
            await semantic.index.clear(serving.workspace)
        if words is not None:
            await words.prepare(semantic.kept.spec)
        held = await resumed(run.editions, serving, semantic)
        origins = await run.origins(sources, held, moved=moved)
        staging = Staging(
            workspace=serving.workspace,
            editions=run.editions,
            semantic=semantic,
            words=words,
            tally=Tally(held, {source.name for source in sources}),
            clock=run.clock,
            progress=progress,
        )
        await staging.run(sources)
        return await run.finish(staging, origins)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sync:
    """What comes before staging, and after it."""

    serving: Serving
    editions: Editions
    clock: Clock

    async def origins(self, sources: Sequence[Source], held: Sequence[Held], *, moved: bool) -> dict[str, str]:
        """Give the places that are new; raises OtherOrigin where documents of another place would be taken for gone."""
        known = await self.editions.origins()
        answering = {edition.source for edition in held if edition.state == "live"}
        new = {source.name: source.origin for source in sources if known.get(source.name) != source.origin}
        for name in sorted(new.keys() & known.keys() & answering):
            if not moved:
                raise OtherOrigin(_taken(name, known[name], new[name]))
        return new

    async def finish(self, staging: Staging, origins: Mapping[str, str]) -> Summary:
        """Publish, and say what was done."""
        tally = staging.tally
        publishing, removed = replace(tally.publishing(), origins=origins), len(tally.removed())
        staging.report("publishing")
        with self.clock.of("write"):
            remaining = await self._published(publishing, staging.semantic)
        staging.report("published")
        return Summary(
            added=tally.added,
            changed=tally.changed,
            unchanged=tally.unchanged,
            removed=removed,
            resumed=tally.resumed,
            skipped=tally.skipped,
            chunks=staging.embedded,
            bytes=staging.read,
            seconds=time.perf_counter() - self.clock.started,
            stages=Seconds(**self.clock.seconds),
            flagged=tuple(staging.flagged),
            masked=staging.masked,
            masked_in=tuple(staging.masked_in),
            suspicious=tuple(staging.suspicious),
            remaining=remaining,
        )

    async def _published(self, publishing: Publishing, semantic: Semantic) -> str | None:
        """Publish once a search can see it all; then let the indexes forget what is gone, or say why they could not."""
        if not publishing:
            return None
        await semantic.index.settled(self.serving.workspace)
        await self.editions.publish(publishing)
        return await self.serving.sweep()


async def _must_be_of_use(sources: Sequence[Source], embedder: Embedder) -> None:
    """Raise KnowledgeError before everything is forgotten for what cannot be read or embedded."""
    try:
        await embedder.embed(["ready"], purpose="passage")
    except KnowledgeError as error:
        raise KnowledgeError(f"{error.told} Nothing was forgotten.") from error
    for source in sources:
        async with aclosing(source.documents()) as documents:
            if await anext(documents, None) is not None:
                return
    raise NothingThere("There is nothing to read, so nothing was forgotten; check the path.")


def _taken(name: str, known: str, new: str) -> str:
    return (
        f"Another source is called {name} already: {known}. Give {new} a name of its own with --name, "
        f"or say with --moved that it takes the other's place."
    )
