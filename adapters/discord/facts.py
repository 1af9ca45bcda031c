"""Who reads where on Discord, and what a channel is: as the gateway keeps it, or by Discord's answers for a while.

What cannot be found out counts as the worst that it may be: an answer then rests on what is public.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Final, TypeAlias, TypeVar

import structlog
from discord import DMChannel, GroupChannel, InvalidData, Member, Permissions, Thread
from discord.abc import GuildChannel

from adapters.audience import NOBODY, Reader, Room
from adapters.audience import audience as readers
from adapters.discord import knowing
from adapters.discord.base import Spot
from adapters.discord.calls import answered
from adapters.discord.errors import DiscordError, Refused, Unlisted, Unsure
from adapters.discord.events import DIRECT
from adapters.discord.knowing import Known
from adapters.discord.payload import ident
from adapters.remembering import Remembered

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from datetime import datetime

    from discord.guild import Guild

    from adapters.base import Audience, Person, Place, Principal
    from adapters.clock import Clock
    from adapters.discord.connection import Connection

T = TypeVar("T")
Key: TypeAlias = tuple[str, str]
"""A guild, and something in it."""

_GUILD: Final = 30.0
_MEMBER: Final = 60.0
_SPOT: Final = 600.0
"""Seconds that things are kept which no event tells of; a thread's channel never changes."""
_MET: Final = 300.0
"""Seconds for which the gateway's word for who somebody is does, where there is no other."""
_HOME: Final = 86_400.0
"""Seconds, since they last wrote directly, for which somebody's guild stays theirs."""
_WITHIN: Final = 3.0
"""Seconds that one question to Discord may take in all."""
_IN_ALL: Final = 4.0
"""Seconds that all of them may take which say who reads at one place."""
_GUILDS: Final = 1_000
"""Guilds of the bot's that are listed, and, of these, those in which a person is looked for."""
_LOOKED: Final = 100
_AT_ONCE: Final = 8
_GONE: Final = 404
_NOBODY: Final = frozenset({10007, 10013})
"""What Discord says of a person who is in no such guild, or is none."""
_ABSENT: Final = frozenset({_GONE, 405, 501})
"""What a server answers, too, that has no such route."""
_SHUT: Final = frozenset({403, _GONE})

_UNNAMED: Final = "DISCORD_GUILDS does not name this server"
_PUBLIC: Final = "it is only for the server that it joined first, until DISCORD_GUILDS names its servers"
_STRANGER: Final = "whoever asks is no member of this server, or has not agreed to its rules yet"
_GUEST: Final = "whoever asks is a guest of this server"
_LOOKED_INTO: Final = "anybody may look into this server without joining it"
_UNSURE: Final = "it is not known who reads here"

_log = structlog.get_logger()


