"""Discord's gateway: sessions that outlive their connections, told what their shard and intents let them know."""

from __future__ import annotations

import asyncio
import json
import zlib
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Any, Final

from aiohttp import WSMsgType, web
from simcord.backend import serializers
from simcord.backend.access import channel_accessible

from tests.doubles.discord.shaping import shaped, shard_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.doubles.discord.world import World
    from tests.doubles.slack.clock import Bell, Tasks

_PRIVILEGED: Final = {"members": 1 << 1, "presences": 1 << 8, "message_content": 1 << 15}
_LEFT_FOR_GOOD: Final = (1000, 1001)
"""Codes by which a bot that closes ends its session as well."""


@dataclass(slots=True, kw_only=True, eq=False)
class Session:
    """What one connection identified as. It keeps what it was told, for whoever resumes it."""

    id: str
    intents: int
    shard: int
    shards: int
    told: list[dict[str, Any]] = field(default_factory=list)
    socket: Socket | None = None

    def tell(self, event: str, payload: Mapping[str, Any]) -> None:
        envelope = {"op": 0, "s": len(self.told) + 1, "t": event, "d": payload}
        self.told.append(envelope)
        if self.socket is not None:
            self.socket.send(envelope)


class Socket:
    """One connection; what is sent waits in line, so that nobody who acts has to."""

    def __init__(self, ws: web.WebSocketResponse, request: web.Request) -> None:
        self._ws = ws
        self._request = request
        self._line: asyncio.Queue[dict[str, Any] | int] = asyncio.Queue()
        self._deflate = zlib.compressobj() if request.query.get("compress") == "zlib-stream" else None

    def send(self, envelope: dict[str, Any]) -> None:
        self._line.put_nowait(envelope)

    def close(self, code: int) -> None:
        """Close once all that waits is sent."""
        self._line.put_nowait(code)

    def abort(self) -> None:
        """Break the connection off, as a network does."""
        if self._request.transport is not None:
            self._request.transport.abort()

    async def write(self) -> None:
        try:
            while not isinstance(next_one := await self._line.get(), int):
                text = json.dumps(next_one).encode()
                if self._deflate is None:
                    await self._ws.send_str(text.decode())
                else:
                    await self._ws.send_bytes(self._deflate.compress(text) + self._deflate.flush(zlib.Z_SYNC_FLUSH))
            await self._ws.close(code=next_one)
        except ConnectionError:
            self.abort()  # whoever listened is gone


