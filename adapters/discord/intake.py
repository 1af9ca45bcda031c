"""What is done with what Discord's gateway tells: first it is safe with the desk, then anybody hears of it.

What is said in one channel is handed on in its order, and channels beside each other. Discord tells nothing twice: what
could not be kept within two seconds is found again by looking back, where it is a question.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

import structlog

from adapters.base import Declined, Deleted, Edited, Halted, MessageRef, Question, Rated
from adapters.discord.base import Spot
from adapters.discord.errors import DiscordError, Refused
from adapters.discord.events import DIRECT, Dropped, Heard
from adapters.discord.homing import homed
from adapters.discord.keeping import PATIENCE
from adapters.discord.payload import ident, moment
from adapters.discord.read import idle, placed, read
from adapters.once import Once
from adapters.payload import at, items

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine
    from datetime import datetime

    from adapters.base import Desk
    from adapters.clock import Clock
    from adapters.discord.base import Facts, Pages, Reading, Tickets
    from adapters.discord.connection import Connection
    from adapters.discord.events import Read, Where
    from adapters.discord.interacting import Interacting
    from adapters.discord.keeping import Keeping
    from adapters.discord.lanes import Lanes
    from adapters.discord.membership import Membership
    from adapters.discord.telling import Telling
    from adapters.policies import Policies

_KNOWING: Final = 5.0
"""Seconds for finding out what a channel is, or of which guild somebody is."""
_DAY: Final = 86_400.0
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """Takes in for one desk.

    ``beside`` runs what nothing waits for; it owns that. ``unkept`` is told when something was said that could not be
    kept, in seconds since 1970. ``older`` waits until what was said before a question is found.
    """

    desk: Desk
    connection: Connection
    keeping: Keeping
    membership: Membership
    telling: Telling
    interacting: Interacting
    facts: Facts
    pages: Pages
    reading: Reading
    tickets: Tickets
    policies: Policies
    lanes: Lanes
    beside: Callable[[Coroutine[Any, Any, None]], object]
    unkept: Callable[[float], None]
    older: Callable[[Question], Awaitable[None]]
    clock: Clock
    now: Callable[[], datetime]
    told: Once[str] = field(init=False)
    """Who was told lately that the bot does not answer them."""

    def __post_init__(self) -> None:
        """Have told nobody."""
        object.__setattr__(self, "told", Once(self.clock, _DAY))

    def hear(self, event: str, payload: object) -> None:
        """Take in one event of the gateway, soon. Never raises.

        Three of the four events of an answer are of what this bot does itself: they are dropped at once.
        """
        if why := idle(event, payload):
            _log.debug("dropped", why=why)
            return
        payload = self.connection.placed(payload)
        if event == "INTERACTION_CREATE":
            self.beside(self._interaction(payload))
        elif not self.lanes.put(ident(payload, "channel_id"), lambda: self._heard(event, payload)):
            _log.warning("more is said than can be taken in")
            self.unkept(self.clock.now())

    def arrived(self, guild: str) -> None:
        """Take in that the bot was added to a guild."""

        async def introduce() -> None:
            if await self.facts.allowed(guild):
                await self.pages.introduce(guild)

        self.beside(_quietly("introduction", introduce()))

    def left(self, guild: str) -> None:
        """Take in that the bot was removed from a guild."""
        self.beside(_quietly("forgetting", self.tickets.forget(f"discord:{guild}")))

    async def missed(self, payload: object, *, lately: bool) -> bool:
        """Take in a question that was found by looking back, and say whether it is safe; nobody is told anything.

        ``lately`` says that it came while the bot was merely not connected: then each question of a channel counts in
        which all are answered. At a start that would be what was said before anybody wanted answers to it.
        """
        try:
            for found in await self._read("MESSAGE_CREATE", payload):
                if isinstance(found, Question | Heard) and await self._refusal(found) is None:
                    await self._missed(found, lately=lately)
        except Declined:
            return True
        except Exception as error:  # noqa: BLE001 - whatever a store's library raises
            _failed("missed", error)
            return False
        return True

    async def _missed(self, found: Question | Heard, *, lately: bool) -> None:
        if isinstance(found, Question):
            await self.desk.accept(found)
        elif await self._asks(found) and (lately or await self._goes_on(found.question)):
            await self.desk.accept(found.question)

    async def _interaction(self, payload: object) -> None:
        try:
            member = at(payload, "member")
            self.facts.met(ident(payload, "guild_id"), at(member, "user"), member)
            where = await self._where(ident(payload, "guild_id"))
        except Exception as error:  # noqa: BLE001 - whatever a server says that only resembles Discord's
            _failed("INTERACTION_CREATE", error)
        else:
            await self.interacting.take(payload, where)

    async def _heard(self, event: str, payload: object) -> None:
        try:
            if event == "MESSAGE_CREATE":
                self.facts.met(ident(payload, "guild_id"), at(payload, "author"), at(payload, "member"))
            for found in await self._read(event, payload):
                self._noted(found, payload)
                await self._after_older(found)
                await self._heed(found, event, payload)
        except Exception as error:  # noqa: BLE001 - whatever a store's library raises: it is looked for again
            _failed(event, error)
            if event == "MESSAGE_CREATE" and ident(payload, "id"):
                self.unkept(moment(ident(payload, "id")))

    async def _after_older(self, found: Read) -> None:
        """Let go first what was said in the same conversation while nobody listened."""
        question = found.question if isinstance(found, Heard) else found
        if isinstance(question, Question) and not _begins(question):
            await self.older(question)

    def _noted(self, found: Read, payload: object) -> None:
        """Spare whoever reads what surrounds a question from asking for its message where that has nothing to tell."""
        question = found.question if isinstance(found, Heard) else found
        if isinstance(question, Question):
            bare = at(payload, "message_reference") is None and not items(payload, "attachments")
            self.reading.heard(question.id, bare=bare)

    async def _read(self, event: str, payload: object) -> tuple[Read, ...]:
        """Read an event; what came from direct messages is of the guild to which its person belongs."""
        where = await self._where(ident(payload, "guild_id"))
        spot = placed(event, payload, where)
        found = read(event, payload, where, self.now(), await self._spot(*spot) if spot else None)
        found = tuple([await self._titled(one) for one in found])
        if ident(payload, "guild_id") or all(isinstance(one, Dropped) for one in found):
            return found
        person = ident(payload, "author", "id") or ident(payload, "user_id")
        person = person or await self.membership.whose(ident(payload, "channel_id"), _KNOWING)
        home = await self.membership.home(person, _KNOWING)
        return tuple(homed(one, home or DIRECT) for one in found)

    async def _titled(self, found: Read) -> Read:
        """Give what was said; of a forum's post that says nothing but whom it asks, its title is the question."""
        if not isinstance(found, Question) or found.text.strip():
            return found
        guild, thread = found.place.workspace.removeprefix("discord:"), found.place.thread
        if thread is None or found.id != f"discord:{guild}:{thread}:{thread}":
            return found
        try:
            async with asyncio.timeout(_KNOWING):
                return replace(found, text=await self.reading.title(guild, thread))
        except (DiscordError, TimeoutError):
            return found

    async def _spot(self, guild: str, channel: str) -> Spot:
        try:
            async with asyncio.timeout(_KNOWING):
                return await self.facts.spot(guild, channel)
        except Refused:  # it was said there all the same
            return Spot(sort="unknown", channel=channel)
        except TimeoutError as error:
            raise DiscordError("Discord did not say in time what a channel is.") from error

    async def _where(self, guild: str) -> Where:
        """Say who the bot is in a guild: people mention the role that it came with, too."""
        where = await self.connection.who()
        known = self.connection.guild(guild)
        role = known.self_role if known is not None else None
        return where if role is None else replace(where, roles=frozenset({str(role.id)}))

    async def _refusal(self, found: Question | Heard | Halted) -> str | None:
        """Say why the bot does not answer whoever said this, where it does not."""
        question = found.question if isinstance(found, Heard) else found
        workspace = question.workspace if isinstance(question, Halted) else question.place.workspace
        return await self.membership.refusal(workspace.removeprefix("discord:"), _KNOWING)

    async def _heed(self, found: Read, event: str, payload: object) -> None:
        match found:
            case Dropped(why=why):
                _log.debug("dropped", why=why)
            case Question() | Halted():
                if (told := await self._refusal(found)) is None:
                    await self._addressed(found, event, payload)
                elif _meant(found):
                    await self._refused(payload, told)
            case Heard():
                if await self._refusal(found) is None and await self._asks(found):
                    await self._overheard(found)
            case Edited() | Deleted():
                await self._kept(found)
            case Rated(target=MessageRef(workspace=workspace)) if workspace != f"discord:{DIRECT}":
                await self._rated(found)
            case _:
                _log.debug("dropped", why="no event of a channel")

    async def _addressed(self, found: Question | Halted, event: str, payload: object) -> None:
        """Take in what is meant for the bot; whoever wrote it hears of it if that fails."""
        try:
            if event == "MESSAGE_UPDATE" and isinstance(found, Question):
                await self._kept(Edited(question=found.id, text=found.text))
            await self._kept(found)
        except Declined as error:
            await self._declined(found, payload, error.told)
        except Exception:
            self.beside(self.telling.mark(payload))
            raise

    async def _declined(self, found: Question | Halted, payload: object, told: str) -> None:
        if not _meant(found):
            _log.debug("dropped", why="a word to somebody else")
        elif isinstance(found, Question) and self.policies.at(found.place).answers == "silent":
            await self.telling.mark(payload)
        else:
            await self.telling.reply(payload, told)

    async def _overheard(self, heard: Heard) -> None:
        try:
            await self._kept(heard.question)
        except Declined:  # nobody asked the bot, so nobody is told, and another time it would be no better
            _log.debug("dropped", why="an overheard question that is declined")

    async def _rated(self, rated: Rated) -> None:
        try:
            await self._kept(rated)
        except Declined:  # most thumbs in a channel are none for the bot
            _log.debug("dropped", why="a thumb on no answer")

    async def _kept(self, event: Question | Edited | Deleted | Halted | Rated) -> None:
        await self.keeping.keep(event, self.clock.now() + PATIENCE)

    async def _refused(self, payload: object, told: str) -> None:
        """Tell somebody whom the bot does not answer, once a day; in a guild, once a day for all."""
        if self.told.first(ident(payload, "guild_id") or ident(payload, "author", "id")):
            await self.telling.reply(payload, told)

    async def _asks(self, heard: Heard) -> bool:
        """Say whether what was said without a mention is a question here."""
        match self.policies.at(heard.question.place).answers:
            case "mention" | "silent":
                return False
            case "follow-up":
                return await self._goes_on(heard.question)
            case "every question":
                return True

    async def _goes_on(self, question: Question) -> bool:
        """Say whether a message stands in a thread, after the first that the bot answered there."""
        if _begins(question):
            return False
        since = await self.desk.answers_in("discord", question.place.workspace, question.conversation)
        return since is not None and question.asked_at > since


def _begins(question: Question) -> bool:
    """Whether a conversation begins with this message, so that nothing was said in it before."""
    return question.conversation.rpartition(":")[2] == question.id.rpartition(":")[2]


def _meant(found: Question | Halted) -> bool:
    """Whether something was said to the bot; a bare "stop" may be a word among people."""
    return isinstance(found, Question) or found.ask is not None


async def _quietly(what: str, work: Coroutine[Any, Any, None]) -> None:
    try:
        await work
    except Exception as error:  # noqa: BLE001 - nothing else hangs on it
        _failed(what, error)


def _failed(kind: str, error: Exception) -> None:
    """Log it; an error of the bot's own is what its sentence says, and needs no trace."""
    told = getattr(error, "told", None)
    trace = None if isinstance(told, str) else error
    _log.warning("not taken in", kind=kind, error=type(error).__name__, why=told, exc_info=trace)
