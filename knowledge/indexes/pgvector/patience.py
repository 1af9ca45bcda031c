"""How long things on the server may take, and how often they are tried."""

from __future__ import annotations

import asyncio
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from knowledge.errors import Unreachable

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable

    from sqlalchemy.ext.asyncio import AsyncConnection

    from knowledge.stores.server import Connection, Server

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """In seconds.

    ``question`` is for a whole search; ``pauses`` are between tries of what a sync does, together about as long as a
    server takes to restart, and no try begins after ``tries``; ``index`` is for making an index of many millions.
    """

    question: float = 1.5
    pauses: tuple[float, ...] = (0.1, 0.2, 0.4, 0.8, 1.6, 3.2)
    tries: float = 30.0
    index: float = 7_200.0


@asynccontextmanager
async def hurried(server: Server, seconds: float) -> AsyncGenerator[AsyncConnection]:
    """Give a connection to read by, which is cut when the time is up; raises Unreachable then.

    Cancelling what hangs would not do: the driver then waits for the server to agree. What ends the transaction, after
    the body, may hang as well.
    """
    loop = asyncio.get_running_loop()
    until = loop.time() + seconds
    with ExitStack() as cut:
        try:
            async with asyncio.timeout_at(until) as connecting, server.read() as connection:
                connecting.reschedule(None)
                driver: Connection = (await connection.get_raw_connection()).driver_connection
                cut.callback(loop.call_at(until, driver.terminate).cancel)
                yield connection
        except TimeoutError as error:
            raise Unreachable(f"PostgreSQL does not answer for {server.name} in time. Check that it runs.") from error


async def patiently(work: Callable[[], Awaitable[_T]], patience: Patience) -> _T:
    """Do what comes to the same when it is done twice, again while the server is away."""
    loop = asyncio.get_running_loop()
    until = loop.time() + patience.tries
    for pause in patience.pauses:
        try:
            return await work()
        except Unreachable:
            if loop.time() > until:
                raise
        await asyncio.sleep(pause)
    return await work()
