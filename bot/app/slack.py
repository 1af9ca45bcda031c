"""Slack, where it is configured: its workspaces by a token or by installations, its policies, and whose team it is."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from bot.app.policing import now, policies_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pydantic import SecretStr
    from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
    from sqlalchemy.ext.asyncio import AsyncEngine

    from adapters.base import Adapter
    from adapters.clock import Clock
    from adapters.policies import Policies
    from adapters.slack.installing import Installed
    from adapters.slack.workspaces import Workspaces
    from bot.settings import Settings


def platform(settings: Settings, *, policies: Policies | None = None, clock: Clock | None = None) -> Adapter:
    """Make the platform; policies are those of the settings. Raises BadSettings where its libraries are missing."""
    with lacking():
        from adapters.clock import Running

        time, allowed = clock or Running(), policies or policies_of(settings)
        if settings.slack.several:
            workspaces = installations(settings, time)
            return _made(settings, workspaces, allowed, time, workspaces.oauth())
        return _single(settings, allowed, time)


@contextmanager
def lacking() -> Iterator[None]:
    """Say what to install where a library of Slack's is missing. Raises BadSettings."""
    from bot.errors import BadSettings

    try:
        yield
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in {"aiohttp", "cryptography", "slack_bolt", "slack_sdk"}:
            raise
        raise BadSettings('Slack needs the extra "slack": pip install "footnote-bot[slack]".') from error


async def prepared(where: Path | str) -> None:
    """Bring the bot's database to this version's schema. Raises StoreError."""
    from bot.database import Database

    async with Database(where):
        pass


def engine_of(where: Path | str) -> AsyncEngine:
    """Give a pool of its own on the bot's database, for the stores of Slack's SDK, which want one."""
    from pathlib import Path

    if not isinstance(where, Path):
        from knowledge.stores import server

        return server.engine(where, size=2)
    from sqlalchemy import URL
    from sqlalchemy.ext.asyncio import create_async_engine

    return create_async_engine(
        URL.create("sqlite+aiosqlite", database=str(where)), connect_args={"timeout": 5.0}, hide_parameters=True
    )


def _single(settings: Settings, allowed: Policies, clock: Clock) -> Adapter:
    from adapters.slack.single import ByToken
    from bot.belonging import Belonging, Team

    own = settings.slack
    team = Team(team=settings.team, named="team" in settings.model_fields_set)
    workspaces = ByToken(
        _secret(own.bot_token) or "",
        api_url=own.api_url,
        clock=clock,
        known=lambda found: team.known(f"slack:{found}"),
    )
    return Belonging(_made(settings, workspaces, allowed, clock), team)


def installations(settings: Settings, clock: Clock | None = None) -> Installed:
    """Give the workspaces that installed the app, closed as yet."""
    from adapters.slack.installing import App, Installed

    own, where = settings.slack, settings.database
    app = App(
        client_id=own.client_id or "",
        client_secret=_secret(own.client_secret) or "",
        api_url=own.api_url,
        keys=own.keys,
    )
    return Installed(app, engine_of(where), lambda: prepared(where), clock=clock)


def _made(
    settings: Settings,
    workspaces: Workspaces,
    allowed: Policies,
    clock: Clock,
    oauth: AsyncOAuthSettings | None = None,
) -> Adapter:
    from adapters.errands import Errands
    from adapters.slack.adapter import Slack
    from adapters.slack.facts import Facts
    from adapters.slack.pages import Pages
    from adapters.slack.reading import Reading
    from adapters.slack.replying import Replying

    own = settings.slack
    facts, errands = Facts(workspaces, clock), Errands()
    return Slack(
        workspaces=workspaces,
        facts=facts,
        reading=Reading(workspaces, facts, allowed, clock),
        replying=Replying(workspaces, facts, allowed, clock, guests=own.guests, errands=errands),
        pages=Pages(workspaces=workspaces, names=facts, clock=clock, now=now),
        app_token=_secret(own.app_token),
        signing_secret=_secret(own.signing_secret),
        api_url=own.api_url,
        policies=allowed,
        clock=clock,
        now=now,
        oauth=oauth,
        errands=errands,
    )


def _secret(value: SecretStr | None) -> str | None:
    return None if value is None else value.get_secret_value()
