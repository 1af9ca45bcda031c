"""What is wrong between the bot and Discord, looked at in the order in which one thing needs the other."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from aiohttp import ClientError, ClientSession

from adapters.clock import Clock, Running
from adapters.discord.commands import commands, differ
from adapters.discord.connection import Connection
from adapters.discord.errors import DiscordError, Misset, Refused
from adapters.discord.gathering import Wanted, gathered
from adapters.discord.inviting import link
from adapters.found import Found
from adapters.greeting import greeted
from adapters.payload import at, text
from adapters.timeliness import timely

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable, Collection

    from discord import Client

_HELLO: Final = 10
"""The operation with which a gateway greets."""
_PATIENCE: Final = 15.0
_OPEN: Final = ("/gateway", "/users/@me")
"""What answers whoever has no token, if only that they need one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """What is set. ``unmentioned`` says that messages that do not mention the bot are to be answered somewhere.

    ``mismatch`` says of the workspaces in which the bot answers what is wrong with their team. ``settled`` gives the
    server that the bot keeps to, if it does, or else this one.
    """

    token: str
    api_url: str
    gateway_url: str | None
    guilds: Collection[str]
    unmentioned: bool
    mismatch: Callable[[Collection[str]], str | None]
    settled: Callable[[str], Awaitable[str]] | None = None


async def checked(access: Access, clock: Clock | None = None) -> AsyncGenerator[Found]:
    """Look at everything, and give each finding as soon as it is known."""
    time = clock or Running()
    date = await _dated(access.api_url)
    if date is None:
        yield Found("address", ok=False, told=_silent(access.api_url))
        return
    yield Found("address", ok=True, told=f"{access.api_url} answers as Discord does.")
    yield timely(date, time, "Discord's", "what was asked while the bot was away is not found")
    async with Connection(access.token, access.api_url) as connection:
        try:
            client = await connection.client()
        except DiscordError as error:
            again = "" if isinstance(error, Misset) else " Nothing is known of the token yet; try again in a minute."
            yield Found("token", ok=False, told=f"{error.told}{again}")
            return
        yield _who(client)
        for found in _application(client, await _told(connection), access):
            yield found
        invitation = link(access.api_url, str(client.application_id))
        wanted = Wanted(access.guilds, invitation, access.mismatch, access.settled)
        async for found in gathered(connection, wanted, time):
            yield found
        yield await _commands(connection)
        async for found in _gateway(connection, access.gateway_url):
            yield found


async def _dated(api_url: str) -> str | None:
    """Ask without a token, and give when it was answered; None where nobody answers as Discord does."""
    for path in _OPEN:
        try:
            async with (
                asyncio.timeout(_PATIENCE),
                ClientSession() as session,
                session.get(f"{api_url}{path}") as answer,
            ):
                if isinstance(json.loads(await answer.read()), dict):
                    return answer.headers.get("Date", "")
        except ValueError:
            continue  # a server may know no such path, and say so in words
        except (ClientError, OSError, TimeoutError):
            return None
    return None


def _silent(api_url: str) -> str:
    return f"{api_url} does not answer as Discord does. Look at DISCORD_API_URL, and whether this machine may reach it."


def _who(client: Client) -> Found:
    name = client.application.name if client.application is not None else ""
    told = f"The bot is {client.user} ({client.user and client.user.id}), of the application {name}."
    return Found("token", ok=True, told=told)


async def _told(connection: Connection) -> object:
    """Give what the server itself says of the application; it may say little, or know of none."""
    try:
        return await (await connection.calls()).ask("GET", "/oauth2/applications/@me")
    except DiscordError:
        return None


def _application(client: Client, told: object, access: Access) -> list[Found]:
    """Look at what is set for the application on Discord's pages."""
    application = client.application
    if application is None:
        return []
    granted = application.flags.gateway_message_content or application.flags.gateway_message_content_limited
    return [
        _public(public=None if at(told, "bot_public") is None else application.bot_public, named=bool(access.guilds)),
        *_endpoint(application.interactions_endpoint_url),
        _content(granted=None if at(told, "flags") is None else granted, wanted=access.unmentioned),
    ]


