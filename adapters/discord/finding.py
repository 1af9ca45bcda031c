"""One look for what was said lately where the bot is, the newest first, bounded and within a budget of its own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final, TypeAlias

import discord
import structlog

from adapters.discord.errors import DiscordError, Refused
from adapters.discord.payload import ident, moment, snowflake
from adapters.pacing import Budget

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterator, Sequence

    from discord.guild import Guild

    from adapters.base import Desk
    from adapters.clock import Clock
    from adapters.discord.connection import Connection
    from adapters.pacing import Bucket
    from adapters.wishes import Served

_Channel: TypeAlias = "discord.TextChannel | discord.VoiceChannel | discord.StageChannel | discord.Thread"

BUDGET: Final = Budget(calls=120, burst=20)
"""Calls a minute: Discord allows fifty a second in all, and answers need some of them."""
_CHANNELS: Final = 60
_DIRECTS: Final = 20
_SERVED: Final = timedelta(days=3)
_PAGES: Final = 3
_FAILURES: Final = 3
"""Channels that Discord may say nothing of, before it is let be for a while."""
_PAGE: Final = 100
_WITHIN: Final = 10.0
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Spoken:
    """A channel or a thread in which something was said after ``oldest``; a direct message has no guild.

    ``conversation`` is, with its workspace, the one that all of it belongs to: in a thread and in direct messages.
    """

    guild: str
    channel: str
    last: float
    oldest: float
    conversation: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Finds what was said after ``oldest``, in seconds since 1970, as the gateway knows of channels.

    Where ``answered`` is given, what the bot answered until then is left out, whatever is remembered of that: what one
    of its own messages replies to; and, in a thread or in direct messages, what comes before one of them and before all
    that the desk knows of there. What came after the first that it knows of, it knows to be answered by itself: a
    message of the bot's may belong to an earlier question, while a later one was never heard.
    """

    connection: Connection
    desk: Desk
    clock: Clock
    bucket: Bucket
    oldest: float
    answered: float | None

    async def said(self) -> AsyncGenerator[object]:
        """Give messages as the gateway would have told them, each channel's oldest first.

        Raises DiscordError in the end where a channel could not be looked at.
        """
        me = (await self.connection.who()).me
        gateway = self.connection.gateway
        guilds = [one for one in gateway.guilds if not one.unavailable] if gateway is not None else []
        spoken = [found for guild in guilds for found in self._spoken(guild)]
        newest = sorted(spoken, key=lambda one: one.last, reverse=True)
        _cut("channels", len(newest) - _CHANNELS)
        failures: list[DiscordError] = []
        for place in (*newest[:_CHANNELS], *(await self._directs(guilds))):
            try:
                said = await self._in(place, me)
            except DiscordError as error:
                failures.append(error)
                if len(failures) >= _FAILURES:
                    break
                continue
            for message in said:
                yield message
        if failures:
            raise failures[0]

    def _spoken(self, guild: Guild) -> Iterator[_Spoken]:
        """Give where something was said in a guild, since the bot is in it."""
        joined = guild.me.joined_at if guild.me is not None else None
        oldest = max(self.oldest, joined.timestamp() - 1.0 if joined is not None else 0.0)  # ids know no less than ms
        channels: list[_Channel] = [
            *guild.text_channels,
            *guild.voice_channels,
            *guild.stage_channels,
            *guild.threads,
        ]
        for channel in channels:
            last = moment(str(channel.last_message_id or 0))
            if last > oldest and _readable(channel, guild):
                workspace = f"discord:{guild.id}"
                yield _Spoken(
                    guild=str(guild.id),
                    channel=str(channel.id),
                    last=last,
                    oldest=oldest,
                    conversation=(workspace, f"{workspace}:{channel.id}")
                    if isinstance(channel, discord.Thread)
                    else None,
                )

    async def _directs(self, guilds: Sequence[Guild]) -> Sequence[_Spoken]:
        """Give the direct messages in which somebody asked lately; no others are known."""
        since = datetime.fromtimestamp(self.clock.now(), UTC) - _SERVED
        found: dict[str, Served] = {}
        for guild in guilds:
            workspace = f"discord:{guild.id}"
            for one in await self.desk.served("discord", workspace, since):
                direct = one.channel.isdecimal() and one.conversation == f"{workspace}:{one.channel}"
                if direct and guild.get_channel_or_thread(int(one.channel)) is None:
                    found[one.channel] = max(found.get(one.channel, one), one, key=lambda each: each.last_at)
        newest = sorted(found.values(), key=lambda one: one.last_at, reverse=True)
        _cut("direct messages", len(newest) - _DIRECTS)
        return [
            _Spoken(
                guild="",
                channel=one.channel,
                last=one.last_at.timestamp(),
                oldest=self.oldest,
                conversation=(one.conversation.rpartition(":")[0], one.conversation),
            )
            for one in newest[:_DIRECTS]
        ]

    async def _in(self, place: _Spoken, me: str) -> Sequence[object]:
        """Give what was said in a channel; what the bot may not read, or is gone, says nothing."""
        found: dict[int, object] = {}
        try:
            found = await self._newest(place)
        except Refused as error:
            _log.info("not looked back", channel=place.channel, why=error.told)
        told = [_told(found[one], place) for one in sorted(found)]
        if self.answered is None:
            return told
        return _unanswered(told, me, self.answered, await self._known_since(place))

    async def _newest(self, place: _Spoken) -> dict[int, object]:
        """Give what was said in a channel, from its newest back: behind an id, Discord gives the oldest first."""
        found: dict[int, object] = {}
        oldest = int(snowflake(place.oldest))
        for _ in range(_PAGES):
            page = await self._page(place.channel, min(found, default=None))
            lately = {int(name): one for one in page if (name := ident(one, "id")) and int(name) > oldest}
            found |= lately
            if len(lately) < _PAGE:
                return found
        _log.warning("not looked back to the end", channel=place.channel, messages=len(found))
        return found

    async def _known_since(self, place: _Spoken) -> float | None:
        """Say since when the desk has known of a conversation; None where nothing of it may be hidden by an answer."""
        if place.conversation is None:
            return None
        first = await self.desk.answers_in("discord", *place.conversation)
        return self.clock.now() if first is None else first.timestamp()

    async def _page(self, channel: str, before: int | None) -> list[object]:
        while not self.bucket.take(self.clock.now()):
            await self.clock.sleep(max(0.01, self.bucket.ready(self.clock.now())))
        calls = await self.connection.calls()
        asked = {"limit": _PAGE} | ({} if before is None else {"before": str(before)})
        path = "/channels/{channel_id}/messages"
        page = await calls.ask("GET", path, within=_WITHIN, params=asked, channel_id=channel)
        if not isinstance(page, list):
            raise DiscordError("Discord did not say what was said in a channel.")
        return page


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


def _unanswered(messages: Sequence[object], me: str, until: float, since: float | None) -> Sequence[object]:
    mine = [one for one in messages if ident(one, "author", "id") == me]
    replied = {ident(one, "message_reference", "message_id") for one in mine}
    known = [ident(one, "id") for one in mine if moment(ident(one, "id")) <= until]
    last = 0 if since is None else min(max(map(int, known), default=0), int(snowflake(since)) - 1)
    return [
        one
        for one in messages
        if ident(one, "id") not in replied and ident(one, "thread", "owner_id") != me and int(ident(one, "id")) > last
    ]


def _cut(what: str, more: int) -> None:
    if more > 0:
        _log.warning("not looked back everywhere", what=what, more=more)
