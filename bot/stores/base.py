"""What a database must be able to do beyond SQL that all of them speak."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, Self

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement
    from sqlalchemy.dialects import postgresql, sqlite
    from sqlalchemy.ext.asyncio import AsyncEngine

    from bot.errors import StoreError


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
    """One kind of database, and where this one is."""

    name: str
    """What people call it; it holds no secret."""
    one_writer: bool
    """Whether writers must take turns, because only one can write at a time."""

    def engine(self) -> AsyncEngine:
        """Make its pool of connections, none of them open yet."""
        ...

    async def migrate(self, engine: AsyncEngine, /) -> None:
        """Bring it to the newest schema, whoever else tries at the same time. Raises StoreError."""
        ...

    def told(self, error: BaseException, /) -> StoreError:
        """Put an error into a sentence with a remedy; StoreAway where another try may do."""
        ...

    def now(self) -> ColumnElement[float]:
        """Give seconds since 1970 by the clock that all of its processes share."""
        ...

    def insert(self, table: Any, /) -> sqlite.Insert | postgresql.Insert:  # noqa: ANN401 - a mapped class or a table
        """Give an INSERT that knows ON CONFLICT."""
        ...

    def changes(self) -> Changes:
        """Listen to other processes."""
        ...
