"""The bot's own database: what is owed, what was said and how it was rated. Precious, and migrated by itself."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self, TypeVar

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from bot.errors import StoreAway

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable

    from sqlalchemy import ColumnElement
    from sqlalchemy.dialects import postgresql, sqlite
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

    from bot.stores.base import Changes, Store

_Result = TypeVar("_Result")

_PAUSES: Final = (0.05, 0.1, 0.2, 0.4, 0.8, 1.6)
"""Seconds between tries while the server is away: about as long as one takes to restart."""


class Database:
    """Gives transactions. Use as an async context manager.

    ``wrote`` and ``read`` run a whole transaction, and run it again where the server went away meanwhile: what they are
    given must come to the same when it is done twice. ``writing`` and ``reading`` try once.
    """

    def __init__(self, where: Path | str, *, busy_seconds: float = 5.0) -> None:
        """``where`` is a SQLite file's path, or the address of a PostgreSQL server.

        ``busy_seconds`` is how long a transaction on SQLite waits for another process's.
        """
        self._store = store_at(where, busy_seconds=busy_seconds)
        self.name = self._store.name
        self._readers = self._store.engine()
        self._writers: AsyncEngine = self._readers.execution_options(footnote_writes=True)
        self._turn = asyncio.Lock() if self._store.one_writer else None

    async def __aenter__(self) -> Self:
        """Migrate; raises StoreError where the database cannot be used."""
        await self._store.migrate(self._readers)
        return self

    async def __aexit__(self, *exc: object) -> None:
        """Close every connection."""
        await self._readers.dispose()

    @asynccontextmanager
    async def reading(self) -> AsyncGenerator[AsyncConnection]:
        """A transaction that reads; never waits for a writer. Raises StoreError."""
        async with self._transaction(self._readers) as connection:
            yield connection

    @asynccontextmanager
    async def writing(self) -> AsyncGenerator[AsyncConnection]:
        """A transaction that writes; committed at the end or not at all. Raises StoreError."""
        async with self._turn or nullcontext(), self._transaction(self._writers) as connection:
            yield connection

    async def read(self, work: Callable[[AsyncConnection], Awaitable[_Result]], /) -> _Result:
        """Do the work in a transaction that reads, again where the server went away. Raises StoreError."""
        return await _patiently(self.reading, work)

    async def wrote(self, work: Callable[[AsyncConnection], Awaitable[_Result]], /) -> _Result:
        """Do the work in a transaction that writes, again where the server went away. Raises StoreError."""
        return await _patiently(self.writing, work)

    def now(self) -> ColumnElement[float]:
        """Give seconds since 1970 by the clock that all processes on this database share."""
        return self._store.now()

    def insert(self, table: Any, /) -> sqlite.Insert | postgresql.Insert:  # noqa: ANN401 - as in Store
        """Give an INSERT that knows ON CONFLICT."""
        return self._store.insert(table)

    def changes(self) -> Changes:
        """Listen to other processes."""
        return self._store.changes()

    @asynccontextmanager
    async def _transaction(self, engine: AsyncEngine) -> AsyncGenerator[AsyncConnection]:
        async with AsyncExitStack() as stack:
            try:
                connection = await stack.enter_async_context(engine.begin())
                yield connection
                await stack.aclose()
            except (DBAPIError, PoolTimeout, OSError) as error:
                raise self._store.told(error) from error


def store_at(where: Path | str, *, busy_seconds: float = 5.0) -> Store:
    """Give the store of a path or an address."""
    if isinstance(where, Path):
        from bot.stores.sqlite import Sqlite  # noqa: PLC0415 - each with its driver, and only that

        return Sqlite(where, busy_seconds=busy_seconds)
    from bot.stores.postgres import Postgres  # noqa: PLC0415

    return Postgres(where)


async def _patiently(transaction: Callable[[], Any], work: Callable[[AsyncConnection], Awaitable[_Result]]) -> _Result:
    for pause in (*_PAUSES, None):
        try:
            async with transaction() as connection:
                return await work(connection)
        except StoreAway:
            if pause is None:
                raise
            await asyncio.sleep(pause)
    raise AssertionError
