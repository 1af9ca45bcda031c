"""Socket Mode: a websocket over which Slack tells what happens, kept open; what came is acknowledged once it is safe.

The SDK's own client is not used: it goes on trying an address that is good for once, for ever, knows no bound for what
it handles at a time, and leaves tasks behind. A socket may go deaf: one that answers no pings is closed by aiohttp, and
where nothing at all came for ten minutes another one takes its place.
"""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import structlog
from aiohttp import ClientError, ClientSession, ClientWebSocketResponse, ClientWSTimeout, WSMsgType

from adapters.payload import at, text
from adapters.slack.errors import Limited, Refused, SlackError
from adapters.slack.responses import say
from adapters.slack.tokens import app_token_refused, hopeless

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from adapters.clock import Clock
    from adapters.slack.base import Takes
    from adapters.slack.calls import Calls

_PAUSES: Final = (0.2, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0)
"""Seconds before each further try to connect, the last again and again."""
_SETTLED: Final = 30.0
"""Seconds that a connection lasts that was not refused at once in effect."""
_OPENING: Final = 15.0
_LEAVING: Final = 10.0
"""Seconds for which Slack may still use a socket that it told us to replace."""
_CLOSING: Final = 2.0
_AT_ONCE: Final = 50
"""Envelopes handled at a time; the others wait with Slack's connection."""
_log = structlog.get_logger()


@dataclass(slots=True, eq=False)
class _Connection:
    """One socket: when something came last, whether Slack greeted, and whether it was replaced."""

    ws: ClientWebSocketResponse
    heard_at: float
    greeted: bool = False
    spent: asyncio.Event = field(default_factory=asyncio.Event)
    beside: list[asyncio.Task[None]] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class Sockets:
    """Keeps one socket open while it runs.

    ``calls`` are those of the app token. ``missed`` is told, whenever another socket is open, when something came over
    the last; None is before this process. ``ping`` and ``silence`` are seconds.
    """

    calls: Calls
    app_token: str
    take: Takes
    missed: Callable[[float | None], None]
    clock: Clock
    ping: float = 10.0
    silence: float = 600.0
    _failures: int = 0

    async def run(self) -> None:
        """Connect, and connect anew, until cancelled. Raises SlackError where Slack refuses the token at the start."""
        address: str | None = await self._first()
        since: float | None = None
        async with ClientSession(trust_env=True) as session, asyncio.TaskGroup() as group:
            while True:
                connection = await self._connected(session, address)
                address = None
                began = self.clock.now()
                group.create_task(self._serve(connection))
                self.missed(since)
                await connection.spent.wait()
                since = connection.heard_at
                held = connection.greeted and self.clock.now() - began >= _SETTLED
                self._failures = 0 if held else self._failures + 1

    async def _first(self) -> str | None:
        try:
            return await self._address()
        except Refused as error:
            if hopeless(error.code):
                raise SlackError(app_token_refused(error.code)) from error
            self._failed(error)
        except SlackError as error:
            self._failed(error)
        return None

    async def _connected(self, session: ClientSession, address: str | None) -> _Connection:
        """Open a socket, however long that takes."""
        while True:
            if self._failures:
                await self.clock.sleep(_PAUSES[min(self._failures, len(_PAUSES)) - 1])
            try:
                url, address = address or await self._address(), None
                async with asyncio.timeout(_OPENING):
                    ws = await session.ws_connect(url, heartbeat=self.ping, timeout=ClientWSTimeout(ws_close=_CLOSING))
                return _Connection(ws, self.clock.now())
            except Limited as error:
                self._failed(error)
                await self.clock.sleep(error.seconds)
            except (SlackError, ClientError, OSError, TimeoutError, ValueError) as error:
                self._failed(error)

    async def _address(self) -> str:
        url = text(await self.calls.ask("apps.connections.open", within=_OPENING, app_token=self.app_token), "url")
        if not url.startswith(("ws://", "wss://")):
            raise SlackError("Slack gave no address for a socket.")
        return url

    def _failed(self, error: Exception) -> None:
        self._failures += 1
        why = error.told if isinstance(error, SlackError) else type(error).__name__
        _log.warning("no socket", why=why, failures=self._failures)

    async def _serve(self, connection: _Connection) -> None:
        """Hear a socket until it is closed, silent, or was left for another."""
        try:
            async with asyncio.TaskGroup() as group:
                connection.beside.append(group.create_task(self._watch(connection)))
                await self._hear(connection, group)
                connection.spent.set()
                for task in connection.beside:
                    task.cancel()
        except Exception as error:  # noqa: BLE001 - whatever is wrong with one socket, another takes its place
            _log.warning("a socket broke", error=type(error).__name__, exc_info=error)
        finally:
            connection.spent.set()
            await connection.ws.close()

    async def _hear(self, connection: _Connection, group: asyncio.TaskGroup) -> None:
        free = asyncio.Semaphore(_AT_ONCE)
        async for message in connection.ws:
            if message.type is not WSMsgType.TEXT:
                continue
            connection.heard_at = self.clock.now()
            envelope = _read(message.data)
            match text(envelope, "type"):
                case "hello":
                    connection.greeted = True
                    _log.info("socket open")
                case "disconnect":
                    self._leave(connection, text(envelope, "reason"), group)
                case _ if text(envelope, "envelope_id"):
                    await free.acquire()
                    group.create_task(self._handle(connection.ws, envelope, free))
                case _:
                    _log.debug("nothing of ours came over the socket")

    def _leave(self, connection: _Connection, reason: str, group: asyncio.TaskGroup) -> None:
        """Have another socket opened; this one is heard until Slack closes it, or for a while."""

        async def later() -> None:
            await self.clock.sleep(_LEAVING)
            await connection.ws.close()

        _log.info("socket to be replaced", reason=reason)
        connection.spent.set()
        connection.beside.append(group.create_task(later()))

    async def _watch(self, connection: _Connection) -> None:
        """Close a socket over which nothing came for too long."""
        while (left := connection.heard_at + self.silence - self.clock.now()) > 0:
            await self.clock.sleep(left)
        _log.info("socket silent, so another is opened", seconds=self.silence)
        connection.spent.set()
        await connection.ws.close()

    async def _handle(self, ws: ClientWebSocketResponse, envelope: object, free: asyncio.Semaphore) -> None:
        try:
            retry = at(envelope, "retry_attempt")
            taken = await self.take(at(envelope, "payload"), redelivered=isinstance(retry, int) and retry > 0)
            if taken.status != 200:  # noqa: PLR2004 - what HTTP calls it
                return
            said: dict[str, object] = {"envelope_id": text(envelope, "envelope_id")}
            aside = taken.body is not None and at(envelope, "accepts_response_payload") is False
            if taken.body is not None and not aside:
                said["payload"] = dict(taken.body)
            with suppress(ClientError, OSError):  # it was closed meanwhile, so Slack delivers it again
                await ws.send_json(said)
            if taken.body is not None and aside:
                await self._say_aside(text(envelope, "payload", "response_url"), taken.body)
        finally:
            free.release()

    async def _say_aside(self, url: str, body: Mapping[str, object]) -> None:
        """Say what an acknowledgement may not carry where Slack takes it all the same."""
        if not await say(url, self.calls.client.base_url, dict(body)):
            _log.warning("a person was not told what an acknowledgement could not say")


def _read(said: object) -> object:
    try:
        return json.loads(said) if isinstance(said, str) else None
    except (ValueError, RecursionError):
        return None
