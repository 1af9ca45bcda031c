"""What is written to a table of vectors, in transactions short enough to be tried again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

from sqlalchemy import delete, func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError

from knowledge.indexes.pgvector.tables import keys, said, tokens
from knowledge.stores import sqlstate

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

    from knowledge.base import EmbeddedChunk
    from knowledge.indexes.pgvector.tables import Shelf

ROWS: Final = 200
"""Rows of one transaction: with an index, about a second of the server's time."""
NAMES: Final = 1_000
"""Editions or chunks that are named in one statement."""

_CLEARED: Final = 10_000
"""Rows that are deleted at a time."""
_LOCKED: Final = "55P03"

_T = TypeVar("_T")


def parts(items: Sequence[_T], size: int) -> Iterator[Sequence[_T]]:
    """Cut into parts of at most so many."""
    return (items[first : first + size] for first in range(0, len(items), size))


async def put(connection: AsyncConnection, shelf: Shelf, workspace: str, chunks: Sequence[EmbeddedChunk]) -> None:
    """Add what is not there."""
    rows = [
        {
            "workspace": workspace,
            "chunk": item.chunk.id,
            "edition": item.chunk.edition,
            "readers": keys(item.readers),
            "attributes": keys(each for name, values in item.attributes.items() for each in tokens(name, values)),
            "numbers": item.vector.tolist(),
        }
        for item in chunks
    ]
    await connection.execute(insert(shelf.table).values(vector=shelf.given("numbers")).on_conflict_do_nothing(), rows)


async def remove(connection: AsyncConnection, shelf: Shelf, workspace: str, editions: Sequence[str]) -> None:
    """Delete all rows of these editions."""
    held = shelf.table.c
    await connection.execute(delete(shelf.table).where(held.workspace == workspace, held.edition.in_(said(editions))))


async def emptied(connection: AsyncConnection, shelf: Shelf, workspace: str) -> bool:
    """Empty the whole table, so that its disk is free again; not where others have rows in it, or somebody reads."""
    try:
        async with connection.begin_nested():
            await connection.execute(text(f"LOCK TABLE {shelf.table.fullname} IN ACCESS EXCLUSIVE MODE NOWAIT"))
    except DBAPIError as error:
        if sqlstate.state(error) != _LOCKED:
            raise
        return False
    held = shelf.table.c.workspace
    first, last = (await connection.execute(select(func.min(held), func.max(held)))).one()
    if {first, last} - {workspace, None}:
        return False
    await connection.execute(text(f"TRUNCATE {shelf.table.fullname}"))
    await connection.execute(text(f"DROP INDEX IF EXISTS {shelf.nearest}"))
    return True


async def cleared(connection: AsyncConnection, shelf: Shelf, workspace: str) -> bool:
    """Delete some rows of the workspace; say whether they were all."""
    held = shelf.table.c
    some = select(held.chunk).where(held.workspace == workspace).limit(_CLEARED)
    gone = await connection.execute(delete(shelf.table).where(held.workspace == workspace, held.chunk.in_(some)))
    return gone.rowcount < _CLEARED
