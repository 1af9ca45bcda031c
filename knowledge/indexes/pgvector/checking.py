"""What the doctor finds out about vectors in PostgreSQL."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from sqlalchemy import Text, bindparam, func, select, text

from knowledge.base import Finding
from knowledge.errors import KnowledgeError
from knowledge.indexes.pgvector.creating import found
from knowledge.indexes.pgvector.patience import hurried
from knowledge.indexes.pgvector.tables import Shelf, fit

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from knowledge.base import VectorSpec
    from knowledge.indexes.pgvector.creating import Found
    from knowledge.indexes.pgvector.patience import Patience
    from knowledge.indexes.pgvector.tables import Tuning
    from knowledge.stores.server import Server

_HELD: Final = text("""
    SELECT pg_table_size(:table) AS size, pg_indexes_size(:table) AS indexes, coalesce(indisvalid, false) AS nearest
    FROM (SELECT) AS one LEFT JOIN pg_index ON indexrelid = to_regclass(:nearest)
""").bindparams(bindparam("table", type_=Text), bindparam("nearest", type_=Text))


async def checked(server: Server, spec: VectorSpec, tuning: Tuning, patience: Patience) -> AsyncGenerator[Finding]:
    """Look whether the server answers, has pgvector and takes the vectors; what cannot be known is left out."""
    try:
        version, taken = await _answer(server, patience.question)
        there = await found(server, spec, tuning)
    except KnowledgeError as error:
        yield Finding(what="reachable", ok=False, told=error.told)
        return
    yield Finding(what="reachable", ok=True, told=f"PostgreSQL {version} answers for {server.name}.")
    yield Finding(what="latency", ok=taken < patience.question, told=f"An answer took {1_000 * taken:.1f} ms.")
    yield _extension(there, server.name)
    try:
        fit(spec, tuning)
        if there.made and there.path:
            yield await _held(server, Shelf.of(spec, tuning, there.path))
    except KnowledgeError as error:
        yield Finding(what="vectors", ok=False, told=error.told)


async def _answer(server: Server, seconds: float) -> tuple[str, float]:
    """Give the server's version, and how long it took to say it on a connection that was open."""
    clock = asyncio.get_running_loop().time
    async with hurried(server, seconds) as connection:
        await connection.execute(text("SELECT"))
        begun = clock()
        version = await connection.scalar(text("SHOW server_version"))
        return str(version).partition(" ")[0], clock() - begun


def _extension(there: Found, name: str) -> Finding:
    if lacking := there.lacking(name):
        return Finding(what="pgvector", ok=False, told=lacking)
    if there.installed is None:
        return Finding(what="pgvector", ok=True, told=f"pgvector {there.available} is there to be installed.")
    return Finding(what="pgvector", ok=True, told=f"pgvector {there.installed} is installed.")


async def _held(server: Server, shelf: Shelf) -> Finding:
    async with server.read() as connection:
        rows = await connection.scalar(select(func.count()).select_from(shelf.table)) or 0
        named = {"table": shelf.table.fullname, "nearest": shelf.nearest}
        held = (await connection.execute(_HELD, named)).one()
    how = "are searched by an HNSW index" if held.nearest else "are compared one by one"
    long = not held.nearest and rows > 2 * shelf.tuning.few
    told = (
        f"{rows:,} vectors of {shelf.spec.model} {how}; the table takes {held.size / 1e6:,.1f} MB, its indexes "
        f"{held.indexes / 1e6:,.1f} MB.{' Run footnote sync, which makes the index that they need.' if long else ''}"
    )
    return Finding(what="vectors", ok=not long, told=told)
