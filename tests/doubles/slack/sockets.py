"""Socket Mode: websockets over which the app is told things, and acknowledges them."""

from __future__ import annotations

import asyncio
import json
import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal

from aiohttp import WSMsgType, web

from tests.doubles.slack.delivery import PATIENCE, Outcome

if TYPE_CHECKING:
    from tests.doubles.slack.clock import Bell, Clock
    from tests.doubles.slack.delivery import Sent
    from tests.doubles.slack.records import Json
    from tests.doubles.slack.state import State

MOST: Final = 10
"""Sockets that one app may have open."""
Reason = Literal["refresh_requested", "warning", "link_disabled", "too_many_websockets"]


@dataclass(slots=True, kw_only=True, eq=False)
class Socket:
    """``deaf``: what is sent to it vanishes, while the connection stands. ``mute``: nor does it answer pings."""

    ws: web.WebSocketResponse
    deaf: bool = False
    mute: bool = False
    envelopes: set[str] = field(default_factory=set)


class Sockets:
    """All that are open. Envelopes go to one after the other in turn."""

    def __init__(self, state: State, clock: Clock, bell: Bell) -> None:
        self.open: list[Socket] = []
        self.strange: list[str] = []
        """What came over a socket and was no acknowledgement of something sent."""
        self.opened = 0
        """How many there ever were."""
        self.born_deaf = False
        self._state = state
        self._clock = clock
        self._bell = bell
        self._turn = 0
        self._waiting: dict[str, asyncio.Future[Outcome]] = {}

    def deafen(self, *, pings: bool = True, new: bool = False) -> None:
        """Let open sockets deliver nothing any more, nor answer ``pings``; with ``new``, those to come as well."""
        self.born_deaf = new
        for socket in self.open:
            socket.deaf, socket.mute = True, not pings

    async def drop(self) -> None:
        """Break all connections, without a word."""
        for socket in list(self.open):
            _abort(socket.ws)
            self._gone(socket)

    async def refresh(self, reason: Reason = "refresh_requested") -> None:
        """Tell the app to connect anew, and close the sockets that were open."""
        for socket in list(self.open):
            await self._disconnect(socket.ws, reason)
            self._gone(socket)
            await socket.ws.close()

    async def attempt(self, sent: Sent, number: int, /) -> Outcome:
        """Send an envelope over the next socket, and wait for its acknowledgement."""
        if not self.open:
            return Outcome(reason="no_socket")
        socket = self.open[self._turn % len(self.open)]
        self._turn += 1
        name = str(uuid.UUID(int=self._turn))
        socket.envelopes.add(name)
        come: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        self._waiting[name] = come
        alarm = self._clock.at(self._clock.now() + PATIENCE, lambda: self._settle(name, Outcome(reason="timeout")))
        if not socket.deaf:
            await socket.ws.send_str(json.dumps(_envelope(sent, name, number)))
        try:
            return await come
        finally:
            alarm.cancel()
            self._waiting.pop(name, None)

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Take a websocket in, greet it, and hear its acknowledgements until it is gone."""
        ticket = request.query.get("ticket", "")
        if ticket not in self._state.tickets:
            return web.Response(status=404)
        self._state.tickets.discard(ticket)
        ws = web.WebSocketResponse(autoping=False, timeout=0.1)
        await ws.prepare(request)
        if len(self.open) >= MOST:
            await self._disconnect(ws, "too_many_websockets")
            await ws.close()
            return ws
        socket = Socket(ws=ws, deaf=self.born_deaf)
        self.open.append(socket)
        self.opened += 1
        await ws.send_str(json.dumps(self._hello()))
        self._bell.ring()
        try:
            async for message in ws:
                await self._heard(socket, message.type, message.data)
        finally:
            self._gone(socket)
        return ws

    async def _heard(self, socket: Socket, kind: WSMsgType, data: str | bytes) -> None:
        if kind is WSMsgType.PING and not isinstance(data, str) and not socket.mute:
            await socket.ws.pong(bytes(data))
        elif kind is WSMsgType.TEXT and isinstance(data, str):
            self._acknowledged(data)

    def _acknowledged(self, said: str) -> None:
        try:
            body = json.loads(said)
            name = body["envelope_id"]
        except (ValueError, TypeError, KeyError):
            self.strange.append(said)
            return
        if name not in self._waiting:
            self.strange.append(said)
        self._settle(name, Outcome(answer=body.get("payload")))

    def _settle(self, name: str, outcome: Outcome) -> None:
        come = self._waiting.get(name)
        if come and not come.done():
            come.set_result(outcome)

    def _gone(self, socket: Socket) -> None:
        """What was under way over a socket that broke is known at once not to have arrived."""
        if socket in self.open:
            self.open.remove(socket)
        for name in socket.envelopes:
            self._settle(name, Outcome(reason="socket_closed"))
        self._bell.ring()

    def _hello(self) -> Json:
        return {
            "type": "hello",
            "num_connections": len(self.open),
            "debug_info": {"host": "applink-0", "build_number": 120, "approximate_connection_time": 18060},
            "connection_info": {"app_id": self._state.app.id},
        }

    @staticmethod
    async def _disconnect(ws: web.WebSocketResponse, reason: Reason) -> None:
        said = {"type": "disconnect", "reason": reason, "debug_info": {"host": "applink-0"}}
        await ws.send_str(json.dumps(said))


def _envelope(sent: Sent, name: str, number: int) -> Json:
    envelope: Json = {
        "envelope_id": name,
        "payload": sent.payload,
        "type": sent.type,
        "accepts_response_payload": sent.accepts_response,
    }
    if sent.type == "events_api":
        envelope |= {"retry_attempt": number, "retry_reason": "timeout" if number else ""}
    return envelope


def _abort(ws: web.WebSocketResponse) -> None:
    writer = ws._writer
    if writer is not None and writer.transport is not None:
        transport: asyncio.Transport = writer.transport
        transport.abort()
