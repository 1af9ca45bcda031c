"""What Slack shows beside conversations, shown: the app's page, its forms, an answer's quotes, an introduction.

None of it is owed to anybody: it is begun after Slack was told that the wish arrived, and what fails is logged.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final, TypeVar

import structlog

from adapters.base import MessageRef, Place
from adapters.once import Once
from adapters.payload import at, items, text
from adapters.slack import answers, kit, views
from adapters.slack.errors import Refused, SlackError
from adapters.slack.naming import with_names
from adapters.slack.payload import moment
from adapters.wishes import Conversations, Quoted, Used

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator, Sequence
    from datetime import datetime

    from adapters.base import Desk, Principal, Rated, WantedPrivately
    from adapters.clock import Clock
    from adapters.parts import Citation
    from adapters.slack.events import Arrived, AskingAbout, Disliked, HomeOpened, QuotesWanted
    from adapters.slack.kit import Modal
    from adapters.slack.naming import Names
    from adapters.slack.workspaces import Workspace, Workspaces
    from adapters.wishes import Past

_T = TypeVar("_T")

_TRIGGER: Final = 3.0
"""Seconds for which Slack lets a form be opened."""
_WHISPER: Final = 10.0
_DAY: Final = timedelta(days=1)
_WEEK: Final = timedelta(days=7)
_MOST: Final = 200
"""Conversations that the desk tells of, at most."""
_ONCE: Final = 3_600.0
"""Seconds in which a channel is told once that the bot is there: Slack may tell us twice that it came."""
_KEPT: Final = (0.5, 0.5, 1.0)
"""Seconds between looks for what an answer rests on, which is kept a moment after its buttons stand there."""

PROMPTS: Final = (
    {"title": "What can you do?", "message": "What can you do?"},
    {"title": "Where do your answers come from?", "message": "Where do your answers come from?"},
)
"""What somebody may begin with who does not know what to ask, four at most: what any team's bot has an answer to."""

_log = structlog.get_logger()


