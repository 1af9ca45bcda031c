"""Whole editions, read back out of a catalog: to give their chunks other vectors, or another catalog all of them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, cast

from sqlalchemy import select

from knowledge.base import Chunk, EmbeddedChunk
from knowledge.tables import Attribute, ChunkRow, Edition, Reader

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

    from knowledge.base import Field, Principal, Vectors

_PARTICULARS: Final = tuple(
    column for column in Edition.__table__.columns if column.key not in {"number", "workspace", "state"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """An edition with all that is known of it. ``particulars`` are its columns but number, workspace and state."""

    number: int
    particulars: Mapping[str, Any]
    readers: frozenset[Principal]
    attributes: Mapping[Field, frozenset[str]]
    chunks: tuple[Chunk, ...]

    def embedded(self, vectors: Mapping[str, Vectors]) -> Iterator[EmbeddedChunk]:
        """Give the chunks with their vectors, which are by their ids."""
        for chunk in self.chunks:
            yield EmbeddedChunk(chunk=chunk, vector=vectors[chunk.id], readers=self.readers, attributes=self.attributes)


async def wholes(connection: AsyncConnection, numbers: Sequence[int]) -> list[Whole]:
    """Read these editions, in the order of their numbers; those that are gone are left out."""
    rows = select(Edition.number, *_PARTICULARS).where(Edition.number.in_(numbers)).order_by(Edition.number)
    editions = (await connection.execute(rows)).mappings().all()
    readers = await _readers(connection, numbers)
    attributes = await _attributes(connection, numbers)
    chunks = await _chunks(connection, numbers)
    return [
        Whole(
            number=row["number"],
            particulars={column.key: row[column.key] for column in _PARTICULARS},
            readers=frozenset(readers.get(row["number"], ())),
            attributes={name: frozenset(values) for name, values in attributes.get(row["number"], {}).items()},
            chunks=tuple(chunks.get(row["number"], ())),
        )
        for row in editions
    ]


def batches(counts: Sequence[tuple[int, int]], size: int) -> Iterator[list[int]]:
    """Put editions, given by number with how many chunks they have, together until they have ``size`` chunks."""
    editions: list[int] = []
    chunks = 0
    for number, count in counts:
        editions.append(number)
        chunks += count
        if chunks >= size or len(editions) >= size:
            yield editions
            editions, chunks = [], 0
    if editions:
        yield editions


async def _readers(connection: AsyncConnection, numbers: Sequence[int]) -> dict[int, set[str]]:
    found: dict[int, set[str]] = {}
    rows = select(Reader.edition, Reader.principal).where(Reader.edition.in_(numbers))
    for number, principal in await connection.execute(rows):
        found.setdefault(number, set()).add(principal)
    return found


async def _attributes(connection: AsyncConnection, numbers: Sequence[int]) -> dict[int, dict[Field, set[str]]]:
    found: dict[int, dict[Field, set[str]]] = {}
    rows = select(Attribute.edition, Attribute.field, Attribute.value).where(Attribute.edition.in_(numbers))
    for number, name, value in await connection.execute(rows):
        found.setdefault(number, {}).setdefault(cast("Field", name), set()).add(value)
    return found


async def _chunks(connection: AsyncConnection, numbers: Sequence[int]) -> dict[int, list[Chunk]]:
    found: dict[int, list[Chunk]] = {}
    columns = (ChunkRow.id, ChunkRow.ordinal, ChunkRow.text, ChunkRow.searched, ChunkRow.heading, ChunkRow.anchor)
    rows = (
        select(Edition.number, Edition.id, *columns)
        .join(ChunkRow, ChunkRow.edition == Edition.number)
        .where(Edition.number.in_(numbers))
        .order_by(ChunkRow.edition, ChunkRow.ordinal)
    )
    for number, edition, name, ordinal, text, searched, heading, anchor in await connection.execute(rows):
        chunk = Chunk(
            id=name,
            edition=edition,
            ordinal=ordinal,
            text=text,
            searched=searched,
            heading=tuple(json.loads(heading)),
            anchor=anchor,
        )
        found.setdefault(number, []).append(chunk)
    return found
