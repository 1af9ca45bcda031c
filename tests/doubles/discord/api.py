"""What Discord's REST API answers: simcord's routes, and around them tokens, rates, nonces, locks and interactions."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from simcord.backend.errors import BackendError
from simcord.http import routes as _routes  # noqa: F401 - that its routes are known
from simcord.http.router import RouteNotImplemented, UnsupportedField, dispatch

from tests.doubles.discord.world import dressed

if TYPE_CHECKING:
    from tests.doubles.discord.interactions import Asked
    from tests.doubles.discord.records import Json
    from tests.doubles.discord.world import World

_REMEMBERED: Final = 300.0
"""Seconds for which a nonce is known; Discord says "a few minutes"."""
_LONGEST_NONCE: Final = 25
_CREATED: Final = 201
_EMPTY: Final = 204
FLAGS: Final = {"presences": 1 << 13, "members": 1 << 15, "message_content": 1 << 19}
"""By intent the flag of an application that has it, and is in few guilds."""


@dataclass(slots=True, kw_only=True)
class Call:
    """A request, and once it was answered how: ``code`` is Discord's for why it was refused."""

    method: str
    path: str
    params: dict[str, str] = field(default_factory=dict)
    json: Any = None
    at: float = 0.0
    status: int | None = None
    code: int | None = None
    fault: str | None = None

    @property
    def parts(self) -> list[str]:
        return self.path.strip("/").split("/")

    @property
    def route(self) -> str:
        """The path without its ids."""
        parts = self.parts
        if parts[0] in ("webhooks", "interactions"):
            return "/" + "/".join("{}" if i in (1, 2) or p.isdecimal() else p for i, p in enumerate(parts))
        reacting = "reactions" in parts
        at = parts.index("reactions") + 1 if reacting else -1
        return "/" + "/".join("{}" if p.isdecimal() or i == at else p for i, p in enumerate(parts))

    @property
    def major(self) -> str:
        """Whose limit it spends: a channel's, a guild's or a webhook's."""
        parts = self.parts
        if parts[0] == "webhooks":
            return "/".join(parts[1:3])
        return parts[1] if parts[0] in ("channels", "guilds") and len(parts) > 1 else ""

    @property
    def open(self) -> bool:
        """Whether it needs no token of the bot's."""
        return self.parts[0] in ("webhooks", "interactions") or self.path == "/gateway"