def _public(*, public: bool | None, named: bool) -> Found:
    if public is None:
        where = "that DISCORD_GUILDS names" if named else "that it was added to"
        return Found("public", ok=True, told=f"Who may add the bot is not known. It answers in all servers {where}.")
    if not public:
        return Found("public", ok=True, told="Only its owner may add the bot to a server.")
    told = "Anybody may add the bot to a server of theirs. " + (
        "It answers in those alone that DISCORD_GUILDS names."
        if named
        else "It answers in the one that it joined first, until DISCORD_GUILDS names its servers, or Public Bot is off."
    )
    return Found("public", ok=True, told=told)


def _endpoint(url: str | None) -> list[Found]:
    if not url:
        return []
    told = (
        f"Discord sends commands and buttons to {url}, so that none reach the bot. Remove the Interactions Endpoint "
        "URL under General Information of your application."
    )
    return [Found("interactions", ok=False, told=told)]


def _content(*, granted: bool | None, wanted: bool) -> Found:
    if granted is None:
        told = (
            "Whether the bot may read messages that do not mention it is not known until footnote serve asks for them."
        )
        return Found("intents", ok=True, told=told)
    if granted:
        return Found("intents", ok=True, told="The bot may read messages that do not mention it.")
    told = (
        "The Message Content Intent is off, so messages that do not mention the bot reach it without their words. "
        "Commands, mentions and direct messages are answered all the same"
    )
    if wanted:
        return Found(
            "intents",
            ok=False,
            told=f"{told}; follow-ups in threads are not. Turn it on under Bot of your application.",
        )
    return Found("intents", ok=True, told=f"{told}, and nothing else is to be, as channels are set.")


async def _commands(connection: Connection) -> Found:
    """Compare the commands that Discord shows with those that the bot has."""
    try:
        who = await connection.who()
        calls = await connection.calls()
        there = await calls.ask("GET", "/applications/{application_id}/commands", application_id=who.application)
    except DiscordError as error:
        return Found("commands", ok=False, told=f"Discord does not say which commands people see. {error.told}")
    if not differ(there):
        return Found("commands", ok=True, told=f"People see all {len(commands())} commands.")
    told = "People do not see the commands of this version yet: footnote serve registers them when it starts."
    return Found("commands", ok=True, told=told)


async def _gateway(connection: Connection, url: str | None) -> AsyncGenerator[Found]:
    answer, why = await _named(connection)
    address = url or text(answer, "url")
    if not address:
        told = f"Discord names no gateway. {why} Another server's is set by DISCORD_GATEWAY_URL."
        yield Found("gateway", ok=False, told=told)
        return
    if at(answer, "session_start_limit", "remaining") == 0:
        told = "This token has opened as many connections today as it may. Events come again once Discord allows more."
        yield Found("gateway", ok=False, told=told)
        return
    yield await _greeted(address, named=url is not None)


async def _named(connection: Connection) -> tuple[object, str]:
    """Give what is said of the gateway, as the bot looks for it; or why nothing is."""
    why = "It gives no address."
    for path in ("/gateway/bot", "/gateway"):
        try:
            answer = await (await connection.calls()).ask("GET", path)
        except Refused as error:
            why = error.told
            continue
        except DiscordError as error:
            return None, error.told
        if text(answer, "url"):
            return answer, ""
    return None, why


async def _greeted(url: str, *, named: bool) -> Found:
    params = {"v": "10", "encoding": "json"}
    if await greeted(url, lambda said: at(said, "op") == _HELLO, params=params, proxied=False):
        return Found("gateway", ok=True, told=f"A connection opens at {url}, and Discord greets.")
    look = "Look at DISCORD_GATEWAY_URL, and whether" if named else "Look whether"
    told = f"Discord does not greet at {url}. {look} this machine may open websockets to other machines."
    return Found("gateway", ok=False, told=told)
