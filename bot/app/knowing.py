"""What is known: opened, synced, carried, listed, forgotten."""

from __future__ import annotations

from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.app.logs import logged
from bot.app.places import catalogued

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Collection, Sequence
    from pathlib import Path

    from bot.answering.gate import Gate
    from bot.app.embedding import Embedders
    from bot.app.indexing import Indexes
    from bot.money.base import Ledger
    from bot.settings import Settings
    from knowledge.base import Embedder, Index, Source
    from knowledge.carrying import Carried
    from knowledge.catalog import Catalog, ListedSource
    from knowledge.notes import Notes
    from knowledge.retriever import Retriever
    from knowledge.serving import Serving
    from knowledge.staging import Progress
    from knowledge.stores.base import Store
    from knowledge.syncing import Summary


@dataclass(frozen=True, slots=True, kw_only=True)
class Knowledge:
    """What is known, open: to search, to look up, and to sync. ``reader`` is the embedder that reads sentences."""

    store: Store
    catalog: Catalog
    words: Index
    serving: Serving
    embedders: Embedders
    indexes: Indexes
    reader: Embedder
    retriever: Retriever
    workspace: str

    async def readable(self, documents: Collection[str], principals: frozenset[str]) -> frozenset[str]:
        """Say which of these documents answer now and may be read by who holds these principals."""
        from knowledge.base import Scope

        return await self.catalog.readable(documents, Scope(workspace=self.workspace, principals=principals))

    async def gate(self) -> Gate:
        """Give the gate that was fitted to this knowledge, or the shipped one."""
        from bot.answering.calibration import read

        return read(await self._notes().read(self.gate_note), model=self.reader.spec.model)

    async def keep(self, gate: Gate | None) -> None:
        """Let a gate decide from the next start on; None: the shipped one."""
        from bot.answering.calibration import written

        text = None if gate is None else written(gate, model=self.reader.spec.model)
        await self._notes().write(self.gate_note, text)

    @property
    def gate_note(self) -> str:
        """Name the note that keeps the gate."""
        return f"gate.{self.workspace}"

    def _notes(self) -> Notes:
        from knowledge.notes import Notes

        return Notes(self.store)

    async def sync(
        self,
        sources: Sequence[Source],
        *,
        progress: Callable[[Progress], None] | None = None,
        rebuild: bool = False,
        moved: bool = False,
    ) -> Summary:
        """Make known what the sources give; see ``knowledge.syncing.sync``."""
        from knowledge.syncing import sync

        return await sync(
            sources,
            catalog=self.catalog,
            serving=self.serving,
            words=self.words,
            progress=progress,
            rebuild=rebuild,
            moved=moved,
        )

    async def carry(self, *, anew: bool = False, progress: Callable[[Progress], None] | None = None) -> Carried | None:
        """Let the vectors serve that the settings want; see ``knowledge.carrying.carry``."""
        from knowledge.carrying import carry

        return await carry(self.serving, self.store, anew=anew, progress=progress)


@asynccontextmanager
async def knowledge(
    settings: Settings, *, file: Path | None = None, ledger: Ledger | None = None
) -> AsyncGenerator[Knowledge]:
    """Open what is known for searching: the team's, or what another ``file`` holds. ``ledger`` is for what costs money.

    Raises KnowledgeError where the vectors that serve can never be had; where they cannot be had now, questions are
    answered by keywords until they can.
    """
    from knowledge.errors import Unreachable

    async with opened(settings, file=file, ledger=ledger) as known:
        with suppress(Unreachable):
            await known.serving.now()
        yield known


async def synced(
    settings: Settings,
    sources: Sequence[Source],
    *,
    progress: Callable[[Progress], None] | None = None,
    rebuild: bool = False,
    moved: bool = False,
) -> Summary:
    """Open what is known and sync the sources into it, after its vectors are what is wanted. Raises KnowledgeError."""
    async with opened(settings) as known:
        carried = None if rebuild else await known.carry(progress=progress)
        summary = await known.sync(sources, progress=progress, rebuild=rebuild, moved=moved)
        return replace(summary, renewed=carried.embedded if carried else 0)


async def sources(settings: Settings) -> tuple[ListedSource, ...]:
    """Give the sources that answer, whichever embedder read them. Raises KnowledgeError."""
    async with opened(settings) as known:
        return await known.catalog.sources(settings.team)


async def forgotten(settings: Settings, names: Collection[str]) -> int:
    """Forget these sources, and give how many documents they had. Raises KnowledgeError, NoSuchSource among it."""
    from knowledge.forgetting import forget

    async with opened(settings) as known:
        return await forget(names, catalog=known.catalog, serving=known.serving)


@asynccontextmanager
async def opened(
    settings: Settings, *, embedders: Embedders | None = None, file: Path | None = None, ledger: Ledger | None = None
) -> AsyncGenerator[Knowledge]:
    """Open what is known; ``embedders`` are those that are open already, ``file`` a catalog that is not the team's."""
    from bot.app.embedding import Embedders
    from bot.app.indexing import Indexes
    from knowledge.catalog import Catalog
    from knowledge.retriever import Retriever
    from knowledge.sentences import Sentences
    from knowledge.serving import Serving

    logged(settings)  # an index may have something to log, which does not belong on standard output
    async with AsyncExitStack() as stack:
        if embedders is None:
            embedders = await stack.enter_async_context(Embedders(settings, ledger))
        store, words = await stack.enter_async_context(catalogued(settings, file))
        catalog = Catalog(store)
        indexes = Indexes(settings=settings, store=store, catalog=catalog, embedders=embedders, stack=stack)
        serving = Serving(store, settings.team, await indexes.wanted(), indexes)
        reader = embedders.reader()
        yield Knowledge(
            store=store,
            catalog=catalog,
            words=words,
            serving=serving,
            embedders=embedders,
            indexes=indexes,
            reader=reader,
            retriever=Retriever(words=words, vectors=serving, catalog=catalog, sentences=Sentences(reader)),
            workspace=settings.team,
        )