class Facts:
    """One for all guilds.

    ``guilds`` are those in which the bot answers; without any it answers in all that it was added to, unless everybody
    may add it: a stranger's guild would spend the host's money.
    """

    def __init__(
        self,
        connection: Connection,
        clock: Clock,
        *,
        guilds: frozenset[str] | None,
        settled: Callable[[str], Awaitable[str]] | None = None,
    ) -> None:
        """Know nothing yet. ``settled`` keeps for good which guild came first, and gives the one that it keeps."""
        self._connection = connection
        self._settled = settled
        self._guilds = guilds
        self._known: Remembered[str, Known] = Remembered(clock, seconds=_GUILD, most=1_000)
        self._members: Remembered[Key, Member | None] = Remembered(clock, seconds=_MEMBER, most=20_000)
        self._spots: Remembered[Key, Spot] = Remembered(clock, seconds=_SPOT, most=5_000)
        self._listed: Remembered[str, tuple[str, ...]] = Remembered(clock, seconds=_MEMBER, most=1)
        self._homes: Remembered[str, str] = Remembered(clock, seconds=_HOME, most=20_000)
        self._firsts: Remembered[tuple[str, ...], str] = Remembered(clock, seconds=_SPOT, most=10)
        self._listing: Remembered[str, bool] = Remembered(clock, seconds=_SPOT, most=1_000)
        self._met: Remembered[Key, object] = Remembered(clock, seconds=_MET, most=5_000)

    def met(self, guild: str, user: object, member: object, /) -> None:
        """Hear from the gateway who said something in a guild: it counts where nobody says who is in it."""
        person = ident(user, "id")
        if guild and person and isinstance(user, dict) and isinstance(member, dict):
            self._met.put((guild, person), {**member, "user": user})

    async def audience(self, place: Place, asker: Person, /) -> Audience:
        """Say who reads at a place now; never raises, as anybody is an answer too."""
        if place.platform != "discord":
            return NOBODY
        guild, why = _guild(place.workspace), _UNSURE
        room, reader = Room(workspace=place.workspace, channel=place.channel), Reader(id=asker.id)
        try:
            async with asyncio.timeout(_IN_ALL):
                not_here = await self.why_not(guild)
                member = None if not_here else await self._member(guild, asker.id)
                if member is None or knowing.standing(member) == "outsider":
                    reader, why = replace(reader, standing="outsider"), not_here or _STRANGER
                else:
                    known = await self._of(guild)
                    member = knowing.of(member, known.guild)
                    reader = knowing.reader(known, member)
                    room = await self._room(place, known, member)
                    why = _GUEST if reader.standing == "guest" else _LOOKED_INTO if room.shared else why
        except (DiscordError, TimeoutError) as error:
            _log.debug("Discord does not say who reads", why=str(error))
        found = readers(place, room, reader)
        return replace(found, why=why) if found.why else found

    async def _room(self, place: Place, known: Known, member: Member) -> Room:
        unknown = Room(workspace=place.workspace, channel=place.channel)
        if place.private_to is not None or self._elsewhere(place, known):
            return unknown
        channel = await self._channel(known, place.channel)
        return unknown if channel is None else knowing.room(place.workspace, channel, member)

    def _elsewhere(self, place: Place, known: Known) -> bool:
        """Whether a place's thread is known to stand in another channel."""
        if place.thread is None or not place.thread.isdecimal():
            return False
        thread = known.guild.get_thread(int(place.thread))
        kept = self._spots.known((str(known.guild.id), place.thread))
        parent = str(thread.parent_id) if thread is not None else kept.channel if kept is not None else None
        return parent not in (None, place.channel)

    async def spot(self, guild: str, channel: str, /) -> Spot:
        """Say what a channel is, as Discord says it. Raises DiscordError where that cannot be known now."""
        if not channel.isdecimal():
            return Spot(sort="unknown", channel=channel)
        cached = self._connection.guild(guild)
        found = cached.get_channel_or_thread(int(channel)) if cached is not None else None
        if cached is not None and found is not None:
            return _spot(found, Known(guild=cached, channels=_by_id(cached.channels)))
        return await self._spots.get((guild, channel), lambda: self._asked(guild, channel))

    async def _asked(self, guild: str, channel: str) -> Spot:
        if guild == DIRECT:
            return await self._direct(channel)
        known = await self._of(guild)
        if (listed := known.channels.get(int(channel))) is not None:
            return knowing.channel_spot(listed)
        found = await answered("GET /channels/{channel_id}", known.guild.fetch_channel(int(channel)), within=_WITHIN)
        return _spot(found, known)

    async def _direct(self, channel: str) -> Spot:
        client = await self._connection.client()
        found = await answered("GET /channels/{channel_id}", client.fetch_channel(int(channel)), within=_WITHIN)
        if isinstance(found, DMChannel):
            return Spot(sort="direct", channel=channel)
        return Spot(sort="group" if isinstance(found, GroupChannel) else "unknown", channel=channel)

    async def home(self, person: str, /) -> str | None:
        """Give the guild of the lowest id that somebody belongs to, among the first hundred in which the bot answers.

        For a day it is the one that it was before, if they still belong to that: what they say directly then stays one
        conversation. Raises DiscordError as soon as it cannot be known of a guild whether it is this one.
        """
        before = self._homes.known(person)
        guilds = [one for one in await self._mine() if await self.allowed(one)]
        guilds = sorted(guilds, key=lambda one: one != before)[:_LOOKED]
        for first in range(0, len(guilds), _AT_ONCE):
            several = guilds[first : first + _AT_ONCE]
            async with asyncio.TaskGroup() as asked:
                looks = [asked.create_task(_tried(self._member(one, person))) for one in several]
            for guild, look in zip(several, looks, strict=True):
                found = look.result()
                if isinstance(found, DiscordError):
                    if isinstance(found, Refused) and found.status in _SHUT:  # the bot is in it no more
                        continue
                    if len(guilds) == 1 and isinstance(found, Unlisted):
                        return guilds[0]  # there is no other, and only what is public is read
                    raise found
                if knowing.standing(found) != "outsider":
                    self._homes.put(person, guild)
                    return guild
        return None

    async def member(self, guild: str, person: str, /) -> bool | None:
        """Say whether somebody is in a guild, and has agreed to its rules; None where that cannot be known now."""
        found = await _tried(self._member(guild, person))
        return None if isinstance(found, DiscordError) else knowing.standing(found) != "outsider"

    async def allowed(self, guild: str, /) -> bool:
        """Say whether the bot answers in a guild. Raises DiscordError where that cannot be known now."""
        return await self.why_not(guild) is None

    async def why_not(self, guild: str, /) -> str | None:
        """Say, to follow a "because", why the bot does not answer in a guild; None where it does. Raises DiscordError.

        What everybody may add to their own servers answers only in the one that it joined first, until told where to.
        """
        if self._guilds is not None:
            return None if guild in self._guilds else _UNNAMED
        application = (await self._connection.client()).application
        if application is None or not application.bot_public:
            return None
        mine = await self._mine()
        return None if guild == (await self._first(mine) if mine else "") else _PUBLIC

    async def can(self, guild: str, channel: str, *permissions: str) -> bool | None:
        """Say whether the bot may do all of this in a channel, or in a thread's; None where that cannot be known."""
        try:
            wanted = Permissions(**dict.fromkeys(permissions, True))
            where = await self.spot(guild, channel)
            me = await self._member(guild, (await self._connection.who()).me)
            known = await self._of(guild)
            found = await self._channel(known, where.channel)
        except Refused as error:
            return False if error.status in _SHUT else None
        except DiscordError:
            return None
        if me is None or found is None:
            return False if me is None else None
        return wanted <= found.permissions_for(knowing.of(me, known.guild))

    async def _of(self, guild: str) -> Known:
        """Give a guild with its channels. Raises DiscordError."""
        cached = self._connection.guild(guild)
        if cached is not None and cached.channels:  # a server may tell of none
            return Known(guild=cached, channels=_by_id(cached.channels))

        async def ask() -> Known:
            client = await self._connection.client()
            number = _number(guild)
            found = await answered(
                "GET /guilds/{guild_id}", client.fetch_guild(number, with_counts=False), within=_WITHIN
            )
            return Known(guild=found, channels=_by_id(await _channels(found)))

        return await self._known.get(guild, ask)

    async def _channel(self, known: Known, channel: str) -> GuildChannel | None:
        """Give a channel of this guild: one that was made a moment ago is asked for by itself."""
        if not channel.isdecimal():
            return None
        if (listed := known.channels.get(int(channel))) is not None:
            return listed
        if self._connection.guild(str(known.guild.id)) is known.guild:
            return None
        found = await answered("GET /channels/{channel_id}", known.guild.fetch_channel(int(channel)), within=_WITHIN)
        return found if isinstance(found, GuildChannel) else None

    async def _member(self, guild: str, person: str) -> Member | None:
        """Give somebody as a member of a guild; None for who is none. Raises DiscordError."""
        if not person.isdecimal():
            return None
        cached = self._connection.guild(guild)
        known = cached.get_member(int(person)) if cached is not None else None
        if known is not None:
            return known

        async def ask() -> Member | None:
            within = (await self._of(guild)).guild
            what = "GET /guilds/{guild_id}/members/{user_id}"
            try:
                return await answered(what, within.fetch_member(int(person)), within=_WITHIN)
            except Refused as error:
                if error.status not in _ABSENT:
                    raise
                if error.code in _NOBODY or await self._lists(within):
                    return None
                told = self._met.known((guild, person))
                if told is None:
                    raise Unlisted("This server does not say who is in it.") from error
                return knowing.told(within, told)

        return await self._members.get((guild, person), ask)

    async def _lists(self, guild: Guild) -> bool:
        """Say whether this server tells of members at all: one without that route answers as it does for a stranger."""

        async def ask() -> bool:
            me = int((await self._connection.who()).me)
            try:
                await answered("GET /guilds/{guild_id}/members/{user_id}", guild.fetch_member(me), within=_WITHIN)
            except Refused as error:
                if error.status in _ABSENT:
                    return False
                raise
            return True

        return await self._listing.get(str(guild.id), ask)

    async def _mine(self) -> tuple[str, ...]:
        """Give the guilds that the bot is in, by their ids. Raises DiscordError."""
        gateway = self._connection.gateway
        if gateway is not None and gateway.is_ready():  # before that, it knows only of some shards'
            return _sorted(gateway.guilds)

        async def ask() -> tuple[str, ...]:
            client = await self._connection.client()

            async def listed() -> Sequence[Guild]:
                return [one async for one in client.fetch_guilds(limit=_GUILDS, with_counts=False)]

            return _sorted(await answered("GET /users/@me/guilds", listed(), within=_WITHIN))

        return await self._listed.get("", ask)

    async def _first(self, mine: tuple[str, ...]) -> str:
        """Give the guild that the bot joined first; no other takes its place, should it leave that one."""

        async def ask() -> str:
            first = mine[0] if len(mine) == 1 else await earliest()
            if self._settled is None:
                return first
            try:
                return await self._settled(first)
            except Exception as error:
                raise DiscordError("The database does not say which server came first.") from error

        async def earliest() -> str:
            me = (await self._connection.who()).me
            joined: list[tuple[datetime, int]] = []
            for guild in mine[:_LOOKED]:
                member = await self._member(guild, me)
                if member is None or member.joined_at is None:
                    raise DiscordError("Discord does not say since when the bot is in a server.")
                joined.append((member.joined_at, int(guild)))
            return str(min(joined)[1])

        return await self._firsts.get(mine, ask)