class Api:
    """Answers calls; ``granted`` are the privileged intents of the application."""

    def __init__(self, world: World, granted: set[str]) -> None:
        self.world = world
        self.granted = granted
        self.gateway_url = ""
        self.shards = 1
        self.asked: dict[str, Asked] = {}
        """What came of the interactions, by token."""
        self._nonces: dict[tuple[str, str], tuple[float, int]] = {}

    def answer(self, call: Call) -> tuple[int, Any]:
        """Carry a call out, and give status and body. Raises BackendError, RouteNotImplemented, UnsupportedField."""
        own = self._own(call)
        if own is not None:
            return 200, own
        if call.parts[0] in ("interactions", "webhooks"):
            return self._interaction(call)
        self._forbid(call)
        if call.method == "POST" and call.route == "/channels/{}/messages":
            return 200, self._post(call)
        body = self._dispatch(call)
        if body is None:
            return _EMPTY, None
        return _CREATED if call.method == "POST" and call.parts[-1] == "threads" else 200, body

    def _dispatch(self, call: Call) -> Any:  # noqa: ANN401 - whatever is answered
        seeing = "message_content" in self.granted
        params: dict[str, Any] = dict(call.params)
        try:
            body = dispatch(
                self.world, call.method, call.path, json=call.json, params=params, message_content_access=seeing
            )
        except BackendError as refused:
            if "Cannot send an empty message" in refused.message:
                raise BackendError(400, 50006, "Cannot send an empty message") from refused
            raise
        return self._dressed(body)

    def _dressed(self, body: Any) -> Any:  # noqa: ANN401
        if isinstance(body, list):
            return [self._dressed(each) for each in body]
        if isinstance(body, dict) and "author" in body and "channel_id" in body:
            return dressed(self.world, body)
        return body

    def _own(self, call: Call) -> Json | None:
        world = self.world
        if call.method != "GET":
            return None
        if call.path == "/gateway":
            return {"url": self.gateway_url}
        if call.path == "/gateway/bot":
            limit = {"total": 1000, "remaining": 1000, "reset_after": 86_400_000, "max_concurrency": 16}
            return {"url": self.gateway_url, "shards": self.shards, "session_start_limit": limit}
        if call.path in ("/applications/@me", "/oauth2/applications/@me"):
            told: Json = dispatch(world, "GET", "/oauth2/applications/@me")
            flags = sum(FLAGS[name] for name in self.granted)
            return {**told, "flags": flags, "approximate_guild_count": len(world.guilds)}
        return None

    def _post(self, call: Call) -> Any:  # noqa: ANN401
        nonce = call.json.get("nonce") if isinstance(call.json, dict) else None
        if nonce is None:
            return self._dispatch(call)
        if len(str(nonce)) > _LONGEST_NONCE:
            raise BackendError(400, 50035, "Invalid Form Body: nonce")
        key = (call.parts[1], str(nonce))
        if call.json.get("enforce_nonce") and key in self._nonces:
            at, earlier = self._nonces[key]
            if self.world.real.now() - at < _REMEMBERED and earlier in self.world.messages[int(key[0])]:
                return self._dispatch(replace(call, method="GET", path=f"{call.path}/{earlier}"))
        return self._remembered(call, key)

    def _remembered(self, call: Call, key: tuple[str, str]) -> Any:  # noqa: ANN401
        """Post with a nonce, of which the event knows already."""
        self.world.nonce = key[1]
        try:
            body = self._dispatch(call)
        finally:
            self.world.nonce = None
        self._nonces[key] = (self.world.real.now(), int(body["id"]))
        return body

    def _forbid(self, call: Call) -> None:
        """Refuse what simcord lets pass: direct messages that nobody takes, and changes in closed threads."""
        parts = call.parts
        if parts[0] != "channels" or len(parts) == 1 or not parts[1].isdecimal() or call.method == "GET":
            return
        world = self.world
        channel = world.channels.get(int(parts[1]))
        if channel is None:
            return
        if channel.guild_id is None and call.route == "/channels/{}/messages":
            self._take_directly(channel.recipient_ids)
        meta = channel.thread_metadata
        if meta is None or len(parts) < 3 or parts[2] != "messages":
            return
        world.require_permissions(channel.guild_id, world.bot_user.id, channel.id)
        manages = world.compute_permissions(channel.guild_id or 0, world.bot_user.id, channel.id) & (1 << 34)
        posting = call.route == "/channels/{}/messages"
        if meta.archived and (not posting or (meta.locked and not manages)):
            raise BackendError(400, 50083, "Thread is archived")
        if meta.locked and posting and not manages:
            raise BackendError(403, 160005, "Thread is locked")
        if meta.archived:
            world.edit_channel(channel.id, {}, thread_metadata={"archived": False})

    def _take_directly(self, people: list[int]) -> None:
        world = self.world
        for person in people:
            shared = any(person in g.members and world.bot_user.id in g.members for g in world.guilds.values())
            if person in world.closed or not shared:
                raise BackendError(403, 50007, "Cannot send messages to this user")

    def _interaction(self, call: Call) -> tuple[int, Any]:
        token = call.parts[2] if len(call.parts) > 2 else ""
        asked = self.asked.get(token)
        try:
            if asked is not None and call.parts[0] == "webhooks" and asked.over:
                raise BackendError(401, 50027, "Invalid Webhook Token")
            body = self._dispatch(call)
        except BackendError as refused:
            if asked is not None and not isinstance(refused, RouteNotImplemented | UnsupportedField):
                asked.refused.append(refused.code)
            raise
        if call.parts[0] == "webhooks":
            return (_EMPTY, None) if body is None else (200, body)
        if asked is not None:
            asked.answered(call.json)
        return (200, body) if call.params.get("with_response", "").lower() in ("true", "1") else (_EMPTY, None)
