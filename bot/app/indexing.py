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
    from knowledge.serving import Semantic
    from knowledge.stores.base import Store
    from knowledge.vectorsets import Kept


class Indexes:
    """Those that were asked for; ``stack`` closes them. ``alone``: a catalog of its own keeps its vectors beside it."""

    def __init__(  # noqa: PLR0913 - all that an index may need
        self,
        settings: Settings,
        store: Store,
        catalog: Catalog,
        embedders: Embedders,
        stack: AsyncExitStack,
        *,
        alone: bool = False,
    ) -> None:
        """Open nothing yet."""
        self._settings = settings
        self._store = store
        self._catalog = catalog
        self._embedders = embedders
        self._stack = stack
        self._alone = alone
        self._open: dict[Kept, Semantic] = {}

    async def wanted(self) -> Kept:
        """Say what the settings want. Raises KnowledgeError."""
        from knowledge.vectorsets import Kept

        name = self._settings.embedder
        spec = (await self._embedders.named(name)).spec
        return Kept(store=self._place(), embedder=name, spec=replace(spec, metric=self._settings.metric))

    async def opened(self, kept: Kept, /) -> Semantic:
        """Open what is kept somewhere, prepared; see ``knowledge.serving.Opening``."""
        from knowledge.serving import Semantic

        if kept not in self._open:
            embedder = await self._embedder(kept)
            index = await self._index(kept.store)
            await index.prepare(kept.spec)
            self._open[kept] = Semantic(kept=kept, index=index, embedder=embedder)
        return self._open[kept]

    async def _embedder(self, kept: Kept) -> Embedder:
        """Give what made the vectors; raises Unreachable where it is there no more, and only another is wanted."""
        from knowledge.errors import KnowledgeError, Unreachable

        try:
            embedder = await self._embedders.named(kept.embedder)
        except KnowledgeError as error:
            raise (error if kept.embedder == self._settings.embedder else Unreachable(error.told)) from error
        if replace(embedder.spec, metric=kept.spec.metric) != kept.spec:
            raise Unreachable(_changed(kept))
        return embedder

    def _place(self) -> str:
        return "embedded" if self._alone else self._settings.vector_store

    async def _index(self, _place: str) -> VectorIndex:
        from knowledge.indexes.vectors import VectorMatrix

        return VectorMatrix(self._store)


def _changed(kept: Kept) -> str:
    return (
        f"The vectors were made by another version of {kept.embedder} ({kept.spec.model}, {kept.spec.dimensions} "
        f"dimensions); footnote index copy makes them anew."
    )
