"""Where the knowledge is kept: what is there, what is wrong with it, and how it comes elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from bot.app.knowing import opened

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable

    from bot.app.knowing import Knowledge
    from bot.settings import Settings
    from knowledge.base import Finding
    from knowledge.carrying import Carried
    from knowledge.catalog import Counts
    from knowledge.copying import Copied
    from knowledge.staging import Progress
    from knowledge.vectorsets import Kept, VectorSet

Catalogued: TypeAlias = Literal["embedded", "postgres"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeping:
    """Where a workspace's knowledge is, and what the settings want of its vectors."""

    catalog: str
    counts: Counts
    sets: tuple[VectorSet, ...]
    wanted: Kept


async def kept(settings: Settings) -> Keeping:
    """Say where everything is. Raises KnowledgeError where the catalog cannot be read."""
    async with opened(settings) as known:
        return Keeping(
            catalog=known.store.name,
            counts=await known.catalog.counts(known.workspace),
            sets=await known.serving.sets.all(),
            wanted=known.serving.wanted,
        )


async def carried(
    settings: Settings, *, anew: bool = False, progress: Callable[[Progress], None] | None = None
) -> Carried | None:
    """Let the vectors serve that the settings want; None where they do. Raises KnowledgeError."""
    async with opened(settings) as known:
        return await known.carry(anew=anew, progress=progress)


async def copied(
    settings: Settings, origin: Catalogued, *, progress: Callable[[Progress], None] | None = None
) -> Copied:
    """Copy what is known from a catalog elsewhere into the one of the settings. Raises KnowledgeError."""
    from knowledge.copying import Side, copy

    elsewhere = settings.model_copy(update={"words": origin})
    async with opened(settings) as there, opened(elsewhere, embedders=there.embedders) as here:
        await there.carry(progress=progress)
        return await copy(
            Side(store=here.store, serving=here.serving, words=here.words),
            Side(store=there.store, serving=there.serving, words=there.words),
            [there.gate_note],
            progress=progress,
        )


async def findings(settings: Settings) -> AsyncGenerator[Finding]:
    """Look at the catalog, the embedder and the vectors, in this order, as far as one allows to look at the next."""
    from bot.errors import BadSettings
    from knowledge.base import Finding
    from knowledge.errors import KnowledgeError

    told: set[str] = set()
    try:
        async with opened(settings) as known:
            yield await _catalog(known)
            for look in (_embedder, _index, _served, _complete, _pending):
                async for finding in look(known):
                    told.add(finding.told)
                    yield finding
    except (BadSettings, KnowledgeError) as error:
        if error.told not in told:
            yield Finding(what="knowledge", ok=False, told=error.told)


async def _catalog(known: Knowledge) -> Finding:
    from knowledge.base import Finding

    counts = await known.catalog.counts(known.workspace)
    told = f"{known.store.name}: {counts.documents:,} documents, {counts.chunks:,} chunks of {known.workspace}."
    return Finding(what="catalog", ok=True, told=told)


async def _embedder(known: Knowledge) -> AsyncGenerator[Finding]:
    """Embed a word with what the settings name."""
    from knowledge.base import Finding

    wanted = known.serving.wanted
    embedder = await known.embedders.wanted()
    await embedder.embed(["ready"], purpose="question")
    told = f"{wanted.embedder} embeds: {wanted.spec.model}, {wanted.spec.dimensions} dimensions."
    yield Finding(what="embedder", ok=True, told=told)


async def _index(known: Knowledge) -> AsyncGenerator[Finding]:
    """Open the index that the settings name, and let it look at itself where it can."""
    from knowledge.base import Finding
    from knowledge.indexes.checked import Checks

    wanted = known.serving.wanted
    index = await known.indexes.made(wanted.store)
    if isinstance(index, Checks):
        async for finding in index.check(wanted.spec):
            yield finding
    await known.serving.index(wanted)
    told = f"{wanted.store} takes vectors of {wanted.spec.dimensions} dimensions, compared by {wanted.spec.metric}."
    yield Finding(what="vectors", ok=True, told=told)


async def _served(known: Knowledge) -> AsyncGenerator[Finding]:
    from knowledge.base import Finding

    waiting = await known.serving.waiting()
    if waiting is not None:
        told = (
            f"Vectors of {waiting.kept.embedder} in {waiting.kept.store} still serve. A running bot brings the wanted "
            "ones in the background; footnote index copy brings them now."
        )
        yield Finding(what="serving", ok=False, told=told)


async def _complete(known: Knowledge) -> AsyncGenerator[Finding]:
    """Compare how many chunks there are with how many vectors."""
    from knowledge.base import Finding

    serving = await known.serving.sets.serving()
    if serving is None:
        yield Finding(what="complete", ok=False, told="Nothing is synced yet: run footnote sync PATH.")
        return
    vectors = await (await known.serving.index(serving.kept)).count(known.workspace)
    chunks = (await known.catalog.counts(known.workspace)).chunks
    told = f"{vectors:,} vectors for {chunks:,} chunks that answer."
    if vectors < chunks:
        told += " Some are missing: run footnote sync --rebuild with all your paths."
    yield Finding(what="complete", ok=vectors >= chunks, told=told)


async def _pending(known: Knowledge) -> AsyncGenerator[Finding]:
    from knowledge.base import Finding

    for one in await known.serving.sets.all():
        if one.state == "leaving":
            told = f"Vectors of {one.kept.embedder} in {one.kept.store} are no longer used; the next sync clears them."
            yield Finding(what="cleared", ok=False, told=told)
    leaving = await known.serving.sets.leaving()
    if leaving:
        told = f"Vectors of {len(leaving):,} documents that are gone are still to be removed; the next sync does."
        yield Finding(what="removed", ok=False, told=told)
