"""The adapter at Discord's double, with what it tells its other parts written down."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from adapters.audience import NOBODY
from adapters.clock import Running
from adapters.discord.adapter import Discord as Adapter
from adapters.discord.base import Spot
from adapters.discord.connection import Connection
from adapters.discord.payload import EPHEMERAL
from adapters.policies import Policies
from tests.doubles.adapters import RecordingDesk

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Coroutine, Sequence

    from adapters.base import Audience, Desk, Event, Journal, Notice, Person, Place, Question
    from adapters.discord.events import AskingAbout, Disliked, PageWanted, QuotesWanted, Suggesting, Ticket
    from adapters.messages import Said
    from adapters.parts import Part
    from tests.doubles.discord import Discord

_CALLBACK = "/interactions/{webhook_id}/{webhook_token}/callback"


class Swift:
    """A clock that lets little time pass where much is wanted, so that what is slow out of politeness is quick."""

    def __init__(self) -> None:
        self._running = Running()
        self.ahead = 0.0

    def now(self) -> float:
        return self._running.now() + self.ahead

    async def sleep(self, seconds: float, /) -> None:
        await asyncio.sleep(min(seconds, 0.02))


class Known:
    """What the double knows of its channels; what is ``shut`` is in no guild that the bot answers in."""

    def __init__(self, discord: Discord) -> None:
        self._discord = discord
        self.homes: dict[str, str] = {}
        self.shut: set[str] = set()
        self.seen: bool | None = True

    async def audience(self, place: Place, asker: Person, /) -> Audience:
        return NOBODY

    def met(self, guild: str, user: object, member: object, /) -> None:
        assert guild is not None

    async def spot(self, guild: str, channel: str, /) -> Spot:
        stored = self._discord.world.get_channel(int(channel))
        if stored.is_thread:
            return Spot(sort="thread", channel=str(stored.parent_id), thread=channel)
        return Spot(sort="voice" if int(stored.type) == 2 else "text", channel=channel)

    async def home(self, person: str, /) -> str | None:
        return self.homes.get(person)

    async def member(self, guild: str, person: str, /) -> bool | None:
        return self.homes.get(person) == guild

    async def allowed(self, guild: str, /) -> bool:
        return guild not in self.shut

    async def can(self, guild: str, channel: str, *permissions: str) -> bool | None:
        return self.seen


class Shown:
    """Shows nothing but sentences, and notes what it was to show."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.asked_about: list[AskingAbout] = []
        self.disliked_by: list[Disliked] = []
        self.quoted: list[QuotesWanted] = []
        self.paged: list[PageWanted] = []
        self.suggested: list[Suggesting] = []
        self.said: list[str] = []
        self.introduced: list[str] = []

    async def ask_about(self, asking: AskingAbout, /) -> None:
        self.asked_about.append(asking)

    async def disliked(self, disliked: Disliked, /) -> None:
        self.disliked_by.append(disliked)

    async def quotes(self, desk: Desk, wanted: QuotesWanted, /) -> None:
        self.quoted.append(wanted)

    async def page(self, desk: Desk, wanted: PageWanted, /) -> None:
        self.paged.append(wanted)

    async def suggest(self, desk: Desk, suggesting: Suggesting, /) -> None:
        self.suggested.append(suggesting)

    async def say(self, ticket: Ticket, told: str, /) -> None:
        self.said.append(told)
        calls = await self._connection.calls()
        sent = {"type": 4, "data": {"content": told, "flags": EPHEMERAL}}
        await calls.ask("POST", _CALLBACK, json=sent, webhook_id=ticket.id, webhook_token=ticket.token)

    async def introduce(self, guild: str, /) -> None:
        self.introduced.append(guild)


class Kept:
    """Tickets in memory."""

    def __init__(self) -> None:
        self.tickets: dict[str, Ticket] = {}
        self.forgotten: list[str] = []

    async def keep(self, question: str, ticket: Ticket, workspace: str, /) -> None:
        self.tickets.setdefault(question, ticket)

    async def of(self, question: str, /) -> Ticket | None:
        return self.tickets.get(question)

    async def forget(self, workspace: str, /) -> None:
        self.forgotten.append(workspace)


class Lease:
    """A lease in memory, of whoever has it; ``told`` is until when everything was heard."""

    seconds = 30.0

    def __init__(self, shared: dict[str, object] | None = None) -> None:
        self.shared = {} if shared is None else shared
        self.away = False
        self.noted: list[float | None] = []

    async def acquire(self) -> bool:
        self._there()
        return self.shared.setdefault("owner", self) is self

    async def renew(self, heard: float | None, /) -> bool:
        self._there()
        self.noted.append(heard)
        if heard is not None:
            self.shared["heard"] = heard
        return self.shared.get("owner") is self

    async def release(self) -> None:
        if self.shared.get("owner") is self:
            del self.shared["owner"]

    async def heard(self) -> float | None:
        found = self.shared.get("heard")
        return found if isinstance(found, float) else None

    def _there(self) -> None:
        if self.away:
            raise OSError("the database is away")


class Mute:
    """Replies and reads nothing."""

    async def reply(self, question: Question, parts: AsyncGenerator[Part], journal: Journal, /) -> None:
        raise NotImplementedError

    async def notify(self, place: Place, notice: Notice, /) -> None:
        raise NotImplementedError

    def heard(self, question: str, *, bare: bool) -> None:
        pass

    async def title(self, guild: str, post: str, /) -> str:
        return f"the title of {post}"

    async def around(self, question: Question, /) -> Sequence[Said]:
        return ()


class Hearing:
    """An adapter and its surroundings."""

    def __init__(
        self,
        discord: Discord,
        *,
        then: Callable[[Event], Coroutine[None, None, None]] | None = None,
        policies: Policies | None = None,
        lease: Lease | None = None,
        token: str | None = None,
    ) -> None:
        self.desk = RecordingDesk(then)
        self.clock = Swift()
        self.connection = Connection(token or discord.token, discord.api_url)
        self.facts = Known(discord)
        self.pages = Shown(self.connection)
        self.tickets = Kept()
        self.lease = lease or Lease()
        self.adapter = Adapter(
            connection=self.connection,
            facts=self.facts,
            reading=Mute(),
            replying=Mute(),
            pages=self.pages,
            tickets=self.tickets,
            lease=self.lease,
            gateway_url=discord.gateway_url,
            policies=policies or Policies(),
            clock=self.clock,
            now=lambda: datetime.now(UTC),
        )
        self._discord = discord

    def of(self, kind: type[Event]) -> list[Event]:
        return [one for one in self.desk.events if isinstance(one, kind)]

    @property
    def ready(self) -> bool:
        gateway = self.connection.gateway
        return gateway is not None and gateway.is_ready() and bool(getattr(gateway, "whole", False))

    @property
    def settled(self) -> bool:
        """Whether the look back at the start is over, too."""
        return self.ready and bool(self.lease.noted) and self.lease.noted[-1] is not None

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[Hearing]:
        """Listen, once it is connected and looked back."""
        async with self.adapter, asyncio.TaskGroup() as group:
            task = group.create_task(self.adapter.run(self.desk))
            try:
                await self._discord.until(lambda: self.settled or task.done())
                yield self
            finally:
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task

    def elsewhere(self) -> Lease:
        """Give what another process sees of the same lease."""
        return Lease(self.lease.shared)


def at_home(hearing: Hearing, person: str, guild: str) -> None:
    hearing.facts.homes = {**hearing.facts.homes, person: guild}
