"""Has discord.py bear what servers say less, or otherwise, that only resemble Discord's."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import discord
import discord.http
from aiohttp import WSMessage, WSMsgType
from discord.http import Route

from adapters.discord.payload import number
from adapters.payload import text

if TYPE_CHECKING:
    from aiohttp import ClientResponse, ClientWebSocketResponse
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
_read = discord.http.json_or_text


async def _answer(response: ClientResponse) -> dict[str, Any] | str:
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
    """Let a client log in where a server has no notion of an application, or says little of it."""
    http = client.http

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
        if message.type is not WSMsgType.TEXT or '"READY"' not in message.data[:200]:
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
