"""The bot's own SQLite file: conversations and ratings. Precious, so every commit reaches the disk."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Self

from sqlalchemy import event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine

from bot.migrating import migrate
from bot.storing import told_by

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from pathlib import Path

    from sqlalchemy import Connection


class Database:
    """Opens the file, migrated, and gives transactions. Use as an async context manager."""

    def __init__(self, path: Path, *, busy_seconds: float = 5.0) -> None:
        """``busy_seconds`` is how long a transaction waits for another process's."""
        self._path = path
        engine = create_async_engine(
            f"sqlite+aiosqlite:///{path}",
            connect_args={"timeout": busy_seconds},
            hide_parameters=True,  # an error's text goes to the log, and people's words do not
        )
        self._readers = _with_pragmas(engine)
        self._writers = engine.execution_options(footnote_writes=True)

    async def __aenter__(self) -> Self:
        """Migrate; raises StoreError where the file or its folder cannot be used."""
        await asyncio.to_thread(migrate, self._path)
        return self

    async def __aexit__(self, *exc: object) -> None:
        """Close every connection."""
        await self._readers.dispose()

    @asynccontextmanager
    async def reading(self) -> AsyncGenerator[AsyncSession]:
        """One consistent view; never waits for a writer. Raises StoreError."""
        async with self._transaction(self._readers) as session:
            yield session

    @asynccontextmanager
    async def writing(self) -> AsyncGenerator[AsyncSession]:
        """One transaction, the only one that writes; committed at the end or not at all. Raises StoreError."""
        async with self._transaction(self._writers) as session:
            yield session

    @asynccontextmanager
    async def _transaction(self, engine: AsyncEngine) -> AsyncGenerator[AsyncSession]:
        try:
            async with AsyncSession(engine, expire_on_commit=False) as session, session.begin():
                await session.connection()  # the transaction begins here, not with the first statement
                yield session
        except DBAPIError as error:
            raise told_by(error, self._path) from error


def _with_pragmas(engine: AsyncEngine) -> AsyncEngine:
    event.listen(engine.sync_engine, "connect", _connected)
    event.listen(engine.sync_engine, "begin", _begun)
    return engine


def _connected(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's, behind SQLAlchemy's adapter
    connection.isolation_level = None  # we say BEGIN ourselves: the driver's would come late, and fail when upgraded
    cursor = connection.cursor()
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begun(connection: Connection) -> None:
    writes = connection.get_execution_options().get("footnote_writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
