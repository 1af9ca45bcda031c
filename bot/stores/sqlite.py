"""A SQLite file: one machine, nothing to install. Every commit reaches the disk before it is said to be one.

One thread writes and a few read, so a transaction costs one change of threads however many statements it has, and
writers wait for each other in their order.
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Final, Self

from sqlalchemy import Double, bindparam, create_engine, event
from sqlalchemy.dialects.sqlite import insert

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
        event.listen(self._engine, "begin", _begun)
        self._writers = self._engine.execution_options(footnote_writes=True)
        self._writing = ThreadPoolExecutor(1, "footnote-writes")
        self._reading = ThreadPoolExecutor(_READERS, "footnote-reads")

    async def open(self) -> None:
        """Migrate the file with a connection of its own."""
        await asyncio.to_thread(migrate, self._path)

    async def close(self) -> None:
        """Let what was begun end, then close."""
        for threads in (self._writing, self._reading):
            await asyncio.to_thread(threads.shutdown)
        await asyncio.to_thread(self._engine.dispose)

    async def read(self, work: Callable[[Connection], Result], /) -> Result:
        """Run it in a thread that reads: one consistent view, which never waits for a writer."""
        return await asyncio.get_running_loop().run_in_executor(self._reading, _transacted, self._engine, work)

    async def write(self, work: Callable[[Connection], Result], /) -> Result:
        """Run it in the thread that writes."""
        return await asyncio.get_running_loop().run_in_executor(self._writing, _transacted, self._writers, work)

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
        return _Looking(self._path)


def _transacted(engine: Engine, work: Callable[[Connection], Result]) -> Result:
    with engine.begin() as connection:
        return work(connection)


def _connected(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's
    connection.isolation_level = None  # we say BEGIN ourselves: the driver's would come late, and fail when upgraded
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begun(connection: Connection) -> None:
    writes = connection.get_execution_options().get("footnote_writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


class _Looking(Changes):
    """Asks SQLite for the number that rises when another connection commits."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._connection: sqlite3.Connection | None = None
        self._version: int | None = None

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
        while not self._changed():
            left = until - time.monotonic()
            if left <= 0:
                return False
            await asyncio.sleep(min(_LOOK, left))
        return True

    def _changed(self) -> bool:
        before, self._version = self._version, self._read()
        return before is not None and self._version != before

    def _read(self) -> int | None:
        """Read the number from memory that all processes map, so without waiting for a disk or a thread."""
        try:
            if self._connection is None:
                self._connection = sqlite3.connect(self._path, timeout=0)
            return int(self._connection.execute("PRAGMA data_version").fetchone()[0])
        except sqlite3.Error:
            return None
