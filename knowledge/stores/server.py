"""What every client of a PostgreSQL server shares: connecting in time, a pool, and errors that say what to do."""

from __future__ import annotations

from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, Any, Final

import asyncpg
from sqlalchemy import event
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import create_async_engine

from knowledge.errors import KnowledgeError, NoSpace, Refused, Unreachable
from knowledge.stores import sqlstate
from knowledge.stores.address import driver_address, shown_address

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Generator
    from typing import TypeAlias

    from sqlalchemy.engine.interfaces import DBAPIConnection
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

    Connection: TypeAlias = asyncpg.Connection[asyncpg.Record]

SCHEMA: Final = "footnote_knowledge"
"""Where a server keeps all that is known, apart from the bot's own tables, which are migrated and precious."""

_CONNECT: Final = 5.0
_COMMAND: Final = 10.0
"""Seconds, at most, to connect and for one statement: a server that hangs is one that is away."""
_POOL: Final = 8
"""Connections of one pool; small plans of hosts allow 20 in all."""
_PATIENCE: Final = 30.0
"""Seconds that a caller waits for a connection of a full pool."""
_ERRORS: Final[dict[sqlstate.Meaning, type[KnowledgeError]]] = {
    "away": Unreachable,
    "full": NoSpace,
    "refused": Refused,
}


async def connect(address: str, *, command: float = _COMMAND) -> Connection:
    """Open a connection of the driver; ``command`` is how many seconds each of its statements may take."""
    return await asyncpg.connect(driver_address(address), timeout=_CONNECT, command_timeout=command)


def engine(address: str, *, size: int = _POOL, command: float = _COMMAND, patience: float = _PATIENCE) -> AsyncEngine:
    """Make a pool of at most ``size`` connections.

    One that the server has closed since is replaced when it is asked for, so that a restart costs nobody an error; one
    that turns out dead only then takes all that were opened before it along.
    """
    pool = create_async_engine(
        "postgresql+asyncpg://",
        async_creator=lambda *_, **__: connect(address, command=command),
        hide_parameters=True,  # an error's text goes to the log, and people's words do not
        pool_size=size,
        max_overflow=0,
        pool_timeout=patience,
    )
    event.listen(pool.sync_engine, "checkout", _checked)
    return pool


def _checked(connection: DBAPIConnection, *_: object) -> None:
    """Have the pool replace a connection that the driver knows to be closed, which takes no time to ask."""
    driver: Any = getattr(connection, "driver_connection", None)
    if driver is not None and driver.is_closed():
        raise DisconnectionError


class Server:
    """The knowledge's part of a server: tables without a schema are those of ``SCHEMA``.

    Every error is a KnowledgeError: Unreachable where the server is away, has too many clients or took too long,
    NoSpace where its disk or memory is full, Refused for all else.
    """

    def __init__(
        self, address: str, *, size: int = _POOL, command: float = _COMMAND, patience: float = _PATIENCE
    ) -> None:
        """``address`` is one of which ``knowledge.stores.address.is_address`` holds; nothing is opened yet."""
        self.name = shown_address(address)
        self.address = address
        pool = engine(address, size=size, command=command, patience=patience)
        self.engine = pool.execution_options(schema_translate_map={None: SCHEMA})

    @asynccontextmanager
    async def read(self) -> AsyncGenerator[AsyncConnection]:
        """Give a connection that sees everything as it was at its first query, and writes nothing."""
        async with self._begun(isolation_level="REPEATABLE READ", postgresql_readonly=True) as connection:
            yield connection

    @asynccontextmanager
    async def write(self) -> AsyncGenerator[AsyncConnection]:
        """Give a connection in a transaction, which commits at the end, or not at all if anything is raised.

        Others may write meanwhile: each statement sees what was committed before it.
        """
        async with self._begun(isolation_level="READ COMMITTED") as connection:
            yield connection

    @asynccontextmanager
    async def look(self) -> AsyncGenerator[AsyncConnection]:
        """Give a connection without a transaction: one statement takes one way there and back instead of three."""
        async with self._begun(isolation_level="AUTOCOMMIT") as connection:
            yield connection

    async def connect(self) -> Connection:
        """Open a connection of the driver that is not of the pool: for whoever holds one for long."""
        with self.as_told():
            return await connect(self.address)

    async def close(self) -> None:
        """Close the pool."""
        await self.engine.dispose()

    @contextmanager
    def as_told(self) -> Generator[None]:
        """Raise what the server or the driver says as a KnowledgeError."""
        try:
            yield
        except sqlstate.FAULTS as error:
            raise self.told(error) from error

    def told(self, error: BaseException) -> KnowledgeError:
        """Say what an error of the server or the driver means."""
        state = sqlstate.state(error)
        return _ERRORS[sqlstate.meaning(state)](sqlstate.told(state, self.name))

    @asynccontextmanager
    async def _begun(self, **options: object) -> AsyncGenerator[AsyncConnection]:
        with self.as_told():
            async with self.engine.connect() as connection:
                await connection.execution_options(**options)
                try:
                    async with connection.begin():
                        yield connection
                except sqlstate.FAULTS as error:
                    if isinstance(self.told(error), Unreachable):
                        await connection.invalidate()  # whatever is wrong with it, nobody else is to meet it
                    raise
