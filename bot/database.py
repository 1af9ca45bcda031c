"""The bot's own database: what is owed, what was said and how it was rated. Precious, and migrated by itself."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

from sqlalchemy.exc import SQLAlchemyError

from bot.errors import StoreAway, StoreError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from sqlalchemy import ColumnElement, Connection, Table

    from bot.stores.base import Changes, Insert, Result, Store

_PAUSES: Final = (0.05, 0.1, 0.2, 0.4, 0.8, 1.6)
"""Seconds between tries while the server is away: about as long as one takes to restart."""


class Database:
    """Runs transactions. Use as an async context manager.

    A transaction is a plain function of a connection. Where the server goes away meanwhile it is run again, so it must
    come to the same when it is done twice.
    """

    def __init__(self, where: Path | str, *, busy_seconds: float = 5.0) -> None:
        """``where`` is a SQLite file's path, or the address of a PostgreSQL server.

        ``busy_seconds`` is how long a transaction on SQLite waits for another process's.
        """
        self._store = _store_at(where, busy_seconds)
        self.name = self._store.name
        self.chains = self._store.chains
        self.serial = self._store.serial
        self._inserts: dict[tuple[Table | str, ...], Insert] = {}

    async def __aenter__(self) -> Self:
        """Migrate; raises StoreError where the database cannot be used."""
        try:
            await self._patiently(lambda _: self._store.open(), lambda _: None)
        except BaseException:
            await self._store.close()
            raise
        return self

    async def __aexit__(self, *exc: object) -> None:
        """Close every connection."""
        await self._store.close()

    async def read(self, work: Callable[[Connection], Result], /) -> Result:
        """Do the work in a transaction that only reads. Raises StoreError."""
        return await self._patiently(self._store.read, work)

    async def write(self, work: Callable[[Connection], Result], /) -> Result:
        """Do the work in a transaction, committed as a whole or not at all. Raises StoreError."""
        return await self._patiently(self._store.write, work)

    def now(self) -> ColumnElement[float]:
        """Give seconds since 1970, when the statement runs, by the clock that all processes on this database share."""
        return self._store.now()

    def insert(self, table: Table, /) -> Insert:
        """Give an INSERT that knows ON CONFLICT."""
        return self._store.insert(table)

    def insert_once(self, table: Table, *key: str) -> Insert:
        """Give an INSERT, made once, that changes nothing where a row with this key is there; any, if none is given."""
        statement = self._inserts.get((table, *key))
        if statement is None:
            statement = self._inserts[table, *key] = self.insert(table).on_conflict_do_nothing(
                index_elements=key or None
            )
        return statement

    def changes(self) -> Changes:
        """Listen to other processes."""
        return self._store.changes()

    async def _patiently(
        self,
        transacted: Callable[[Callable[[Connection], Result]], Awaitable[Result]],
        work: Callable[[Connection], Result],
    ) -> Result:
        pauses = iter(_PAUSES)
        while True:
            try:
                return await transacted(work)
            except (SQLAlchemyError, OSError, StoreError) as error:
                told = error if isinstance(error, StoreError) else self._store.told(error)
                pause = next(pauses, None) if isinstance(told, StoreAway) else None
                if pause is None:
                    raise told from (error.__cause__ if told is error else error)
            await asyncio.sleep(pause)


def _store_at(where: Path | str, busy_seconds: float) -> Store:
    if isinstance(where, Path):
        from bot.stores.sqlite import Sqlite  # noqa: PLC0415 - each with its driver, and only that

        return Sqlite(where, busy_seconds=busy_seconds)
    from bot.stores.postgres import Postgres  # noqa: PLC0415

    return Postgres(where)
