"""What the reader makes of a payload: an event that the desk knows, a small record of Slack's own, or a drop. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Dropped:
    """Nothing of ours; ``why`` is for the log."""

    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """Said where the bot is, without a mention: a question only if the channel's policy and the thread say so.

    What people say to each other, as far as that can be told, is none of these. ``foreign`` says that it comes from
    another workspace by name, which may be one of the same organisation.
    """

    question: Question
    foreign: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Commanded:
    """Asked by ``/ask``, which stands in no message; ``response`` is the address at which Slack takes answers to it."""

    question: Question
    response: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AskingAbout:
    """A person chose "Ask about this message": show them the form, while ``trigger`` is good (3 s)."""

    message: MessageRef
    subject: str
    text: str
    person: Person
    trigger: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """Where somebody looks: a channel, and a thread in it or ""."""

    channel: str = ""
    thread: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Disliked:
    """A thumb down by button, or the wish to say why: the moment to ask for it, while ``trigger`` is good (3 s).

    ``rated`` is the vote, where this is one; ``answer`` is its id, or a message that shows it (``views.showing``).
    """

    rated: Rated | None
    answer: AnswerId
    workspace: Principal
    trigger: str
    spot: Spot = Spot()


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotesWanted:
    """A person wants to see what an answer rests on, while ``trigger`` is good (3 s)."""

    answer: AnswerId
    person: Person
    place: Place
    trigger: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeOpened:
    """A person looks at the app's own page, or at its messages."""

    person: Person
    workspace: Principal
    channel: str
    tab: Literal["home", "messages"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """The bot was added to a channel."""

    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """The bot was removed from a channel."""

    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadersChanged:
    """Who reads a channel may have changed; None is any channel of the workspace."""

    workspace: Principal
    channel: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Uninstalled:
    """A workspace removed the app, or its bot's token: erase what was kept for it to act there."""

    workspace: Principal


Read: TypeAlias = (
    "Question | Edited | Deleted | Stopped | Halted | Wanted | WantedPrivately | Again | Rated | Explained | Heard"
    " | Commanded | AskingAbout | Disliked | QuotesWanted | HomeOpened | Arrived | Left | ReadersChanged | Uninstalled"
    " | Dropped"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """Where a payload comes from: the workspace that it was sent for, and the bot's own user id there."""

    team: str
    me: str
    enterprise: str = ""

    @property
    def workspace(self) -> Principal:
        """The workspace as a principal."""
        return f"slack:{self.team}"

    def outside(self, *teams: str) -> bool:
        """Whether one of these is known and another company's."""
        return any(team not in {"", self.team, self.enterprise} for team in teams)

    def message(self, channel: str, stamp: str) -> str:
        """Give the id of the question that a message asks, however often and by whatever path it is delivered."""
        return f"{self.workspace}:{channel}:{stamp}"
