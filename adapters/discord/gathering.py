"""In which servers the bot is, in which of them it answers, and what it may not do there in which channels."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

from adapters.discord.calls import answered
from adapters.discord.errors import DiscordError, Refused
from adapters.discord.facts import Facts
from adapters.discord.knowing import looked_into
from adapters.discord.payload import ident
from adapters.discord.permissions import PERMISSIONS, missing, shown
from adapters.found import Found
from adapters.payload import text

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable, Collection, Mapping, Sequence

    from discord.abc import GuildChannel

    from adapters.clock import Clock
    from adapters.discord.connection import Connection

Server: TypeAlias = tuple[str, str]
"""A server's id and name."""

_LISTED: Final = 200
_LOOKED: Final = 10
"""Servers whose channels are looked at: each costs four calls."""
_NAMED: Final = 5
"""Channels that are named where the same is missing in many."""
_TALKED: Final = frozenset({"text", "news", "forum", "media", "voice", "stage_voice"})
"""Kinds of channels in which people write, by discord.py's names."""
_UNTHREADED: Final = frozenset({"voice", "stage_voice"})
_OF_THREADS: Final = frozenset({"send_messages_in_threads", "create_public_threads"})
_FORUMS: Final = frozenset({"forum", "media"})
_OF_POSTS: Final = frozenset({"send_messages", "create_public_threads"})
"""What answering in a forum's posts does not take."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """The servers that are named, the link that adds the bot to one, and what is wrong with the team's name.

    ``settled`` gives the server that the bot keeps to, if it does, or else this one.
    """

    guilds: Collection[str]
    invitation: str
    mismatch: Callable[[Collection[str]], str | None]
    settled: Callable[[str], Awaitable[str]] | None = None


async def gathered(connection: Connection, wanted: Wanted, clock: Clock) -> AsyncGenerator[Found]:
    """Look at servers, team, commands there, and channels."""
    facts = Facts(connection, clock, guilds=frozenset(wanted.guilds) or None, settled=wanted.settled)
    try:
        there = await _listed(connection)
        why = {server: await facts.why_not(server[0]) for server in there}
    except DiscordError as error:
        yield Found("servers", ok=False, told=f"The bot's servers are unknown. {error.told}")
        return
    answers = [server for server in there if why[server] is None]
    for found in _servers(why, wanted):
        yield found
    if not answers:
        return
    wrong = wanted.mismatch([f"discord:{guild}" for guild, _ in answers])
    yield Found("team", ok=wrong is None, told=wrong or _read(answers))
    for server in answers[:_LOOKED]:
        async for found in _looked(connection, server, wanted.invitation):
            yield found
    if len(answers) > _LOOKED:
        told = f"The channels of {len(answers) - _LOOKED:,} other servers were not looked at."
        yield Found("channels", ok=True, told=told)


async def _listed(connection: Connection) -> list[Server]:
    calls = await connection.calls()
    found = await calls.ask("GET", "/users/@me/guilds", params={"limit": _LISTED})
    return [(ident(one, "id"), text(one, "name")) for one in found] if isinstance(found, list) else []


def _servers(why: Mapping[Server, str | None], wanted: Wanted) -> list[Found]:
    """Say where the bot is; ``why`` are its servers, each with why it does not answer there."""
    if not why:
        told = f"The bot is in no server yet. Add it where you may manage the server: {wanted.invitation}"
        return [Found("servers", ok=False, told=told)]
    found = []
    answers, strange = [one for one in why if why[one] is None], [one for one in why if why[one] is not None]
    if answers:
        found.append(Found("servers", ok=True, told=f"The bot answers in {_names(answers)}."))
    if strange:
        told = f"It does not answer in {_names(strange)}, because {why[strange[0]]}."
        found.append(Found("servers", ok=bool(answers), told=told))
    absent = sorted(set(wanted.guilds) - {guild for guild, _ in why}) if len(why) < _LISTED else []
    if absent:
        told = f"DISCORD_GUILDS names {', '.join(absent)}, where the bot is not. Add it there: {wanted.invitation}"
        found.append(Found("servers", ok=False, told=told))
    return found


def _names(servers: Sequence[Server]) -> str:
    named = ", ".join(f"{name} ({guild})" for guild, name in servers[:_NAMED])
    return f"{named} and {len(servers) - _NAMED:,} others" if len(servers) > _NAMED else named


def _read(answers: Sequence[Server]) -> str:
    if len(answers) == 1:
        return f"The people of discord:{answers[0][0]} read what belongs to the team."
    return "The people of the team's server read what belongs to it; those of the others read only what is public."


async def _looked(connection: Connection, server: Server, invitation: str) -> AsyncGenerator[Found]:
    guild, name = server
    if (refused := await _uncommanded(connection, server, invitation)) is not None:
        yield refused
    try:
        channels, unseen, open_to_all = await _channels(connection, int(guild))
    except (DiscordError, ValueError) as error:
        told = getattr(error, "told", "It has an id that is none.")
        yield Found("channels", ok=False, told=f"The channels of {name} are unknown. {told}")
        return
    hidden = f" It does not see {unseen:,} other{'' if unseen == 1 else 's'}." if unseen else ""
    if not channels:
        told = f"The bot sees no channel of {name}. Give it View Channels there, or add it again: {invitation}"
        yield Found("channels", ok=False, told=told)
        return
    if open_to_all:
        told = (
            f"Anybody may look into {name} without joining it, as it is discoverable, so in channels that everybody "
            "sees the bot answers only from what is public."
        )
        yield Found("previews", ok=True, told=told)
    seen = f"{len(channels):,} channel{'' if len(channels) == 1 else 's'}"
    yield Found("channels", ok=True, told=f"The bot sees {seen} of {name}.{hidden}")
    alike: defaultdict[tuple[str, ...], list[str]] = defaultdict(list)
    for channel, lacks in channels:
        if lacks:
            alike[lacks].append(channel)
    for lacks, where in alike.items():
        yield _lacking(lacks, where, name)


async def _channels(connection: Connection, guild: int) -> tuple[list[tuple[str, tuple[str, ...]]], int, bool]:
    """Give the channels that the bot sees, each with what it may not do there, and how many it does not see.

    And whether who is no member may look into them.
    """
    client = await connection.client()
    who = int((await connection.who()).me)
    of = await answered("GET /guilds/{guild_id}", client.fetch_guild(guild, with_counts=False))
    me = await answered("GET /guilds/{guild_id}/members/{user_id}", of.fetch_member(who))
    listed = await answered("GET /guilds/{guild_id}/channels", of.fetch_channels())
    talked = [one for one in listed if one.type.name in _TALKED]
    seen = [(one.name, _lacks(one, one.permissions_for(me).value)) for one in talked]
    found = [(name, lacks) for name, lacks in seen if lacks != ("view_channel",)]
    return found, len(seen) - len(found), looked_into(of)


def _lacks(channel: GuildChannel, held: int) -> tuple[str, ...]:
    """Give what is missing of what is of use in a channel of this kind."""
    kind = channel.type.name
    useless = _OF_THREADS if kind in _UNTHREADED else _OF_POSTS if kind in _FORUMS else frozenset[str]()
    return tuple(name for name in missing(held) if name not in useless)


def _lacking(lacks: Sequence[str], where: Sequence[str], server: str) -> Found:
    named = ", ".join(f"#{name}" for name in where[:_NAMED])
    if len(where) > _NAMED:
        named += f" and {len(where) - _NAMED:,} others"
    what = ", ".join(shown(name) for name in lacks)
    so = "; ".join(PERMISSIONS[name] for name in lacks)
    verb = "is" if len(lacks) == 1 else "are"
    told = f"In {named} of {server}, {what} {verb} missing, so {so}. Give it to the bot's role, there or in the server."
    return Found("permissions", ok=False, told=told)


async def _uncommanded(connection: Connection, server: Server, invitation: str) -> Found | None:
    """Say where the bot was added without its commands."""
    try:
        who = await connection.who()
        calls = await connection.calls()
        await calls.ask(
            "GET",
            "/applications/{application_id}/guilds/{guild_id}/commands",
            application_id=who.application,
            guild_id=server[0],
        )
    except Refused as error:
        if error.status == 403:  # noqa: PLR2004 - forbidden
            told = f"The bot was added to {server[1]} without its commands. Add it again: {invitation}"
            return Found("commands", ok=False, told=told)
    except DiscordError:
        pass  # other findings say so
    return None
