"""Vectors that serve, for tests that are not about where they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from knowledge.errors import Unreachable
from knowledge.indexes.vectors import VectorMatrix
from knowledge.serving import Serving
from knowledge.vectorsets import Kept
from tests.doubles.shelf import TEAM

if TYPE_CHECKING:
    from collections.abc import Callable

    from knowledge.base import Embedder, VectorIndex
    from knowledge.stores.base import Store


class Opened:
    """Opens what it was told of, by the names of stores and embedders."""

    def __init__(self, stores: dict[str, Callable[[], VectorIndex]], embedders: dict[str, Embedder]) -> None:
        self.stores = stores
        self.embedders = embedders
        self.open: dict[Kept, VectorIndex] = {}
        self.fails: dict[str, Exception] = {}
        """By the name of a store: what opening it raises."""

    def kept(self, store: str, embedder: str) -> Kept:
        return Kept(store=store, embedder=embedder, spec=self.embedders[embedder].spec)

    async def index(self, kept: Kept, /) -> VectorIndex:
        if kept.store in self.fails:
            raise self.fails[kept.store]
        if kept not in self.open:
            self.open[kept] = self.stores[kept.store]()
            await self.open[kept].prepare(kept.spec)
        return self.open[kept]

    async def embedder(self, kept: Kept, /) -> Embedder:
        found = self.embedders.get(kept.embedder)
        if found is None or found.spec != kept.spec:
            raise Unreachable("The embedder is another one now.")
        return found


def serving(store: Store, embedder: Embedder, *, workspace: str = TEAM, index: VectorIndex | None = None) -> Serving:
    """Let one index serve, by default that of the store itself."""
    opened = Opened({"embedded": lambda: index or VectorMatrix(store)}, {"hashing": embedder})
    return Serving(store, workspace, opened.kept("embedded", "hashing"), opened)
