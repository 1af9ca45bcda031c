"""What is done with commands, buttons and forms: kept first, then answered; and always within three seconds.

There is no second delivery of an interaction, and Discord shows an error of its own to a person whom nobody answers.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final, assert_never

import structlog

from adapters.base import Again, Declined, Explained, Rated, Stopped, Wanted, WantedPrivately
from adapters.discord.acting import THREADS, alone, interaction, sees, ticket_of
from adapters.discord.errors import DiscordError
from adapters.discord.events import (
    DIRECT,
    AskingAbout,
    Commanded,
    Disliked,
    Dropped,
    PageWanted,
    Pressed,
    QuotesWanted,
    Suggesting,
)
from adapters.discord.homing import homed
from adapters.discord.keeping import PATIENCE
from adapters.discord.payload import ident, number

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from adapters.base import Desk, Event
    from adapters.clock import Clock
    from adapters.discord.base import Facts, Pages, Tickets
    from adapters.discord.events import Read, Ticket, Where
    from adapters.discord.keeping import Keeping
    from adapters.discord.membership import Membership
    from adapters.discord.telling import Telling

UNKEPT: Final = "I could not take that in just now, so nothing comes of it. Please try again in a minute."
_UNKNOWN: Final = "That means nothing to me any more. Ask me anew with /ask, or mention me."
_EMPTY: Final = "Write your question behind /ask, such as: how long do keys live?"
_FORGOTTEN: Final = "I do not know any more what that message says. Choose “Ask about this” in its menu once more."
_NOTED: Final = "Thank you, I noted that."
_THANKS: Final = "Thank you. I will pass it on."
_THREAD: Final = 11
_PLACING: Final = 0.5
_KNOWING: Final = 1.0
"""Seconds of these for finding out what a channel is, then of which guild somebody is, or whether the bot sees it."""
_SUBJECTS: Final = 500
_SUBJECT: Final = 1_500
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Interacting:
    """Takes in for one desk."""

    desk: Desk
    keeping: Keeping
    membership: Membership
    telling: Telling
    facts: Facts
    pages: Pages
    tickets: Tickets
    clock: Clock
    now: Callable[[], datetime]
    subjects: OrderedDict[str, str] = field(default_factory=OrderedDict)
    """What the messages say that people are asked about just now: their forms do not bring that back."""

    async def take(self, payload: object, where: Where) -> None:
        """Take in one interaction, and answer it. Never raises."""
        until = self.clock.now() + PATIENCE
        payload = await self._placed(payload)
        found = interaction(payload, where, self.now())
        # Suggestions are all that may be said to somebody who is typing.
        ticket = None if isinstance(found, Suggesting) else ticket_of(payload, where, self.now())
        try:
            await self._take(found, ticket, payload, until)
        except Declined as error:
            await self._say(ticket, error.told)
        except Exception as error:  # noqa: BLE001 - whatever a store's library raises: the person is told
            told = getattr(error, "told", None)
            trace = None if isinstance(told, str) else error
            _log.warning("not taken in", kind="interaction", error=type(error).__name__, why=told, exc_info=trace)
            await self._say(ticket, UNKEPT)

    async def _placed(self, payload: object) -> object:
        """Give what somebody did with its channel: where a server leaves that out, a thread would pass for one."""
        guild, channel = ident(payload, "guild_id"), ident(payload, "channel_id")
        kind = number(payload, "channel", "type", otherwise=_THREAD)
        known = kind not in THREADS or ident(payload, "channel", "parent_id")
        if known or not (guild and channel and isinstance(payload, dict)):
            return payload
        try:
            async with asyncio.timeout(_PLACING):
                spot = await self.facts.spot(guild, channel)
        except Exception:  # noqa: BLE001 - whatever a server says that only resembles Discord's
            return payload
        if spot.thread is None:
            return payload
        return {**payload, "channel": {"id": channel, "type": _THREAD, "parent_id": spot.channel}}

    async def _take(self, found: Read, ticket: Ticket | None, payload: object, until: float) -> None:
        if isinstance(found, Dropped):
            _log.debug("dropped", why=found.why)
            await self._say(ticket, _UNKNOWN)
            return
        guild: str | None = ident(payload, "guild_id") or _guild(found)
        if not guild:
            person = ident(payload, "user", "id") or ident(payload, "member", "user", "id")
            guild = await self.membership.home(person, _KNOWING)
            found = homed(found, guild or DIRECT)
        if told := await self.membership.refusal(guild, _KNOWING):
            await self._say(ticket, told)
        else:
            await self._heed(found, payload, until)

    async def _heed(self, found: Read, payload: object, until: float) -> None:
        match found:
            case Commanded():
                await self._asked(found, payload, until)
            case Pressed():
                await self._pressed(found, until)
            case Disliked():
                await self.keeping.keep(found.rated, until)
                await self._show("form", self.pages.disliked(found))
            case AskingAbout():
                self._remember(found)
                await self._show("form", self.pages.ask_about(found))
            case QuotesWanted():
                await self._show("quotes", self.pages.quotes(self.desk, found))
            case PageWanted():
                await self._show("page", self.pages.page(self.desk, found))
            case Suggesting():
                await self._show("suggestions", self.pages.suggest(self.desk, found))
            case _:
                raise AssertionError("no interaction is read so")

    async def _asked(self, found: Commanded, payload: object, until: float) -> None:
        """Take in a question. Who may see its answer is decided here, once, so that they are whom it is made for."""
        if not found.question.text.strip():
            await self._say(found.ticket, _EMPTY)
            return
        if found.question.place.private_to is None and not await self._seen(payload):
            found = alone(found)
            if about := _subject(found):
                if (subject := self.subjects.get(about)) is None:
                    await self._say(found.ticket, _FORGOTTEN)
                    return
                words = f"{found.question.text}\n\nThis is about the message: “{subject}”"
                found = replace(found, question=replace(found.question, text=words))
        question = found.question
        await self._kept(question, question.id, found.ticket, question.place.workspace, until)
        await self.telling.later(found.ticket)

    async def _pressed(self, found: Pressed, until: float) -> None:
        ticket = found.ticket
        match found.event:
            case Stopped() | Wanted() as event:
                await self.keeping.keep(event, until)
                await self.telling.unchanged(ticket)
            case WantedPrivately() as event:
                ticket = replace(ticket, private=event.conversation == f"{event.question}:private")
                await self._kept(event, f"{event.question}:private", ticket, event.place.workspace, until)
                await self.telling.later(ticket)
            case Again() as event:
                await self._kept(event, event.question, ticket, event.place.workspace, until)
                await self.telling.later(ticket)
            case Rated() as event:
                await self.keeping.keep(event, until)
                await self._say(ticket, _NOTED)
            case Explained() as event:
                await self.keeping.keep(event, until)
                await self._say(ticket, _THANKS)
            case _:
                assert_never(found.event)

    async def _kept(self, event: Event, question: str, ticket: Ticket, workspace: str, until: float) -> None:
        """Keep the ticket, and then the question: whoever answers it may look for the ticket at once."""
        async with asyncio.timeout(max(0.1, until - self.clock.now())):
            await self.tickets.keep(question, ticket, workspace)
        await self.keeping.keep(event, until)

    async def _seen(self, payload: object) -> bool:
        """Whether the bot sees the channel in which somebody does something: by all that is known, and surely."""
        said = sees(payload)
        if said is False:
            return False
        guild, channel = ident(payload, "guild_id"), ident(payload, "channel_id")
        try:
            async with asyncio.timeout(_KNOWING):
                known = await self.facts.can(guild, channel, "view_channel")
                if known is None and said is None:  # no such permissions: what it can look up, it sees
                    known = bool(await self.facts.spot(guild, channel))
        except (DiscordError, TimeoutError):
            known = None
        return bool(said if known is None else known)

    def _remember(self, found: AskingAbout) -> None:
        name = f"{found.message.channel}:{found.message.message}:{found.person.id}"
        self.subjects[name] = found.text[:_SUBJECT]
        self.subjects.move_to_end(name)
        while len(self.subjects) > _SUBJECTS:
            self.subjects.popitem(last=False)

    async def _show(self, what: str, shown: Awaitable[None]) -> None:
        try:
            await shown
        except DiscordError as error:
            _log.warning("not shown", what=what, why=error.told)

    async def _say(self, ticket: Ticket | None, told: str) -> None:
        if ticket is not None:
            await self._show("sentence", self._told(ticket, told))

    async def _told(self, ticket: Ticket, told: str) -> None:
        try:
            await self.pages.say(ticket, told)
        except DiscordError:
            raise
        except Exception as error:  # noqa: BLE001 - it is the last that can be done
            _log.error("not told", error=type(error).__name__, exc_info=error)


def _guild(found: Read) -> str:
    """Give the guild of which something is that was done in direct messages, where its button says so."""
    match found:
        case Pressed(event=Stopped() | Wanted() as event):
            workspace = event.workspace
        case Pressed(event=WantedPrivately() | Again() as event):
            workspace = event.place.workspace
        case QuotesWanted(place=place):
            workspace = place.workspace
        case _:
            return ""
    return workspace.removeprefix("discord:").removeprefix(DIRECT)


def _subject(found: Commanded) -> str:
    """Name what a form asks about, as it was remembered."""
    _, _, about, *rest = [*found.question.id.split(":"), "", "", "", ""]
    return f"{rest[0]}:{rest[1]}:{found.question.asker.id}" if about == "about" else ""
