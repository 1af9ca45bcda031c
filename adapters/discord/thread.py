"""Messages as Discord's REST API gives them: what people wrote where a question was asked, before it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from adapters.attaching import FILES, LARGEST, NEWEST, media_type, one_line
from adapters.discord.happening import ours
from adapters.discord.payload import ident, number
from adapters.discord.saying import called, said
from adapters.payload import at, items, text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from adapters.base import Question
    from adapters.discord.events import Where

_STARTER: Final = 21
"""The message that shows, in a thread, the one from which it was made."""
_REPLY: Final = 0
_ABOUT: Final = 3
"""Parts of an id behind ``about``: channel, message and interaction."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Where a question stands: in a ``thread``, or in a ``channel`` where only what it replies to comes before it.

    ``own`` is the message that asked it, where one did, and ``until`` an id that was given out when it was asked;
    ``about`` is the channel and the message that it was asked about. ``direct`` says that it is a direct message.
    """

    guild: str
    channel: str
    thread: str | None
    own: str | None
    until: str | None
    about: tuple[str, str] | None
    direct: bool

    @property
    def here(self) -> str:
        """The channel or thread in which it is read."""
        return self.thread or self.channel


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
    """What a person wrote, and what they are called."""

    id: str
    channel: str
    author: str
    text: str
    files: tuple[File, ...]


def asked(question: Question) -> Asked | None:
    """Say where a question stands; None where nothing belongs to it, or where it was asked elsewhere first.

    Whoever sent it may have forged the ids in it: only what stands where it was asked is read.
    """
    place = question.place
    kind, *rest = question.id.removeprefix(f"{place.workspace}:").split(":")
    ids = [one for one in (kind, *rest) if one.isdecimal()]
    if question.follows is not None or not ids:
        return None
    here = {place.channel, place.thread}
    own = ids[1] if kind.isdecimal() and len(ids) > 1 and kind in here else None
    about = (ids[0], ids[1]) if kind == "about" and len(ids) >= _ABOUT and ids[0] in here else None
    # A mention in a channel names a thread that is made of it later; a post's first message has the post's id too.
    begins = own is not None and own == place.thread and kind == place.channel
    thread = None if begins else place.thread
    if thread is None and own is None and about is None:
        return None
    return Asked(
        guild=place.workspace.removeprefix("discord:"),
        channel=place.channel,
        thread=thread,
        own=own,
        until=own or (ids[-1] if kind in {"interaction", "about", "again"} else None),
        about=about,
        direct=place.private_to is not None and question.conversation == f"{place.workspace}:{place.channel}",
    )


def message(given: object, where: Where) -> Message | None:
    """Read a message that a person wrote; None where nobody did."""
    if ours(given, where):
        return None
    files = (_file(one) for one in items(given, "attachments"))
    return Message(
        id=ident(given, "id"),
        channel=ident(given, "channel_id"),
        author=called(at(given, "author"), at(given, "member")),
        text=said(given, where),
        files=tuple(one for one in files if one is not None),
    )


def starter(given: Iterable[object]) -> tuple[bool, object]:
    """Say whether a thread shows the message that it was made of, and give that, if it comes along."""
    shown = [one for one in given if number(one, "type") == _STARTER]
    along = (at(one, "referenced_message") for one in shown)
    return bool(shown), next((one for one in along if isinstance(one, dict)), None)


def replied(given: object, channel: str) -> str:
    """Give the message of the same channel that one replies to; "" where there is none."""
    reference = at(given, "message_reference")
    same = ident(reference, "channel_id") in {"", channel} and number(reference, "type") == _REPLY
    return ident(reference, "message_id") if same else ""


def said_before(given: Iterable[object], asked: Asked, where: Where) -> list[Message]:
    """Give what people wrote before a question, oldest first, and its own message last, if that is there."""
    read = (message(one, where) for one in given)
    found = {one.id: one for one in read if one is not None}
    until = int(asked.until) if asked.until is not None else None
    ordered = sorted(found.values(), key=lambda one: int(one.id))
    return [one for one in ordered if until is None or int(one.id) <= until]


def newest(messages: Sequence[Message], asked: Asked) -> list[Message]:
    """Give the newest thirty, among which are the one that was asked about, before all others, and a thread's first."""
    about = asked.about[1] if asked.about else None
    first = [one for one in messages if one.id == about]
    first += [one for one in messages if one.id == asked.thread != about]
    others = [one for one in messages if one not in first]
    return [*first, *others[len(first) - NEWEST :]]


def chosen(messages: Sequence[Message]) -> list[tuple[Message, File]]:
    """Give the newest files, with the messages that they came with."""
    each = [(one, file) for one in sorted(messages, key=lambda one: -int(one.id)) for file in one.files]
    return each[:FILES]


def _file(given: object) -> File | None:
    """Read a file that is short enough, and of a kind that can be read as text."""
    name, size = text(given, "filename").strip(), number(given, "size")
    media, address = media_type(name, text(given, "content_type")), text(given, "url")
    if not (media and address and ident(given, "id") and 0 < size <= LARGEST):
        return None
    return File(id=ident(given, "id"), name=one_line(name), media=media, size=size, address=address)
