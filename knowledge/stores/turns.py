"""One sync at a time for a database on a server, even where the server loses sight of the one whose turn it is.

A turn is a lock of a connection that does nothing else: the server lets go of it when the connection ends, however it
does. That may be a broken network while the sync lives on, and another sync may then begin. So each turn also has a
number, and every write of a sync makes sure that no later turn has begun, in a way that lets none begin before it ends.
"""

from __future__ import annotations

from contextlib import asynccontextmanager, suppress
from contextvars import ContextVar
from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from knowledge.errors import Busy
from knowledge.stores.server import SCHEMA
from knowledge.stores.sqlstate import FAULTS
from knowledge.tables import Setting

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from sqlalchemy.ext.asyncio import AsyncConnection

    from knowledge.stores.server import Connection, Server

_LOCK: Final = 8_317_128_044
"""The number of the advisory lock; any that no other program on the same database takes."""
_TURN: Final = "turn"
_SOON: Final = "SET tcp_keepalives_idle = 20; SET tcp_keepalives_interval = 10; SET tcp_keepalives_count = 3"
"""A machine that is gone, not only its process, is given up after a minute instead of two hours."""
_NEXT: Final = f"""
    INSERT INTO {SCHEMA}.setting AS held (name, value) VALUES ('{_TURN}', '1')
    ON CONFLICT (name) DO UPDATE SET value = (held.value::bigint + 1)::text RETURNING value
"""  # noqa: S608 - constants
"""Waits for the writes of an earlier turn that are under way; those that come after see that theirs is over."""

_mine: ContextVar[tuple[tuple[Server, str], ...]] = ContextVar("_mine", default=())
"""The turns of whoever runs, and of the tasks that it began: others of the process write as they like."""


class Turns:
    """The turns at one database."""

    def __init__(self, server: Server) -> None:
        """``server`` has the tables of ``knowledge.tables``."""
        self._server = server

    @asynccontextmanager
    async def alone(self) -> AsyncGenerator[None]:
        """Hold the turn while the body runs; raises Busy at once where another process has it."""
        connection = await self._server.connect()
        before = _mine.get()
        try:
            with self._server.as_told():
                number = await self._begun(connection)
            _mine.set((*before, (self._server, number)))
            yield
        finally:
            _mine.set(before)
            await _left(connection)

    async def check(self, connection: AsyncConnection) -> None:
        """Let no later turn begin until the transaction ends; raises Busy where one has. Who has no turn may write."""
        mine = [number for server, number in _mine.get() if server is self._server]
        if mine:
            now = select(Setting.value).where(Setting.name == _TURN).with_for_update(read=True)
            if await connection.scalar(now) != mine[-1]:
                raise Busy(
                    f"The connection to {self._server.name} was lost, and another sync has begun there meanwhile; "
                    f"nothing of this one was published. Wait for the other to end, then run the command again."
                )

    async def _begun(self, connection: Connection) -> str:
        await connection.execute(_SOON)
        if not await connection.fetchval("SELECT pg_try_advisory_lock($1)", _LOCK):
            raise Busy(
                f"Another sync is writing to {self._server.name}; wait for it to end, or stop it, and run the command "
                f"again."
            )
        return str(await connection.fetchval(_NEXT))


async def _left(connection: Connection) -> None:
    """Let go of the lock before the connection is seen to end, so that whoever comes next finds it free."""
    with suppress(*FAULTS):
        await connection.execute("SELECT pg_advisory_unlock_all()")
        await connection.close(timeout=1)
    connection.terminate()
