"""Fakes around an adapter: a desk that only remembers, an adapter that only records, and scripted parts."""

from __future__ import annotations

from contextlib import aclosing
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Self

from adapters.audience import NOBODY
from adapters.base import Adapter, Audience, Desk, Journal, MessageRef, Person, Place, Posted, Question
from adapters.markup import Cite, Paragraph, Plain
from adapters.parts import Citation, Ending, Sources, Status, Text
from adapters.plain import rendered
from adapters.spending import Spending

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Coroutine, Sequence

    from adapters.base import Event, Notice, Turn
    from adapters.parts import Part
    from adapters.wishes import Conversations, History, Past, Quoted, Served, Used

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
MARY = Person(id="mary", name="Mary")
CITATIONS = (
    Citation(
        number=1,
        title="Settings",
        url="https://docs.example/settings",
        quote="Set OPENAI_API_KEY to use a model.",
        document="docs/settings.md",
        section=("Settings", "Keys"),
        dated=NOON,
    ),
    Citation(number=2, title="Start", url=None, quote="Run make chat.", document="docs/start.md"),
)


def a_question(text: str = "How do I set a key?", place: Place | None = None) -> Question:
    """A question by Mary."""
    place = place or Place(platform="terminal", workspace="terminal:local", channel="terminal", thread="t1")
    return Question(id="q1", conversation="c1", place=place, asker=MARY, text=text, asked_at=NOON)


def said(text: str, *cites: int, continues: bool = False) -> Text:
    """One sentence that cites."""
    return Text(block=Paragraph((Plain(text), *map(Cite, cites))), continues=continues)


AN_ANSWER: tuple[Part, ...] = (
    Status(doing="searching"),
    Status(doing="reading", sources=2),
    Sources(citations=CITATIONS),
    Status(doing="writing"),
    said("Set OPENAI_API_KEY.", 1),
    said("Nothing else is needed.", 1, continues=True),
    Ending(answer="a1", verdict="answered", cited=(1,)),
)


class Stream:
    """Scripted parts that know what became of them."""

    def __init__(self, *parts: Part | BaseException) -> None:
        """Give these parts; an exception among them is raised."""
        self._parts = parts
        self.given = 0
        self.closed = False

    async def __call__(self) -> AsyncGenerator[Part]:
        """Open it."""
        try:
            for part in self._parts:
                if isinstance(part, BaseException):
                    raise part
                self.given += 1
                yield part
        finally:
            self.closed = True


class RecordingDesk(Desk):
    """Remembers events and answers nothing; ``then`` is called with each event."""

    def __init__(self, then: Callable[[Event], Coroutine[None, None, None]] | None = None) -> None:
        """Begin with no events, no turns and no conversations."""
        self.events: list[Event] = []
        self.turns: dict[str, Sequence[Turn]] = {}
        self.past: Sequence[Past] = ()
        self.spending = Spending()
        self.citations: dict[str, Sequence[Citation]] = {}
        self.lately: list[Served] = []
        self.below: dict[str, str] = {}
        self.wishes: list[History | Conversations | Used | Quoted] = []
        self._then = then

    async def accept(self, event: Event, /) -> None:
        """Remember it."""
        self.events.append(event)
        if self._then:
            await self._then(event)

    async def history(self, wish: History, /) -> Sequence[Turn]:
        """Give what a test put into ``turns``."""
        self.wishes.append(wish)
        return self.turns.get(wish.conversation, ())

    async def conversations(self, wish: Conversations, /) -> Sequence[Past]:
        """Give what a test put into ``past``."""
        self.wishes.append(wish)
        return self.past

    async def usage(self, wish: Used, /) -> Spending:
        """Give what a test put into ``spending``."""
        self.wishes.append(wish)
        return self.spending

    async def quoted(self, wish: Quoted, /) -> Sequence[Citation]:
        """Give what a test put into ``citations``, by answer."""
        self.wishes.append(wish)
        return self.citations.get(wish.answer, ())

    async def served(self, platform: str, workspace: str, since: datetime, /) -> Sequence[Served]:
        """Give what a test put into ``lately``, of this workspace and since then."""
        of = f"{workspace}:"
        return [one for one in self.lately if one.conversation.startswith(of) and one.last_at >= since]

    async def answers_in(self, platform: str, workspace: str, conversation: str, /) -> datetime | None:
        """Give the first of the questions in it that were remembered, and of when it was in ``lately``."""
        questions = [event for event in self.events if isinstance(event, Question)]
        asked = [one.asked_at for one in questions if one.conversation == conversation]
        return min((*asked, *(one.last_at for one in self.lately if one.conversation == conversation)), default=None)

    async def conversation_below(self, first: MessageRef, /) -> str | None:
        """Give what a test put into ``below``, by message."""
        return self.below.get(first.message)


class RecordingAdapter(Adapter):
    """Takes in the questions it was made with, and keeps the parts of each reply."""

    name = "recording"
    anywhere = True

    def __init__(self, *questions: Question, audience: Audience | None = None) -> None:
        """Ask these questions; read by ``audience`` wherever the place is this platform's."""
        self._questions = questions
        self._audience = audience or Audience(everyone=frozenset({"public"}), asker=frozenset())
        self.replies: dict[str, list[Part]] = {}
        self.notices: list[tuple[Place, str]] = []
        self.open = False

    async def __aenter__(self) -> Self:
        self.open = True
        return self

    async def __aexit__(self, *exc: object) -> None:
        self.open = False

    async def run(self, desk: Desk, /) -> None:
        """Ask."""
        for question in self._questions:
            await desk.accept(question)

    async def reply(self, question: Question, parts: AsyncGenerator[Part], journal: Journal, /) -> None:
        """Keep the parts."""
        await journal.before(0)
        kept = self.replies.setdefault(question.id, [])
        async with aclosing(parts):
            async for part in parts:
                kept.append(part)
        message = MessageRef(platform=self.name, workspace="w", channel="c", message=question.id)
        await journal.after(Posted(part=0, message=message))

    async def audience(self, place: Place, asker: Person, /) -> Audience:
        """Give what it was made with, all of it to whoever reads alone; or nobody."""
        if place.platform != self.name or place.private_to not in (None, asker.id):
            return NOBODY
        if place.private_to is not None:
            return Audience(everyone=self._audience.own, asker=frozenset())
        return self._audience

    async def notify(self, place: Place, notice: Notice, /) -> None:
        """Keep it in plain words."""
        self.notices.append((place, rendered(notice.blocks)))
