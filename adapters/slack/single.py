"""One workspace, by its bot token."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import TYPE_CHECKING, Final, Self

import structlog

from adapters.clock import Clock, Running
from adapters.slack.calls import Calls
from adapters.slack.connection import Connection
from adapters.slack.errors import Limited, NotInstalled, Refused, SlackError, Unsure
from adapters.slack.payload import ident
from adapters.slack.tokens import bot_token_refused

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from adapters.slack.workspaces import Workspace

PASSING: Final = frozenset({"team_added_to_org", "accesslimited", "ekm_access_denied"})
"""Refusals of ``auth.test`` that end by themselves."""
_PATIENCE: Final = 5.0
"""Seconds in which Slack is asked at the start before that goes on beside everything else."""
_BRIEFLY: Final = 0.8
_OTHERS: Final = 1_000
"""Names of other workspaces that are remembered, as what is shared with those names them."""
_PAUSES: Final = (1.0, 2.0, 5.0, 15.0, 30.0)
"""Seconds between tries then; the last one is that of all others."""

_log = structlog.get_logger()


class ByToken:
    """Who the bot is says ``auth.test``. While Slack cannot say it, the service runs, and what comes in is kept."""

    def __init__(
        self,
        token: str,
        *,
        api_url: str,
        clock: Clock | None = None,
        known: Callable[[str], None] = lambda _: None,
    ) -> None:
        """``api_url`` ends with a slash; ``known`` is called with the workspace's id, and again if that was not it."""
        self._token = token
        self._clock = clock or Running()
        self._connection = Connection(api_url, self._clock)
        self._told = known
        self._one: Workspace | None = None
        self._asking = asyncio.Lock()
        self._open = AsyncExitStack()
        self._forgotten = False
        self._others: set[str] = set()

    async def __aenter__(self) -> Self:
        """Ask who the bot is. Raises SlackError where Slack does not know the token."""
        async with AsyncExitStack() as opened:
            await opened.enter_async_context(self._connection)
            if (error := await self._first()) is not None:
                owner = await opened.enter_async_context(asyncio.TaskGroup())
                opened.callback(owner.create_task(self._find_out(error)).cancel)
            self._open = opened.pop_all()
        return self

    async def __aexit__(self, *exc: object) -> None:
        """Ask no more."""
        await self._open.aclose()

    async def of(self, team: str, /) -> Workspace:
        """Give the one that there is, by whatever name: its token can do nothing in another."""
        one = await self._known(_PATIENCE)
        if self._forgotten:
            raise NotInstalled(f"The bot is not installed in the workspace {team}.")
        return one

    async def which(self, teams: Sequence[str], /) -> str:
        """Give the one that there is: as ``auth.test`` names it, or as both the envelopes and the bot itself do."""
        if self._one is None and teams:
            return teams[0]
        one = await self._known(_PATIENCE)
        if teams and teams[0] != one.team and teams[0] not in self._others:
            await self._compare(one, teams[0])
        return (await self._known(_PATIENCE)).team

    async def _compare(self, one: Workspace, team: str) -> None:
        """Take the name that the bot's own profile has, where ``auth.test`` names an organisation, or what it likes."""
        try:
            answer = await one.calls.ask("users.info", within=_BRIEFLY, user=one.bot)
        except Refused:
            answer = None
        except SlackError:
            return
        if ident(answer, "user", "team_id") == team:
            _log.warning("auth.test names another workspace than the bot's own profile", workspace=team, other=one.team)
            self._one = replace(one, team=team)
            self._told(team)
        elif len(self._others) < _OTHERS:
            self._others.add(team)

    def bot(self, _: str, /) -> str:
        """Give the bot's user id."""
        return self._one.bot if self._one is not None else ""

    async def teams(self) -> Sequence[str]:
        """Give the one, once it is known."""
        return [] if self._one is None or self._forgotten else [self._one.team]

    async def forget(self, team: str, /) -> None:
        """Use the token no more, once it is dead; it is the operator's, and so is its erasure."""
        if self._one is not None and self._one.team == team and await self._dead(self._one):
            self._forgotten = True
            _log.warning("the app was removed from its workspace", workspace=team)

    async def _dead(self, one: Workspace) -> bool:
        """Whether Slack does not know the token any more: the app may be installed anew by now."""
        try:
            await one.calls.ask("auth.test", within=_BRIEFLY)
        except SlackError as error:
            return _final(error)
        return False

    async def _first(self) -> SlackError | None:
        """Ask before all else begins; give why Slack cannot say it yet. Raises SlackError where it never will."""
        try:
            await self._known(_PATIENCE)
        except SlackError as error:
            if _final(error):
                raise
            _log.warning("Slack does not say yet who the bot is", why=error.told)
            return error
        return None

    async def _find_out(self, error: SlackError) -> None:
        pauses = iter(_PAUSES)
        pause = _PAUSES[0]
        while not _final(error):
            pause = next(pauses, pause)
            await self._clock.sleep(max(pause, error.seconds if isinstance(error, Limited) else 0.0))
            try:
                await self._known(_PATIENCE)
            except SlackError as again:
                error = again
            else:
                return
        _log.error("Slack does not know the bot's token", why=error.told)

    async def _known(self, within: float) -> Workspace:
        async with self._asking:
            if self._one is None:
                self._one = await self._asked(within)
                self._told(self._one.team)
            return self._one

    async def _asked(self, within: float) -> Workspace:
        calls = Calls(client=self._connection.client(self._token), clock=self._clock)
        try:
            answer = await calls.ask("auth.test", within=within)
        except Refused as error:
            raise refusal(error) from error
        team, bot = ident(answer, "team_id"), ident(answer, "user_id")
        if not (team and bot):
            raise Unsure("Slack's answer to auth.test names no workspace, or no bot.")
        return self._connection.workspace(team=team, bot=bot, token=self._token)


def _final(error: SlackError) -> bool:
    return isinstance(error, Refused) and error.code not in PASSING


def refusal(error: Refused) -> Refused:
    """Say of a refused ``auth.test`` what to do."""
    if error.code not in PASSING:
        error.told = bot_token_refused(error.code)
    return error
