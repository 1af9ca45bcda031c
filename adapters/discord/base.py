"""What the parts of Discord's adapter are to each other, and what they need of whoever runs it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence

    from adapters.base import Audience, Desk, Journal, Notice, Person, Place, Principal, Question
    from adapters.discord.events import AskingAbout, Disliked, PageWanted, QuotesWanted, Suggesting, Ticket
    from adapters.messages import Said
    from adapters.parts import Part

Sort: TypeAlias = Literal["text", "thread", "private thread", "post", "voice", "direct", "group", "unknown"]
"""A channel's kind: ``post`` is a thread in a forum, ``voice`` has a chat without threads, ``group`` is of several."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """What a channel id is: for a thread, ``channel`` is its parent, and ``thread`` itself."""

    sort: Sort
    channel: str
    thread: str | None = None


class Facts(Protocol):
    """Knows guilds, channels and who reads where."""

    async def audience(self, place: Place, asker: Person, /) -> Audience:
        """Say who reads at a place now."""
        ...

    def met(self, guild: str, user: object, member: object, /) -> None:
        """Hear from the gateway who said something in a guild."""
        ...

    async def spot(self, guild: str, channel: str, /) -> Spot:
        """Say what a channel is. Raises DiscordError where that cannot be known now."""
        ...

    async def home(self, person: str, /) -> str | None:
        """Give the guild to which somebody belongs who writes to the bot directly; None for a stranger."""
        ...

    async def member(self, guild: str, person: str, /) -> bool | None:
        """Say whether somebody is in a guild; None where that cannot be known now."""
        ...

    async def allowed(self, guild: str, /) -> bool:
        """Say whether the bot answers in a guild: others would spend the host's money."""
        ...

    async def can(self, guild: str, channel: str, *permissions: str) -> bool | None:
        """Say whether the bot may do all of this in a channel, by discord.py's names; None where nobody knows."""
        ...


class Reading(Protocol):
    """Reads what was said."""

    def heard(self, question: str, *, bare: bool) -> None:
        """Remember of a question's message whether it is ``bare``: it replies to none and has no files."""
        ...

    async def title(self, guild: str, post: str, /) -> str:
        """Give what a forum's post is called; nothing where it is none. Raises DiscordError."""
        ...

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


class Pages(Protocol):
    """Answers interactions that show something to one person. May raise DiscordError."""

    async def ask_about(self, asking: AskingAbout, /) -> None:
        """Show the form for a question about a message."""
        ...

    async def disliked(self, disliked: Disliked, /) -> None:
        """Show the form that asks what is wrong."""
        ...

    async def quotes(self, desk: Desk, wanted: QuotesWanted, /) -> None:
        """Show what an answer rests on."""
        ...

    async def page(self, desk: Desk, wanted: PageWanted, /) -> None:
        """Show a page."""
        ...

    async def suggest(self, desk: Desk, suggesting: Suggesting, /) -> None:
        """Suggest questions."""
        ...

    async def say(self, ticket: Ticket, told: str, /) -> None:
        """Say a sentence to the person alone, as the first answer to an interaction."""
        ...

    async def introduce(self, guild: str, /) -> None:
        """Say hello in a guild."""
        ...


class Tickets(Protocol):
    """Keeps the tickets of questions, for whichever process answers them: encrypted, and as long as they are good."""

    async def keep(self, question: str, ticket: Ticket, workspace: Principal, /) -> None:
        """Keep a question's; the same question has the same one."""
        ...

    async def of(self, question: str, /) -> Ticket | None:
        """Give a question's, if it is still good."""
        ...

    async def forget(self, workspace: Principal, /) -> None:
        """Erase those of a guild."""
        ...


class Lease(Protocol):
    """What one process at a time holds, so that it alone takes in; each call may raise, which means that nobody knows.

    ``seconds`` is how long it is held without being renewed.
    """

    seconds: float

    async def acquire(self) -> bool:
        """Hold it, if nobody else does; it is no error to hold it already."""
        ...

    async def renew(self, heard: float | None, /) -> bool:
        """Go on holding it, and say whether that is so.

        ``heard`` is until when (seconds since 1970) everything was heard for certain; None leaves what is noted.
        """
        ...

    async def release(self) -> None:
        """Hold it no longer; whoever waits may have it at once."""
        ...

    async def heard(self) -> float | None:
        """Give until when somebody heard everything, if that is known."""
        ...
