"""The catalog: which documents there are, and the words behind what the indexes found. It alone says what answers."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, func, select

from knowledge.base import Passage
from knowledge.indexes.permission import readable_by
from knowledge.tables import ChunkRow, Edition, Origin, Reader

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from sqlalchemy import RowMapping

    from knowledge.base import Hit, Principal, Scope
    from knowledge.stores.base import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How much of a workspace answers."""

    documents: int
    chunks: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedSource:
    """How much of one source answers: ``place`` is where it was read from, ``newest`` its newest document's date."""

    name: str
    place: str | None
    documents: int
    chunks: int
    newest: datetime | None
    readers: frozenset[Principal]


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A document in a list of documents."""

    document: str
    title: str
    source: str
    url: str | None
    updated_at: datetime | None


_TEXT = (ChunkRow.id.label("chunk"), ChunkRow.text, ChunkRow.heading)
_PARTICULARS = (
    Edition.document,
    Edition.title,
    Edition.source,
    Edition.url,
    Edition.publisher,
    Edition.year,
    Edition.updated_at,
)


class Catalog:
    """Reads the knowledge file. Everything but ``counts`` and ``sources`` is within a scope."""

    def __init__(self, store: Store) -> None:
        """Read from an open store."""
        self.store = store

    async def passages(self, hits: Sequence[Hit], scope: Scope) -> tuple[Passage, ...]:
        """Give the hits' passages in the hits' order and with their scores.

        The scope is checked once more, whatever the index said; what was unpublished, replaced or removed since the
        search is left out.
        """
        asked = {hit.chunk for hit in hits}
        # The limit limits nothing, but has SQLite look up the few chunks first, not every edition that may be read.
        found = select(*_TEXT, ChunkRow.edition).where(ChunkRow.id.in_(asked)).limit(len(asked)).subquery()
        query = (
            select(*(found.c[column.key] for column in _TEXT), *_PARTICULARS)
            .join(Edition, Edition.number == found.c.edition)
            .where(readable_by(scope))
        )
        async with self.store.read() as connection:
            rows = {row["chunk"]: row for row in (await connection.execute(query)).mappings()}
        return tuple(_passage(rows[hit.chunk], hit) for hit in hits if hit.chunk in rows)

    async def generation(self, workspace: str) -> int:
        """Say how often this workspace was published."""
        return await self.store.generation(workspace)

    async def readable(self, documents: Collection[str], scope: Scope) -> frozenset[str]:
        """Say which of these documents answer now and may be read within the scope."""
        query = select(Edition.document).where(Edition.document.in_(set(documents)), readable_by(scope))
        async with self.store.read() as connection:
            return frozenset(await connection.scalars(query))

    async def answering(self, editions: Collection[str], /, *, workspace: str) -> frozenset[str]:
        """Say which of these editions answer in the workspace now, whoever may read them."""
        query = select(Edition.id).where(
            Edition.id.in_(set(editions)), Edition.workspace == workspace, Edition.state == "live"
        )
        async with self.store.read() as connection:
            return frozenset(await connection.scalars(query))

    async def documents(self, scope: Scope, *, limit: int = 100) -> tuple[Listed, ...]:
        """Give the documents that may be read within the scope, by title."""
        columns = (Edition.document, Edition.title, Edition.source, Edition.url, Edition.updated_at)
        query = select(*columns).where(readable_by(scope)).order_by(func.lower(Edition.title), Edition.document)
        async with self.store.read() as connection:
            rows = await connection.execute(query.limit(limit))
            return tuple(Listed(**row) for row in rows.mappings())

    async def counts(self, workspace: str) -> Counts:
        """Count what answers, whoever may read it: for an operator, and to see whether anything was synced at all."""
        live = (Edition.workspace == workspace, Edition.state == "live")
        documents = select(func.count()).select_from(Edition).where(*live)
        chunks = select(func.count()).select_from(Edition).join(ChunkRow, ChunkRow.edition == Edition.number)
        async with self.store.read() as connection:
            return Counts(
                documents=await connection.scalar(documents) or 0,
                chunks=await connection.scalar(chunks.where(*live)) or 0,
            )

    async def sources(self, workspace: str) -> tuple[ListedSource, ...]:
        """Give the sources that answer, by name, whoever may read them: for an operator."""
        async with self.store.read() as connection:
            rows = (await connection.execute(_SOURCES, {"of": workspace})).mappings().all()
            readers: dict[str, set[Principal]] = {row["name"]: set() for row in rows}
            for name, principal in await connection.execute(_READERS, {"of": workspace}):
                readers[name].add(principal)
        return tuple(ListedSource(**row, readers=frozenset(readers[row["name"]])) for row in rows)


_LIVE = (Edition.workspace == bindparam("of"), Edition.state == "live")
_READERS = (
    select(Edition.source, Reader.principal).join(Reader, Reader.edition == Edition.number).where(*_LIVE).distinct()
)
_SOURCES = (
    select(
        Edition.source.label("name"),
        func.max(Origin.place).label("place"),
        func.count(Edition.number.distinct()).label("documents"),
        func.count(ChunkRow.number).label("chunks"),
        func.max(Edition.updated_at).label("newest"),
    )
    .outerjoin(ChunkRow, ChunkRow.edition == Edition.number)
    .outerjoin(Origin, (Origin.workspace == Edition.workspace) & (Origin.source == Edition.source))
    .where(*_LIVE)
    .group_by(Edition.source)
    .order_by(Edition.source)
)


def _passage(row: RowMapping, hit: Hit) -> Passage:
    return Passage(**{**row, "heading": tuple(json.loads(row["heading"])), "score": hit.score})
