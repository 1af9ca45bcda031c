"""What Discord's REST API answers: simcord's routes, and around them tokens, rates, nonces, locks and interactions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from simcord.backend import serializers
from simcord.backend.errors import BackendError
from simcord.http import routes as _routes  # noqa: F401 - that its routes are known
from simcord.http.router import RouteNotImplemented, UnsupportedField, dispatch

from tests.doubles.discord.refusing import carried_out, refuse
from tests.doubles.discord.world import dressed

if TYPE_CHECKING:
    from tests.doubles.discord.call import Call
    from tests.doubles.discord.interactions import Asked
    from tests.doubles.discord.records import Json
    from tests.doubles.discord.world import World

_REMEMBERED: Final = 300.0
"""Seconds for which a nonce is known; Discord says "a few minutes"."""
_ALL: Final = 1_000_000
_LONGEST_NONCE: Final = 25
_CREATED: Final = 201
_EMPTY: Final = 204
FLAGS: Final = {"presences": 1 << 13, "members": 1 << 15, "message_content": 1 << 19}
"""By intent the flag of an application that has it, and is in few guilds."""


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
        refuse(self.world, call)
        if call.method == "PATCH" and call.route == "/channels/{}" and (own := self._thread_edit(call)) is not None:
            return 200, own
        if call.method == "POST" and call.route == "/channels/{}/messages":
            return 200, self._post(call)
        body = self._dispatch(call)
        if body is None:
            return _EMPTY, None
        return _CREATED if call.method == "POST" and call.parts[-1] == "threads" else 200, body

    def _dispatch(self, call: Call) -> Any:  # noqa: ANN401 - whatever is answered
        seeing = "message_content" in self.granted
        params: dict[str, Any] = dict(call.params)
        sent = carried_out(self.world, call)
        oldest = _behind(call, params)
        try:
            body = dispatch(self.world, call.method, call.path, json=sent, params=params, message_content_access=seeing)
        except BackendError as refused:
            if "Cannot send an empty message" in refused.message:
                raise BackendError(400, 50006, "Cannot send an empty message") from refused
            raise
        return self._dressed(body[-oldest:] if oldest else body)

    def _dressed(self, body: Any) -> Any:  # noqa: ANN401
        if isinstance(body, list):
            return [self._dressed(each) for each in body]
        if isinstance(body, dict) and "author" in body and "channel_id" in body:
            return dressed(self.world, body)
        return body

    def _membership(self, guild: int) -> Json:
        kept, me = self.world.guilds[guild], self.world.bot_user.id
        permissions = str(self.world.compute_permissions(guild, me))
        told: Json = {"icon": None, "banner": None, "features": [], "owner": False, "permissions": permissions}
        return {"id": str(guild), "name": kept.name, **told}

    def _own(self, call: Call) -> Json | list[Json] | None:
        world = self.world
        if call.method != "GET":
            return None
        if call.path == "/gateway":
            return {"url": self.gateway_url}
        if call.path == "/gateway/bot":
            starts = {"total": 1000, "remaining": 1000, "reset_after": 86_400_000, "max_concurrency": 16}
            return {"url": self.gateway_url, "shards": self.shards, "session_start_limit": starts}
        if call.path == "/users/@me/guilds":
            after, limit = int(call.params.get("after", 0)), int(call.params.get("limit", 200))
            return [self._membership(each) for each in sorted(world.guilds) if each > after][:limit]
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
            message = self.world.messages[int(key[0])].get(earlier)
            if message is not None and self.world.real.now() - at < _REMEMBERED:
                return dressed(self.world, serializers.message_payload(self.world, message))
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

    def _thread_edit(self, call: Call) -> Json | None:
        """Let the bot change a thread that it opened, or that it may manage; simcord wants it to manage the channel."""
        world = self.world
        thread = world.channels.get(int(call.parts[1]))
        if thread is None or not thread.is_thread or not isinstance(call.json, dict):
            return None
        world.require_permissions(thread.guild_id, world.bot_user.id, thread.id)
        if thread.owner_id != world.bot_user.id or "locked" in call.json:
            world.require_permissions(thread.guild_id, world.bot_user.id, thread.id, "manage_threads")
        meta = {key: call.json[key] for key in ("archived", "locked", "auto_archive_duration") if key in call.json}
        changes = {key: call.json[key] for key in ("name",) if key in call.json}
        return dict(serializers.channel_payload(world, world.edit_channel(thread.id, changes, thread_metadata=meta)))

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


def _behind(call: Call, params: dict[str, Any]) -> int:
    """Have all messages behind an id given, and say how many of them Discord gives: the oldest

    simcord gives the newest.
    """
    if call.method != "GET" or call.route != "/channels/{}/messages" or "after" not in params:
        return 0
    limit = int(params.get("limit", 50))
    params["limit"] = _ALL
    return limit
