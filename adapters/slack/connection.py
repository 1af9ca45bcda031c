"""The way to Slack: one session for the calls of all tokens, wherever Slack is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Self

from aiohttp import ClientSession, DummyCookieJar
from slack_sdk.web.async_client import AsyncWebClient

from adapters.pacing import Budget, Pacer
from adapters.slack.calls import Calls
from adapters.slack.quiet import QUIET
from adapters.slack.workspaces import Workspace, threads

if TYPE_CHECKING:
    from adapters.clock import Clock
    from adapters.pacing import Bucket

_OPENING: Final = Budget(calls=19, burst=10)
"""chat.startStream: 20 a minute in a workspace (Slack's tier 2), of which one is left to other processes' luck."""
_SHOWING: Final = Budget(calls=95, burst=20)
"""chat.appendStream: 100 a minute, shared by all streams of a workspace."""
_CLOSING: Final = Budget(calls=19, burst=10)
"""chat.stopStream: 20 a minute."""


class Connection:
    """Makes calls while it is open. Proxies are those of the environment, which the SDK reads by itself."""

    def __init__(self, api_url: str, clock: Clock) -> None:
        """``api_url`` ends with a slash."""
        self._api_url = api_url
        self._clock = clock
        self._session: ClientSession | None = None
        self._pacers: dict[str, Pacer] = {}
        self._threads: dict[str, Bucket] = {}

    async def __aenter__(self) -> Self:
        """Open the session."""
        self._session = ClientSession(cookie_jar=DummyCookieJar())
        return self

    async def __aexit__(self, *exc: object) -> None:
        """Close it."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    def client(self, token: str | None = None) -> AsyncWebClient:
        """Give the SDK's client, which tries nothing again by itself."""
        return AsyncWebClient(token, base_url=self._api_url, session=self._session, retry_handlers=[], logger=QUIET)

    def workspace(self, *, team: str, bot: str, token: str) -> Workspace:
        """Give a workspace; whatever its token is, its budgets go on."""
        if team not in self._pacers:
            now = self._clock.now()
            self._pacers[team] = Pacer(opening=_OPENING, showing=_SHOWING, closing=_CLOSING, now=now)
        calls = Calls(client=self.client(token), clock=self._clock)
        read = self._threads.setdefault(team, threads())
        return Workspace(team=team, bot=bot, calls=calls, pacer=self._pacers[team], threads=read)