class Gateway:
    """``sessions`` are those that live, by id; ``identified`` and ``resumed`` count. ``beat`` is told to whoever comes.

    Every session is told of everything, so that two processes with one token both hear.
    """

    def __init__(self, world: World, token: str, granted: set[str], bell: Bell, tasks: Tasks) -> None:
        self.sessions: dict[str, Session] = {}
        self.identified = 0
        self.resumed = 0
        self.refused: list[int] = []
        """The codes that bots were turned away with."""
        self.beat = 41.25
        self.beats = 0
        self.url = ""
        self._deaf = False
        self._again = 0
        self._open = asyncio.Event()
        self._open.set()
        self._sockets: dict[Socket, Session | None] = {}
        self._ids = count(1)
        self._world, self._token, self._granted = world, token, granted
        self._bell, self._tasks = bell, tasks
        world.subscribers.append(self._tell)

    @property
    def connected(self) -> int:
        """How many connections have identified or resumed."""
        return sum(session is not None for session in self._sockets.values())

    def drop(self, *, resumable: bool = True) -> None:
        """Break all connections off; what happens before they are back is told then, if they can be resumed."""
        sockets = list(self._sockets)
        for session in self.sessions.values():
            session.socket = None
        if not resumable:
            self.sessions.clear()
        for socket in sockets:
            self._sockets[socket] = None
            socket.abort()

    def shut(self) -> None:
        """Greet nobody until ``let_in``: whoever connects meanwhile waits."""
        self._open.clear()

    def let_in(self) -> None:
        self._open.set()

    def reconnect(self) -> None:
        """Ask all to come back, as Discord does when it restarts a part of itself."""
        for socket in self._sockets:
            socket.send({"op": 7, "d": None, "s": None, "t": None})

    def close(self, code: int) -> None:
        """Close all connections with this code."""
        for socket in list(self._sockets):
            socket.close(code)

    def deafen(self, deaf: bool = True) -> None:
        """Acknowledge no heartbeat any more."""
        self._deaf = deaf

    def duplicate(self, events: int) -> None:
        """Tell whoever resumes next the last so many events that they had, once more."""
        self._again = events

    def send(self, event: str, payload: Mapping[str, Any]) -> None:
        """Tell everybody anything, in whatever shape."""
        for session in self.sessions.values():
            session.tell(event, payload)

    def _tell(self, event: str, payload: Mapping[str, Any]) -> None:
        for session in self.sessions.values():
            if shard_of(event, payload, session.shards) != session.shard:
                continue
            mine = shaped(self._world, event, payload, session.intents)
            if mine is not None:
                session.tell(event, mine)
        self._bell.ring()

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        """Hear one connection to its end."""
        ws = web.WebSocketResponse(max_msg_size=0)
        await ws.prepare(request)
        await self._open.wait()
        socket = Socket(ws, request)
        self._sockets[socket] = None
        writing = self._tasks.start(socket.write())
        socket.send({"op": 10, "d": {"heartbeat_interval": int(self.beat * 1000)}, "s": None, "t": None})
        try:
            async for message in ws:
                if message.type == WSMsgType.TEXT:
                    self._hear(socket, json.loads(message.data))
        finally:
            self._gone(socket, ws.close_code)
            writing.cancel()
        return ws

    def _hear(self, socket: Socket, said: dict[str, Any]) -> None:
        op, data = said["op"], said.get("d")
        if op == 1:
            self.beats += 1
            if not self._deaf:
                socket.send({"op": 11, "d": None, "s": None, "t": None})
        elif op == 2:
            self._identify(socket, data or {})
        elif op == 6:
            self._resume(socket, data or {})
        elif op == 8:
            self._chunk(socket, data or {})
        self._bell.ring()

    def _identify(self, socket: Socket, data: dict[str, Any]) -> None:
        self.identified += 1
        intents = int(data.get("intents", 0))
        if data.get("token", "").removeprefix("Bot ") != self._token:
            return self._turn_away(socket, 4004)
        if any(intents & bit and name not in self._granted for name, bit in _PRIVILEGED.items()):
            return self._turn_away(socket, 4014)
        shard, shards = data.get("shard") or (0, 1)
        session = Session(id=f"session-{next(self._ids)}", intents=intents, shard=shard, shards=shards, socket=socket)
        self.sessions[session.id] = session
        self._sockets[socket] = session
        guilds = [guild for guild in self._world.guilds.values() if (guild.id >> 22) % shards == shard]
        session.tell("READY", self._ready(session, [str(guild.id) for guild in guilds]))
        for guild in guilds:
            payload = self._guild(guild.id)
            mine = shaped(self._world, "GUILD_CREATE", payload, intents)
            if mine is not None:
                session.tell("GUILD_CREATE", mine)
        return None

    def _ready(self, session: Session, guilds: list[str]) -> dict[str, Any]:
        return {
            "v": 10,
            "user": serializers.user_payload(self._world.bot_user),
            "guilds": [{"id": guild, "unavailable": True} for guild in guilds],
            "session_id": session.id,
            "resume_gateway_url": self.url,
            "shard": [session.shard, session.shards],
            "application": {"id": str(self._world.application_id), "flags": 0},
        }

    def _guild(self, guild: int) -> dict[str, Any]:
        payload: dict[str, Any] = dict(serializers.guild_create_payload(self._world, self._world.guilds[guild]))
        world = self._world
        seen = [one for one in world.active_threads(guild) if channel_accessible(world, one.id, world.bot_user.id)]
        active = {str(thread.id) for thread in seen}
        payload["threads"] = [thread for thread in payload["threads"] if thread["id"] in active]
        return payload

    def _resume(self, socket: Socket, data: dict[str, Any]) -> None:
        session = self.sessions.get(data.get("session_id", ""))
        if data.get("token", "").removeprefix("Bot ") != self._token:
            return self._turn_away(socket, 4004)
        heard = int(data.get("seq") or 0)
        if session is None or heard > len(session.told):
            socket.send({"op": 9, "d": False, "s": None, "t": None})
            return None
        self.resumed += 1
        self._sockets[socket] = session
        session.socket = socket
        for envelope in session.told[heard:]:
            socket.send(envelope)
        again, self._again = session.told[max(0, heard - self._again) : heard] if self._again else [], 0
        for envelope in again:
            session.tell(envelope["t"], envelope["d"])
        session.tell("RESUMED", {"_trace": []})
        return None

    def _chunk(self, socket: Socket, data: dict[str, Any]) -> None:
        session, guild = self._sockets.get(socket), self._world.guilds.get(int(data["guild_id"]))
        if session is None or guild is None:
            return
        wanted = {int(each) for each in data.get("user_ids") or ()}
        members = [each for each in guild.members.values() if not wanted or each.user_id in wanted]
        missing = [str(each) for each in sorted(wanted - set(guild.members))]
        payload = {
            "guild_id": str(guild.id),
            "members": [serializers.member_payload(self._world, guild, each) for each in members],
            "chunk_index": 0,
            "chunk_count": 1,
            "not_found": missing,
            "nonce": data.get("nonce"),
        }
        session.tell("GUILD_MEMBERS_CHUNK", payload)

    def _turn_away(self, socket: Socket, code: int) -> None:
        self.refused.append(code)
        socket.close(code)

    def _gone(self, socket: Socket, code: int | None) -> None:
        session = self._sockets.pop(socket, None)
        if session is not None and session.socket is socket:
            session.socket = None
            if code in _LEFT_FOR_GOOD:
                self.sessions.pop(session.id, None)
        self._bell.ring()
