"""The HNSW index of a table that has become long.

Rows are put many times faster without it, and one that is made of all of them at once is made by several processors.
Until it is there the server compares all rows, which is exact, and fast enough as long as they are few.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import asyncpg

if TYPE_CHECKING:
    from knowledge.indexes.pgvector.tables import Shelf
    from knowledge.stores.server import Connection, Server

_LOCK: Final = 8_317_128_046
"""The number of the advisory lock of who makes an index."""
_SET: Final = "SET statement_timeout = 0; SET maintenance_work_mem = '1GB'"
"""Memory enough for a million vectors of 384 dimensions; more of them take longer."""
_ALONE: Final = "SET max_parallel_maintenance_workers = 0"


async def indexed(server: Server, shelf: Shelf, seconds: float) -> None:
    """Make the index where it is missing and there are many rows, while others read and write; at most so long."""
    connection = await server.connect()
    try:
        with server.as_told():
            if await _lacks(connection, shelf) and await connection.fetchval("SELECT pg_try_advisory_lock($1)", _LOCK):
                await connection.execute(_SET)
                await connection.execute(f"ANALYZE {shelf.table.fullname}", timeout=seconds)
                await _make(connection, shelf, seconds)
    finally:
        connection.terminate()  # which lets go of the lock


async def _lacks(connection: Connection, shelf: Shelf) -> bool:
    made = "SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass($1)"
    if await connection.fetchval(made, shelf.nearest):
        return False
    some = f"SELECT count(*) FROM (SELECT FROM {shelf.table.fullname} LIMIT $1) AS rows"  # noqa: S608 - our own name
    few = shelf.tuning.few
    return bool(await connection.fetchval(some, few + 1) > few)


async def _make(connection: Connection, shelf: Shelf, seconds: float) -> None:
    """Make it with all processors, or with one where those cannot share enough memory, as in many containers."""
    drop = f"DROP INDEX CONCURRENTLY IF EXISTS {shelf.nearest}"  # what is left of one that was broken off
    try:
        await connection.execute(drop, timeout=seconds)
        await connection.execute(shelf.index, timeout=seconds)
    except asyncpg.InsufficientResourcesError:
        await connection.execute(_ALONE)
        await connection.execute(drop, timeout=seconds)
        await connection.execute(shelf.index, timeout=seconds)
