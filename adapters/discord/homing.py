"""What comes from direct messages, said of the guild to which its person belongs. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from adapters.base import Again, Deleted, Edited, Halted, MessageRef, Question, Rated
from adapters.discord.events import (
    DIRECT,
    AskingAbout,
    Commanded,
    Heard,
    PageWanted,
    Pressed,
    QuotesWanted,
    Suggesting,
)

if TYPE_CHECKING:
    from adapters.base import Place
    from adapters.discord.events import Read

_NOWHERE = f"discord:{DIRECT}"
R = TypeVar("R", bound="Read")


def homed(found: R, guild: str) -> R:
    """Give the same in a guild; what has one already stays as it is."""
    match found:
        case Question():
            return replace(
                found,
                id=_named(found.id, guild),
                conversation=_named(found.conversation, guild),
                place=_placed(found.place, guild),
            )
        case Heard() | Commanded():
            return replace(found, question=homed(found.question, guild))
        case Edited() | Deleted():
            return replace(found, question=_named(found.question, guild))
        case Halted(ask=ask):
            talk, workspace = _named(found.conversation, guild), _named(found.workspace, guild)
            return replace(found, conversation=talk, workspace=workspace, ask=homed(ask, guild) if ask else None)
        case Rated(target=MessageRef() as target):
            return replace(found, target=replace(target, workspace=_named(target.workspace, guild)))
        case AskingAbout(message=message):
            return replace(found, message=replace(message, workspace=_named(message.workspace, guild)))
        case PageWanted():
            return replace(found, place=_placed(found.place, guild), conversation=_named(found.conversation, guild))
        case QuotesWanted() | Suggesting():
            return replace(found, place=_placed(found.place, guild))
        case Pressed(event=Again() as again):
            fresh = replace(again, question=_named(again.question, guild), place=_placed(again.place, guild))
            return replace(found, event=fresh)
        case _:
            return found


def _named(name: str, guild: str) -> str:
    whole = name == _NOWHERE or name.startswith(f"{_NOWHERE}:")
    return f"discord:{guild}{name.removeprefix(_NOWHERE)}" if whole else name


def _placed(place: Place, guild: str) -> Place:
    return replace(place, workspace=_named(place.workspace, guild))
