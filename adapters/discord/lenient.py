"""Has discord.py bear what servers say less, or otherwise, that only resemble Discord's."""

from __future__ import annotations

import json
from contextlib import suppress
from math import isfinite
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

import discord
import discord.http
from aiohttp import ClientResponse, WSMessage, WSMsgType
from discord.http import Route

from adapters.discord.filling import answered
from adapters.discord.payload import number
from adapters.payload import at, text

if TYPE_CHECKING:
    from aiohttp import ClientWebSocketResponse
    from discord.types.appinfo import AppInfo

_JSON: Final = "application/json"
_OWN: Final = ("discord.com", "discordapp.com")
_UNSAID: Final = {
    "name": "",
    "description": "",
    "icon": None,
    "bot_public": False,
    "bot_require_code_grant": False,
    "verify_key": "",
}
"""What an application is of which a server does not say more: nobody else may add it."""
_WAITS: Final = ("Retry-After", "X-RateLimit-Reset-After")
"""The headers of a 429 that say for how many seconds to wait."""
_TOO_MANY: Final = 429
_READY: Final = '"READY"'
_EDGE: Final = 200
_read = discord.http.json_or_text
_bodies: WeakKeyDictionary[ClientResponse, object] = WeakKeyDictionary()
"""Of answers that are a 429, what they say: discord.py keeps nothing of it where it does not wait itself."""


async def _answer(response: ClientResponse) -> dict[str, Any] | str:
    body = await _body(response)
    if response.status == _TOO_MANY:
        _bodies[response] = body
    return body


async def _body(response: ClientResponse) -> dict[str, Any] | str:
    """Read JSON though its type names a charset, as most web frameworks have it; discord.py takes that for text."""
    if response.content_type == _JSON:
        try:
            found: dict[str, Any] | str = await response.json(encoding="utf-8")
        except ValueError:
            return await response.text(encoding="utf-8")
        return found
    return await _read(response)


discord.http.json_or_text = _answer


def bearing(client: discord.Client) -> None:
    """Let a client read what a server says little of, and log in where one has no notion of an application."""
    http = client.http
    request = http.request

    async def filled(route: Route, **given: Any) -> Any:  # noqa: ANN401 - as discord.py has it
        return answered(route.path, await request(route, **given))

    # All that discord.py asks goes through this one method.
    http.request = filled  # type: ignore[method-assign]

    async def told() -> AppInfo:
        try:
            found = await http.request(Route("GET", "/oauth2/applications/@me"))
        except discord.NotFound:
            found = {}
        user = client.user
        given = found if isinstance(found, dict) else {}
        owner = {"id": user.id if user else 0, "username": "", "discriminator": "0", "avatar": None}
        whole: Any = {"id": owner["id"], "owner": owner, **_UNSAID, **given}
        return whole  # type: ignore[no-any-return] # as discord.py has it

    http.application_info = told  # type: ignore[method-assign]


def wait(response: object) -> float | None:
    """Give the seconds for which a 429 says to wait, in a header or its body; None where it says no such thing."""
    if not isinstance(response, ClientResponse):
        return None
    for said in (*(response.headers.get(name) for name in _WAITS), at(_bodies.get(response), "retry_after")):
        with suppress(TypeError, ValueError):
            if isfinite(seconds := float(said)):  # type: ignore[arg-type] # whatever a server says
                return max(0.0, seconds)
    return None


def foreign() -> bool:
    """Say whether the server that is called is not Discord's own."""
    host = (urlsplit(Route.BASE).hostname or "").rstrip(".")
    return not any(host == own or host.endswith(f".{own}") for own in _OWN)


async def gateway(client: discord.Client) -> tuple[str, int]:
    """Give the gateway's address, "" where a server names none, and how many connections it wants."""
    for path in ("/gateway/bot", "/gateway"):
        try:
            answer = await client.http.request(Route("GET", path))
        except discord.HTTPException:
            continue
        if url := text(answer, "url"):
            return url, max(1, number(answer, "shards", otherwise=1))
    return "", 1


def named(socket: ClientWebSocketResponse, gateway: str) -> ClientWebSocketResponse:
    """Have a session say where it may be resumed, which discord.py takes for granted."""
    receive = socket.receive

    async def received(timeout: float | None = None) -> WSMessage:  # noqa: ASYNC109 - as aiohttp has it
        message = await receive(timeout)
        # What it is stands in front of what it says, or behind that.
        if message.type is not WSMsgType.TEXT or _READY not in message.data[:_EDGE] + message.data[-_EDGE:]:
            return message
        try:
            told = json.loads(message.data)
        except ValueError:
            return message
        if text(told, "t") != "READY" or not isinstance(told.get("d"), dict):
            return message
        told["d"] = {"resume_gateway_url": gateway, "_trace": [], **told["d"]}
        return WSMessage(message.type, json.dumps(told), message.extra)

    socket.receive = received  # type: ignore[method-assign]
    return socket
