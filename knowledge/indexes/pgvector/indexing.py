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
"""The number of the advisory lock of who makes an index, to which a hash of its name is added."""
_CLOSED: Final = 2.0
"""Seconds for taking leave of the server."""
_SET: Final = """
    SELECT set_config('statement_timeout', '0', false),
        set_config('maintenance_work_mem', greatest($1, pg_size_bytes(current_setting('maintenance_work_mem')) / 1024)
            || 'kB', false)
"""
_ROW: Final = 800
"""Bytes that the links of a row take while an index is made, more or less, of 16 links each."""
_MEMORY: Final = 2_000_000_000
"""Bytes that are taken at most; where the graph is larger, making it goes on, but slower."""
_ALONE: Final = "SET max_parallel_maintenance_workers = 0"


async def indexed(server: Server, shelf: Shelf, seconds: float) -> None:
    """Make the index where it is missing and there are many rows, while others read and write; at most so long."""
    connection = await server.connect()
    try:
        with server.as_told():
            if await _lacks(connection, shelf) and await _mine(connection, shelf):
                await connection.execute(f"ANALYZE {shelf.table.fullname}", timeout=seconds)
                await connection.fetchrow(_SET, await _memory(connection, shelf))
                await _make(connection, shelf, seconds)
            await connection.close(timeout=_CLOSED)
    except BaseException:
        connection.terminate()
        raise


async def _mine(connection: Connection, shelf: Shelf) -> bool:
    """Take the turn at making it until the connection ends, if no other process has it, or had it since we looked."""
    taken = await connection.fetchval("SELECT pg_try_advisory_lock($1::bigint + hashtext($2))", _LOCK, shelf.nearest)
    return bool(taken) and await _lacks(connection, shelf)


async def _lacks(connection: Connection, shelf: Shelf) -> bool:
    made = "SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass($1)"
    if await connection.fetchval(made, shelf.nearest):
        return False
    some = f"SELECT count(*) FROM (SELECT FROM {shelf.table.fullname} LIMIT $1) AS rows"  # noqa: S608 - our own name
    few = shelf.tuning.few
    return bool(await connection.fetchval(some, few + 1) > few)


async def _memory(connection: Connection, shelf: Shelf) -> int:
    """Give the kilobytes that all of the graph takes."""
    counted = "SELECT reltuples::float8 FROM pg_class WHERE oid = to_regclass($1)"
    rows = await connection.fetchval(counted, shelf.table.fullname)
    width = shelf.spec.dimensions * (2 if shelf.tuning.kind == "halfvec" else 4)
    return int(min(_MEMORY, rows * (width + _ROW * shelf.tuning.links / 16))) // 1_000


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
