"""What an adapter wishes to see of what the desk keeps, and what it is then given. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from adapters.base import Person, Place
    from adapters.parts import AnswerId


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """A wish to see this conversation's turns, oldest first; a person has it, and they are shown at this place."""

    conversation: str
    person: Person
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversations:
    """A wish to see the conversations that a person asked in, most recent first, to be shown to that person alone."""

    person: Person
    platform: str
    workspace: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """One conversation in an overview."""

    conversation: str
    first_question: str
    turns: int
    last_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Used:
    """A wish to see what of the limits that apply to a person at a place is used."""

    person: Person
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Quoted:
    """A wish to see what an answer rests on; a person has it, and it is shown at this place."""

    answer: AnswerId
    person: Person
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """A conversation in which the bot answered; ``last_at`` is when it was last asked there."""

    conversation: str
    channel: str
    last_at: datetime