class Pages:
    """Shows them; no method raises, whatever Slack or the desk answer."""

    def __init__(self, *, workspaces: Workspaces, names: Names, clock: Clock, now: Callable[[], datetime]) -> None:
        """``now`` gives the time of day, aware of its zone; ``clock`` measures."""
        self._workspaces = workspaces
        self._names = names
        self._clock = clock
        self._now = now
        self._introduced: Once[tuple[Principal, str]] = Once(clock, _ONCE)
        self._wondered: Once[tuple[MessageRef, str]] = Once(clock, _WEEK.total_seconds())

    async def home(self, desk: Desk, opened: HomeOpened, /) -> None:
        """Show the app's own page to who looks at it; who looks at its messages is given something to ask."""
        with _harmless("the app's page was not shown"):
            workspace = await self._of(opened.workspace)
            if opened.tab == "home":
                await self._publish(desk, opened, workspace)
            elif opened.channel:
                prompts = [dict(one) for one in PROMPTS]
                ask, method = workspace.calls.ask, "assistant.threads.setSuggestedPrompts"
                await ask(method, channel_id=opened.channel, prompts=prompts)

    async def _publish(self, desk: Desk, opened: HomeOpened, workspace: Workspace) -> None:
        person, principal = opened.person, opened.workspace
        channel = opened.channel or person.id
        place = Place(platform="slack", workspace=principal, channel=channel, private_to=person.id)
        asked = Conversations(person=person, platform="slack", workspace=principal)
        spending = await _read(desk.usage(Used(person=person, place=place)))
        recent = await self._recent(workspace, await _read(desk.conversations(asked)))
        overview = await self._overview(desk, principal) if await _admin(workspace, person.id) else None
        view = views.home(spending, recent, overview)
        await workspace.calls.ask("views.publish", user_id=person.id, view=view)

    async def _recent(self, workspace: Workspace, past: Sequence[Past] | None) -> Sequence[Past] | None:
        """Give the last conversations with names for whom their questions mention."""
        if past is None:
            return None
        return [
            replace(one, first_question=await with_names(one.first_question, workspace.team, self._names))
            for one in past[: views.RECENT]
        ]

    async def _overview(self, desk: Desk, workspace: Principal) -> views.Overview:
        now = self._now()
        served = await _read(desk.served("slack", workspace, now - _WEEK))
        if served is None:
            return views.Overview(day=None, week=None, most=_MOST)
        day = sum(one.last_at >= now - _DAY for one in served)
        return views.Overview(day=day, week=len(served), most=_MOST)

    async def ask_about(self, _: Desk, asking: AskingAbout, /) -> None:
        """Show the form for a question about a message."""
        with _harmless("the form for a question was not shown"):
            team = asking.message.workspace.removeprefix("slack:")
            shown = await with_names(asking.text, team, self._names)
            await self._open(asking.message.workspace, asking.trigger, views.ask(asking.subject, shown))

    async def disliked(self, disliked: Disliked, /) -> None:
        """Ask what is wrong with an answer."""
        with _harmless("the form for a reason was not shown"):
            await self._open(disliked.workspace, disliked.trigger, views.reason(disliked.answer, disliked.spot))

    async def ask_why(self, rated: Rated, /) -> None:
        """Ask who reacted with a thumb down, once, whether they say why: a reaction opens no form."""
        with _harmless("nobody was asked for a reason"):
            shown, person = rated.target, rated.person.id
            if not isinstance(shown, MessageRef) or not self._wondered.first((shown, person)):
                return
            workspace = await self._of(shown.workspace)
            thread = await _thread(workspace, shown)
            words, button = "What is wrong with it?", answers.explaining(views.showing(shown.channel, shown.message))
            await workspace.calls.act(
                "chat.postEphemeral",
                _free,
                within=_WHISPER,
                channel=shown.channel,
                user=person,
                text=words,
                blocks=[kit.section(words), button],
                **({"thread_ts": thread} if thread else {}),
            )

    async def accepted(self, wish: WantedPrivately, offer: object, /) -> None:
        """Take the button from an offer: pressing it again would begin nothing. ``offer`` is its message."""
        with _harmless("an offer keeps its button"):
            stamp, left = moment(offer, "ts"), [one for one in items(offer, "blocks") if text(one, "type") != "actions"]
            if stamp and left:
                workspace, channel = await self._of(wish.place.workspace), wish.place.channel
                await workspace.calls.ask(
                    "chat.update", channel=channel, ts=stamp, text=text(offer, "text"), blocks=left, parse="none"
                )

    async def quotes(self, desk: Desk, wanted: QuotesWanted, /) -> None:
        """Show what an answer rests on, as far as it may be read where the answer stands.

        The view is opened before that is known, since who may read there may take Slack longer than the trigger lasts.
        """
        with _harmless("an answer's quotes were not shown"):
            await self._open(wanted.place.workspace, wanted.trigger, views.looking(wanted.trigger))
            wish = Quoted(answer=wanted.answer, person=wanted.person, place=wanted.place)
            view = views.quotes(await self._quoted(desk, wish))
            workspace = await self._of(wanted.place.workspace)
            await workspace.calls.ask("views.update", external_id=wanted.trigger, view=view)

    async def _quoted(self, desk: Desk, wish: Quoted) -> Sequence[Citation]:
        """Ask the desk, for a moment again: the button stands there before its answer is kept."""
        for pause in (*_KEPT, None):
            found = await _read(desk.quoted(wish))
            if found or pause is None:
                return found or ()
            await self._clock.sleep(pause)
        raise AssertionError("the last look returns")

    async def introduce(self, arrived: Arrived, /) -> None:
        """Say in a channel, once, who the bot is that was added to it."""
        principal, channel = arrived.place.workspace, arrived.place.channel
        with _harmless("the bot did not introduce itself"):
            if not self._introduced.first((principal, channel)):
                return
            workspace = await self._of(principal)
            blocks = views.introduction(workspace.bot)
            await workspace.calls.act(
                "chat.postMessage",
                _free,
                channel=channel,
                text="Hello! Mention me with a question, and I answer in its thread.",
                blocks=blocks,
                parse="none",
                unfurl_links=False,
                unfurl_media=False,
            )

    async def _open(self, workspace: Principal, trigger: str, view: Modal) -> None:
        one = await self._of(workspace)
        try:
            await one.calls.ask("views.open", within=_TRIGGER, trigger_id=trigger, view=view)
        except Refused as error:
            if error.code != "exchanged_trigger_id":
                raise
            _log.info("a view was open already")  # by the try before, whose answer was lost

    async def _of(self, workspace: Principal) -> Workspace:
        return await self._workspaces.of(workspace.removeprefix("slack:"))


async def _thread(workspace: Workspace, shown: MessageRef) -> str:
    """Give the thread that a message stands in, which a reaction does not say; "" where Slack does not either."""
    where = {"channel": shown.channel, "ts": shown.message, "limit": 1}
    try:
        first, *_ = [
            *items(await workspace.calls.ask("conversations.replies", within=_TRIGGER, **where), "messages"),
            None,
        ]
    except SlackError:
        return ""
    return moment(first, "thread_ts")


async def _admin(workspace: Workspace, user: str) -> bool:
    """Ask Slack whether somebody runs the workspace; when in doubt, they do not."""
    try:
        answer = await workspace.calls.ask("users.info", user=user)
    except SlackError as error:
        _log.warning("whether somebody is an admin is not known", why=error.told)
        return False
    return any(at(answer, "user", role) is True for role in ("is_admin", "is_owner", "is_primary_owner"))


async def _read(asked: Awaitable[_T]) -> _T | None:
    """Give what the desk answers, or None where it cannot now: the rest of a page is shown all the same."""
    try:
        return await asked
    except Exception:  # noqa: BLE001 - the desk may be anybody's
        _log.exception("the desk did not answer")
        return None


async def _free() -> None:
    """Wait for nothing: no claim is held."""


@contextmanager
def _harmless(what: str) -> Iterator[None]:
    try:
        yield
    except SlackError as error:
        _log.warning(what, why=error.told)
    except Exception:  # noqa: BLE001 - nothing depends on it, whatever it was
        _log.exception(what)
