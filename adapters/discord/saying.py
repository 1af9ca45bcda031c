"""What a person said on Discord, as words: mentions, emoji and times as a person reads them. Pure."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from adapters.discord.payload import ident, number
from adapters.payload import at, items, text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from adapters.discord.events import Where

_TOKEN: Final = re.compile(
    r"<(?:@(?P<role>&)?!?(?P<id>[0-9]{1,20})|\#(?P<channel>[0-9]{1,20})|a?:(?P<emoji>\w{1,40}):[0-9]{1,20}"
    r"|t:(?P<time>-?[0-9]{1,13})(?::[a-zA-Z])?|/(?P<command>[^<>:]{1,100}):[0-9]{1,20}"
    r"|id:(?P<page>[a-z]{1,20})(?::[0-9]{1,20})?)>"
)
_STOP: Final = re.compile(r"(?:please )?stop(?: it| please)?[.!]*", re.IGNORECASE)
_GAPS: Final = re.compile(r"[ \t]{2,}")
_UNKNOWN: Final = {"@": "@somebody", "@&": "@role", "#": "#channel"}


def said(given: object, where: Where, names: Mapping[str, str] | None = None) -> str:
    """Give a message's words without the mentions of the bot; of one that only passes another on, that one's.

    ``names`` are those of channels and roles, with their sign, by id.
    """
    words = text(given, "content")
    if not words.strip():
        passed = next(iter(items(given, "message_snapshots")), None)
        words = text(passed, "message", "content")
    return spelled(words, where, people(items(given, "mentions")) | dict(names or {}))


def spelled(words: str, where: Where, names: Mapping[str, str]) -> str:
    """Give words as people read them; ``names`` are with their sign, such as ``@Anna`` or ``#general``, by id."""
    read = _TOKEN.sub(lambda token: _token(token, where, names), words)
    return _GAPS.sub(" ", read).strip() if read != words else words.strip()


def people(mentioned: list[object]) -> dict[str, str]:
    """Give what people are called, by id, as Discord lists those whom a message mentions."""
    return {ident(one, "id"): f"@{called(one)}" for one in mentioned if ident(one, "id")}


def called(user: object, member: object = None) -> str:
    """Give what somebody is called, or their id."""
    given = text(member, "nick") or text(user, "member", "nick")
    return given or text(user, "global_name") or text(user, "username") or ident(user, "id")


def mentions(given: object, where: Where) -> bool:
    """Whether a message mentions the bot, or the role that it alone has."""
    listed = any(ident(one, "id") == where.me for one in items(given, "mentions")) and bool(where.me)
    written = {token["id"] for token in _TOKEN.finditer(text(given, "content")) if token["id"]}
    return (listed and not _replies(given)) or bool(written & ({where.me} | where.roles) - {""})


def mentions_others(given: object, where: Where) -> bool:
    """Whether a message mentions somebody, a role, or all who are there, but the bot."""
    if at(given, "mention_everyone") is True:
        return True
    written = {token["id"] for token in _TOKEN.finditer(text(given, "content")) if token["id"]}
    return bool(written - {where.me} - where.roles)


def stops(words: str) -> bool:
    """Whether somebody says that the answer shall end, and nothing else."""
    return bool(_STOP.fullmatch(words))


def _replies(given: object) -> bool:
    """Whether a message replies to another, whose author is then listed among the mentioned without being written."""
    return at(given, "message_reference") is not None and number(given, "message_reference", "type") == 0


def _token(token: re.Match[str], where: Where, names: Mapping[str, str]) -> str:
    if user := token["id"]:
        if user == where.me or user in where.roles:
            return " "
        return names.get(user) or _UNKNOWN["@&" if token["role"] else "@"]
    if channel := token["channel"]:
        return names.get(channel) or _UNKNOWN["#"]
    if token["time"]:
        return _time(int(token["time"])) or token[0]
    if token["command"]:
        return f"/{token['command']}"
    return f":{token['emoji']}:" if token["emoji"] else f"#{token['page']}"


def _time(seconds: int) -> str:
    try:
        return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M} UTC"
    except (ValueError, OverflowError, OSError):
        return ""
