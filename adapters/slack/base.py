"""What the parts of Slack's adapter are to each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping, Sequence

    from adapters.audience import Standing
    from adapters.base import (
        Audience,
        Desk,
        Journal,
        Notice,
        Person,
        Place,
        Principal,
        Question,
        Rated,
        WantedPrivately,
    )
    from adapters.messages import Said
    from adapters.parts import Part
    from adapters.slack.events import Arrived, AskingAbout, Disliked, HomeOpened, QuotesWanted


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """How a delivery is answered: 200 acknowledges it, with what the person is shown at once, if anything."""

    status: int = 200
    body: Mapping[str, object] | None = None


class Takes(Protocol):
    """Takes things in."""

    async def __call__(self, payload: object, *, redelivered: bool) -> Taken:
        """Take in one payload, and say how it is answered. Never raises."""
        ...


class Facts(Protocol):
    """Knows who reads where."""

    async def audience(self, place: Place, asker: Person, /) -> Audience:
        """Say who reads at a place now."""
        ...

    async def standing(self, team: str, user: str, /) -> Standing:
        """Say what somebody is to a workspace."""
        ...

    async def is_in(self, team: str, channel: str, /) -> bool | None:
        """Say whether the bot is in a channel; None where that cannot be known."""
        ...

    def changed(self, workspace: Principal, channel: str | None = None, /) -> None:
        """Forget who reads a channel, or any of a workspace."""
        ...


class Reading(Protocol):
    """Reads what was said."""

    async def around(self, question: Question, /) -> Sequence[Said]:
        """Give what was said where a question was asked."""
        ...


class Replying(Protocol):
    """Shows answers."""

    async def reply(self, question: Question, parts: AsyncGenerator[Part], journal: Journal, /) -> None:
        """Show the parts."""
        ...

    async def notify(self, place: Place, notice: Notice, /) -> None:
        """Show a notice."""
        ...

    def responds(self, question_id: str, response_url: str, /) -> None:
        """Remember at which address Slack takes answers to a command."""
        ...


class Pages(Protocol):
    """Shows what stands beside conversations. May raise SlackError."""

    async def home(self, desk: Desk, opened: HomeOpened, /) -> None:
        """Show a person the app's own page."""
        ...

    async def ask_about(self, desk: Desk, asking: AskingAbout, /) -> None:
        """Show the form for a question about a message."""
        ...

    async def disliked(self, disliked: Disliked, /) -> None:
        """Show the form that asks what is wrong."""
        ...

    async def ask_why(self, rated: Rated, /) -> None:
        """Ask who reacted with a thumb down whether they say why."""
        ...

    async def accepted(self, wish: WantedPrivately, offer: object, /) -> None:
        """Let the message of an offer offer nothing more."""
        ...

    async def quotes(self, desk: Desk, wanted: QuotesWanted, /) -> None:
        """Show what an answer rests on."""
        ...

    async def introduce(self, arrived: Arrived, /) -> None:
        """Say hello in a channel."""
        ...
