"""A stage for replies on Slack's double: somebody who asks, parts that take their time, and time that passes."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Self

from slack_sdk.web.async_client import AsyncWebClient

from adapters.base import MessageRef, Person, Place, Posted, Question
from adapters.clock import Clock
from adapters.errands import Errands
from adapters.markup import Paragraph, Plain
from adapters.pacing import Budget, Pacer
from adapters.parts import Ending, Text
from adapters.policies import Policies
from adapters.slack.calls import Calls
from adapters.slack.errors import NotInstalled
from adapters.slack.replying import Replying
from adapters.slack.workspaces import Workspace, Workspaces
from tests.doubles.journal import Remembering

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence

    from adapters.audience import Standing
    from adapters.base import Journal
    from adapters.parts import Part
    from tests.doubles.slack import Channel, Message, Slack, User


class Passing(Clock):
    """The double's clock, as the adapter sees it."""

    def __init__(self, slack: Slack) -> None:
        self._clock = slack.clock

    def now(self) -> float:
        return self._clock.now()

    async def sleep(self, seconds: float, /) -> None:
        await self._clock.until(self._clock.now() + seconds)


class OneWorkspace(Workspaces):
    """The double's first workspace."""

    def __init__(self, slack: Slack, clock: Clock) -> None:
        client = AsyncWebClient(slack.token, base_url=slack.api_url, retry_handlers=[])
        now = clock.now()
        pacer = Pacer(
            opening=Budget(calls=20, burst=10), showing=Budget(calls=100, burst=20),
            closing=Budget(calls=20, burst=10), now=now,
        )  # fmt: skip
        self.one = Workspace(
            team=slack.home.id,
            bot=slack.installation.bot.id,
            calls=Calls(client=client, clock=clock),
            pacer=pacer,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc: object) -> None:
        pass

    async def of(self, team: str, /) -> Workspace:
        if team != self.one.team:
            raise NotInstalled("The bot is not installed there.")
        return self.one

    async def which(self, teams: Sequence[str], /) -> str:
        return next(iter(teams), "")

    def bot(self, team: str, /) -> str:
        return self.one.bot if team == self.one.team else ""

    async def teams(self) -> Sequence[str]:
        return [self.one.team]

    async def forget(self, team: str, /) -> None:
        pass


class People:
    """Says that everybody is a member but those who are ``guests``."""

    def __init__(self) -> None:
        self.guests: set[str] = set()
        self.names: dict[str, str] = {}

    async def standing(self, team: str, user: str, /) -> Standing:
        assert team
        return "guest" if user in self.guests else "member"

    async def name(self, team: str, user: str, /) -> str:
        assert team
        return self.names.get(user, user)


class Stage:
    """Anna asks in #general; ``told`` has a reply shown, while time passes whenever nothing else happens."""

    def __init__(self, slack: Slack, *, policies: Policies | None = None, guests: bool = False) -> None:
        self.slack = slack
        self.clock = Passing(slack)
        self.people = People()
        self.workspaces = OneWorkspace(slack, self.clock)
        self.errands = Errands()
        self.replying = Replying(
            self.workspaces, self.people, policies or Policies(), self.clock, guests=guests, errands=self.errands
        )
        self.anna: User = slack.person("Anna")
        self.general: Channel = slack.channel("general", self.anna)

    def asks(self, text: str = "how long?", channel: Channel | None = None) -> tuple[Message, Question]:
        """Have Anna ask; give the message and the question."""
        channel = channel or self.general
        said = self.slack.says(self.anna, channel, text)
        workspace = f"slack:{self.slack.home.id}"
        name = f"{workspace}:{channel.id}:{said.ts}"
        place = Place(platform="slack", workspace=workspace, channel=channel.id, thread=said.ts)
        return said, self.question(place, name, text)

    def question(self, place: Place, name: str, text: str = "how long?") -> Question:
        asked_at = datetime.fromtimestamp(self.clock.now(), UTC)
        asker = Person(id=self.anna.id, name="Anna")
        return Question(id=name, conversation=name, place=place, asker=asker, text=text, asked_at=asked_at)

    async def tell(
        self, question: Question, *parts: Part | float | BaseException, journal: Journal | None = None
    ) -> Parts:
        """Show a reply; a number among the parts is a pause in seconds."""
        given = self.parts(*parts)
        async with self.time_passing():
            await self.replying.reply(question, given(), journal or a_journal(question))
        return given

    def parts(self, *parts: Part | float | BaseException) -> Parts:
        """Give parts that are still to come."""
        return Parts(self.clock, *parts)

    @asynccontextmanager
    async def time_passing(self) -> AsyncGenerator[None]:
        """Let time pass while no call is under way."""

        async def pass_by() -> None:
            seen = -1
            while True:
                await asyncio.sleep(0.002)
                calls = self.slack.calls
                if len(calls) == seen and not any(call.error == "" for call in calls[-40:]):
                    self.slack.clock.move(0.5)
                seen = len(calls)

        passing = self.slack.tasks.start(pass_by())
        try:
            async with asyncio.timeout(60), self.errands:
                yield
        finally:
            passing.cancel()

    def left(self, question: Question, *messages: Message, unsure: bool = False, first: int = 0) -> Remembering:
        """Give the journal that a killed process left."""
        posted = [Posted(part=part, message=self.ref(one)) for part, one in enumerate(messages, first)]
        return a_journal(question, *posted, unsure=unsure)

    def ref(self, said: Message) -> MessageRef:
        return MessageRef(
            platform="slack", workspace=f"slack:{self.slack.home.id}", channel=said.channel, message=said.ts
        )


class Parts:
    """Parts with pauses that know what became of them."""

    def __init__(self, clock: Clock, *parts: Part | float | BaseException) -> None:
        self._clock = clock
        self._parts = parts
        self.given = 0
        self.closed = False

    async def __call__(self) -> AsyncGenerator[Part]:
        try:
            for part in self._parts:
                if isinstance(part, BaseException):
                    raise part
                if isinstance(part, int | float):
                    await self._clock.sleep(part)
                    continue
                self.given += 1
                yield part
        finally:
            self.closed = True


def a_journal(question: Question, *earlier: Posted, unsure: bool = False) -> Remembering:
    """A journal whose keys are the question's own."""
    return Remembering(*earlier, unsure=unsure, question=question.id[-18:])


def sentences(count: int, words: int = 8) -> list[Text]:
    """So many sentences of one paragraph, each telling its number."""
    return [
        Text(block=Paragraph((Plain(f"Sentence {at} " + "word " * words + "ends."),)), continues=at > 0)
        for at in range(count)
    ]


def spread(parts: Sequence[Part], seconds: float) -> list[Part | float]:
    """Put a pause after each part."""
    return [given for part in parts for given in (part, seconds)]


ANSWERED = Ending(answer="a1", verdict="answered", cited=(1,))
