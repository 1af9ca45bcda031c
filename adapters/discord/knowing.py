"""Guilds, channels and members as discord.py has them, read: who sees what by its own arithmetic of permissions."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from discord import ChannelType, Member, Role

from adapters.audience import Reader, Room
from adapters.discord.base import Spot
from adapters.discord.errors import Unlisted
from adapters.discord.filling import member as filled

if TYPE_CHECKING:
    from collections.abc import Mapping

    from discord import Thread
    from discord.abc import GuildChannel
    from discord.guild import Guild

    from adapters.audience import Standing
    from adapters.base import Principal
    from adapters.discord.base import Sort

_SORTS: Final[Mapping[ChannelType, Sort]] = {
    ChannelType.text: "text",
    ChannelType.news: "text",
    ChannelType.voice: "voice",
    ChannelType.stage_voice: "voice",
}
_VOICE: Final = frozenset({ChannelType.voice, ChannelType.stage_voice})
_LOOKED_INTO: Final = frozenset({"DISCOVERABLE", "PREVIEW_ENABLED"})
"""What a guild has that anybody may look into, and read there, without joining it."""
_FORUMS: Final = frozenset({ChannelType.forum, ChannelType.media})


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A guild with its channels by their ids."""

    guild: Guild
    channels: Mapping[int, GuildChannel]


def channel_spot(channel: GuildChannel) -> Spot:
    """Say what a channel is. A forum is no place where something is said, only its posts are."""
    return Spot(sort=_SORTS.get(channel.type, "unknown"), channel=str(channel.id))


def thread_spot(thread: Thread, parent: GuildChannel | None) -> Spot:
    """Say what a thread is; ``parent`` is the channel that it stands in, where that is known."""
    sort: Sort = "thread"
    if thread.is_private():
        sort = "private thread"
    elif parent is None:
        sort = "unknown"
    elif parent.type in _FORUMS:
        sort = "post"
    return Spot(sort=sort, channel=str(thread.parent_id), thread=str(thread.id))


def of(member: Member, guild: Guild) -> Member:
    """Give a member as one of this state of their guild, so that their roles are what these now allow."""
    if member.guild is guild:
        return member
    again = copy(member)
    again.guild = guild
    return again


def told(guild: Guild, given: object) -> Member:
    """Give somebody as the gateway tells of them. Raises DiscordError where it tells too little."""
    try:
        return Member(data=filled(given), guild=guild, state=guild._state)  # type: ignore[arg-type]  # noqa: SLF001
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise Unlisted("The gateway does not say who somebody is.") from error


def standing(member: Member | None) -> Standing:
    """Say what somebody is to a guild; whoever has not agreed to its rules yet is none of its people."""
    if member is None or member.pending:
        return "outsider"
    return "guest" if member.flags.guest else "member"


def reader(known: Known, member: Member) -> Reader:
    """Describe somebody with their roles, and the channels in which they may read what was said."""
    return Reader(
        id=str(member.id),
        standing=standing(member),
        groups=frozenset(str(role.id) for role in member.roles if not role.is_default()),
        channels=frozenset(str(one.id) for one in known.channels.values() if _reads(one, member)),
    )


def room(workspace: Principal, channel: GuildChannel, asker: Member) -> Room:
    """Say what a channel is to whoever asks there; one that they do not see is not known.

    Administrators see every channel, so that it proves no role. Who is let into a voice channel by its link reads there
    as a guest, and is not told of.
    """
    here = Room(workspace=workspace, channel=str(channel.id))
    if _open(channel):
        return replace(here, kind="public", guests=False, shared=False)
    if not _ruled(channel) or not channel.permissions_for(asker).view_channel:
        return here
    everybody = channel.permissions_for(channel.guild.default_role)
    return Room(
        workspace=workspace,
        channel=str(channel.id),
        kind="public" if everybody.view_channel and everybody.read_message_history else "private",
        guests=None if channel.type in _VOICE else False,
        shared=everybody.view_channel and looked_into(channel.guild),
        history=_reads(channel, asker) and not _watched(channel),
    )


def looked_into(guild: Guild) -> bool:
    """Say whether who is no member may read what everybody in a guild reads."""
    return _LOOKED_INTO.issubset(guild.features)


def open_to(channel: GuildChannel, writer: Member) -> bool:
    """Say whether everybody reads a channel, and somebody may write there."""
    if not _ruled(channel):
        return _open(channel)
    everybody, own = channel.permissions_for(channel.guild.default_role), channel.permissions_for(writer)
    return everybody.view_channel and everybody.read_message_history and own.view_channel and own.send_messages


def _ruled(channel: GuildChannel) -> bool:
    """Whether it is known what everybody may do; discord.py takes that for granted."""
    return channel.guild.get_role(channel.guild.id) is not None


def _open(channel: GuildChannel) -> bool:
    """Whether a server has no notion of who sees what: no roles at all, not even everybody's, and nothing denied."""
    return not channel.guild.roles and not channel.overwrites


def _reads(channel: GuildChannel, member: Member) -> bool:
    if not _ruled(channel):
        return _open(channel)
    allowed = channel.permissions_for(member)
    return allowed.view_channel and allowed.read_message_history


def _watched(channel: GuildChannel) -> bool:
    """Whether somebody may see what is said in a channel from now on, but not what was said before.

    What a role allows is the least that its people have, but for what is denied to another role or to a person; and a
    person who is let in by name may have no role but the one that all have.
    """
    everybody = channel.guild.default_role
    here = channel.overwrites_for(everybody).read_message_history
    usual = everybody.permissions.read_message_history if here is None else here
    for target, overwrite in channel.overwrites.items():
        history = overwrite.read_message_history
        named = not isinstance(target, Role) and overwrite.view_channel
        if target != everybody and (history is False or (named and not (history or usual))):
            return True
    each = (channel.permissions_for(role) for role in channel.guild.roles)
    return any(one.view_channel and not one.read_message_history for one in each)
