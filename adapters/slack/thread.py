"""A thread as ``conversations.replies`` gives it: what people wrote in it before a question. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from adapters.attaching import FILES, LARGEST, NEWEST, media_type, one_line
from adapters.payload import at, items, text
from adapters.slack.payload import ident, moment
from adapters.slack.wording import words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from adapters.base import Question

_SPOKEN: Final = frozenset({"", "file_share", "thread_broadcast", "me_message"})
_SLACKBOT: Final = "USLACKBOT"
_MENTION: Final = re.compile(r"<@([A-Z0-9]{1,64})>")
_STAMP: Final = re.compile(r"[0-9]{1,10}(?:\.[0-9]{1,9})?")
_ABOUT: Final = re.compile(r"shortcut:[A-Za-z0-9_-]+:([0-9]{1,10}(?:\.[0-9]{1,9})?):")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Where a question stands: its ``thread``, and the ``own`` message that asked it, where there is one.

    ``own`` is none of what was said before it; the files that came with it are read all the same. ``about`` is the
    message that it was asked about, by the shortcut.
    """

    channel: str
    thread: str
    own: str | None
    about: str | None = None

    @property
    def root(self) -> bool:
        """Whether nothing can have been said before it."""
        return self.own == self.thread


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file that may be read."""

    id: str
    name: str
    media: str
    size: int
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What a person wrote; ``text`` is in Slack's own markup."""

    stamp: str
    user: str
    text: str
    files: tuple[File, ...]
    reply: bool


def asked(question: Question) -> Asked | None:
    """Say where a question stands; None for one that stands in no thread, or that was asked elsewhere first."""
    place = question.place
    if question.follows is not None or place.thread is None or not _STAMP.fullmatch(place.thread):
        return None
    if place.channel == place.private_to:
        return None
    ours = f"{place.workspace}:{place.channel}:"
    named = question.id.removeprefix(ours).partition(":")[0] if question.id.startswith(ours) else ""
    own = named if _STAMP.fullmatch(named) else None
    about = _ABOUT.match(question.id.removeprefix(f"{place.workspace}:"))
    return Asked(channel=place.channel, thread=place.thread, own=own, about=about[1] if about else None)


def said_before(given: Iterable[object], where: Asked, me: str) -> tuple[Message, ...]:
    """Give what people wrote before a question, oldest first, and its own message last, if that is there."""
    own = where.own
    found = {one.stamp: one for one in map(_message, given) if one is not None and one.user not in {me, _SLACKBOT}}
    ordered = sorted(found.values(), key=lambda one: order(one.stamp))
    return tuple(one for one in ordered if own is None or order(one.stamp) <= order(own))


def newest(messages: Sequence[Message], where: Asked) -> list[Message]:
    """Give the newest thirty, among which is the one that was asked about, however old it is."""
    kept = list(messages[-NEWEST:])
    about = [one for one in messages[:-NEWEST] if one.stamp == where.about]
    return [*about, *kept[len(about) :]]


def order(stamp: str) -> tuple[int, int]:
    """Give a timestamp's place among others."""
    seconds, _, rest = stamp.partition(".")
    return int(seconds), int(rest.ljust(9, "0"))


def people(messages: Iterable[Message]) -> frozenset[str]:
    """Give who wrote these messages, and whom they mention."""
    mentioned = (user for one in messages for user in _MENTION.findall(one.text))
    return frozenset((*(one.user for one in messages), *mentioned))


def with_names(markup: str, names: dict[str, str]) -> str:
    """Put names to the mentions in Slack's markup."""

    def named(found: re.Match[str]) -> str:
        name = re.sub(r"[<>|]", "", names.get(found[1], ""))
        return f"<@{found[1]}|{name}>" if name else found[0]

    return _MENTION.sub(named, markup)


def chosen(messages: Sequence[Message]) -> tuple[tuple[str, File], ...]:
    """Give the newest files, with the messages that they came with; those that many attach are read once."""
    found: dict[str, tuple[str, File]] = {}
    for message in reversed(messages):
        for file in message.files:
            found.setdefault(file.id, (message.stamp, file))
    return tuple(found.values())[:FILES]


def _message(given: object) -> Message | None:
    stamp, user = moment(given, "ts"), ident(given, "user")
    spoken = text(given, "subtype") in _SPOKEN and at(given, "hidden") is not True
    bot = text(given, "bot_id") or at(given, "bot_profile") is not None
    if not (spoken and stamp and user) or bot:
        return None
    files = (_file(one) for one in items(given, "files"))
    thread = moment(given, "thread_ts")
    return Message(
        stamp=stamp,
        user=user,
        text=words(given),
        files=tuple(one for one in files if one is not None),
        reply=thread not in {"", stamp},
    )


def _file(given: object) -> File | None:
    """Read a file that stands at Slack, is short enough, and of a kind that can be read as text."""
    name, size = text(given, "name").strip(), at(given, "size")
    hosted = at(given, "is_external") in (None, False) and text(given, "mode") in {"", "hosted", "snippet"}
    media = media_type(name, text(given, "mimetype"))
    address = text(given, "url_private_download") or text(given, "url_private")
    if not (hosted and media and address and ident(given, "id") and isinstance(size, int) and 0 < size <= LARGEST):
        return None
    return File(id=ident(given, "id"), name=one_line(name), media=media, size=size, address=address)
