"""What the reader makes of a payload: an event that the desk knows, a record of Discord's own, or a drop. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from datetime import datetime

    from adapters.base import (
        Again,
        Deleted,
        Edited,
        Explained,
        Halted,
        MessageRef,
        Person,
        Place,
        Principal,
        Question,
        Rated,
        Stopped,
        Wanted,
        WantedPrivately,
    )
    from adapters.parts import AnswerId

DIRECT = "@me"
"""The guild of a direct message, as long as nobody found out to which of the bot's its person belongs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """The right to answer one interaction: at once for three seconds, and from then on for 15 minutes, ``until``.

    ``private`` says that what answers it is seen by its person alone.
    """

    id: str
    token: str
    application: str
    until: datetime
    private: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Dropped:
    """Nothing of ours; ``why`` is for the log."""

    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """Said where the bot is, without a mention: a question only if the channel's policy and the thread say so.

    What people say to each other, as far as that can be told, is none of these.
    """

    question: Question


@dataclass(frozen=True, slots=True, kw_only=True)
class Commanded:
    """Asked by ``/ask``, or by the form about a message: it stands in no message, and is answered by its ticket."""

    question: Question
    ticket: Ticket


@dataclass(frozen=True, slots=True, kw_only=True)
class AskingAbout:
    """A person chose "Ask about this" of a message: show them the form, which is the only answer to that."""

    message: MessageRef
    text: str
    person: Person
    ticket: Ticket


@dataclass(frozen=True, slots=True, kw_only=True)
class Disliked:
    """A thumb down by button: once the vote is kept, the form that asks why is the only answer to that."""

    rated: Rated
    ticket: Ticket


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotesWanted:
    """A person wants to see what an answer rests on."""

    answer: AnswerId
    person: Person
    place: Place
    ticket: Ticket


@dataclass(frozen=True, slots=True, kw_only=True)
class PageWanted:
    """A person gave a command that shows something to them alone."""

    page: Literal["sources", "usage", "privacy", "help"]
    person: Person
    place: Place
    conversation: str
    ticket: Ticket


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggesting:
    """A person is typing a question for ``/ask``; what they asked before may be what they mean."""

    typed: str
    person: Person
    place: Place
    ticket: Ticket


@dataclass(frozen=True, slots=True, kw_only=True)
class Pressed:
    """A person pressed a button, or sent a form, that means an event of the desk's; they are answered by the ticket."""

    event: Stopped | Wanted | WantedPrivately | Again | Rated | Explained
    ticket: Ticket


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """The bot was added to a guild."""

    workspace: Principal


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """The bot was removed from a guild: erase what was kept for it to act there."""

    workspace: Principal


Read: TypeAlias = (
    "Question | Edited | Deleted | Halted | Rated | Heard | Commanded | AskingAbout | Disliked | QuotesWanted"
    " | PageWanted | Suggesting | Pressed | Arrived | Left | Dropped"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """Who the bot is: its user id, its application's, and the roles of a guild that it alone has, as far as known."""

    me: str
    application: str
    roles: frozenset[str] = frozenset()
