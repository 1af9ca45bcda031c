"""The adapter at Slack's double, with what it tells its other parts written down."""

from __future__ import annotations

import asyncio
import socket
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Self

import uvicorn
from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette

from adapters.audience import NOBODY
from adapters.base import Question
from adapters.clock import Running
from adapters.pacing import Budget, Pacer
from adapters.policies import Policies
from adapters.slack.adapter import Slack as Adapter
from adapters.slack.calls import Calls
from adapters.slack.errors import NotInstalled
from adapters.slack.quiet import QUIET
from adapters.slack.workspaces import Workspace
from tests.doubles.adapters import RecordingDesk

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Coroutine, Sequence

    from starlette.routing import BaseRoute

    from adapters.audience import Standing
    from adapters.base import Audience, Event, Journal, Notice, Person, Place, Rated, WantedPrivately
    from adapters.clock import Clock
    from adapters.messages import Said
    from adapters.parts import Part
    from adapters.slack.events import Arrived, AskingAbout, Disliked, HomeOpened, QuotesWanted
    from tests.doubles.slack import Slack

BUDGET = Budget(calls=100, burst=10)


class Swift:
    """A clock that runs ahead where somebody waits by it, so that what is slow out of politeness is quick."""

    def __init__(self) -> None:
        self._running = Running()
        self._ahead = 0.0

    def now(self) -> float:
        return self._running.now() + self._ahead

    async def sleep(self, seconds: float, /) -> None:
        slept = min(seconds, 0.05) if seconds < 500 else seconds
        await asyncio.sleep(slept)
        self._ahead += seconds - slept


class Installed:
    """The workspaces of the double. Who the bot is, is ``known``, or asked each time."""

    def __init__(self, slack: Slack, clock: Clock, *, known: bool = True) -> None:
        self.known = known
        self.patience = 30.0
        self.forgotten: list[str] = []
        self._slack = slack
        self._clock = clock

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc: object) -> None:
        return

    async def of(self, team: str, /) -> Workspace:
        if team not in self._slack.state.installations:
            raise NotInstalled("The bot is not installed there.")
        token = self._slack.state.installations[team].token
        client = AsyncWebClient(token, base_url=self._slack.api_url, retry_handlers=[], logger=QUIET)
        calls = Calls(client=client, clock=self._clock)
        bot = self.bot(team) or str((await calls.ask("auth.test", within=self.patience))["user_id"])
        pacer = Pacer(opening=BUDGET, showing=BUDGET, closing=BUDGET, now=self._clock.now())
        return Workspace(team=team, bot=bot, calls=calls, pacer=pacer)

    async def which(self, teams: Sequence[str], /) -> str:
        return next(iter(teams), self._slack.home.id)

    def bot(self, team: str, /) -> str:
        found = self._slack.state.installations.get(team)
        return found.bot.id if self.known and found else ""

    async def teams(self) -> Sequence[str]:
        return list(self._slack.state.installations)

    async def forget(self, team: str, /) -> None:
        self.forgotten.append(team)


