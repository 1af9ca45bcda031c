"""One look for what was said lately where the bot is, the newest first, bounded and within a budget of its own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final, TypeAlias

import discord
import structlog

from adapters.discord.errors import Refused
from adapters.discord.payload import ident, moment, snowflake
from adapters.pacing import Budget
from adapters.payload import items

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterator, Sequence

    from discord.guild import Guild

    from adapters.base import Desk
    from adapters.clock import Clock
    from adapters.discord.connection import Connection
    from adapters.pacing import Bucket

_Channel: TypeAlias = "discord.TextChannel | discord.VoiceChannel | discord.Thread"

BUDGET: Final = Budget(calls=120, burst=20)
"""Calls a minute: Discord allows fifty a second in all, and answers need some of them."""
_CHANNELS: Final = 60
_DIRECTS: Final = 20
_SERVED: Final = timedelta(days=3)
_PAGES: Final = 3
_PAGE: Final = 100
_WITHIN: Final = 10.0
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Spoken:
    """A channel or a thread in which something was said after ``oldest``; a direct message has no guild."""

    guild: str
    channel: str
    last: float
    oldest: float
    within: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Finds what was said after ``oldest``, in seconds since 1970, as the gateway knows of channels.

    Where ``answered`` is given, what the bot answered until then is left out, whatever is remembered of that: what one
    of its own messages replies to, or, in a thread or in direct messages, comes before one. What it wrote after that
    answers what came meanwhile, and says nothing of what is older.
    """

    connection: Connection
    desk: Desk
    clock: Clock
    bucket: Bucket
    oldest: float
    answered: float | None

    async def said(self) -> AsyncGenerator[object]:
        """Give messages as the gateway would have told them, each channel's oldest first. Raises DiscordError."""
        me = (await self.connection.who()).me
        gateway = self.connection.gateway
        guilds = [one for one in gateway.guilds if not one.unavailable] if gateway is not None else []
        spoken = [found for guild in guilds for found in self._spoken(guild)]
        newest = sorted(spoken, key=lambda one: one.last, reverse=True)[:_CHANNELS]
        for place in (*newest, *(await self._directs(guilds))):
            for message in await self._in(place, me):
                yield message

    def _spoken(self, guild: Guild) -> Iterator[_Spoken]:
        """Give where something was said in a guild, since the bot is in it."""
        joined = guild.me.joined_at if guild.me is not None else None
        oldest = max(self.oldest, joined.timestamp() - 1.0 if joined is not None else 0.0)  # ids know no less than ms
        channels: list[_Channel] = [*guild.text_channels, *guild.voice_channels, *guild.threads]
        for channel in channels:
            last = moment(str(channel.last_message_id or 0))
            if last > oldest and _readable(channel, guild):
                within = isinstance(channel, discord.Thread)
                yield _Spoken(guild=str(guild.id), channel=str(channel.id), last=last, oldest=oldest, within=within)

    async def _directs(self, guilds: Sequence[Guild]) -> Sequence[_Spoken]:
        """Give the direct messages in which somebody asked lately; no others are known."""
        since = datetime.fromtimestamp(self.clock.now(), UTC) - _SERVED
        found: dict[str, float] = {}
        for guild in guilds:
            workspace = f"discord:{guild.id}"
            for one in await self.desk.served("discord", workspace, since):
                direct = one.channel.isdecimal() and one.conversation == f"{workspace}:{one.channel}"
                if direct and guild.get_channel_or_thread(int(one.channel)) is None:
                    found[one.channel] = max(found.get(one.channel, 0.0), one.last_at.timestamp())
        newest = sorted(found, key=lambda channel: found[channel], reverse=True)[:_DIRECTS]
        return [_Spoken(guild="", channel=one, last=found[one], oldest=self.oldest, within=True) for one in newest]

    async def _in(self, place: _Spoken, me: str) -> Sequence[object]:
        """Give what was said in a channel; what the bot may not read, or is gone, says nothing."""
        found: dict[str, object] = {}
        after = snowflake(place.oldest)
        try:
            for _ in range(_PAGES):
                page = [one for one in await self._page(place.channel, after) if ident(one, "id")]
                found |= {ident(one, "id"): one for one in page}
                if len(page) < _PAGE:
                    break
                after = max(found, key=int)
        except Refused as error:
            _log.info("not looked back", channel=place.channel, why=error.told)
        told = [_told(found[one], place) for one in sorted(found, key=int)]
        return told if self.answered is None else _unanswered(told, me, place, self.answered)

    async def _page(self, channel: str, after: str) -> list[object]:
        while not self.bucket.take(self.clock.now()):
            await self.clock.sleep(max(0.01, self.bucket.ready(self.clock.now())))
        calls = await self.connection.calls()
        asked = {"limit": _PAGE, "after": after}
        path = "/channels/{channel_id}/messages"
        return items({"page": await calls.ask("GET", path, within=_WITHIN, params=asked, channel_id=channel)}, "page")


def _readable(channel: _Channel, guild: Guild) -> bool:
    try:
        allowed = channel.permissions_for(guild.me)
    except (discord.ClientException, AttributeError):  # a thread whose channel the bot does not see
        return False
    return allowed.view_channel and allowed.read_message_history


def _told(message: object, place: _Spoken) -> object:
    """Give a message as the gateway tells it."""
    said = message if isinstance(message, dict) else {}
    return {**said, "channel_id": place.channel} | ({"guild_id": place.guild} if place.guild else {})


def _unanswered(messages: Sequence[object], me: str, place: _Spoken, until: float) -> Sequence[object]:
    mine = [one for one in messages if ident(one, "author", "id") == me]
    replied = {ident(one, "message_reference", "message_id") for one in mine}
    known = [ident(one, "id") for one in mine if moment(ident(one, "id")) <= until]
    last = max(map(int, known), default=0) if place.within else 0
    return [
        one
        for one in messages
        if ident(one, "id") not in replied and ident(one, "thread", "owner_id") != me and int(ident(one, "id")) > last
    ]
