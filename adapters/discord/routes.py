"""Where the messages of a reply go, and where else when they cannot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from adapters.discord import answers
from adapters.discord.errors import DiscordError
from adapters.discord.origins import guild, origin
from adapters.discord.ways import Chat, Direct, Threaded, Ticketed

if TYPE_CHECKING:
    from adapters.base import Question
    from adapters.clock import Clock
    from adapters.discord.base import Facts
    from adapters.discord.calls import Calls
    from adapters.discord.events import Ticket
    from adapters.discord.ways import Way


@dataclass(frozen=True, slots=True, kw_only=True)
class Routes:
    """Knows the ways of one bot, whose id is ``me``."""

    calls: Calls
    me: str
    facts: Facts
    clock: Clock

    async def ways(self, question: Question, ticket: Ticket | None) -> list[Way]:
        """Give the ways for the reply to a question, best first. What is private goes to nobody else in any of them."""
        place, asked = question.place, origin(question)
        if asked.by != "message":
            stands = self._chat(place.thread or place.channel)
            last: Way = stands if place.private_to is None else Direct(self.calls, self.me, place.private_to)
            return [Ticketed(self.calls, ticket, stands, self.clock), last] if ticket is not None else [last]
        if place.thread is None:
            return [self._chat(place.channel, "" if place.private_to else asked.message)]
        above = self._chat(place.channel, asked.message if asked.channel == place.channel else "")
        if place.thread == asked.message != asked.channel:  # a post's first message has its thread's id, and is in it
            title = answers.title(question.text)
            return [Threaded(self.calls, self.me, place.channel, asked.message, title), above]
        there = self._chat(place.thread, asked.message)
        return [there, above] if await self._open(question) else [there]

    def _chat(self, channel: str, asked: str = "") -> Chat:
        return Chat(self.calls, self.me, channel, asked)

    async def _open(self, question: Question) -> bool:
        """Whether whoever reads a thread's channel reads the thread: what was asked there may go there instead."""
        try:
            spot = await self.facts.spot(guild(question.place), question.place.thread or "")
        except DiscordError:
            return False
        return spot.sort == "thread"
