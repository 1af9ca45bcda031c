"""A stage for replies on Discord's double: somebody who asks, parts that take their time, and time that passes."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from adapters.base import Audience, MessageRef, Person, Place, Posted, Question
from adapters.clock import Clock
from adapters.discord import base
from adapters.discord.base import Spot
from adapters.discord.errors import Away
from adapters.discord.events import Ticket
from adapters.discord.replying import Replying
from adapters.errands import Errands
from adapters.policies import Policies
from tests.doubles.slack_stage import Parts, a_journal

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from adapters.base import Journal, Principal
    from adapters.discord.base import Sort
    from adapters.discord.connection import Connection
    from adapters.parts import Part
    from tests.doubles.discord import Channel, Discord, Message
    from tests.doubles.discord import Person as User
    from tests.doubles.discord.interactions import Asked
    from tests.doubles.journal import Remembering


class Passing(Clock):
    """The double's clock, as the adapter sees it."""

    def __init__(self, discord: Discord) -> None:
        self._clock = discord.clock

    def now(self) -> float:
        return self._clock.now()

    async def sleep(self, seconds: float, /) -> None:
        await self._clock.until(self._clock.now() + seconds)


class Known(base.Facts):
    """Says that everybody is a member but the ``strangers``, and that every thread is as the test says."""

    def __init__(self) -> None:
        self.strangers: set[str] = set()
        self.sort: Sort | None = "thread"

    async def audience(self, place: Place, asker: Person, /) -> Audience:
        assert place.workspace
        assert asker.id
        return Audience(everyone=frozenset(), asker=frozenset())

    async def spot(self, guild: str, channel: str, /) -> Spot:
        assert guild
        if self.sort is None:
            raise Away("Nobody knows.")
        return Spot(sort=self.sort, channel="1", thread=channel)

    def met(self, guild: str, user: object, member: object, /) -> None:
        raise NotImplementedError

    async def home(self, person: str, /) -> str | None:
        assert person
        return None

    async def member(self, guild: str, person: str, /) -> bool | None:
        assert guild
        return person not in self.strangers

    async def allowed(self, guild: str, /) -> bool:
        return bool(guild)

    async def can(self, guild: str, channel: str, *permissions: str) -> bool | None:
        assert guild
        assert channel
        assert permissions
        return None


class Kept(base.Tickets):
    """Tickets in memory."""

    def __init__(self) -> None:
        self.known: dict[str, Ticket] = {}

    async def keep(self, question: str, ticket: Ticket, workspace: Principal, /) -> None:
        assert workspace
        self.known[question] = ticket

    async def of(self, question: str, /) -> Ticket | None:
        return self.known.get(question)

    async def forget(self, workspace: Principal, /) -> None:
        assert workspace
        self.known.clear()


class Stage:
    """Anna asks in #general; ``tell`` has a reply shown, while time passes whenever nothing else happens."""

    def __init__(self, discord: Discord, connection: Connection, policies: Policies | None = None) -> None:
        self.discord = discord
        self.clock = Passing(discord)
        self.facts = Known()
        self.tickets = Kept()
        self.errands = Errands()
        self.step = 0.25
        """Seconds that pass at once."""
        self.connection = connection
        self.guild = discord.guild("Acme")
        self.anna: User = discord.person("Anna", self.guild)
        self.general: Channel = discord.channel("general", self.guild)
        self.replying = self.with_policies(policies or Policies())

    def with_policies(self, policies: Policies) -> Replying:
        return Replying(self.connection, self.facts, self.tickets, policies, self.clock, errands=self.errands)

    @property
    def workspace(self) -> str:
        return f"discord:{self.guild.id}"

    def asks(self, text: str = "how long do keys live?", channel: Channel | None = None) -> tuple[Message, Question]:
        """Have Anna ask in a channel, where a thread is to begin, or in a thread or voice channel."""
        channel = channel or self.general
        said = self.discord.says(self.anna, channel, f"{self.discord.mention} {text}")
        parent = channel.parent
        begins = channel.stored.type in (0, 5)
        place = Place(
            platform="discord",
            workspace=self.workspace,
            channel=parent.id if parent else channel.id,
            thread=said.id if begins else channel.id if parent else None,
        )
        return said, self.question(place, f"{self.workspace}:{channel.id}:{said.id}", text)

    def writes(self, text: str = "how long do keys live?") -> tuple[Channel, Question]:
        """Have Anna ask directly."""
        channel = self.discord.direct(self.anna)
        said = self.discord.says(self.anna, channel, text)
        place = Place(
            platform="discord", workspace=self.workspace, channel=channel.id, thread=None, private_to=self.anna.id
        )
        return channel, self.question(place, f"{self.workspace}:{channel.id}:{said.id}", text)

    async def commands(
        self, text: str = "how long do keys live?", channel: Channel | None = None, *, private: bool = False
    ) -> tuple[Asked, Question]:
        """Have Anna give /ask, and the bot say that the answer will come."""
        channel = channel or self.general
        asked = self.discord.commands(self.anna, channel, "ask", question=text)
        name = f"{self.workspace}:interaction:{asked.id}"
        me = await self.connection.who()
        until = datetime.fromtimestamp(self.clock.now(), UTC) + timedelta(minutes=15)
        ticket = Ticket(id=asked.id, token=asked.token, application=me.application, until=until, private=private)
        await self.tickets.keep(name, ticket, self.workspace)
        await self.defer(ticket)
        parent = channel.parent
        place = Place(
            platform="discord",
            workspace=self.workspace,
            channel=parent.id if parent else channel.id,
            thread=channel.id if parent else None,
            private_to=self.anna.id if private else None,
        )
        return asked, self.question(place, name, text)

    async def defer(self, ticket: Ticket) -> None:
        body = {"type": 5, "data": {"flags": 64 if ticket.private else 0}}
        path = "/interactions/{webhook_id}/{webhook_token}/callback"
        calls = await self.connection.calls()
        await calls.ask("POST", path, json=body, webhook_id=ticket.id, webhook_token=ticket.token)

    def question(self, place: Place, name: str, text: str) -> Question:
        asked_at = datetime.fromtimestamp(self.clock.now(), UTC)
        asker = Person(id=self.anna.id, name="Anna")
        return Question(id=name, conversation=name, place=place, asker=asker, text=text, asked_at=asked_at)

    def answers(self, asked: Message) -> list[Message]:
        """What stands in the thread that was created from a message."""
        return self.discord.answers(self.discord.thread_of(asked))

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
                calls = self.discord.calls
                busy = any(call.status is None and not (call.fault or "").startswith("dropped") for call in calls[-40:])
                if len(calls) == seen and not busy:
                    self.discord.clock.move(self.step)
                seen = len(calls)

        passing = self.discord.tasks.start(pass_by())
        try:
            async with asyncio.timeout(60), self.errands:
                yield
        finally:
            passing.cancel()

    def left(self, question: Question, *messages: Message, unsure: bool = False) -> Remembering:
        """Give the journal that a killed process left."""
        posted = [Posted(part=part, message=self.ref(one)) for part, one in enumerate(messages)]
        return a_journal(question, *posted, unsure=unsure)

    def ref(self, said: Message) -> MessageRef:
        return MessageRef(platform="discord", workspace=self.workspace, channel=said.channel.id, message=said.id)
