"""A SQLite file: one machine, nothing to install. Every commit reaches the disk before it is said to be one."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any, Final, Self

import aiosqlite
from sqlalchemy import Double, event, literal
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.ext.asyncio import create_async_engine

from bot.migrating import migrate
from bot.stores.base import Changes, Store
from bot.storing import told_by

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import ColumnElement, Connection
    from sqlalchemy.dialects.sqlite import Insert
    from sqlalchemy.ext.asyncio import AsyncEngine

    from bot.errors import StoreError

_LOOK: Final = 0.25
"""Seconds between two looks at whether another process wrote; a look takes 0.1 ms and no lock."""
_READERS: Final = 16
_PATIENCE: Final = 30.0


class Sqlite(Store):
    """The file at ``path``."""

    one_writer = True

    def __init__(self, path: Path, *, busy_seconds: float) -> None:
        """``busy_seconds`` is how long a transaction waits for another process's."""
        self.name = str(path)
        self._path = path
        self._busy_seconds = busy_seconds

    def engine(self) -> AsyncEngine:
        """Make the pool."""
        engine = create_async_engine(
            f"sqlite+aiosqlite:///{self._path}",
            connect_args={"timeout": self._busy_seconds},
            hide_parameters=True,  # an error's text goes to the log, and people's words do not
            pool_size=_READERS,
            max_overflow=0,
            pool_timeout=_PATIENCE,
        )
        event.listen(engine.sync_engine, "connect", _connected)
        event.listen(engine.sync_engine, "begin", _begun)
        return engine

    async def migrate(self, _engine: AsyncEngine, /) -> None:
        """Migrate the file with a connection of its own."""
        await asyncio.to_thread(migrate, self._path)

    def told(self, error: BaseException, /) -> StoreError:
        """Say what is wrong with the file."""
        return told_by(error, self._path)

    def now(self) -> ColumnElement[float]:
        """Give this machine's time: SQLite has no other."""
        return literal(time.time(), Double)

    def insert(self, table: Any, /) -> Insert:  # noqa: ANN401 - as in Store
        """Give SQLite's own INSERT."""
        return insert(table)

    def changes(self) -> Changes:
        """Look at the file's version."""
        return _Looking(self._path)


def _connected(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's, behind SQLAlchemy's adapter
    connection.isolation_level = None  # we say BEGIN ourselves: the driver's would come late, and fail when upgraded
    cursor = connection.cursor()
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begun(connection: Connection) -> None:
    writes = connection.get_execution_options().get("footnote_writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


class _Looking(Changes):
    """Asks SQLite for the number that rises when another connection commits."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._connection: aiosqlite.Connection | None = None
        self._version: int | None = None

    async def __aenter__(self) -> Self:
        self._connection = await aiosqlite.connect(self._path)
        return self

    async def __aexit__(self, *exc: object) -> None:
        if self._connection is not None:
            await self._connection.close()

    @property
    def hears(self) -> bool:
        """Whether the last look found the file's version."""
        return self._version is not None

    async def wait(self, seconds: float, /) -> bool:
        """Look a few times a second."""
        until = time.monotonic() + seconds
        while not await self._changed():
            left = until - time.monotonic()
            if left <= 0:
                return False
            await asyncio.sleep(min(_LOOK, left))
        return True

    async def _changed(self) -> bool:
        before, self._version = self._version, await self._read()
        return before is not None and self._version != before

    async def _read(self) -> int | None:
        if self._connection is None:
            return None
        try:
            async with self._connection.execute("PRAGMA data_version") as cursor:
                row = await cursor.fetchone()
        except aiosqlite.Error:
            return None
        return int(row[0]) if row else None
