"""The seam of a store: one database for the catalog and its keywords, in a file or on a server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, Self

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager

    from sqlalchemy import ColumnElement
    from sqlalchemy.dialects import postgresql, sqlite
    from sqlalchemy.ext.asyncio import AsyncConnection
    from sqlalchemy.sql.elements import SQLCoreOperations

    from knowledge.tables import Base


class Store(Protocol):
    """A database with the tables of ``knowledge.tables``, open between entering and leaving it.

    Opening creates what is missing, however many processes do so at once. Whatever the database raises comes as a
    KnowledgeError: Unreachable, Refused, Busy, NoSpace, Damaged or OtherVersion.
    """

    name: str
    """What sentences call it: the path of the file, or server and database without a password."""

    async def __aenter__(self) -> Self:
        """Open it."""
        ...

    async def __aexit__(self, *exc: object) -> None:
        """Close every connection."""
        ...

    def read(self) -> AbstractAsyncContextManager[AsyncConnection]:
        """Give a connection that sees everything as it was at its first query, whatever is published meanwhile."""
        ...

    def write(self) -> AbstractAsyncContextManager[AsyncConnection]:
        """Give a connection in a transaction, which commits at the end, or not at all if anything is raised."""
        ...

    async def generation(self, workspace: str, /) -> int:
        """Say how often this workspace was published; cheap, since every search asks."""
        ...

    def alone(self) -> AbstractAsyncContextManager[None]:
        """Hold the one turn at syncing while the body runs; raises Busy at once where another process has it.

        Whoever dies lets go of it, however it dies.
        """
        ...

    def insert(self, table: type[Base], /) -> sqlite.Insert | postgresql.Insert:
        """Give the database's own INSERT, which knows ``on_conflict_do_update``."""
        ...

    def listed(self, column: SQLCoreOperations[int], /) -> ColumnElement[str]:
        """Give an aggregate: all values of a column as one text, a JSON list, since many rows take the event loop."""
        ...

    def among(self, column: SQLCoreOperations[int], values: str, /) -> ColumnElement[bool]:
        """Hold where a column has one of the values of a JSON list, however many they are."""
        ...
