"""A SQLite file: one machine, nothing to install. Every commit reaches the disk before it is said to be one.

One thread writes and a few read, so a transaction costs one change of threads however many statements it has, and
writers wait for each other in their order. Each keeps its connection, which has read the pages and statements already.
"""

from __future__ import annotations

import asyncio
import sqlite3
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Final, Self, cast

from sqlalchemy import Double, bindparam, create_engine, event
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.exc import SQLAlchemyError

from bot.migrating import migrate
from bot.stores.base import Changes, Result, Store
from bot.storing import told_by

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from sqlalchemy import ColumnElement, Connection, Engine, Table
    from sqlalchemy.dialects.sqlite import Insert

    from bot.errors import StoreError

_LOOK: Final = 0.25
"""Seconds between two looks at whether another process wrote; a look takes some 10 µs and no lock."""
_READERS: Final = 4


class Sqlite(Store):
    """The file at ``path``."""

    chains = False
    serial = True

    def __init__(self, path: Path, *, busy_seconds: float) -> None:
        """``busy_seconds`` is how long a transaction waits for another process's."""
        self.name = str(path)
        self._path = path
        self._engine = create_engine(
            f"sqlite:///{path}",
            connect_args={"timeout": busy_seconds},
            hide_parameters=True,  # an error's text goes to the log, and people's words do not
            pool_size=_READERS + 1,
        )
        event.listen(self._engine, "connect", _connected)
        self._writing = _Threads(self._engine, 1, "footnote-writes", begin="BEGIN IMMEDIATE")
        self._reading = _Threads(self._engine, _READERS, "footnote-reads", begin="BEGIN")

    async def open(self) -> None:
        """Migrate the file with a connection of its own."""
        await asyncio.to_thread(migrate, self._path)

    async def close(self) -> None:
        """Let what was begun end, then close."""
        for threads in (self._writing, self._reading):
            await asyncio.to_thread(threads.close)
        await asyncio.to_thread(self._engine.dispose)

    async def read(self, work: Callable[[Connection], Result], /) -> Result:
        """Run it in a thread that reads: one consistent view, which never waits for a writer."""
        return await self._run(self._reading, work)

    async def write(self, work: Callable[[Connection], Result], /) -> Result:
        """Run it in the thread that writes."""
        return await self._run(self._writing, work)

    async def _run(self, threads: _Threads, work: Callable[[Connection], Result]) -> Result:
        try:
            return await threads.run(work)
        except sqlite3.Error as error:
            raise self.told(error) from error

    def told(self, error: BaseException, /) -> StoreError:
        """Say what is wrong with the file."""
        return told_by(error, self._path)

    def now(self) -> ColumnElement[float]:
        """Give this machine's time: SQLite has no other."""
        return bindparam(None, callable_=time.time, type_=Double(), unique=True)

    def insert(self, table: Table, /) -> Insert:
        """Give SQLite's own INSERT."""
        return insert(table)

    def changes(self) -> Changes:
        """Look at the file's version."""
        return _Looking(self._path, self._writing)


class _Threads:
    """So many threads, each of which opens a connection with its first transaction and keeps it."""

    def __init__(self, engine: Engine, count: int, name: str, *, begin: str) -> None:
        self._engine = engine
        self._begin = begin
        self._threads = ThreadPoolExecutor(count, name)
        self._own = threading.local()
        self._kept: list[Connection] = []

    async def run(self, work: Callable[[Connection], Result]) -> Result:
        """Run a transaction."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._transacted, work)

    async def version(self) -> int:
        """Give a number that changes when another connection than the only thread's commits."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._version)

    def close(self) -> None:
        """Let what was begun end."""
        self._threads.shutdown()
        for connection in self._kept:
            connection.close()

    def _transacted(self, work: Callable[[Connection], Result]) -> Result:
        connection = self._connection()
        driver = _driver(connection)
        try:
            with connection.begin():  # which begins nothing with this driver
                driver.execute(self._begin)  # not by an event: with one, every statement looks for more
                return work(connection)
        finally:
            if driver.in_transaction:  # a commit that is refused leaves it open, with its lock
                driver.rollback()

    def _version(self) -> int:
        return _version(_driver(self._connection()))

    def _connection(self) -> Connection:
        connection: Connection | None = getattr(self._own, "connection", None)
        if connection is None:
            connection = self._own.connection = self._engine.connect()
            self._kept.append(connection)
        return connection


def _connected(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's
    connection.isolation_level = None  # we say BEGIN ourselves: the driver's would come late, and fail when upgraded
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
        connection.execute(f"PRAGMA {pragma}")


def _driver(connection: Connection) -> sqlite3.Connection:
    return cast("sqlite3.Connection", connection.connection.driver_connection)


def _version(connection: sqlite3.Connection) -> int:
    """Give the number that rises when another connection commits, which SQLite reads from memory."""
    return int(connection.execute("PRAGMA data_version").fetchone()[0])


class _Looking(Changes):
    """Looks for commits, without waiting for a disk or a thread; where there are, asks whether only we wrote."""

    def __init__(self, path: Path, writing: _Threads) -> None:
        self._path = path
        self._writing = writing
        self._connection: sqlite3.Connection | None = None
        self._version: int | None = None
        self._others: int | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc: object) -> None:
        if self._connection is not None:
            self._connection.close()

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
        before, self._version = self._version, self._read()
        if self._version == before:
            return False
        others = self._others
        try:
            self._others = await self._writing.version()
        except (sqlite3.Error, SQLAlchemyError):
            return True  # whoever looks there will see what is wrong
        return None in {before, self._version} or self._others != others

    def _read(self) -> int | None:
        try:
            if self._connection is None:
                self._connection = sqlite3.connect(self._path, timeout=0)
            return _version(self._connection)
        except sqlite3.Error:
            return None
