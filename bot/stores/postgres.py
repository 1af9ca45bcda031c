"""A PostgreSQL server: several processes, on one machine or many, share what is owed."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final, Self

import asyncpg
from sqlalchemy import Double, cast, extract, func
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import create_async_engine

from bot.errors import StoreAway, StoreBusy, StoreError
from bot.migrating import migrate_on
from bot.stores.address import driver_address, shown_address
from bot.stores.base import Changes, Result, Store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import ColumnElement, Connection, Table
    from sqlalchemy.dialects.postgresql import Insert

_CONNECT: Final = 5.0
_COMMAND: Final = 10.0
"""Seconds, at most, to connect and for one statement: a server that hangs is one that is away."""
_POOL: Final = 8
"""Connections of one process; small plans of hosts allow 20 in all."""
_PATIENCE: Final = 30.0
_AGAIN: Final = 1.0
"""Seconds until listening is tried again."""
_CHANNEL: Final = "footnote_inbox"
"""The channel that the trigger of the inbox notifies."""

_AWAY: Final = ("08", "57P", "53300", "57014", "40001", "40P01", "25006")
"""Beginnings of SQLSTATEs that pass: connection, shutdown, too many clients, cancelled, collided, failing over."""
_FULL: Final = ("53100", "53200")
"""No disk and no memory: it passes when somebody makes room."""


class Postgres(Store):
    """The server and database of an address. A dead connection takes all that were opened before it along."""

    chains = True

    def __init__(self, address: str) -> None:
        """``address`` begins with postgres:// or postgresql://."""
        self.name = shown_address(address)
        self._address = driver_address(address)
        self._engine = create_async_engine(
            "postgresql+asyncpg://",
            async_creator=lambda *_, **__: self._connect(),
            hide_parameters=True,  # an error's text goes to the log, and people's words do not
            pool_size=_POOL,
            max_overflow=0,
            pool_timeout=_PATIENCE,
        )

    async def open(self) -> None:
        """Migrate under a lock, in one transaction."""
        try:
            await self.write(lambda connection: migrate_on(connection, self.name))
        except (DBAPIError, PoolTimeout, OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
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
        state = _state(error)
        if state is None or state.startswith(_AWAY):
            return StoreAway(
                f"PostgreSQL does not answer for {self.name}. Check that it runs and that DATABASE_URL names it."
            )
        return (StoreBusy if state.startswith(_FULL) else StoreError)(_told(state, self.name))

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
        return await asyncpg.connect(self._address, timeout=_CONNECT, command_timeout=_COMMAND)


def _told(state: str, name: str) -> str:
    if state.startswith("28"):
        return f"PostgreSQL refuses the user or password for {name}. Correct DATABASE_URL."
    if state == "3D000":
        return f"PostgreSQL has no such database: {name}. Create it, or correct DATABASE_URL."
    if state == "42501":
        return f"The user of DATABASE_URL may not do that in {name}. Grant it the rights of the owner."
    if state.startswith(_FULL):
        return f"PostgreSQL has no space or memory left for {name}. Make room on its machine, then try again."
    if state == "42P01":
        return f"Tables are missing in {name}. Run footnote migrate."
    return f"PostgreSQL refused a statement in {name} (SQLSTATE {state}). The log has the details."


def _state(error: BaseException) -> str | None:
    """The SQLSTATE of an error, however often it was wrapped; None where the server did not get to say one."""
    chain = list(_causes(error))
    for cause in chain:
        if isinstance(state := getattr(cause, "sqlstate", None), str):
            return state
        if isinstance(cause, asyncpg.DataError):  # the driver's own: a value that cannot be sent
            return "22000"
    lost = (OSError, TimeoutError, PoolTimeout, asyncpg.InterfaceError, asyncpg.InternalClientError)
    return None if any(isinstance(cause, lost) for cause in chain) else "XX000"


def _causes(error: BaseException) -> Iterator[BaseException]:
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        cause = getattr(cause, "orig", None) or cause.__cause__


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
