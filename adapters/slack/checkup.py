"""What is missing or wrong between the bot and Slack, looked at in the order in which one thing needs the other."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from aiohttp import ClientError
from slack_sdk.errors import SlackApiError, SlackClientError

from adapters.clock import Clock, Running
from adapters.found import Found
from adapters.greeting import greeted
from adapters.payload import at, items, text
from adapters.slack.calls import Calls, faulty
from adapters.slack.connection import Connection
from adapters.slack.errors import Refused, SlackError
from adapters.slack.gathering import Joined, gathered
from adapters.slack.manifest import EVENTS_PATH
from adapters.slack.payload import ident
from adapters.slack.scopes import SCOPES
from adapters.slack.single import refusal
from adapters.slack.tokens import FAULT, app_token_refused
from adapters.timeliness import timely

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable

    from slack_sdk.web.async_client import AsyncWebClient

_PAGES: Final = 5
"""Pages of 999 channels that are looked through; Slack gives fewer than 1,000."""
_PATIENCE: Final = 15.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """What is set. ``api_url`` ends with a slash; ``mismatch`` says of a workspace what is wrong with its team."""

    api_url: str
    bot_token: str | None
    app_token: str | None
    signing_secret: str | None
    mismatch: Callable[[str], str | None]


@dataclass(frozen=True, slots=True)
class _Heard:
    """What came back of a call: the answer, or Slack's word for why not; neither where nothing of Slack's came back.

    ``faulty`` says that whoever answered did so with a fault of their own.
    """

    answer: object = None
    refused: str = ""
    headers: Any = None
    faulty: bool = False

    @property
    def came(self) -> bool:
        return self.headers is not None


async def checked(access: Access, clock: Clock | None = None) -> AsyncGenerator[Found]:
    """Look at everything, and give each finding as soon as it is known."""
    time = clock or Running()
    sockets = access.app_token is not None
    async with Connection(access.api_url, time) as connection:
        client = connection.client(access.bot_token)
        heard = await _asked(client)
        yield _reached(access, heard)
        if heard.came:
            yield timely(heard.headers.get("Date") or "", time, "Slack's", "Slack's signatures are refused")
            if access.bot_token is not None:
                async for found in _bot(access, heard, Calls(client=client, clock=time)):
                    yield found
            if access.app_token is not None:
                app = await _app(Calls(client=client, clock=time), heard)
                calls = Calls(client=connection.client(access.app_token), clock=time)
                async for found in _sockets(access, calls, app):
                    sockets = sockets and found.ok
                    yield found
    yield _transport(access, sockets=sockets)


async def _asked(client: AsyncWebClient) -> _Heard:
    try:
        async with asyncio.timeout(_PATIENCE):
            answer = await client.auth_test()
    except SlackApiError as error:
        answer = error.response
        why = text(getattr(answer, "data", None), "error")
        headers = getattr(answer, "headers", {}) if why else None
        return _Heard(refused=why, headers=headers, faulty=faulty(getattr(answer, "status_code", 0), why))
    except (ClientError, SlackClientError, OSError, TimeoutError, ValueError):
        return _Heard()
    return _Heard(answer.data, headers=answer.headers)


def _reached(access: Access, heard: _Heard) -> Found:
    if heard.came:
        return Found("address", ok=True, told=f"{access.api_url} answers as Slack does.")
    if heard.faulty:
        told = (
            f"{access.api_url} answers with a fault of its own now. Try again in a minute, then look at SLACK_API_URL."
        )
        return Found("address", ok=False, told=told)
    told = (
        f"{access.api_url} does not answer as Slack does. Look at SLACK_API_URL, and whether this machine may reach "
        "it: a proxy is named by HTTPS_PROXY."
    )
    return Found("address", ok=False, told=told)


async def _bot(access: Access, heard: _Heard, calls: Calls) -> AsyncGenerator[Found]:
    if heard.refused in {"ratelimited", "rate_limited"}:
        yield Found("bot token", ok=False, told="Slack takes no more calls for a while. Look again in a minute.")
        return
    if heard.faulty:
        yield Found("bot token", ok=False, told=FAULT)
        return
    if heard.refused:
        yield Found("bot token", ok=False, told=refusal(Refused("auth.test", heard.refused)).told)
        return
    team, bot = ident(heard.answer, "team_id"), ident(heard.answer, "user_id")
    name = text(heard.answer, "team")
    yield Found("bot token", ok=True, told=f"The bot is {text(heard.answer, 'user')} ({bot}) in {name} ({team}).")
    for found in _scopes(heard):
        yield found
    wrong = access.mismatch(f"slack:{team}")
    yield Found("team", ok=wrong is None, told=wrong or f"The people of slack:{team} read what belongs to the team.")
    joined: list[Joined] = []
    yield await _channels(calls, joined)
    async for found in gathered(access.api_url, access.bot_token or "", joined, calls.clock):
        yield found


def _scopes(heard: _Heard) -> list[Found]:
    """Compare what the token may do with what the bot needs; a server that does not say it is believed."""
    said = heard.headers.get("X-OAuth-Scopes")
    if not isinstance(said, str) or not said.strip():
        return [Found("scopes", ok=True, told="The server does not say which scopes the token has.")]
    held = {scope.strip() for scope in said.split(",")}
    missing = [scope for scope in SCOPES if scope not in held]
    if not missing:
        return [Found("scopes", ok=True, told=f"The token has all {len(SCOPES)} scopes that the bot uses.")]
    return [
        Found(
            "scopes",
            ok=False,
            told=(
                f"{scope} is missing, so {SCOPES[scope]}. Add it under OAuth & Permissions of your app, and "
                "install the app again."
            ),
        )
        for scope in missing
    ]


async def _channels(calls: Calls, joined: list[Joined]) -> Found:
    """Find where the bot is a member, in the first thousands."""
    cursor = ""
    try:
        for _ in range(_PAGES):
            answer = await calls.ask(
                "conversations.list",
                types="public_channel,private_channel",
                exclude_archived=True,
                limit=999,
                cursor=cursor or None,
            )
            mine = [one for one in items(answer, "channels") if at(one, "is_member") is True]
            joined += [Joined(id=ident(one, "id"), name=text(one, "name")) for one in mine]
            cursor = text(answer, "response_metadata", "next_cursor")
            if not cursor:
                break
    except SlackError as error:
        return Found("channels", ok=False, told=f"The bot's channels are unknown. {error.told}")
    if not joined:
        told = "The bot is in no channel yet, and answers in direct messages. /invite it where it is to answer."
        return Found("channels", ok=True, told=told)
    return Found("channels", ok=True, told=f"The bot is in {len(joined):,} channel{'s' if len(joined) > 1 else ''}.")


async def _app(calls: Calls, heard: _Heard) -> str:
    """Give the app that the bot's token is of, as far as Slack says it."""
    try:
        bot = ident(heard.answer, "bot_id")
        return ident(await calls.ask("bots.info", bot=bot), "bot", "app_id") if bot else ""
    except SlackError:
        return ""


