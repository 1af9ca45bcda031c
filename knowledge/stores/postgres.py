"""The knowledge in a PostgreSQL database, where several machines share it, in a schema of its own.

It holds nothing that a sync cannot build again. The bot's own tables may be in the same database; they are precious,
and apart.
"""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Final, Self

from sqlalchemy import JSON, Integer, String, cast, func, inspect, literal, select, text
from sqlalchemy.dialects import postgresql

from knowledge.errors import Damaged, OtherVersion
from knowledge.stores.base import Store
from knowledge.stores.lexemes import OnServerOnly
from knowledge.stores.server import SCHEMA, Server
from knowledge.stores.turns import Turns
from knowledge.tables import VERSION, Base, Publication, Setting

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from contextlib import AbstractAsyncContextManager

    from sqlalchemy import ColumnElement, Connection
    from sqlalchemy.ext.asyncio import AsyncConnection
    from sqlalchemy.sql.elements import SQLCoreOperations

_LOCK: Final = 8_317_128_043
"""The number of the advisory lock under which the tables are made."""
_VERSION: Final = "version"


class PostgresStore(Store):
    """The schema, open. Several processes may open it, and create it, at once.

    Writers do not wait for each other: what is staged may interleave. Publications do, for the row that counts them.
    """

    def __init__(self, server: Server) -> None:
        """Use a server, which is the store's own from now on; nothing is opened yet."""
        self.name = server.name
        self.server = server
        self._turns = Turns(server)

    async def __aenter__(self) -> Self:
        """Make what is missing."""
        try:
            async with self.server.read() as connection:
                current = await connection.run_sync(_version, self.name) == VERSION
            if not current:
                async with self.server.write() as connection:
                    await connection.run_sync(_create, self.name)
        except BaseException:
            await self.server.close()
            raise
        return self

    async def __aexit__(self, *exc: object) -> None:
        """Close every connection."""
        await self.server.close()

    def read(self) -> AbstractAsyncContextManager[AsyncConnection]:
        """Give a connection that sees everything as it was at its first query, whatever is published meanwhile."""
        return self.server.read()

    @asynccontextmanager
    async def write(self) -> AsyncGenerator[AsyncConnection]:
        """Give a connection in a transaction; raises Busy where the turn that it is part of was lost to another."""
        async with self.server.write() as connection:
            await self._turns.check(connection)
            yield connection

    async def generation(self, workspace: str, /) -> int:
        """Ask the server, once there and back."""
        query = select(Publication.generation).where(Publication.workspace == workspace)
        async with self.server.look() as connection:
            return await connection.scalar(query) or 0

    def alone(self) -> AbstractAsyncContextManager[None]:
        """Hold a lock of the database."""
        return self._turns.alone()

    def insert(self, table: type[Base], /) -> postgresql.Insert:
        """Give PostgreSQL's own INSERT."""
        return postgresql.insert(table)

    def listed(self, column: SQLCoreOperations[int], /) -> ColumnElement[str]:
        """Put them into one text, which the driver takes over at once."""
        return func.coalesce(cast(func.json_agg(column), String), "[]")

    def among(self, column: SQLCoreOperations[int], values: str, /) -> ColumnElement[bool]:
        """Read them from one parameter, of which PostgreSQL takes only so many."""
        each = func.json_array_elements_text(cast(literal(values, String), JSON))
        return column.in_(select(cast(each, Integer)))


def _version(connection: Connection, name: str) -> int:
    """Give 0 where there is nothing yet and VERSION for our tables; anything else is not to be touched."""
    if not inspect(connection).has_table(Setting.__tablename__, schema=SCHEMA):
        return 0
    found = connection.scalar(select(Setting.value).where(Setting.name == _VERSION))
    if found == str(VERSION):
        return VERSION
    remedy = f"delete it there with DROP SCHEMA {SCHEMA} CASCADE and run footnote sync again."
    if found is None:
        raise Damaged(f"The schema {SCHEMA} of {name} holds no knowledge; {remedy}")
    raise OtherVersion(f"The knowledge in {name} is from another version of Footnote; {remedy}")


def _create(connection: Connection, name: str) -> None:
    """Create the schema, unless another process did so since we looked."""
    connection.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
    if _version(connection, name) == VERSION:
        return
    if SCHEMA not in inspect(connection).get_schema_names():  # one that somebody made for us may be all we may use
        connection.execute(text(f"CREATE SCHEMA {SCHEMA}"))
    Base.metadata.create_all(connection)
    OnServerOnly.metadata.create_all(connection)
    row: dict[str, Any] = {"name": _VERSION, "value": str(VERSION)}
    connection.execute(postgresql.insert(Setting).values(row))
