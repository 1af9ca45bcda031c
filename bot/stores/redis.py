"""A Redis server, which a bot can do without: what is asked of it is answered within a budget, or not at all.

Connections are made and kept warm beside the questions, since a handshake over TLS may take longer than a question may
wait. Once Redis fails a question it is left alone, and asked once a second whether it is back; meanwhile it costs
nothing. Measured on redis-py 8.1, whose own defaults (100 connections and then an error, 10 retries, 5 s) make a black
hole cost 40 s.
"""

from __future__ import annotations

import asyncio
import hashlib
import ssl
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Self, TypeVar

import structlog
from redis.asyncio import BlockingConnectionPool, Connection, SSLConnection, UnixDomainSocketConnection
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import AuthenticationError, NoPermissionError, NoScriptError, RedisError, ResponseError
from redis.exceptions import ConnectionError as NoConnectionError

from bot.errors import RedisAway

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from redis.asyncio.connection import AbstractConnection

    from bot.stores.redis_address import RedisAddress

BUDGET: Final = 0.05
"""Seconds that a question may wait for an answer, and before that for its turn at a connection."""
EVERY: Final = 1.0
"""Seconds between two looks: what a Redis that is back can be overlooked for."""
CONNECTIONS: Final = 4
"""Of one process, all kept open: 200 questions at once take 13 ms over 4 and 11 ms over 8; small plans allow 20."""
_CONNECT: Final = 2.0
"""Seconds that connecting may take, beside the questions."""
_WARM: Final = 15.0
"""Seconds between two uses of a connection at most: hosts close what is idle for some minutes."""

Read = TypeVar("Read")
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Script:
    """Lua that runs whole, and alone. It is sent once to each server, and called by its hash."""

    text: str

    @property
    def digest(self) -> str:
        """What Redis calls it."""
        return hashlib.sha1(self.text.encode(), usedforsecurity=False).hexdigest()


_TRIAL: Final = Script("return redis.call('SET', KEYS[1], '', 'PX', 1000)")
"""Needs what other scripts need: the right to run and to write, memory, and a server that is no replica."""
_TRIED: Final = "footnote:trial"


class _Pool(BlockingConnectionPool):
    """Hands connections out as they are, so that waiting for one and connecting it can have times of their own.

    They share one context of TLS, since reading what a machine trusts takes longer than a question may wait.
    """

    tls: ssl.SSLContext | None = None

    def make_connection(self) -> AbstractConnection:
        """Make one that is not connected yet."""
        connection: AbstractConnection = super().make_connection()  # type: ignore[no-untyped-call]
        if isinstance(connection, SSLConnection):
            connection.ssl_context.context = self.tls
        return connection

    async def ensure_connection(self, connection: AbstractConnection) -> None:
        """Leave that to ``ready``."""

    async def ready(self, connection: AbstractConnection) -> None:
        """Connect it where it is not, or where the server has closed it."""
        await super().ensure_connection(connection)


