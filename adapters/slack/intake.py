"""What is done with what comes from Slack, by either transport: first it is safe with the desk, then acknowledged.

Slack delivers an event again that was not acknowledged, but neither a command, nor a button, nor a form: those are
tried for two seconds, and then the person is told. What needs Slack itself, such as a form to open, comes after.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final, assert_never

import structlog

from adapters.base import (
    Again,
    Declined,
    Deleted,
    Edited,
    Explained,
    Halted,
    Question,
    Rated,
    Stopped,
    Wanted,
    WantedPrivately,
)
from adapters.payload import at, text
from adapters.slack import views
from adapters.slack.acting import about, usage
from adapters.slack.base import Taken
from adapters.slack.below import belonging
from adapters.slack.errors import SlackError
from adapters.slack.escaping import mrkdwn
from adapters.slack.events import (
    Arrived,
    AskingAbout,
    Commanded,
    Disliked,
    Dropped,
    Heard,
    HomeOpened,
    Left,
    QuotesWanted,
    ReadersChanged,
    Uninstalled,
)
from adapters.slack.payload import ident, moment
from adapters.slack.read import read
from adapters.slack.whose import bot_of, by_stranger, ours, outside, team_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine
    from datetime import datetime

    from adapters.base import Desk
    from adapters.clock import Clock
    from adapters.policies import Policies
    from adapters.slack.base import Facts, Pages, Replying
    from adapters.slack.events import Read
    from adapters.slack.workspaces import Workspaces

_PATIENCE: Final = 2.0
"""Seconds for what is not delivered again; Slack waits three for its acknowledgement."""
_KNOWING: Final = 1.0
"""Seconds of these for finding out whether the bot is in a channel, or who it is."""
_PAUSE: Final = 0.2
_WHISPER: Final = 10.0
_HALTED: Final = 500
_UNKEPT: Final = "I could not take that in just now, so nothing comes of it. Please try again in a minute."
_THANKS: Final = "Thank you. I will pass it on."
_FORMLESS: Final = "I cannot open a window here. Mention me in the thread with your question, and I answer there."
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """Takes in for one desk. ``beside`` runs what comes after an acknowledgement; it owns that, and outlives it."""

    desk: Desk
    beside: Callable[[Coroutine[Any, Any, None]], object]
    workspaces: Workspaces
    facts: Facts
    policies: Policies
    replying: Replying
    pages: Pages
    clock: Clock
    now: Callable[[], datetime]
    halted: OrderedDict[str, None] = field(default_factory=OrderedDict)
    """What was said last that ended something, so that the other event of a mention does not find nothing to end."""

    async def take(self, payload: object, *, redelivered: bool) -> Taken:
        """Take in one payload, and say how it is acknowledged. Never raises."""
        if text(payload, "type") == "url_verification":
            return Taken(body={"challenge": text(payload, "challenge")})
        if text(payload, "type") == "app_rate_limited":
            _log.warning("Slack delivers no more events for a while", team=ident(payload, "team_id"))
            return Taken()
        try:
            if text(payload, "type") == "event_callback":
                return await self._event(payload, redelivered=redelivered)
            return await self._act(payload)
        except Exception as error:  # noqa: BLE001 - whatever a store's library raises: Slack is to deliver it again
            _failed(_kind(payload), error)
            return Taken(status=503)

    async def missed(self, payload: object, *, lately: bool) -> Taken:
        """Take in a question that was found by looking back; nothing else counts, and nobody is told anything.

        ``lately`` says that it came while the bot was merely not connected: then each question of a channel counts in
        which all are answered. At a start that would be what was said before anybody wanted answers to it.
        """
        try:
            found = await self._read(payload)
            question = found.question if isinstance(found, Heard) else found
            if isinstance(question, Question) and await self._missed(found, question, payload, lately=lately):
                await self.desk.accept(question)
        except Declined:
            return Taken()
        except Exception as error:  # noqa: BLE001 - the same
            _failed("missed", error)
            return Taken(status=503)
        return Taken()

    async def _missed(self, found: Read, question: Question, payload: object, *, lately: bool) -> bool:
        """Say whether a message asks something that nobody answers yet.

        One that was edited may have become a question by that, which has another id than the message has: where the
        bot answered beneath it, that is what it did.
        """
        if at(payload, "event", "edited") is not None and await self._answers_since(question) is not None:
            return False
        if not isinstance(found, Heard):
            return True
        return await self._asks(found) and (lately or await self._goes_on(question))

    async def _event(self, payload: object, *, redelivered: bool) -> Taken:
        found = await self._read(payload)
        try:
            await self._heed(found, payload, redelivered=redelivered)
        except Declined as error:
            if _once(found, payload):
                self._whisper(await team_of(payload, self.workspaces), _spot(payload), error.told)
        return Taken()

    async def _read(self, payload: object) -> Read:
        team = await team_of(payload, self.workspaces)
        bot = await bot_of(payload, team, self.workspaces)
        found, parent = read(payload, bot, self.now(), team=team), ident(payload, "event", "parent_user_id")
        return await belonging(found, self.desk, parent=parent, bot=bot)

    async def _heed(self, found: Read, payload: object, *, redelivered: bool) -> None:
        match found:
            case Heard(question=question):
                if await self._asks(found):
                    await self.desk.accept(question)
            case Uninstalled(workspace=workspace):
                if ours(payload, _team(workspace), self.workspaces):
                    await self.workspaces.forget(_team(workspace))
            case ReadersChanged(workspace=workspace, channel=channel):
                self.facts.changed(workspace, channel)
            case Left(place=place):
                self.facts.changed(place.workspace, place.channel)
            case Arrived(place=place):
                self.facts.changed(place.workspace, place.channel)
                if not redelivered:
                    self._after("introduction", self.pages.introduce(found))
            case HomeOpened():
                self._after("home", self.pages.home(self.desk, found))
            case _:
                await self._accept(found)

    async def _halt(self, found: Halted, said: str) -> None:
        if said in self.halted:
            return
        self.halted[said] = None
        while len(self.halted) > _HALTED:
            self.halted.popitem(last=False)
        try:
            await self.desk.accept(found)
        except BaseException:
            self.halted.pop(said, None)
            raise

    async def _accept(self, found: Read) -> None:
        """Hand the desk what is for it."""
        match found:
            case Disliked(rated=rated):
                if rated is not None:
                    await self.desk.accept(rated)
            case Rated(vote=-1):  # a reaction: a button comes as ``Disliked``
                await self.desk.accept(found)
                self._after("reason", self.pages.ask_why(found))
            case Halted(ask=Question() as asked):
                await self._halt(found, asked.id)
            case (
                Question()
                | Edited()
                | Deleted()
                | Stopped()
                | Halted()
                | Wanted()
                | WantedPrivately()
                | Again()
                | Rated()
                | Explained()
            ):
                await self.desk.accept(found)
            case Dropped(why=why):
                _log.debug("dropped", why=why)
            case (
                AskingAbout()
                | QuotesWanted()
                | HomeOpened()
                | Arrived()
                | Left()
                | ReadersChanged()
                | Uninstalled()
                | Heard()
                | Commanded()
            ):
                pass
            case _:
                assert_never(found)

    async def _act(self, payload: object) -> Taken:
        """Take in a command, a button, a shortcut or a form, of which there is no second delivery."""
        until = self.clock.now() + _PATIENCE
        team = await team_of(payload, self.workspaces)
        found = read(payload, self.workspaces.bot(team), self.now(), team=team)
        if await by_stranger(payload, team, self.facts):
            return Taken()
        if isinstance(found, Commanded) and found.question.text.strip().lower() in {"", "help"}:
            return Taken(body={"response_type": "ephemeral", "text": usage(text(payload, "command"))})
        if isinstance(found, Commanded | Question):
            found = await self._placed(found, team, about(payload))
        try:
            await self._kept(found, until)
        except Declined as error:
            return self._told(payload, team, error.told)
        except Exception as error:  # noqa: BLE001 - whatever a store's library raises: the person is told
            _failed(_kind(payload), error)
            return self._told(payload, team, _UNKEPT)
        self._follow_up(found, payload, team)
        return Taken()

    def _follow_up(self, found: Read, payload: object, team: str) -> None:
        """Begin what is to be seen of a button or a form, now that it is kept."""
        match found:
            case AskingAbout(trigger="") | QuotesWanted(trigger=""):
                self._whisper(team, _seen(payload), _FORMLESS)
            case AskingAbout():
                self._after("form", self.pages.ask_about(self.desk, found))
            case Disliked():
                self._after("form", self.pages.disliked(found))
            case QuotesWanted():
                self._after("quotes", self.pages.quotes(self.desk, found))
            case WantedPrivately():
                self._after("offer", self.pages.accepted(found, at(payload, "message")))
            case Explained(person=person):
                _, spot = views.about(text(payload, "view", "private_metadata"))
                where = {"channel": spot.channel, "user": person.id, "thread_ts": spot.thread}
                self._whisper(team, where, _THANKS)
            case _:
                pass

    async def _placed(self, found: Commanded | Question, team: str, subject: str) -> Question:
        """Say where the answer goes: beside the question where the bot is, else to the asker alone.

        Whoever may see it is decided here, once, so that who reads an answer is who it was made for. The ``subject`` of
        a question cannot be read where the bot is not, so the question brings it.
        """
        question = found.question if isinstance(found, Commanded) else found
        if await self._inside(team, question.place.channel):
            return question
        asker = question.asker.id
        if isinstance(found, Commanded) and found.response:
            self.replying.responds(question.id, found.response)
        place = replace(question.place, channel=asker, private_to=asker, thread=None)
        words = f"{question.text}\n\nThis is about the message: “{subject}”" if subject else question.text
        return replace(question, conversation=question.id, place=place, text=words)

    async def _inside(self, team: str, channel: str) -> bool:
        try:
            async with asyncio.timeout(_KNOWING):
                return await self.facts.is_in(team, channel) is True
        except (SlackError, TimeoutError):
            return False

    async def _kept(self, found: Read, until: float) -> None:
        """Hand it to the desk, again where that fails and time is left.

        That goes for a button on an answer that is not kept, too: its buttons stand there a moment before it is.
        """
        while True:
            try:
                async with asyncio.timeout(max(0.1, until - self.clock.now())):
                    return await self._accept(found)
            except Exception as error:
                hopeless = isinstance(error, Declined) and isinstance(found, Question | Stopped)
                if hopeless or self.clock.now() + _PAUSE >= until:
                    raise
            await self.clock.sleep(_PAUSE)

    def _told(self, payload: object, team: str, told: str) -> Taken:
        """Tell a person that nothing comes of what they did, by the acknowledgement where it can."""
        if text(payload, "command"):
            return Taken(body={"response_type": "ephemeral", "text": mrkdwn(told)})
        if text(payload, "type") == "view_submission":
            field = views.WHY if text(payload, "view", "callback_id") == views.REASON else views.QUESTION
            return Taken(body={"response_action": "errors", "errors": {field: told}})
        self._whisper(team, _seen(payload), told)
        return Taken()

    def _whisper(self, team: str, spot: dict[str, str], told: str) -> None:
        """Show a sentence to one person, where they are looking."""

        async def nothing() -> None:
            return

        async def whisper() -> None:
            calls = (await self.workspaces.of(team)).calls
            where = {name: value for name, value in spot.items() if value}
            await calls.act("chat.postEphemeral", nothing, within=_WHISPER, text=mrkdwn(told), **where)

        if spot.get("channel") and spot.get("user"):
            self._after("whisper", whisper())

    def _after(self, what: str, work: Awaitable[None]) -> None:
        async def quietly() -> None:
            try:
                await work
            except SlackError as error:
                _log.warning("not done", what=what, why=error.told)
            except Exception as error:  # noqa: BLE001 - it was acknowledged, and nothing else hangs on it
                _log.error("not done", what=what, error=type(error).__name__, exc_info=error)

        self.beside(quietly())

    async def _asks(self, heard: Heard) -> bool:
        """Say whether what was said without a mention is a question here; those of another company mention the bot."""
        question = heard.question
        match self.policies.at(question.place).answers:
            case "mention" | "silent":
                return False
            case "follow-up" if not await self._goes_on(question):
                return False
        return not (heard.foreign and await outside(question.asker.id, _team(question.place.workspace), self.facts))

    async def _goes_on(self, question: Question) -> bool:
        """Say whether a message stands in a thread, after the first that the bot answered there."""
        since = await self._answers_since(question) if question.id != question.conversation else None
        return since is not None and question.asked_at > since

    async def _answers_since(self, question: Question) -> datetime | None:
        return await self.desk.answers_in("slack", question.place.workspace, question.conversation)


def _failed(kind: str, error: Exception) -> None:
    """Log it; an error of the bot's own is what its sentence says, and needs no trace."""
    told = "it took too long to be kept" if isinstance(error, TimeoutError) else getattr(error, "told", None)
    trace = None if isinstance(told, str) else error
    _log.warning("not taken in", kind=kind, error=type(error).__name__, why=told, exc_info=trace)


def _seen(payload: object) -> dict[str, str]:
    """Give where somebody pressed a button, or chose a shortcut."""
    channel = ident(payload, "channel", "id") or ident(payload, "container", "channel_id")
    thread = moment(payload, "message", "thread_ts") or moment(payload, "container", "thread_ts")
    return {"channel": channel, "user": ident(payload, "user", "id"), "thread_ts": thread}


def _once(found: Read, payload: object) -> bool:
    """Whether this delivery of a question, or of a stop, is the one to speak of: a mention comes as two events."""
    if isinstance(found, Halted):
        return text(payload, "event", "type") != "app_mention"
    if not isinstance(found, Question):
        return isinstance(found, Heard)
    return text(payload, "event", "type") == "app_mention" or found.place.private_to is not None


def _team(workspace: str) -> str:
    return workspace.partition(":")[2]


def _kind(payload: object) -> str:
    return text(payload, "event", "type") or text(payload, "type") or text(payload, "command")


def _spot(payload: object) -> dict[str, str]:
    event = at(payload, "event")
    return {
        "channel": ident(event, "channel"),
        "user": ident(event, "user") or ident(event, "message", "user"),
        "thread_ts": moment(event, "thread_ts"),
    }
