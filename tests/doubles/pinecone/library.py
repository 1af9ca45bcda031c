"""A library whose vectors are in Pinecone and whose catalog is in a file, filled as a sync fills it."""

from __future__ import annotations

from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from knowledge.catalog import Catalog
from knowledge.indexes.pinecone.index import PineconeVectors
from knowledge.stores.sqlite import SqliteStore
from tests.doubles.library import StoredLibrary

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from pathlib import Path

    from knowledge.base import VectorIndex
    from knowledge.indexes.pinecone.asking import Clock
    from knowledge.stores.base import Store
    from tests.doubles.knowledge import Held


class Hasty:
    """A clock whose waits take no time, and are kept."""

    def __init__(self) -> None:
        self.waits: list[float] = []
        self._at = 0.0

    def now(self) -> float:
        return self._at

    async def sleep(self, seconds: float, /) -> None:
        self.waits.append(seconds)
        self._at += seconds


@dataclass(frozen=True, slots=True)
class SettlingLibrary(StoredLibrary):
    """Waits before it publishes, as a sync does."""

    async def stage(self, *held: Held) -> None:
        await StoredLibrary.stage(self, *held)
        await cast("VectorIndex", self.index).settled(self.workspace)


@asynccontextmanager
async def in_pinecone(
    path: Path,
    host: str,
    key: str,
    *,
    clock: Clock | None = None,
    kind: type[PineconeVectors] = PineconeVectors,
) -> AsyncGenerator[SettlingLibrary]:
    """Open one, with indexes of this kind; whatever it made is closed at the end."""
    async with AsyncExitStack() as opened, SqliteStore(path) as store:

        def made(store: Store) -> PineconeVectors:
            index = kind(host, key, Catalog(store), clock=clock)
            opened.push_async_exit(index)
            return index

        yield SettlingLibrary(store, made(store), made)
