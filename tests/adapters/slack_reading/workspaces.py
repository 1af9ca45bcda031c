"""The double's first workspace, as the adapter's parts are given it; its clock is the double's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from slack_sdk.web.async_client import AsyncWebClient

from adapters.pacing import Budget, Pacer
from adapters.slack.calls import Calls
from adapters.slack.errors import NotInstalled
from adapters.slack.workspaces import Workspace

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.doubles.slack import Slack

_BUDGET = Budget(calls=100, burst=10)


class ItsClock:
    """Nobody who sleeps by it waits: it moves on by itself."""

    def __init__(self, slack: Slack) -> None:
        self._clock = slack.clock

    def now(self) -> float:
        return self._clock.now()

    async def sleep(self, seconds: float, /) -> None:
        self._clock.move(seconds)


class OneWorkspace:
    def __init__(self, slack: Slack) -> None:
        self.clock = ItsClock(slack)
        self._slack = slack
        client = AsyncWebClient(slack.token, base_url=slack.api_url, retry_handlers=[])
        self._one = Workspace(
            team=slack.home.id,
            bot=slack.bot.id,
            calls=Calls(client=client, clock=self.clock),
            pacer=Pacer(opening=_BUDGET, showing=_BUDGET, closing=_BUDGET, now=self.clock.now()),
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc: object) -> None:
        return None

    async def of(self, team: str, /) -> Workspace:
        if team != self._one.team:
            raise NotInstalled("The bot is not installed there.")
        return self._one

    async def which(self, teams: Sequence[str], /) -> str:
        return next(iter(teams), "")

    def bot(self, team: str, /) -> str:
        return self._one.bot if team == self._one.team else ""

    async def teams(self) -> Sequence[str]:
        return (self._one.team,)

    async def forget(self, team: str, /) -> None:
        raise NotImplementedError
