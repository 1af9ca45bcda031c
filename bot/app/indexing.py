"""Indexes of vectors, each opened once, wherever the settings or the catalog say that it is."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from contextlib import AsyncExitStack

    from bot.app.embedding import Embedders
    from bot.settings import Settings
    from knowledge.base import Embedder, VectorIndex
    from knowledge.catalog import Catalog
    from knowledge.stores.base import Store
    from knowledge.vectorsets import Kept


class Indexes:
    """Those that were asked for; ``stack`` closes them. See ``knowledge.serving.Opening``."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        catalog: Catalog,
        embedders: Embedders,
        stack: AsyncExitStack,
    ) -> None:
        """Open nothing yet."""
        self._settings = settings
        self._store = store
        self._catalog = catalog
        self._embedders = embedders
        self._stack = stack
        self._open: dict[Kept, VectorIndex] = {}

    async def wanted(self) -> Kept:
        """Say what the settings want. Raises KnowledgeError."""
        from knowledge.vectorsets import Kept

        name = self._settings.embedder
        spec = (await self._embedders.named(name)).spec
        return Kept(store=self._settings.vector_store, embedder=name, spec=replace(spec, metric=self._settings.metric))

    async def index(self, kept: Kept, /) -> VectorIndex:
        """Open an index, prepared."""
        if kept not in self._open:
            index = await self._index(kept.store)
            await index.prepare(kept.spec)
            self._open[kept] = index
        return self._open[kept]

    async def embedder(self, kept: Kept, /) -> Embedder:
        """Give what made the vectors; raises Unreachable where it is there no more, and another is wanted."""
        from knowledge.errors import KnowledgeError, Unreachable

        try:
            embedder = await self._embedders.named(kept.embedder)
        except KnowledgeError as error:
            raise (error if kept.embedder == self._settings.embedder else Unreachable(error.told)) from error
        if replace(embedder.spec, metric=kept.spec.metric) != kept.spec:
            raise Unreachable(_changed(kept))
        return embedder

    async def _index(self, _place: str) -> VectorIndex:
        from knowledge.indexes.vectors import VectorMatrix

        return VectorMatrix(self._store)


def _changed(kept: Kept) -> str:
    return (
        f"The vectors were made by another version of {kept.embedder} ({kept.spec.model}, {kept.spec.dimensions} "
        f"dimensions); footnote index copy makes them anew."
    )
