"""The knowledge file: one SQLite database in write-ahead mode, so that searches never wait for a sync.

It holds nothing that a sync cannot build again; the bot's own file, which is precious, is another one.
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
import time
from contextlib import asynccontextmanager, closing
from typing import TYPE_CHECKING, Any, Self

from sqlalchemy import event, func, select, text
from sqlalchemy.dialects import sqlite
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from knowledge.errors import Damaged, OtherVersion
from knowledge.faults import as_told, make_private, primary
from knowledge.stores.base import Store
from knowledge.tables import VERSION, WORDS, Base, Publication
from knowledge.turnstile import alone

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from pathlib import Path

    from sqlalchemy import ColumnElement, Connection
    from sqlalchemy.ext.asyncio import AsyncConnection
    from sqlalchemy.sql.elements import SQLCoreOperations


class SqliteStore(Store):
    """The file, open. Several processes may open it, and create it, at once.

    ``patience`` is how long a writer waits for another one, in seconds, before it gives up with Busy.
    """

    def __init__(self, path: Path, *, patience: float = 5.0) -> None:
        """Say where; nothing is opened yet."""
        self.path = path
        self.name = str(path)
        self.engine = _engine(path, patience)
        self._patience = patience
        self._watch: sqlite3.Connection | None = None
        self._generations: dict[str, tuple[int, int]] = {}

    async def __aenter__(self) -> Self:
        """Open the file, and create it and its folder, for their owner alone, where they are missing."""
        try:
            with as_told(self.path):
                make_private(self.path)
                await asyncio.to_thread(_write_ahead, self.path, self._patience)
            async with self.read() as connection:
                current = await connection.run_sync(_version, self.path) == VERSION
            if not current:
                async with self.write() as connection:
                    await connection.run_sync(_create)
            self._watch = await asyncio.to_thread(_watching, self.path)
        except BaseException:
            await self._close()
            raise
        return self

    async def __aexit__(self, *exc: object) -> None:
        """Close every connection."""
        await self._close()

    @asynccontextmanager
    async def read(self) -> AsyncGenerator[AsyncConnection]:
        """Give a connection that sees the file as it was at its first query, whatever is published meanwhile."""
        with as_told(self.path):
            async with self.engine.connect() as connection, connection.begin():
                yield connection

    @asynccontextmanager
    async def write(self) -> AsyncGenerator[AsyncConnection]:
        """Give a connection that alone may write; it commits at the end, or not at all if anything is raised."""
        with as_told(self.path):
            async with self.engine.connect() as connection:
                await connection.execution_options(footnote_writes=True)
                async with connection.begin():
                    yield connection

    async def generation(self, workspace: str, /) -> int:
        """Say how often this workspace was published; a search that remembers it knows when to look anew.

        While nothing at all is written to the file, by whatever process, asking costs some microseconds.
        """
        written = self._written()
        seen, known = self._generations.get(workspace, (None, 0))
        if written is not None and written == seen:
            return known
        async with self.read() as connection:
            query = select(Publication.generation).where(Publication.workspace == workspace)
            known = await connection.scalar(query) or 0
        if written is not None:  # from before the query: what is written meanwhile is seen the next time
            self._generations[workspace] = (written, known)
        return known

    @asynccontextmanager
    async def alone(self) -> AsyncGenerator[None]:
        """Hold the lock beside the file."""
        with alone(self.path):
            yield

    def insert(self, table: type[Base], /) -> sqlite.Insert:
        """Give SQLite's own INSERT."""
        return sqlite.insert(table)

    def listed(self, column: SQLCoreOperations[int], /) -> ColumnElement[str]:
        """Put them into one text, which crosses from the driver's thread at once."""
        return func.json_group_array(column)

    def among(self, column: SQLCoreOperations[int], values: str, /) -> ColumnElement[bool]:
        """Read them from one parameter, of which SQLite takes only so many."""
        return column.in_(select(func.json_each(values).table_valued("value").c.value))

    def _written(self) -> int | None:
        """Give a number that changes with every commit of any other connection; None where SQLite cannot say now.

        https://www.sqlite.org/pragma.html#pragma_data_version: a look at shared memory, on a connection that never
        writes and never waits.
        """
        if self._watch is None:
            return None
        try:
            ((number,),) = self._watch.execute("PRAGMA data_version").fetchall()
        except sqlite3.Error:
            return None
        return int(number)

    async def _close(self) -> None:
        if self._watch is not None:
            self._watch.close()
            self._watch = None
        await self.engine.dispose()


def _engine(path: Path, patience: float) -> AsyncEngine:
    """Connect at most once for each processor and once more, for a sync: what waits for its turn delays nobody.

    More threads would search no faster, hold more memory, and let the event loop wait for its own turn. Nothing may ask
    for a second connection while it holds one.
    """
    arguments = {"isolation_level": None, "timeout": patience}
    connections = 1 + (os.cpu_count() or 1)
    engine = create_async_engine(
        f"sqlite+aiosqlite:///{path}", connect_args=arguments, pool_size=connections, max_overflow=0
    )
    event.listen(engine.sync_engine, "connect", _connected)
    event.listen(engine.sync_engine, "begin", _begun)
    return engine


def _connected(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's own, untyped
    cursor = connection.cursor()
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("PRAGMA synchronous = NORMAL")
    cursor.close()


def _begun(connection: Connection) -> None:
    """Begin by hand: the driver would only at the first write, too late to wait for another writer's end."""
    writes = connection.get_execution_options().get("footnote_writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _write_ahead(path: Path, patience: float) -> None:
    """Turn the mode on: the one step for which SQLite itself does not wait while others open the same new file."""
    until = time.monotonic() + patience
    with closing(sqlite3.connect(path, timeout=patience)) as connection:
        while True:
            try:
                connection.execute("PRAGMA journal_mode = WAL")
            except sqlite3.OperationalError as error:
                if primary(error) != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                    raise
                time.sleep(0.01)
            else:
                return


def _watching(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, timeout=0, check_same_thread=False)


def _version(connection: Connection, path: Path) -> int:
    """Give 0 for a new file and VERSION for one of ours; anything else is not to be touched."""
    version = connection.execute(text("PRAGMA user_version")).scalar_one()
    if version == VERSION:
        return VERSION
    if version:
        told = f"The knowledge file {path} is from another version of Footnote; delete it and run footnote sync again."
        raise OtherVersion(told)
    if connection.execute(text("SELECT 1 FROM sqlite_master LIMIT 1")).first():
        told = f"{path} is a database, but no knowledge file; name another path, or move it away and run footnote sync."
        raise Damaged(told)
    return 0


def _create(connection: Connection) -> None:
    """Create the schema, unless another process did so since we looked."""
    Base.metadata.create_all(connection)
    for statement in WORDS:
        connection.execute(text(statement))
    connection.execute(text(f"PRAGMA user_version = {VERSION}"))
