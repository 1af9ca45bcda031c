"""What the bot and its platforms say to each other: events in, parts of an answer out.

An adapter is to the bot what a server is to an ASGI application: it takes in events, hands them to the desk,
and consumes the parts of a reply at its platform's own pace. Records are frozen, slotted and keyword-only.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, Protocol, Self, TypeAlias

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence
    from datetime import datetime

    from starlette.routing import BaseRoute

    from adapters.markup import Tree
    from adapters.messages import Said
    from adapters.parts import AnswerId, Citation, Part, Verdict
    from adapters.spending import Spending
    from adapters.wishes import Conversations, History, Past, Quoted, Served, Used

Principal: TypeAlias = str
"""Who may read: ``public``, ``slack:T1``, ``slack:T1:channel:C1``, ``…:group:S1`` or ``…:person:U1``.

The same grammar as ``knowledge.base.Principal``; neither package imports the other, and one test holds both to it.
"""

PRINCIPAL: Final = re.compile(r"public|[a-z][a-z0-9_-]*:[^:\s]+(?::(?:channel|group|person):[^:\s]+)?")
"""The grammar of a principal, for ``fullmatch``."""

Vote: TypeAlias = Literal[1, 0, -1]
"""Thumb up, withdrawn, thumb down."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody on a platform; ``id`` is unique within the place's workspace."""

    id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where an answer goes. ``workspace`` is a principal; where ``private_to`` is set, only that person may see it.

    A direct message is private to its person: what was said there is then never shown to, or remembered for, others.
    """

    platform: str
    workspace: str
    channel: str
    thread: str | None = None
    private_to: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Something a person asked; ``id`` is one per intent, never a delivery's id.

    ``id`` and ``conversation`` begin with the platform's name and are unique among all of its workspaces: what a
    platform numbers within one of them has that one's name before it. A second question of the same id is the first.
    ``follows`` is the conversation in which it was asked before, at ``first_asked_at``, where that is another one: it
    may lean on what its asker had asked there until then. ``overheard``: it may be no question, nor meant for the bot,
    so nothing is shown of it but an answer.
    """

    id: str
    conversation: str
    place: Place
    asker: Person
    text: str
    asked_at: datetime
    follows: str | None = None
    first_asked_at: datetime | None = None
    overheard: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Stopped:
    """A person of a workspace wants this question's answer to end now; it does where they asked it."""

    question: str
    person: Person
    workspace: Principal


@dataclass(frozen=True, slots=True, kw_only=True)
class Halted:
    """A person of a workspace wants what they asked in a conversation to end; where nothing does, they ``ask`` this."""

    conversation: str
    person: Person
    workspace: Principal
    ask: Question | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Edited:
    """The message that asked this question says something else now; heeded until the first sentence is shown."""

    question: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Deleted:
    """The message that asked this question is gone, so its answer ends."""

    question: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A person of a workspace still wants the answer to a question that was ``offered``, and that they asked."""

    question: str
    person: Person
    workspace: Principal


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedPrivately:
    """A person accepts a ``PrivateOffer``, within a day: their question is asked again at a place private to them."""

    question: str
    person: Person
    place: Place
    conversation: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Again:
    """Somebody wants what an answer was asked, answered anew where it stands; ``question`` is the id of that wish.

    Who may see the answer at this place may ask so, and pays for it.
    """

    answer: AnswerId
    question: str
    person: Person
    place: Place
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageRef:
    """One message on a platform; ``message`` is unique within its channel."""

    platform: str
    workspace: str
    channel: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rated:
    """A person's vote on an answer, or on a message that shows one; the last vote counts and 0 withdraws it."""

    target: AnswerId | MessageRef
    person: Person
    vote: Vote
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """Why somebody thinks that an answer is bad; the comment is data, whatever it says. It needs no vote before it.

    ``answer`` is its id, or a message that shows it.
    """

    answer: AnswerId | MessageRef
    person: Person
    reason: str
    comment: str
    at: datetime


Event: TypeAlias = Question | Edited | Deleted | Stopped | Halted | Wanted | WantedPrivately | Again | Rated | Explained


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One question and its answer, as a person sees it in a conversation's history.

    ``documents`` are those that it rests on, ``asker`` is the id of who asked, and ``channel`` where; ``thread`` is the
    thread there in which it was asked, unless that begins with it; ``private_to`` is the one person who may see it,
    where it is set.
    """

    answer: AnswerId
    question: str
    text: str
    verdict: Verdict
    asked_at: datetime
    documents: frozenset[str] = frozenset()
    asker: str | None = None
    channel: str | None = None
    thread: str | None = None
    private_to: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Something that is said at a place without anybody's question, such as that a limit is nearly used up."""

    blocks: Tree


