"""Who will read an answer, from what a platform knows of a place and of whoever asks there. Pure.

Everybody holds some principals, and an answer may rest on what *all* of its readers hold. So each reader more can only
take something away, and a reader of whom nothing is known takes away everything but what is public.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from adapters.base import PRINCIPAL, Audience

if TYPE_CHECKING:
    from collections.abc import Iterable

    from adapters.base import Place, Principal

Kind: TypeAlias = Literal["public", "private", "direct", "group", "unknown"]
"""What a place is: a channel that the whole workspace may open, one of its members, a conversation with one person or
with a few."""
Standing: TypeAlias = Literal["member", "guest", "outsider", "unknown"]
"""What somebody is to the workspace. Guests were let into some of its channels; outsiders are another company's."""

PUBLIC: Final[Principal] = "public"
_NOTHING: Final[frozenset[Principal]] = frozenset()
_ANYBODY: Final[frozenset[Principal]] = frozenset({PUBLIC})
NOBODY: Final = Audience(everyone=_NOTHING, asker=_NOTHING)
"""The audience of which nothing is known: nothing may be shown to it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Somebody, as their platform knows them: the groups that they are in, and the channels."""

    id: str
    standing: Standing = "unknown"
    groups: frozenset[str] = frozenset()
    channels: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """What a platform knows of a place.

    ``guests`` and ``shared`` say whether guests and another company's people may read there; None is not known, and
    counts as yes. ``others`` are those who read in a ``group`` beside whoever asks, None where they are not known.
    ``history`` says whether all who read there may read what was said before they came: what a channel holds is that.
    """

    workspace: Principal
    channel: str
    kind: Kind = "unknown"
    guests: bool | None = None
    shared: bool | None = None
    others: tuple[Reader, ...] | None = None
    history: bool = True


def audience(place: Place, room: Room, asker: Reader) -> Audience:
    """Give what every reader at a place holds, and what whoever asks there holds besides.

    What is private to somebody else has no reader who asks, and a room of another workspace is not the place's: only
    there nothing may be read. Whatever else is not known leaves what is public, since anybody may read that.
    """
    if room.workspace != place.workspace or place.private_to not in (None, asker.id):
        return NOBODY
    alone = place.private_to is not None or room.kind == "direct"
    own = held(room.workspace, asker, here=None if alone else _here(room))
    everyone = own if alone else common((own, *_beside(room)))
    narrow = not alone and everyone <= _ANYBODY
    return Audience(everyone=everyone, asker=own - everyone, why=_why(room, asker) if narrow else None)


def held(workspace: Principal, reader: Reader, *, here: str | None = None) -> frozenset[Principal]:
    """Give what somebody holds; ``here`` is a channel that they are seen to read.

    Guests hold nothing of the workspace but what names them, though they are in some of its channels: what a channel
    holds was written for the workspace's own people.
    """
    match reader.standing:
        case "member":
            channels = reader.channels if here is None else reader.channels | {here}
            named = {("group", one) for one in reader.groups} | {("channel", one) for one in channels}
            return _ANYBODY | {workspace} | _named(workspace, named | {("person", reader.id)})
        case "guest":
            return _ANYBODY | _named(workspace, {("person", reader.id)})
        case "outsider" | "unknown":
            return _ANYBODY


def common(readers: Iterable[frozenset[Principal]]) -> frozenset[Principal]:
    """Give what all of them hold; where there is none to be seen, nothing."""
    each = tuple(readers)
    return frozenset.intersection(*each) if each else _NOTHING


def _why(room: Room, asker: Reader) -> str:
    """Say what keeps all but what is public from a room; the worst first."""
    what = "conversation" if room.kind == "group" else "channel"
    readers = {one.standing for one in (asker, *(room.others or ()))}
    if room.shared or "outsider" in readers:
        return f"this {what} is shared with another company"
    if room.guests or "guest" in readers:
        return f"a guest is in this {what}"
    return "it is not known who reads here"


def _here(room: Room) -> str | None:
    """Give the channel that all hold who are seen to read in a room."""
    return room.channel if room.history and room.kind != "unknown" else None


def _beside(room: Room) -> Iterable[frozenset[Principal]]:
    """Give what those hold who read in a room beside whoever asks: one of each sort that there may be."""
    match room.kind:
        case "public" | "private":
            yield held(room.workspace, Reader(id="anybody", standing="member"), here=_here(room))
        case "group":
            yield from _others(room)
        case "direct":
            return
        case "unknown":
            yield _ANYBODY
    if room.guests is not False:
        yield _ANYBODY
    if room.shared is not False:
        yield _ANYBODY


def _others(room: Room) -> Iterable[frozenset[Principal]]:
    if room.others is None:
        yield _ANYBODY
        return
    for one in room.others:
        yield held(room.workspace, one, here=room.channel)


def _named(workspace: Principal, names: Iterable[tuple[str, str]]) -> frozenset[Principal]:
    """Give these as principals; a name that none can be made of is held by nobody."""
    made = (f"{workspace}:{sort}:{name}" for sort, name in names)
    return frozenset(one for one in made if PRINCIPAL.fullmatch(one))
