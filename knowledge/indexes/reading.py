"""What changed in the knowledge file since a matrix was read, and the matrix that follows from it.

Editions never change, so those that are held are kept as they are, and only those that are new are read. All of it is
one transaction: what is read is one publication, whatever is published meanwhile.
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from sqlalchemy import select

from knowledge.errors import Damaged
from knowledge.indexes.blocks import Block
from knowledge.indexes.matrix import FULL, packed
from knowledge.tables import ChunkRow, Edition, Publication, VectorRow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Row, Select
    from sqlalchemy.ext.asyncio import AsyncConnection

    from knowledge.indexes.matrix import Matrix
    from knowledge.stores.base import Store

_SLICE: Final = 2_048
"""Rows that are taken over at a time: 3 MB, two milliseconds of the event loop."""
_SLICES: Final = FULL // _SLICE
"""Slices of a full block."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """A model of the embedded index: its number there, and how long its vectors are."""

    number: int
    dimensions: int


async def generation(connection: AsyncConnection, workspace: str) -> int:
    """Say how often the workspace was published, as the connection sees it."""
    return await connection.scalar(select(Publication.generation).where(Publication.workspace == workspace)) or 0


async def numbers(store: Store, connection: AsyncConnection, query: Select[int]) -> frozenset[int]:
    """Run a query for numbers; they come as one text and are read beside the event loop, since there may be many."""
    found = query.subquery()
    listed = await connection.execute(select(store.listed(found.c[0])))
    return await asyncio.to_thread(_parsed, listed.scalar_one())


async def followed(held: Matrix, store: Store, connection: AsyncConnection, workspace: str, model: Model) -> Matrix:
    """Give the publication that the connection sees; raises Damaged where vectors are not of so many dimensions."""
    published = await generation(connection, workspace)
    live = await numbers(store, connection, _live(workspace))
    known = await asyncio.to_thread(held.editions)
    full: list[Block] = []
    slices: list[Block] = []
    if new := live - known:
        rows = await connection.stream(_rows(store, workspace, model, new if known else None))
        async for some in rows.partitions(_SLICE):
            slices.append(await asyncio.to_thread(_block, some, model.dimensions, store.name))
            if len(slices) == _SLICES:
                # On the way, not at the end: all slices and what is made of them would take twice the memory.
                full += await asyncio.to_thread(packed, slices)
                slices = []
    return await asyncio.to_thread(held.followed, published, live, (*full, *slices))


def _parsed(listed: str) -> frozenset[int]:
    return frozenset(json.loads(listed))


def _block(rows: Sequence[Row[str, int, int, bytes]], dimensions: int, name: str) -> Block:
    ids, chunks, editions, vectors = zip(*rows, strict=True)
    if any(len(vector) != 4 * dimensions for vector in vectors):
        raise Damaged(
            f"The knowledge in {name} holds vectors of a wrong length; run footnote sync --rebuild with all your paths."
        )
    data = np.frombuffer(b"".join(vectors), "<f4").reshape(len(rows), dimensions)
    return Block.of((ids, chunks, editions), data.astype(np.float32, copy=False))


def _live(workspace: str) -> Select[int]:
    return select(Edition.number).where(Edition.workspace == workspace, Edition.state == "live")


def _rows(store: Store, workspace: str, model: Model, new: frozenset[int] | None) -> Select[str, int, int, bytes]:
    """Select the chunks of these editions (None: of all) that answer."""
    rows = (
        select(ChunkRow.id, ChunkRow.number, Edition.number, VectorRow.data)
        .join(Edition, Edition.number == ChunkRow.edition)
        .join(VectorRow, VectorRow.chunk == ChunkRow.number)
        .where(Edition.workspace == workspace, Edition.state == "live", VectorRow.model == model.number)
    )
    if new is None:
        return rows
    return rows.where(store.among(Edition.number, json.dumps(sorted(new))))
