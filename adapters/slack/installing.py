"""Several workspaces, by what was kept when somebody there installed the app: the SDK's stores, tokens encrypted."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self

import structlog
from aiohttp import ClientError
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_sdk.errors import SlackClientError, SlackTokenRotationError
from slack_sdk.oauth.installation_store.sqlalchemy import AsyncSQLAlchemyInstallationStore
from slack_sdk.oauth.token_rotation.async_rotator import AsyncTokenRotator
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from adapters.clock import Clock, Running
from adapters.slack.connection import Connection
from adapters.slack.errors import NotInstalled, SlackError
from adapters.slack.offering import States
from adapters.slack.quiet import QUIET
from adapters.slack.scopes import SCOPES
from adapters.slack.sealing import Sealed, Sealing

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence

    from slack_sdk.oauth.installation_store.models import Bot
    from sqlalchemy.ext.asyncio import AsyncEngine

    from adapters.slack.workspaces import Workspace

_FRESH: Final = 60.0
"""Seconds for which a token is used without a look at whether another process has a newer one."""
_AHEAD: Final = 120
"""Minutes before the end of its time at which a token is replaced by a newer one."""
_STATE: Final = 600
"""Seconds in which somebody who began to install the app may go on."""

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """The app, as Slack knows it: ``api_url`` ends with a slash, ``keys`` encrypt its tokens, newest first."""

    client_id: str
    client_secret: str
    api_url: str
    keys: Sequence[str]


@dataclass(frozen=True, slots=True)
class _Fresh:
    """A workspace, with the token that it was made of, and until when no newer one is looked for."""

    workspace: Workspace
    token: str
    until: float


class Installed:
    """The workspaces in a database whose tables are there once ``prepared`` was called; it is closed at the end."""

    def __init__(
        self, app: App, engine: AsyncEngine, prepared: Callable[[], Awaitable[None]], *, clock: Clock | None = None
    ) -> None:
        """Open nothing yet."""
        self._app = app
        self._engine = engine
        self._prepared = prepared
        self._clock = clock or Running()
        self._connection = Connection(app.api_url, self._clock)
        self._rows = AsyncSQLAlchemyInstallationStore(app.client_id, engine, logger=QUIET)
        self._store = Sealed(self._rows, Sealing(app.keys), self._saved)
        self._fresh: dict[str, _Fresh] = {}
        self._bots: dict[str, str] = {}
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._open = AsyncExitStack()

    async def __aenter__(self) -> Self:
        """Prepare the tables, and read who the bot is where."""
        async with AsyncExitStack() as opened:
            opened.push_async_callback(self._engine.dispose)
            await self._prepared()
            await opened.enter_async_context(self._connection)
            self._bots = await self._listed()
            self._open = opened.pop_all()
        return self

    async def __aexit__(self, *exc: object) -> None:
        """Close everything."""
        await self._open.aclose()

    def oauth(self) -> AsyncOAuthSettings:
        """Give what the pages by which a workspace installs the app need to know."""
        return AsyncOAuthSettings(
            client_id=self._app.client_id,
            client_secret=self._app.client_secret,
            scopes=list(SCOPES),
            user_scopes=[],
            install_path="/slack/install",
            redirect_uri_path="/slack/oauth_redirect",
            authorization_url=f"{self._app.api_url.removesuffix('api/')}oauth/v2/authorize",
            installation_store=self._store,
            installation_store_bot_only=True,
            token_rotation_expiration_minutes=_AHEAD,
            state_store=States(_STATE, self._engine, logger=QUIET),
            state_expiration_seconds=_STATE,
            logger=QUIET,
        )

    async def of(self, team: str, /) -> Workspace:
        """Give one, with a token that is good for hours yet."""
        async with self._turns[team]:
            fresh = self._fresh.get(team)
            if fresh is not None and self._clock.now() < fresh.until:
                return fresh.workspace
            async with _told():
                bot = await self._bot(team)
            return self._noted(team, bot).workspace

    async def which(self, teams: Sequence[str], /) -> str:
        """Give the first in which the bot is known to be; another process may know that of the first of all."""
        return next((team for team in teams if team in self._bots), next(iter(teams), ""))

    def bot(self, team: str, /) -> str:
        """Give the bot's user id."""
        return self._bots.get(team, "")

    async def teams(self) -> Sequence[str]:
        """Give all that are in the database."""
        self._bots |= await self._listed()
        return sorted(self._bots)

    async def forget(self, team: str, /) -> None:
        """Erase its tokens, and whatever else was kept of who installed the app there."""
        async with self._turns[team]:
            async with _told():
                for enterprise in await self._enterprises(team):
                    await self._store.async_delete_bot(enterprise_id=enterprise, team_id=team)
                    await self._store.async_delete_installation(enterprise_id=enterprise, team_id=team)
            self._fresh.pop(team, None)
            self._bots.pop(team, None)
        _log.info("a workspace removed the app, and its tokens are erased", workspace=team)

    def _noted(self, team: str, bot: Bot) -> _Fresh:
        fresh = self._fresh.get(team)
        until = self._clock.now() + _FRESH
        if fresh is not None and (fresh.token, fresh.workspace.bot) == (bot.bot_token, bot.bot_user_id):
            workspace = fresh.workspace
        else:
            workspace = self._connection.workspace(team=team, bot=bot.bot_user_id, token=bot.bot_token)
        self._fresh[team] = _Fresh(workspace, bot.bot_token, until)
        self._bots[team] = bot.bot_user_id
        return self._fresh[team]

    async def _saved(self, bot: Bot) -> None:
        """Use at once what was installed by this process."""
        if bot.team_id and bot.bot_token:
            async with self._turns[bot.team_id]:
                self._noted(bot.team_id, bot)
            _log.info("a workspace installed the app", workspace=bot.team_id)

    async def _bot(self, team: str) -> Bot:
        found = await self._found(team)
        if found is None:
            self._fresh.pop(team, None)
            self._bots.pop(team, None)
            raise NotInstalled(f"The bot is not installed in the workspace {team}.")
        rotator = AsyncTokenRotator(
            client_id=self._app.client_id, client_secret=self._app.client_secret, client=self._connection.client()
        )
        try:
            newer = await rotator.perform_bot_token_rotation(bot=found, minutes_before_expiration=_AHEAD)
        except SlackTokenRotationError as error:
            return await self._others(team, found, error)
        except (ClientError, TimeoutError, SlackClientError, ValueError, KeyError) as error:
            return _still(found, self._clock, error)
        if newer is None:
            return found
        await self._store.async_save_bot(newer)
        return newer

    async def _others(self, team: str, found: Bot, error: Exception) -> Bot:
        """Give the token that another process got, which is why Slack refused to give a newer one once more."""
        again = await self._found(team)
        if again is not None and again.bot_token != found.bot_token:
            return again
        return _still(found, self._clock, error)

    async def _found(self, team: str) -> Bot | None:
        newest: Bot | None = None
        for enterprise in await self._enterprises(team):
            found = await self._store.async_find_bot(enterprise_id=enterprise, team_id=team)
            if found is not None and (newest is None or found.installed_at > newest.installed_at):
                newest = found
        return newest

    async def _enterprises(self, team: str) -> Sequence[str | None]:
        """Give under which organisations a workspace was kept: the SDK looks for none without."""
        row = self._rows.bots.c
        kept = select(row.enterprise_id).where(row.client_id == self._app.client_id, row.team_id == team).distinct()
        async with self._engine.connect() as connection:
            return list((await connection.execute(kept)).scalars())

    async def _listed(self) -> dict[str, str]:
        row = self._rows.bots.c
        kept = (
            select(row.team_id, row.bot_user_id)
            .where(row.client_id == self._app.client_id, row.team_id.is_not(None), row.bot_user_id.is_not(None))
            .order_by(row.installed_at)
        )
        async with _told(), self._engine.connect() as connection:
            return {str(team): str(bot) for team, bot in await connection.execute(kept)}


def _still(found: Bot, clock: Clock, error: Exception) -> Bot:
    """Use a token as long as it is good, though Slack gave no newer one."""
    ends = found.bot_token_expires_at
    if ends is not None and ends <= clock.now():
        raise SlackError(
            f"The token of the workspace {found.team_id} is out of date, and Slack gives no newer one. Let the "
            "workspace install the app again."
        ) from error
    _log.warning("Slack gave no newer token", workspace=found.team_id, exc_info=error)
    return found


@asynccontextmanager
async def _told() -> AsyncGenerator[None]:
    """Say in this package's words that the database is away."""
    try:
        yield
    except (SQLAlchemyError, OSError) as error:
        raise SlackError("Which workspaces installed the app cannot be read from the database just now.") from error
