"""What a PostgreSQL server means by an error, by its SQLSTATE, and in sentences that name the remedy.

https://www.postgresql.org/docs/current/errcodes-appendix.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, TypeAlias

import asyncpg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

if TYPE_CHECKING:
    from collections.abc import Iterator

Meaning: TypeAlias = Literal["away", "full", "refused"]
"""It passes by itself; it passes when somebody makes room; it does not pass."""

FAULTS: Final = (
    DBAPIError,
    PoolTimeout,
    OSError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
)
"""What the driver and the pool raise, the server's own errors among them. TimeoutError is an OSError."""

_AWAY: Final = ("08", "57P", "53300", "57014", "40001", "40P01", "25006")
"""Beginnings of SQLSTATEs that pass: connection, shutdown, too many clients, cancelled, collided, failing over."""
_FULL: Final = ("53100", "53200")
"""No disk and no memory."""
_LOST: Final = (OSError, PoolTimeout, asyncpg.InterfaceError, asyncpg.InternalClientError)


def state(error: BaseException) -> str | None:
    """Give the SQLSTATE of an error, however often it was wrapped; None where the server did not get to say one."""
    chain = list(_causes(error))
    for cause in chain:
        if isinstance(found := getattr(cause, "sqlstate", None), str):
            return found
        if isinstance(cause, asyncpg.DataError):  # the driver's own: a value that cannot be sent
            return "22000"
    return None if any(isinstance(cause, _LOST) for cause in chain) else "XX000"


def meaning(state: str | None) -> Meaning:
    """Say whether what a state stands for passes."""
    if state is None or state.startswith(_AWAY):
        return "away"
    return "full" if state.startswith(_FULL) else "refused"


def told(state: str | None, name: str) -> str:
    """Say it of the database that sentences call ``name``, which holds no password."""
    if meaning(state) == "away":
        return f"PostgreSQL does not answer for {name}. Check that it runs and that DATABASE_URL names it."
    if meaning(state) == "full":
        return f"PostgreSQL has no space or memory left for {name}. Make room on its machine, then try again."
    if state is not None and state.startswith("28"):
        return f"PostgreSQL refuses the user or password for {name}. Correct DATABASE_URL."
    if state == "3D000":
        return f"PostgreSQL has no such database: {name}. Create it, or correct DATABASE_URL."
    if state == "42501":
        return f"The user of DATABASE_URL may not do that in {name}. Grant it the rights of the owner."
    return f"PostgreSQL refused a statement in {name} (SQLSTATE {state}). The log has the details."


def _causes(error: BaseException) -> Iterator[BaseException]:
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        cause = getattr(cause, "orig", None) or cause.__cause__
