"""Slack as a platform: it hears by Socket Mode, by signed requests, or by both, and answers by Slack's Web API."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Self

from slack_sdk.web.async_client import AsyncWebClient

from adapters.base import Adapter
from adapters.errands import Errands
from adapters.slack.base import Taken
from adapters.slack.bolting import routes
from adapters.slack.calls import Calls
from adapters.slack.intake import Intake
from adapters.slack.lookback import LookBack
from adapters.slack.quiet import QUIET
from adapters.slack.sockets import Sockets

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Sequence
    from datetime import datetime

    from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings

    from adapters.base import Audience, Desk, Journal, Notice, Person, Place, Question
    from adapters.clock import Clock
    from adapters.messages import Said
    from adapters.parts import Part
    from adapters.policies import Policies
    from adapters.slack.base import Facts, Pages, Reading, Replying
    from adapters.slack.workspaces import Workspaces


class Slack(Adapter):
    """All workspaces in which one app is installed."""

    name = "slack"
    anywhere = True

    def __init__(  # noqa: PLR0913 - its collaborators, and what is set for it
        self,
        *,
        workspaces: Workspaces,
        facts: Facts,
        reading: Reading,
        replying: Replying,
        pages: Pages,
        app_token: str | None,
        signing_secret: str | None,
        api_url: str,
        policies: Policies,
        clock: Clock,
        now: Callable[[], datetime],
        oauth: AsyncOAuthSettings | None = None,
        errands: Errands | None = None,
    ) -> None:
        """Keep its parts. Raises ValueError where there is no way for anything to come in."""
        if not (app_token or signing_secret):
            raise ValueError("Slack needs an app token, or a signing secret.")
        self._workspaces = workspaces
        self._facts = facts
        self._reading = reading
        self._replying = replying
        self._pages = pages
        self._errands = errands or Errands()
        self._app_token = app_token
        self._api_url = api_url
        self._policies = policies
        self._clock = clock
        self._now = now
        self._intake: Intake | None = None
        if signing_secret:
            self.routes = routes(self._take, signing_secret=signing_secret, api_url=api_url, clock=clock, oauth=oauth)

    async def __aenter__(self) -> Self:
        await self._workspaces.__aenter__()
        await self._errands.__aenter__()
        return self

    async def __aexit__(self, *exc: object) -> None:
        try:
            await self._errands.__aexit__(*exc)
        finally:
            await self._workspaces.__aexit__(*exc)

    async def run(self, desk: Desk, /) -> None:
        """Take in until cancelled. Raises SlackError where the app token is none."""
        try:
            async with asyncio.TaskGroup() as group:
                await self._run(desk, group)
        except ExceptionGroup as errors:
            raise _first(errors) from errors
        finally:
            self._intake = None

    async def _run(self, desk: Desk, group: asyncio.TaskGroup) -> None:
        intake = Intake(
            desk=desk,
            beside=group.create_task,
            workspaces=self._workspaces,
            facts=self._facts,
            policies=self._policies,
            replying=self._replying,
            pages=self._pages,
            clock=self._clock,
            now=self._now,
        )
        look = LookBack(desk=desk, workspaces=self._workspaces, missed=intake.missed, clock=self._clock)
        self._intake = intake
        group.create_task(look.run())
        if self._app_token is None:
            look.since(None)
            await asyncio.Event().wait()
        else:
            await self._sockets(self._app_token, look).run()

    def _sockets(self, app_token: str, look: LookBack) -> Sockets:
        client = AsyncWebClient(base_url=self._api_url, retry_handlers=[], logger=QUIET)
        calls = Calls(client=client, clock=self._clock)
        return Sockets(calls=calls, app_token=app_token, take=self._take, missed=look.since, clock=self._clock)

    async def _take(self, payload: object, *, redelivered: bool) -> Taken:
        if self._intake is None:
            return Taken(status=503)
        return await self._intake.take(payload, redelivered=redelivered)

    async def reply(self, question: Question, parts: AsyncGenerator[Part], journal: Journal, /) -> None:
        """Show the parts."""
        await self._replying.reply(question, parts, journal)

    async def audience(self, place: Place, asker: Person, /) -> Audience:
        """Say who reads at a place now."""
        return await self._facts.audience(place, asker)

    async def around(self, question: Question, /) -> Sequence[Said]:
        """Give what was said where a question was asked."""
        return await self._reading.around(question)

    async def notify(self, place: Place, notice: Notice, /) -> None:
        """Show a notice."""
        await self._replying.notify(place, notice)


def _first(errors: ExceptionGroup) -> Exception:
    error = errors.exceptions[0]
    return _first(error) if isinstance(error, ExceptionGroup) else error