class Written:
    """What the adapter's other parts were told."""

    def __init__(self, slack: Slack) -> None:
        self.changes: list[tuple[str, str | None]] = []
        self.responses: dict[str, str] = {}
        self.shown: list[object] = []
        self.fails = False
        self._slack = slack

    async def audience(self, place: Place, asker: Person, /) -> Audience:
        return NOBODY

    async def standing(self, team: str, user: str, /) -> Standing:
        return "member" if self._slack.state.users[user].team == team else "outsider"

    async def is_in(self, team: str, channel: str, /) -> bool | None:
        known = self._slack.state.channels.get(channel)
        return None if known is None else self._slack.state.installations[team].bot.id in known.members

    def changed(self, workspace: str, channel: str | None = None, /) -> None:
        self.changes.append((workspace, channel))

    async def around(self, question: Question, /) -> Sequence[Said]:
        return ()

    async def reply(self, question: Question, parts: AsyncGenerator[Part], journal: Journal, /) -> None:
        raise NotImplementedError

    async def notify(self, place: Place, notice: Notice, /) -> None:
        raise NotImplementedError

    def responds(self, question_id: str, response_url: str, /) -> None:
        self.responses[question_id] = response_url

    async def home(self, desk: object, opened: HomeOpened, /) -> None:
        self._show(opened)

    async def ask_about(self, desk: object, asking: AskingAbout, /) -> None:
        self._show(asking)

    async def disliked(self, disliked: Disliked, /) -> None:
        self._show(disliked)

    async def ask_why(self, rated: Rated, /) -> None:
        self._show(rated)

    async def accepted(self, wish: WantedPrivately, offer: object, /) -> None:
        self._show((wish, offer))

    async def quotes(self, desk: object, wanted: QuotesWanted, /) -> None:
        self._show(wanted)

    async def introduce(self, arrived: Arrived, /) -> None:
        self._show(arrived)

    def _show(self, what: object) -> None:
        self.shown.append(what)
        self._slack.bell.ring()
        if self.fails:
            raise RuntimeError("not now")


class Failing:
    """A desk's store that fails so many times."""

    def __init__(self, times: int, error: Exception | None = None) -> None:
        self.left = times
        self._error = error or RuntimeError("the store is away")

    async def __call__(self, event: Event) -> None:
        if self.left:
            self.left -= 1
            raise self._error


class Ringing(RecordingDesk):
    """A desk that lets a waiting test know of each event."""

    def __init__(self, slack: Slack, then: Callable[[Event], Coroutine[None, None, None]] | None) -> None:
        super().__init__(then)
        self._slack = slack

    async def accept(self, event: Event, /) -> None:
        try:
            await super().accept(event)
        finally:
            self._slack.bell.ring()


class Bot:
    """The adapter and what it hears."""

    def __init__(
        self,
        slack: Slack,
        transport: str,
        *,
        policies: Policies | None = None,
        then: Callable[[Event], Coroutine[None, None, None]] | None = None,
        known: bool = True,
    ) -> None:
        self.clock = Swift()
        self.desk = Ringing(slack, then)
        self.installed = Installed(slack, self.clock, known=known)
        self.written = Written(slack)
        self.adapter = Adapter(
            workspaces=self.installed,
            facts=self.written,
            reading=self.written,
            replying=self.written,
            pages=self.written,
            app_token=slack.app_token if transport == "sockets" else None,
            signing_secret=slack.signing_secret if transport == "signed" else None,
            api_url=slack.api_url,
            policies=policies or Policies(),
            clock=self.clock,
            now=lambda: datetime.now(UTC),
        )

    @property
    def events(self) -> list[Event]:
        return self.desk.events

    @property
    def asked(self) -> set[str]:
        """The ids of the questions that the desk has, however often it was told of them."""
        return {event.id for event in self.events if isinstance(event, Question)}


@asynccontextmanager
async def served(routes: Sequence[BaseRoute]) -> AsyncGenerator[str]:
    """Serve on loopback, and give the address."""
    app = Starlette(routes=list(routes))
    config = uvicorn.Config(app, ws="none", lifespan="off", log_config=None, timeout_keep_alive=600)
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # or each answer after the first waits 40 ms
        async with asyncio.TaskGroup() as group:
            group.create_task(server.serve(sockets=[listener]))
            try:
                yield f"http://127.0.0.1:{listener.getsockname()[1]}"
            finally:
                server.should_exit = server.force_exit = True


@asynccontextmanager
async def hearing(slack: Slack, bot: Bot) -> AsyncGenerator[Bot]:
    """Let the adapter run, connected."""
    async with bot.adapter, asyncio.TaskGroup() as group, served(bot.adapter.routes) as url:
        running = group.create_task(bot.adapter.run(bot.desk))
        if bot.adapter.routes:
            await slack.deliver_to(f"{url}/slack/events")
        else:
            await slack.until(lambda: slack.sockets.open)
        try:
            yield bot
        finally:
            running.cancel()
