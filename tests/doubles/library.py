"""A store under an index, filled as a sync fills it but without one."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

from knowledge.base import Document
from knowledge.chunking import Chunked
from knowledge.editions import Editions, Prepared, Publishing
from knowledge.indexes.fulltext import FullText
from knowledge.indexes.words import Words
from knowledge.stores.postgres import PostgresStore
from knowledge.stores.server import Server
from knowledge.stores.sqlite import SqliteStore
from tests.doubles.knowledge import A_WORKSPACE

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable

    from knowledge.base import Index, VectorIndex
    from knowledge.stores.base import Store
    from tests.doubles.knowledge import Held


@dataclass(frozen=True, slots=True)
class StoredLibrary:
    """An index of an open store, and the catalog's editions beside it."""

    store: Store
    index: Index
    make: Callable[[Store], Index]
    workspace: str = A_WORKSPACE

    def beside(self) -> VectorIndex:
        """Make another index on the open store."""
        return cast("VectorIndex", self.make(self.store))

    async def stage(self, *held: Held) -> None:
        """Write the editions, then put their chunks into the index."""
        editions = Editions(self.store, self.workspace)
        await editions.stage([_prepared(each) for each in held])
        await self.index.put(self.workspace, [chunk for each in held for chunk in each.chunks])
        await editions.staged([each.id for each in held])

    async def publish(self, *held: Held, instead: tuple[Held, ...] = ()) -> None:
        """Flip, and forget what is replaced, first in the catalog and then in the index."""
        editions = Editions(self.store, self.workspace)
        ended = {each.id for each in instead}
        dropped = tuple(each for each in await editions.held() if each.id in ended)
        await editions.publish(Publishing(flipped=tuple(each.id for each in held), dropped=dropped))
        if ended:
            await self.index.remove(self.workspace, sorted(ended))


def store_at(place: Path | str) -> Store:
    """Make a store at a file's path, or in the database of an address; nothing is opened yet."""
    return SqliteStore(place) if isinstance(place, Path) else PostgresStore(Server(place))


def words_of(store: Store) -> Index:
    """Make the keyword index that belongs to the store."""
    return Words(store) if isinstance(store, SqliteStore) else FullText(store)


@asynccontextmanager
async def in_file(path: Path, make: Callable[[Store], Index]) -> AsyncGenerator[StoredLibrary]:
    """Open a library in a file, which other libraries may have open too."""
    async with SqliteStore(path) as store:
        yield StoredLibrary(store, make(store), make)


@asynccontextmanager
async def on_server(address: str, make: Callable[[Store], Index]) -> AsyncGenerator[StoredLibrary]:
    """Open a library in a database of a PostgreSQL server, as other libraries may."""
    async with PostgresStore(Server(address)) as store:
        yield StoredLibrary(store, make(store), make)


def _prepared(held: Held) -> Prepared:
    values = {name: sorted(found) for name, found in held.attributes.items()}
    one = {name: found[0] for name, found in values.items()}
    document = Document(
        id=held.document,
        source=one.get("source", "shelf"),
        format="markdown",
        content=b"",
        title=held.document,
        readers=held.readers,
    )
    chunked = Chunked(
        title=held.document,
        genre="technical",
        because="it is",
        chunks=tuple(each.chunk for each in held.chunks),
        publisher=one.get("publisher"),
        year=int(one["year"]) if "year" in one else None,
        tags=tuple(values.get("tag", ())),
        product=one.get("product"),
        version=one.get("version"),
    )
    return Prepared(document=document, edition=held.id, digest=held.id, chunked=chunked)
