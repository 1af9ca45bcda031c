"""What discord.py takes for granted in what a server says, put in where one leaves it out. Pure.

Made up are names, places in a list, counts, and that somebody has no role: nothing by which anybody may read more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from adapters.payload import at, items

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_USER: Final = {"username": "", "discriminator": "0", "avatar": None}
_MEMBER: Final = {"roles": (), "flags": 0}
_CHANNEL: Final = {
    "name": "",
    "position": 0,
    "bitrate": 64_000,
    "user_limit": 0,
    "owner_id": 0,
    "message_count": 0,
    "member_count": 0,
}
_THREADS: Final = {
    "archived": False,
    "auto_archive_duration": 1_440,
    "archive_timestamp": "2015-01-01T00:00:00+00:00",
}
_UNREAD: Final = frozenset(
    {
        "emojis",
        "guild_scheduled_events",
        "presences",
        "soundboard_sounds",
        "stage_instances",
        "stickers",
        "voice_states",
    }
)
"""Of a guild, what nobody here reads: one of them that cannot be read would hide the guild."""


def heard(event: str, payload: object) -> object:
    """Give what the gateway tells, with what it lacks."""
    return _filled(_HEARD, event, payload)


def answered(path: str, body: object) -> object:
    """Give what the REST API answers to a path, as discord.py writes that, with what it lacks."""
    return _filled(_ANSWERED, path, body)


def _filled(known: Mapping[str, Callable[[Any], Any]], name: str, given: object) -> object:
    fill = known.get(name)
    return given if fill is None else fill(given)


def _user(given: object) -> object:
    return {**_USER, **given} if isinstance(given, dict) else given


def member(given: object) -> object:
    """Give somebody in a guild."""
    return {**_MEMBER, **given, "user": _user(given.get("user"))} if isinstance(given, dict) else given


def _role(given: object) -> object:
    return {"name": "", **given} if isinstance(given, dict) else given


def _channel(given: object) -> object:
    if not isinstance(given, dict):
        return given
    threads = at(given, "thread_metadata")
    return {**_CHANNEL, **given, "thread_metadata": {**_THREADS, **(threads if isinstance(threads, dict) else {})}}


def _channels(given: object) -> object:
    return [_channel(one) for one in given] if isinstance(given, list) else given


def _guild(given: object) -> object:
    if not isinstance(given, dict):
        return given
    each = (("roles", _role), ("channels", _channel), ("threads", _channel), ("members", member))
    listed = {name: [fill(one) for one in items(given, name)] for name, fill in each if name in given}
    return {name: one for name, one in given.items() if name not in _UNREAD} | listed


def _within(name: str, fill: Callable[[object], object]) -> Callable[[object], object]:
    return lambda given: {**given, name: fill(given[name])} if isinstance(given, dict) and name in given else given


_HEARD: Final = {
    "READY": _within("user", _user),
    **dict.fromkeys(("GUILD_CREATE", "GUILD_UPDATE"), _guild),
    **dict.fromkeys(("CHANNEL_CREATE", "CHANNEL_UPDATE", "THREAD_CREATE", "THREAD_UPDATE"), _channel),
    "THREAD_LIST_SYNC": _within("threads", _channels),
    **dict.fromkeys(("GUILD_ROLE_CREATE", "GUILD_ROLE_UPDATE"), _within("role", _role)),
    "GUILD_MEMBER_UPDATE": member,
}
_ANSWERED: Final = {
    "/users/@me": _user,
    "/guilds/{guild_id}": _guild,
    "/guilds/{guild_id}/channels": _channels,
    "/guilds/{guild_id}/members/{member_id}": member,
    "/channels/{channel_id}": _channel,
}