@dataclass(frozen=True, slots=True, kw_only=True)
class Audience:
    """Who reads an answer: principals that every reader holds, and those that the asker holds besides.

    ``why`` ends "because …" where that leaves nothing but what is public; all who read may know it.
    """

    everyone: frozenset[Principal]
    asker: frozenset[Principal]
    why: str | None = None

    @property
    def own(self) -> frozenset[Principal]:
        """Give what the asker would hold alone; it contains what everyone holds."""
        return self.everyone | self.asker


class Declined(Exception):
    """An event that a desk takes at no delivery; ``told`` is a sentence for whoever sent it."""

    told: str


class Desk(Protocol):
    """What adapters talk to."""

    async def accept(self, event: Event, /) -> None:
        """Return once the event is safe, or known. Raising means: do not acknowledge, so that it is delivered again.

        Declined alone means that delivering it again is of no use.
        """
        ...

    async def history(self, wish: History, /) -> Sequence[Turn]:
        """Give a conversation's turns, oldest first, as far as they may be read at that place now."""
        ...

    async def conversations(self, wish: Conversations, /) -> Sequence[Past]:
        """Give a person's conversations on a platform, most recent first."""
        ...

    async def usage(self, wish: Used, /) -> Spending:
        """Give what is used of a person's limits."""
        ...

    async def quoted(self, wish: Quoted, /) -> Sequence[Citation]:
        """Give what an answer cites, as far as everybody may read it who reads at that place now."""
        ...

    async def served(self, platform: str, workspace: Principal, since: datetime, /) -> Sequence[Served]:
        """Give the conversations of a workspace that were asked in since then, most recent first, at most 200."""
        ...

    async def answers_in(self, platform: str, workspace: Principal, conversation: str, /) -> datetime | None:
        """Give when something that was answered, or is owed an answer, was first asked in a conversation; or None."""
        ...

    async def conversation_below(self, first: MessageRef, /) -> str | None:
        """Give the conversation of the question whose reply begins with this message, where there is one."""
        ...


class LeaseLost(Exception):
    """Another process answers this question now. Let it pass: whoever gets it posts nothing more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """A message that shows a part of a reply; ``part`` counts from 0 when one message is not enough."""

    part: int
    message: MessageRef


class Journal(Protocol):
    """What was posted for one question, kept so that a reply goes on in place after its process was killed.

    ``earlier`` are the messages of a try that came to no end, by part: replace their whole text instead of posting
    again. ``unsure`` says that a post was begun and nobody knows whether it arrived: look on the platform for the key
    that ``before`` gives, before posting that part.
    """

    earlier: Sequence[Posted]
    unsure: bool

    async def before(self, part: int, /) -> str:
        """Note that a part is about to be posted, or edited; give its key, at most 25 characters. Raises LeaseLost.

        The same question and part have the same key in every process and at every try. Only the first call for a part
        writes, so call it before each edit too: it is what keeps a process that was overtaken from writing on.
        """
        ...

    async def after(self, posted: Posted, /) -> None:
        """Note that a part stands in this message, so that a later reaction on it is known to mean this answer."""
        ...


class Adapter(Protocol):
    """One platform. ``run`` takes in, ``reply`` shows; a reply is addressed by its question alone.

    ``anywhere`` says whether every process that serves this platform can show a reply, or only the one that took the
    question in, as long as that lives. ``routes`` are the addresses at which the platform calls; the bot serves them
    while ``run`` runs. An error that ``desk`` raises may go through them: it is answered with 503.
    """

    name: str
    anywhere: bool
    routes: Sequence[BaseRoute] = ()

    async def __aenter__(self) -> Self: ...
    async def __aexit__(self, *exc: object) -> None: ...

    async def run(self, desk: Desk, /) -> None:
        """Take in events until cancelled or until the platform ends; replies under way still finish."""
        ...

    async def reply(self, question: Question, parts: AsyncGenerator[Part], journal: Journal, /) -> None:
        """Show the parts. Not pulling pauses the engine; closing ``parts`` ends it.

        Raising means that the reply is not whole: it is tried again, later, with what ``journal`` knows by then.
        """
        ...

    async def audience(self, place: Place, asker: Person, /) -> Audience:
        """Say who reads at this place now; when in doubt, anybody, who holds only what is public.

        Raising means that nothing may be read, not even that.

        It is asked when an answer is begun, before its first sentence is shown, and every few seconds from then on.
        """
        ...

    async def around(self, question: Question, /) -> Sequence[Said]:  # noqa: ARG002 - there may be nothing
        """Give what was said where a question was asked, and before it: the newest 30 messages at most, oldest first.

        The bot's own messages are left out. Everybody who reads there reads these. Raising means none.
        """
        return ()

    async def notify(self, place: Place, notice: Notice, /) -> None:
        """Show a notice at a place of this platform, at the next moment at which it is in nobody's way.

        Raising means that it is not shown: it may be tried again.
        """
        ...
