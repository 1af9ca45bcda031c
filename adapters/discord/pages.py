"""What Discord shows to one person alone, shown: forms, an answer's sources, the commands' pages, suggestions.

Each is the first answer to its interaction, for which Discord waits three seconds: what has to be looked up is put off
at once, and then put in its place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

import structlog

from adapters.discord import knowing, views
from adapters.discord.errors import DiscordError, Refused
from adapters.discord.telling import ANSWERED
from adapters.once import Once
from adapters.wishes import Conversations, History, Quoted, Used

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from datetime import datetime

    from discord.abc import GuildChannel
    from discord.guild import Guild

    from adapters.base import Desk
    from adapters.clock import Clock
    from adapters.discord.connection import Connection
    from adapters.discord.events import AskingAbout, Disliked, PageWanted, QuotesWanted, Suggesting, Ticket
    from adapters.discord.views import Json
    from adapters.parts import Citation
    from adapters.wishes import Past

T = TypeVar("T")

_MESSAGE, _DEFERRED, _CHOICES, _FORM = 4, 5, 8, 9
"""Kinds of first answers."""
_FIRST: Final = 3.0
_REST: Final = 10.0
_ONCE: Final = 3_600.0
"""Seconds in which a guild is told once that the bot is there."""
_CITES: Final = frozenset({"answered", "cut", "stopped"})
"""How something ended that may cite."""
_KEPT: Final = (0.5, 0.5, 1.0)
"""Seconds between looks for what an answer rests on, which is kept a moment after its buttons stand there."""

_log = structlog.get_logger()


class Pages:
    """Shows them. What the desk cannot say now is said to be so."""

    def __init__(self, connection: Connection, clock: Clock, now: Callable[[], datetime]) -> None:
        """``now`` gives the time of day, aware of its zone, by which tickets are over; ``clock`` measures."""
        self._connection = connection
        self._clock = clock
        self._now = now
        self._introduced: Once[str] = Once(clock, _ONCE)

    async def ask_about(self, asking: AskingAbout, /) -> None:
        """Show the form for a question about a message. Raises DiscordError."""
        form = views.ask(asking.message.channel, asking.message.message, asking.text)
        await self._first(asking.ticket, _FORM, form)

    async def disliked(self, disliked: Disliked, /) -> None:
        """Show the form that asks what is wrong. Raises DiscordError."""
        if isinstance(disliked.rated.target, str):
            await self._first(disliked.ticket, _FORM, views.reason(disliked.rated.target))

    async def quotes(self, desk: Desk, wanted: QuotesWanted, /) -> None:
        """Show what an answer rests on, as far as it may be read where the answer stands. Raises DiscordError."""
        await self._put_off(wanted.ticket)
        wish = Quoted(answer=wanted.answer, person=wanted.person, place=wanted.place)
        await self._instead(wanted.ticket, views.quotes(await self._quoted(desk, wish)))

    async def page(self, desk: Desk, wanted: PageWanted, /) -> None:
        """Show a page. Raises DiscordError."""
        match wanted.page:
            case "help":
                await self._at_once(wanted.ticket, views.helping())
            case "privacy":
                await self._at_once(wanted.ticket, views.privacy())
            case "usage":
                await self._put_off(wanted.ticket)
                spending = await _read(desk.usage(Used(person=wanted.person, place=wanted.place)))
                await self._instead(wanted.ticket, views.usage(spending))
            case "sources":
                await self._put_off(wanted.ticket)
                await self._instead(wanted.ticket, await self._sources(desk, wanted))

    async def suggest(self, desk: Desk, suggesting: Suggesting, /) -> None:
        """Suggest what the person asked before, where it has the words that they type. Raises DiscordError."""
        past = await _read(_past(desk, suggesting))
        await self._first(suggesting.ticket, _CHOICES, {"choices": views.choices(past or (), suggesting.typed)})

    async def say(self, ticket: Ticket, told: str, /) -> None:
        """Say a sentence to the person alone, as the first answer to an interaction. Raises DiscordError."""
        await self._at_once(ticket, views.told(told))

    async def introduce(self, guild: str, /) -> None:
        """Say hello in a guild, once, where everybody reads it and the bot may write. Raises DiscordError."""
        known = self._connection.guild(guild)
        channel = _where(known) if known is not None else None
        if channel is None or not self._introduced.first(guild):
            return
        me, calls = await self._connection.who(), await self._connection.calls()
        body = {**views.shown(views.introduction(me.me)), "nonce": f"hello{guild}"[:25], "enforce_nonce": True}
        await calls.ask("POST", "/channels/{channel_id}/messages", channel_id=str(channel.id), json=body, within=_REST)

    async def _sources(self, desk: Desk, wanted: PageWanted) -> list[str]:
        """Give the sources of the last answer that has some: here, or else to what its reader asked last."""
        turns = await _read(desk.history(_history(wanted, wanted.conversation)))
        if turns is not None and not turns:
            past = await _read(_past(desk, wanted))
            there = await _read(desk.history(_history(wanted, past[0].conversation))) if past else turns
            turns = there and [turn for turn in there if turn.asker == wanted.person.id]
        if turns is None:
            return [views.UNKNOWN]
        if not turns:
            return [views.UNANSWERED]
        last = next((turn for turn in reversed(turns) if turn.verdict in _CITES), None)
        if last is None:
            return [views.SOURCELESS]
        wish = Quoted(answer=last.answer, person=wanted.person, place=wanted.place)
        found = await _read(desk.quoted(wish))
        return [views.UNKNOWN] if found is None else views.quotes(found, last.question)

    async def _quoted(self, desk: Desk, wish: Quoted) -> Sequence[Citation]:
        """Ask the desk, for a moment again: the button stands there before its answer is kept."""
        for pause in (*_KEPT, None):
            found = await _read(desk.quoted(wish))
            if found or pause is None:
                return found or ()
            await self._clock.sleep(pause)
        raise AssertionError("the last look returns")

    async def _at_once(self, ticket: Ticket, pages: Sequence[str]) -> None:
        await self._first(ticket, _MESSAGE, views.alone(pages[0]))
        await self._more(ticket, pages[1:])

    async def _put_off(self, ticket: Ticket) -> None:
        await self._first(ticket, _DEFERRED, {"flags": views.alone("")["flags"]})

    async def _instead(self, ticket: Ticket, pages: Sequence[str]) -> None:
        """Put pages in the place of an answer that was put off; a ticket that is over by then is good for nothing."""
        if self._now() >= ticket.until:
            raise DiscordError("An interaction was over before there was something to show.")
        calls = await self._connection.calls()
        path = "/webhooks/{webhook_id}/{webhook_token}/messages/@original"
        whose = {"webhook_id": ticket.application, "webhook_token": ticket.token}
        await calls.ask("PATCH", path, json=views.shown(pages[0]), within=_REST, **whose)
        await self._more(ticket, pages[1:])

    async def _more(self, ticket: Ticket, pages: Sequence[str]) -> None:
        calls = await self._connection.calls()
        whose = {"webhook_id": ticket.application, "webhook_token": ticket.token}
        for page in pages:
            path = "/webhooks/{webhook_id}/{webhook_token}"
            await calls.ask("POST", path, json=views.alone(page), within=_REST, **whose)

    async def _first(self, ticket: Ticket, kind: int, data: Json) -> None:
        calls = await self._connection.calls()
        path = "/interactions/{interaction_id}/{webhook_token}/callback"
        whose = {"interaction_id": ticket.id, "webhook_token": ticket.token}
        try:
            await calls.ask("POST", path, json={"type": kind, "data": data}, within=_FIRST, **whose)
        except Refused as error:
            if error.code != ANSWERED:
                raise
            _log.info("an interaction was answered already")


def _history(wanted: PageWanted, conversation: str) -> History:
    return History(conversation=conversation, person=wanted.person, place=wanted.place)


def _past(desk: Desk, who: PageWanted | Suggesting) -> Awaitable[Sequence[Past]]:
    place = who.place
    return desk.conversations(Conversations(person=who.person, platform=place.platform, workspace=place.workspace))


def _where(guild: Guild) -> GuildChannel | None:
    """Give the channel for a guild's own messages, or the first one, where everybody reads and the bot may write."""
    channels = [guild.system_channel, *guild.text_channels]
    return next((one for one in channels if one is not None and knowing.open_to(one, guild.me)), None)


async def _read(asked: Awaitable[T]) -> T | None:
    """Give what the desk answers, or None where it cannot now."""
    try:
        return await asked
    except Exception:  # noqa: BLE001 - the desk may be anybody's
        _log.exception("the desk did not answer")
        return None
