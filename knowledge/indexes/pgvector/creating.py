"""Makes what is missing on the server for vectors: the extension, the schema and a table for each model."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import Column, Integer, MetaData, Table, Text, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError

from knowledge.errors import Refused
from knowledge.indexes.pgvector.tables import SCHEMA, Shelf, fit, table_name
from knowledge.stores import sqlstate

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

    from knowledge.base import VectorSpec
    from knowledge.indexes.pgvector.tables import Tuning
    from knowledge.stores.server import Server

OLDEST: Final = (0, 8)
"""The version of pgvector that goes on searching where a filter leaves too little."""
SPECS: Final = Table(
    "spec",
    MetaData(schema=SCHEMA),
    Column("name", Text, primary_key=True),
    Column("model", Text, nullable=False),
    Column("dimensions", Integer, nullable=False),
    Column("metric", Text, nullable=False),
)
"""Whose vectors are in which table, for people who look."""

_LOCK: Final = 8_317_128_047
"""The number of the advisory lock under which all of this is made."""
_NO_RIGHT: Final = "42501"
_FOUND: Final = text("""
    SELECT (SELECT default_version FROM pg_available_extensions WHERE name = 'vector') AS available,
        (SELECT extversion FROM pg_extension WHERE extname = 'vector') AS installed,
        (SELECT quote_ident(nspname) FROM pg_extension JOIN pg_namespace AS lives ON lives.oid = extnamespace
            WHERE extname = 'vector') AS path,
        EXISTS (SELECT FROM pg_namespace WHERE nspname = :schema) AS schema,
        EXISTS (SELECT FROM pg_tables WHERE schemaname = :schema AND tablename = :table) AS made
""")


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What is on the server: versions of pgvector, the schema that it is in, whether ours and the table are there."""

    available: str | None
    installed: str | None
    path: str | None
    schema: bool
    made: bool

    def lacking(self, name: str) -> str | None:
        """Say what only somebody else can do about the database that sentences call ``name``."""
        version = self.installed or self.available
        if version is None:
            return (
                f"PostgreSQL has no pgvector for {name}. Install it on the server (on Debian and Ubuntu the package "
                "postgresql-18-pgvector, for PostgreSQL 18), or keep the vectors elsewhere, as with "
                "FOOTNOTE_VECTORS=embedded."
            )
        if _numbers(version) >= OLDEST:
            return None
        newer = self.available is not None and _numbers(self.available) >= OLDEST
        return (
            f"pgvector {version} of {name} is too old, since 0.8 or newer is needed: "
            f"{'' if newer else 'install a newer one on the server, then '}run ALTER EXTENSION vector UPDATE there, as "
            "the owner of the extension."
        )


async def found(server: Server, spec: VectorSpec, tuning: Tuning) -> Found:
    """Look, and change nothing."""
    async with server.read() as connection:
        return await _found(connection, table_name(spec, tuning))


async def made(server: Server, spec: VectorSpec, tuning: Tuning) -> Shelf:
    """Make what is missing, however many processes do so at once. Raises Refused and WrongVectors."""
    fit(spec, tuning)
    there = await found(server, spec, tuning)
    if there.made and there.path and there.lacking(server.name) is None:
        return Shelf.of(spec, tuning, there.path)
    async with server.write() as connection:
        await connection.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
        return await _made(connection, spec, tuning, server.name)


async def _found(connection: AsyncConnection, table: str) -> Found:
    row = await connection.execute(_FOUND, {"schema": SCHEMA, "table": table})
    return Found(**row.mappings().one())


async def _made(connection: AsyncConnection, spec: VectorSpec, tuning: Tuning, name: str) -> Shelf:
    """Make all that is not there, in one transaction."""
    there = await _found(connection, table_name(spec, tuning))
    if lacking := there.lacking(name):
        raise Refused(lacking)
    if there.path is None:
        await _extend(connection, name)
        there = await _found(connection, table_name(spec, tuning))
    if not there.schema:  # one that somebody made for us may be all we may use
        await connection.execute(text(f"CREATE SCHEMA {SCHEMA}"))
    shelf = Shelf.of(spec, tuning, there.path or "")
    for table in (SPECS, shelf.table):
        await connection.run_sync(table.create, checkfirst=True)
    row = {"name": shelf.table.name, **asdict(spec)}
    await connection.execute(insert(SPECS).values(row).on_conflict_do_nothing())
    return shelf


async def _extend(connection: AsyncConnection, name: str) -> None:
    try:
        await connection.execute(text("CREATE EXTENSION vector"))
    except DBAPIError as error:
        if sqlstate.state(error) != _NO_RIGHT:
            raise
        raise Refused(
            f"The user of DATABASE_URL may not install pgvector in {name}. Have the owner of the database run CREATE "
            "EXTENSION vector there."
        ) from error


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(digits) for digits in re.findall(r"\d+", version))
