"""A PostgreSQL server: several processes, on one machine or many, share what is owed."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final, Self

import asyncpg
from sqlalchemy import Double, cast, extract, func
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError

from bot.errors import StoreAway, StoreBusy, StoreError
from bot.migrating import migrate_on
from bot.stores.base import Changes, Result, Store
from knowledge.stores import server, sqlstate
from knowledge.stores.address import shown_address

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import ColumnElement, Connection, Table
    from sqlalchemy.dialects.postgresql import Insert

_AGAIN: Final = 1.0
"""Seconds until listening is tried again."""
_CHANNEL: Final = "footnote_inbox"
"""The channel that the trigger of the inbox notifies."""
_ERRORS: Final[dict[sqlstate.Meaning, type[StoreError]]] = {"away": StoreAway, "full": StoreBusy, "refused": StoreError}


class Postgres(Store):
    """The server and database of an address. A dead connection takes all that were opened before it along."""

    chains = True
    serial = False

    def __init__(self, address: str) -> None:
        """``address`` begins with postgres:// or postgresql://."""
        self.name = shown_address(address)
        self._address = address
        self._engine = server.engine(address)

    async def open(self) -> None:
        """Migrate under a lock, in one transaction."""
        try:
            await self.write(lambda connection: migrate_on(connection, self.name))
        except sqlstate.FAULTS as error:
            raise self.told(error) from error

    async def close(self) -> None:
        """Close the pool."""
        await self._engine.dispose()

    async def read(self, work: Callable[[Connection], Result], /) -> Result:
        """Run it; each of its statements sees what was committed before it."""
        return await self.write(work)

    async def write(self, work: Callable[[Connection], Result], /) -> Result:
        """Run it on a connection of the pool, which it leaves for good when something is wrong with it."""
        async with self._engine.connect() as connection:
            try:
                async with connection.begin():
                    return await connection.run_sync(work)
            except (DBAPIError, OSError, asyncpg.InternalClientError) as error:
                if isinstance(self.told(error), StoreAway):
                    await connection.invalidate()
                raise

    def told(self, error: BaseException, /) -> StoreError:
        """Say what is wrong with the server, by its SQLSTATE."""
        state = sqlstate.state(error)
        if state == "42P01":
            return StoreError(f"Tables are missing in {self.name}. Run footnote migrate.")
        return _ERRORS[sqlstate.meaning(state)](sqlstate.told(state, self.name))

    def now(self) -> ColumnElement[float]:
        """Give the server's time, as it is now and not as it was when the transaction began."""
        return cast(extract("epoch", func.clock_timestamp()), Double)

    def insert(self, table: Table, /) -> Insert:
        """Give PostgreSQL's own INSERT."""
        return insert(table)

    def changes(self) -> Changes:
        """Listen to the inbox's notifications."""
        return _Listening(self._connect)

    async def _connect(self) -> asyncpg.Connection[asyncpg.Record]:
        return await server.connect(self._address)


class _Listening(Changes):
    """One connection that is notified. While it is lost, nothing is heard, so coming back counts as a change."""

    def __init__(self, connect: Any) -> None:  # noqa: ANN401 - a coroutine function of a generic class
        self._connect = connect
        self._connection: asyncpg.Connection[asyncpg.Record] | None = None
        self._heard = asyncio.Event()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc: object) -> None:
        if self._connection is not None:
            with suppress(OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
                await self._connection.close(timeout=1.0)

    @property
    def hears(self) -> bool:
        """Whether the connection stands."""
        return self._connection is not None and not self._connection.is_closed()

    async def wait(self, seconds: float, /) -> bool:
        """Wait for a notification, after connecting where that is needed."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while not self.hears:
                    await self._listen()
                await self._heard.wait()
                self._heard.clear()
                return True
        return False

    async def _listen(self) -> None:
        try:
            connection = await self._connect()
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            await asyncio.sleep(_AGAIN)
            return
        try:
            await connection.add_listener(_CHANNEL, self._hear)
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            connection.terminate()
        except BaseException:
            connection.terminate()
            raise
        else:
            connection.add_termination_listener(self._hear)
            self._connection = connection
            self._heard.set()

    def _hear(self, *_: object) -> None:
        self._heard.set()