async def _channels(guild: Guild) -> Sequence[GuildChannel]:
    """Give a guild's channels; none where one is of a kind that discord.py does not know, and reads none of them."""
    try:
        return await answered("GET /guilds/{guild_id}/channels", guild.fetch_channels(), within=_WITHIN)
    except Unsure as error:
        if isinstance(error.__cause__, InvalidData):
            return ()  # each is then asked for by itself
        raise


def _guild(workspace: Principal) -> str:
    return workspace.removeprefix("discord:")


def _number(guild: str) -> int:
    if not guild.isdecimal():
        raise DiscordError("This is no server's id.")
    return int(guild)


def _by_id(channels: Sequence[GuildChannel]) -> dict[int, GuildChannel]:
    return {one.id: one for one in channels}


def _sorted(guilds: Sequence[Guild]) -> tuple[str, ...]:
    return tuple(str(one) for one in sorted(guild.id for guild in guilds))


def _spot(found: GuildChannel | Thread, known: Known) -> Spot:
    if isinstance(found, Thread):
        return knowing.thread_spot(found, known.channels.get(found.parent_id))
    return knowing.channel_spot(found)


async def _tried(asked: Awaitable[T]) -> T | DiscordError:
    """Give an answer, or why Discord gives none."""
    try:
        return await asked
    except DiscordError as error:
        return error