class Redis:
    """One server. Use as an async context manager, and call ``look`` every ``EVERY`` seconds meanwhile."""

    def __init__(
        self, address: RedisAddress, *, budget: float = BUDGET, now: Callable[[], float] = time.monotonic
    ) -> None:
        """``now`` gives seconds that only rise. Raises OSError where the file of certificates cannot be read."""
        self.name = address.shown
        self._budget = budget
        self._now = now
        self._pool = _pool(address, budget)
        self._away: str | None = None
        self._due = 0.0

    async def __aenter__(self) -> Self:
        """Connect. Redis may be away: then it is found later."""
        await self.look()
        return self

    async def __aexit__(self, *exc: object) -> None:
        """Close every connection."""
        with suppress(RedisError):
            await self._pool.aclose()

    def here(self) -> None:
        """Raise RedisAway while Redis is left alone."""
        if self._away is not None:
            raise RedisAway(self._away)

    async def run(
        self, script: Script, keys: Sequence[str], arguments: Sequence[str | bytes | int], read: Callable[[Any], Read]
    ) -> Read:
        """Run a script, and read its answer with ``read``, which raises ValueError for garbage.

        Raises RedisAway, within twice the budget at the very most.
        """
        self.here()
        try:
            connection = await self._pool.get_connection()  # type: ignore[no-untyped-call]
        except NoConnectionError as error:
            raise RedisAway("Too much is asked of Redis at once.") from error
        try:
            self.here()  # it may have gone while this waited for its turn
            async with asyncio.timeout(self._budget):
                await self._pool.ready(connection)
                return read(await _evaluated(connection, script, keys, arguments))
        except RedisAway:
            raise
        except Exception as error:  # garbage makes the library raise anything
            raise RedisAway(self._lost(error)) from error
        finally:
            await self._pool.release(connection)

    async def look(self) -> None:
        """Keep the connections warm, or find out whether Redis is back. Raises nothing."""
        if self._away is None and self._now() < self._due:
            return
        try:
            tried = await self._warm()  # one alone: a Redis that is away is tried once at a time
            async with asyncio.TaskGroup() as group:
                for _ in range(CONNECTIONS):
                    group.create_task(self._warm())
        except Exception as error:  # noqa: BLE001 - as above
            self._lost(error)
        else:
            if tried:
                self._found()

    async def _warm(self) -> bool:
        """Connect and try the next connection; at the same time, each another. Where all are in use, try none."""
        try:
            connection = await self._pool.get_connection()  # type: ignore[no-untyped-call]
        except NoConnectionError:
            return False
        try:
            async with asyncio.timeout(_CONNECT):
                await self._pool.ready(connection)
            async with asyncio.timeout(self._budget):
                await _evaluated(connection, _TRIAL, [_TRIED], [])
            return True
        finally:
            await self._pool.release(connection)

    def _lost(self, error: Exception) -> str:
        told = _told(error)
        if self._away is None:
            _log.warning("Redis cannot be used, and is done without", server=self.name, why=told)
        self._away = told
        return told

    def _found(self) -> None:
        self._due = self._now() + _WARM
        if self._away is not None:
            _log.warning("Redis can be used again", server=self.name)
        self._away = None


def _pool(address: RedisAddress, budget: float) -> _Pool:
    """Make a pool that connects nothing yet.

    RESP2 needs no handshake but a password, and every server and proxy speaks it; a health check before each command
    would be a second round trip. Time is kept by whoever asks, as a whole and not for each read.
    """
    options: dict[str, Any] = {"path": address.path} if address.path else {"host": address.host, "port": address.port}
    kind: type[AbstractConnection] = UnixDomainSocketConnection if address.path else Connection
    if address.tls:
        kind = SSLConnection
    pool = _Pool(
        max_connections=CONNECTIONS,
        timeout=budget,
        connection_class=kind,
        db=address.database,
        username=address.user or None,
        password=address.password or None,
        retry=Retry(NoBackoff(), 0),
        socket_timeout=None,
        socket_connect_timeout=_CONNECT,
        health_check_interval=0,
        protocol=2,
        driver_info=None,
        **options,
    )
    pool.tls = _context(address) if address.tls else None
    return pool


def _context(address: RedisAddress) -> ssl.SSLContext:
    """Trust what this machine trusts, or the file that the address names alone, or anybody where it says so."""
    context = ssl.create_default_context(cafile=address.authorities or None)
    if not address.verified:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


async def _evaluated(
    connection: AbstractConnection, script: Script, keys: Sequence[str], arguments: Sequence[str | bytes | int]
) -> Any:  # noqa: ANN401 - whatever a script gives
    """Call a script by its hash, or send it where the server does not know it yet."""
    rest = (len(keys), *keys, *arguments)
    try:
        await connection.send_command("EVALSHA", script.digest, *rest)
        return await connection.read_response()
    except NoScriptError:
        await connection.send_command("EVAL", script.text, *rest)
        return await connection.read_response()


def _told(error: Exception) -> str:
    causes = list(_causes(error))
    if any(isinstance(cause, AuthenticationError | NoPermissionError) for cause in causes):
        return "Redis refuses the user or password, or what they may do. Correct REDIS_URL."
    if any(isinstance(cause, ssl.SSLCertVerificationError) for cause in causes):
        return (
            "The certificate of Redis cannot be verified. Name the file that vouches for it, by ssl_ca_certs in the"
            " query of REDIS_URL, or do without by ssl_cert_reqs=none."
        )
    if refused := next((cause for cause in causes if isinstance(cause, ResponseError)), None):
        return f"Redis refuses what is asked of it ({refused.status_code or 'ERR'})."
    return "Redis does not answer, or not in time. Check that it runs and that REDIS_URL names it."


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Give an error, the first of its group, and what led to it."""
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        cause = cause.exceptions[0] if isinstance(cause, BaseExceptionGroup) else cause.__cause__ or cause.__context__