async def _sockets(access: Access, calls: Calls, app: str) -> AsyncGenerator[Found]:
    try:
        opened = await calls.ask("apps.connections.open", app_token=access.app_token)
    except Refused as error:
        yield Found("app token", ok=False, told=app_token_refused(error.code))
        return
    except SlackError as error:
        told = f"{error.told} Nothing is known of the token yet; try again in a minute."
        yield Found("app token", ok=False, told=told)
        return
    yield Found("app token", ok=True, told="The token opens connections.")
    yield await _greeted(text(opened, "url"), app)


async def _greeted(url: str, app: str) -> Found:
    """Wait for the greeting, which names the app whose events come: it is to be the ``app`` that the bot is of."""
    heard: list[object] = []

    def greets(said: object) -> bool:
        heard.append(said)
        return text(said, "type") == "hello"

    if await greeted(url, greets, proxied=True):
        other = ident(heard[-1], "connection_info", "app_id")
        if other and app and other != app:
            told = f"SLACK_APP_TOKEN is of the app {other} and SLACK_BOT_TOKEN of {app}. Copy both from the same app."
            return Found("socket", ok=False, told=told)
        return Found("socket", ok=True, told="A connection opens, and Slack greets.")
    told = (
        "A connection was promised, and Slack does not greet on it. Look whether this machine may open websockets to "
        "other machines, through its proxy too."
    )
    return Found("socket", ok=False, told=told)


def _transport(access: Access, *, sockets: bool) -> Found:
    """Say how events come, as far as that can be known from here; ``sockets`` says that these may be opened."""
    if access.signing_secret is None and access.app_token is None:
        told = "No event can come. Set SLACK_APP_TOKEN (Socket Mode) or SLACK_SIGNING_SECRET (HTTP)."
        return Found("events", ok=False, told=told)
    if access.signing_secret is None and not sockets:
        told = "No event can come before sockets can be opened with SLACK_APP_TOKEN: see above."
        return Found("events", ok=False, told=told)
    if access.signing_secret is None:
        return Found("events", ok=True, told="They come over Socket Mode; nothing has to be reachable from outside.")
    told = (
        f"They come over HTTP{' too' if sockets else ''}. Your app's settings name the address of this bot "
        f"with {EVENTS_PATH} behind it, under Event Subscriptions, Interactivity and Slash Commands; whether Slack "
        "reaches it is shown there."
    )
    return Found("events", ok=True, told=told)
