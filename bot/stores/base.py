"""What a database must be able to do beyond the SQL that all of them speak."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, Self, TypeAlias, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import ColumnElement, Connection, Table
    from sqlalchemy.dialects import postgresql, sqlite

    from bot.errors import StoreError

    Insert: TypeAlias = sqlite.Insert | postgresql.Insert

Result = TypeVar("Result")


class Changes(Protocol):
    """Hears that another process wrote. Use as an async context manager."""

    @property
    def hears(self) -> bool:
        """Whether it could hear now, having waited once."""
        ...

    async def __aenter__(self) -> Self: ...
    async def __aexit__(self, *exc: object) -> None: ...

    async def wait(self, seconds: float, /) -> bool:
        """Return True soon after another process may have written, False when so many seconds are over.

        Whatever cannot be heard for a while is reported as a change once it can be again. Raises nothing.
        """
        ...


class Store(Protocol):
    """One kind of database, and where this one is. Between ``open`` and ``close`` it runs transactions.

    A transaction is a plain function of a connection: on SQLite it runs whole in a thread, on PostgreSQL on the event
    loop, and it need not know which.
    """

    name: str
    """What people call it; it holds no secret."""
    chains: bool
    """Whether a statement may hold others that change something, and use what they give: one way to the server less."""
    serial: bool
    """Whether writes are made one after another, each of which sees all before it."""

    async def open(self) -> None:
        """Bring it to the newest schema, whoever else tries at the same time. Raises StoreError."""
        ...

    async def close(self) -> None:
        """Close every connection."""
        ...

    async def read(self, work: Callable[[Connection], Result], /) -> Result:
        """Run a transaction that only reads. Raises the driver's errors."""
        ...

    async def write(self, work: Callable[[Connection], Result], /) -> Result:
        """Run a transaction, and commit it before this returns. Raises the driver's errors."""
        ...

    def told(self, error: BaseException, /) -> StoreError:
        """Put an error into a sentence with a remedy; StoreAway where another try may do, StoreBusy later."""
        ...

    def now(self) -> ColumnElement[float]:
        """Give seconds since 1970, as they are when the statement runs, by the clock that all processes share."""
        ...

    def insert(self, table: Table, /) -> Insert:
        """Give an INSERT that knows ON CONFLICT."""
        ...

    def changes(self) -> Changes:
        """Listen to other processes."""
        ...
