"""What is known: opened, synced, listed, forgotten."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.app.logs import logged

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Collection, Sequence
    from pathlib import Path

    from bot.answering.gate import Gate
    from bot.settings import Settings
    from knowledge.base import Embedder, Index, Source
    from knowledge.catalog import Catalog, ListedSource
    from knowledge.notes import Notes
    from knowledge.retriever import Retriever
    from knowledge.staging import Progress
    from knowledge.stores.sqlite import SqliteStore
    from knowledge.syncing import Summary


@dataclass(frozen=True, slots=True, kw_only=True)
class Knowledge:
    """What is known, open: to search, to look up, and to sync."""

    store: SqliteStore
    catalog: Catalog
    indexes: Sequence[Index]
    embedder: Embedder
    retriever: Retriever
    workspace: str

    async def gate(self) -> Gate:
        """Give the gate that was fitted to this knowledge, or the shipped one."""
        from bot.answering.calibration import read

        return read(await self._notes().read(f"gate.{self.workspace}"), model=self.embedder.spec.model)

    async def keep(self, gate: Gate | None) -> None:
        """Let a gate decide from the next start on; None: the shipped one."""
        from bot.answering.calibration import written

        text = None if gate is None else written(gate, model=self.embedder.spec.model)
        await self._notes().write(f"gate.{self.workspace}", text)

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
            workspace=self.workspace,
            catalog=self.catalog,
            indexes=self.indexes,
            embedder=self.embedder,
            progress=progress,
            rebuild=rebuild,
            moved=moved,
        )


@asynccontextmanager
async def knowledge(settings: Settings, *, file: Path | None = None) -> AsyncGenerator[Knowledge]:
    """Open what is known for searching: the team's, or what another ``file`` holds.

    Raises KnowledgeError, WrongVectors where another embedder made it.
    """
    async with opened(settings, file=file) as known:
        for index in known.indexes:
            await index.prepare(known.embedder.spec)
        yield known


async def synced(
    settings: Settings,
    sources: Sequence[Source],
    *,
    progress: Callable[[Progress], None] | None = None,
    rebuild: bool = False,
    moved: bool = False,
) -> Summary:
    """Open what is known and sync the sources into it. Raises KnowledgeError."""
    logged(settings)
    async with opened(settings) as known:
        return await known.sync(sources, progress=progress, rebuild=rebuild, moved=moved)


async def sources(settings: Settings) -> tuple[ListedSource, ...]:
    """Give the sources that answer, whichever embedder read them. Raises KnowledgeError."""
    async with opened(settings) as known:
        return await known.catalog.sources(settings.team)


async def forgotten(settings: Settings, names: Collection[str]) -> int:
    """Forget these sources, and give how many documents they had. Raises KnowledgeError, NoSuchSource among it."""
    from knowledge.forgetting import forget

    async with opened(settings) as known:
        return await forget(names, workspace=settings.team, catalog=known.catalog, indexes=known.indexes)


@asynccontextmanager
async def opened(
    settings: Settings, embedder: Embedder | None = None, file: Path | None = None
) -> AsyncGenerator[Knowledge]:
    """Open what is known, whichever embedder made it; by default with the embedder of the settings."""
    from knowledge.catalog import Catalog
    from knowledge.indexes.vectors import VectorMatrix
    from knowledge.indexes.words import Words
    from knowledge.retriever import Retriever
    from knowledge.sentences import Sentences
    from knowledge.stores.sqlite import SqliteStore

    embedder = embedder or embedder_of(settings)
    async with SqliteStore(file or settings.knowledge_database) as store:
        catalog = Catalog(store)
        indexes = (Words(store), VectorMatrix(store))
        yield Knowledge(
            store=store,
            catalog=catalog,
            indexes=indexes,
            embedder=embedder,
            retriever=Retriever(indexes=indexes, embedder=embedder, catalog=catalog, sentences=Sentences(embedder)),
            workspace=settings.team,
        )


def embedder_of(settings: Settings) -> Embedder:
    """Load the embedder that the settings name."""
    from knowledge import embedders

    return embedders.load(settings.embedder, settings.home)
