"""Workspaces by a token and by installations, over the double of Slack and on both kinds of database."""

from __future__ import annotations

import re
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from cryptography.fernet import Fernet
from slack_sdk.oauth.installation_store.models import Installation
from slack_sdk.oauth.installation_store.sqlalchemy import AsyncSQLAlchemyInstallationStore
from slack_sdk.oauth.state_store.sqlalchemy import AsyncSQLAlchemyOAuthStateStore
from sqlalchemy import MetaData, Table, text

from adapters.slack.errors import NotInstalled, SlackError
from adapters.slack.installing import App, Installed
from adapters.slack.single import ByToken
from bot.app.slack import engine_of, prepared
from bot.tables import Base
from tests.doubles.slack import Clock, Slack

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence
    from pathlib import Path

    from tests.doubles.slack import Workspace

KEY, NEWER = Fernet.generate_key().decode(), Fernet.generate_key().decode()


@pytest.fixture
async def slack() -> AsyncGenerator[Slack]:
    async with Slack() as slack:
        yield slack


class Patient:
    """Time as the double has it; whoever sleeps is woken when the double's clock is there."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.sleeps: list[float] = []

    def now(self) -> float:
        return self._clock.now()

    async def sleep(self, seconds: float, /) -> None:
        self.sleeps.append(seconds)
        await self._clock.until(self._clock.now() + seconds)


def by_token(slack: Slack, token: str | None = None) -> ByToken:
    return ByToken(token or slack.token, api_url=slack.api_url, clock=Patient(slack.clock))


async def test_a_token_says_who_the_bot_is_and_where(slack: Slack) -> None:
    known: list[str] = []
    async with ByToken(slack.token, api_url=slack.api_url, known=known.append) as one:
        there = await one.of(slack.home.id)
        assert (there.team, there.bot) == (slack.home.id, slack.installation.bot.id)
        assert one.bot(slack.home.id) == slack.installation.bot.id
        assert await one.teams() == [slack.home.id] == known
        assert one.bot("T0") == slack.installation.bot.id
        assert await one.of("T0") is there
        assert [await one.which(said) for said in ([], ["T0"], ["T0", slack.home.id])] == [slack.home.id] * 3
    assert len(slack.called("auth.test")) == len(slack.called("users.info")) == 1


async def test_the_name_that_the_bots_own_profile_has_is_believed_over_that_of_an_organisation(slack: Slack) -> None:
    async with by_token(slack) as one:
        one._one = replace(await one.of(""), team="TORG")
        known: list[str] = []
        one._told = known.append
        assert await one.which(["T0"]) == "TORG"
        assert await one.which([slack.home.id]) == slack.home.id == (await one.of("TORG")).team
        assert known == [slack.home.id]


@pytest.mark.parametrize("token", ["xoxb-unknown", "xapp-1-A000000001-1-double"])
async def test_a_token_that_slack_does_not_know_ends_the_start_with_what_to_do(slack: Slack, token: str) -> None:
    with pytest.raises(SlackError) as caught:
        async with by_token(slack, token):
            pass
    assert "Set it to the bot token of your app" in caught.value.told
    assert token not in caught.value.told


async def test_while_slack_takes_no_more_calls_the_service_starts_and_finds_out_later(slack: Slack) -> None:
    slack.misbehave("ratelimited", "auth.test", retry_after=30)
    async with by_token(slack) as one:
        assert one.bot(slack.home.id) == ""
        assert await one.teams() == []
        with pytest.raises(SlackError):
            await one.of(slack.home.id)
        slack.recover()
        asked = len(slack.called("auth.test"))
        slack.clock.move(31)
        await slack.until(lambda: len(slack.called("auth.test")) > asked)
        assert (await one.of(slack.home.id)).bot == slack.installation.bot.id == one.bot(slack.home.id)


async def test_a_workspace_that_removed_the_app_is_none_any_more(slack: Slack) -> None:
    async with by_token(slack) as one:
        await one.forget("T0")
        await one.of(slack.home.id)
        await one.forget(slack.home.id)
        assert await one.teams() == [slack.home.id], "its token is good, so it was installed anew"
        slack.installation.gone = "account_inactive"
        await one.forget(slack.home.id)
        assert await one.teams() == []
        with pytest.raises(NotInstalled):
            await one.of(slack.home.id)


def app(slack: Slack, keys: Sequence[str] = (KEY,)) -> App:
    known = slack.state.app
    return App(client_id=known.client_id, client_secret=known.client_secret, api_url=slack.api_url, keys=keys)


@asynccontextmanager
async def installed(slack: Slack, where: Path | str, keys: Sequence[str] = (KEY,)) -> AsyncGenerator[Installed]:
    made = Installed(app(slack, keys), engine_of(where), lambda: prepared(where), clock=Patient(slack.clock))
    async with made as workspaces:
        yield workspaces


async def install(slack: Slack, workspaces: Installed, team: Workspace) -> Installation:
    """Do what Bolt's pages do once somebody agreed in the browser."""
    slack.person("Somebody", team)
    oauth = workspaces.oauth()
    client = workspaces._connection.client()
    answer = await client.oauth_v2_access(
        client_id=oauth.client_id, client_secret=oauth.client_secret, code=slack.agrees(team)
    )
    who = await client.auth_test(token=answer["access_token"])
    made = Installation(
        app_id=answer["app_id"],
        team_id=answer["team"]["id"],
        team_name=answer["team"]["name"],
        bot_token=answer["access_token"],
        bot_id=who["bot_id"],
        bot_user_id=answer["bot_user_id"],
        bot_scopes=answer["scope"],
        bot_refresh_token=answer.get("refresh_token"),
        bot_token_expires_in=answer.get("expires_in"),
        user_id=answer["authed_user"]["id"],
    )
    await oauth.installation_store.async_save(made)
    return made


async def stored(where: Path | str) -> str:
    """Give all that the database holds of installations, as whoever steals it reads it."""
    engine = engine_of(where)
    try:
        async with engine.connect() as connection:
            rows = [
                (await connection.execute(text(f"SELECT * FROM {name}"))).all()  # noqa: S608 - names of ours
                for name in ("slack_bots", "slack_installations")
            ]
    finally:
        await engine.dispose()
    return repr(rows)


async def test_several_workspaces_install_the_app_and_each_has_its_token(slack: Slack, where: Path | str) -> None:
    other = slack.workspace("Other", installed=False)
    async with installed(slack, where) as workspaces:
        assert await workspaces.teams() == []
        with pytest.raises(NotInstalled):
            await workspaces.of(other.id)
        for team in (slack.home, other):
            await install(slack, workspaces, team)
            assert workspaces.bot(team.id) == slack.state.installations[team.id].bot.id
    async with installed(slack, where) as workspaces:
        assert await workspaces.teams() == sorted([slack.home.id, other.id])
        for team in (slack.home, other):
            assert workspaces.bot(team.id) == slack.state.installations[team.id].bot.id
            there = await workspaces.of(team.id)
            assert (await there.calls.ask("auth.test"))["team_id"] == team.id
            assert await workspaces.of(team.id) is there


async def test_no_token_stands_readable_in_the_database(slack: Slack, where: Path | str) -> None:
    slack.state.app.token_seconds = 43_200
    async with installed(slack, where) as workspaces:
        await install(slack, workspaces, slack.home)
    held = await stored(where)
    assert slack.home.id in held
    assert slack.token not in held
    assert re.search(r"xox[a-z.]+-", held) is None


async def test_what_an_older_key_encrypted_is_read_and_what_none_did_is_told(slack: Slack, where: Path | str) -> None:
    async with installed(slack, where) as workspaces:
        await install(slack, workspaces, slack.home)
    async with installed(slack, where, (NEWER, KEY)) as workspaces:
        assert (await workspaces.of(slack.home.id)).team == slack.home.id
    async with installed(slack, where, (NEWER,)) as workspaces:
        with pytest.raises(SlackError, match="cannot be read with FOOTNOTE_TOKEN_KEY"):
            await workspaces.of(slack.home.id)


async def test_a_token_near_its_end_is_replaced_and_kept(slack: Slack, where: Path | str) -> None:
    slack.state.app.token_seconds = 3_600
    async with installed(slack, where) as workspaces:
        await install(slack, workspaces, slack.home)
        old = slack.token
        slack.clock.move(61)
        slack.state.app.token_seconds = 43_200
        there = await workspaces.of(slack.home.id)
        assert slack.token != old
        assert there.calls.client.token == slack.token
    async with installed(slack, where) as workspaces:
        assert (await workspaces.of(slack.home.id)).calls.client.token == slack.token


async def test_a_token_that_another_process_replaced_is_found(slack: Slack, where: Path | str) -> None:
    slack.state.app.token_seconds = 3_600
    async with installed(slack, where) as one, installed(slack, where) as other:
        await install(slack, one, slack.home)
        first = await other.of(slack.home.id)
        slack.clock.move(61)
        there = await one.of(slack.home.id)
        again = await other.of(slack.home.id)
        assert again.calls.client.token != first.calls.client.token
        assert again.pacer is first.pacer
        assert there.pacer is (await one.of(slack.home.id)).pacer


async def test_a_token_is_used_as_long_as_it_is_good_while_slack_gives_no_newer_one(
    slack: Slack, where: Path | str
) -> None:
    slack.state.app.token_seconds = 3_600
    async with installed(slack, where) as workspaces:
        await install(slack, workspaces, slack.home)
        slack.clock.move(61)
        slack.misbehave("error", "oauth.v2.access")
        assert (await workspaces.of(slack.home.id)).calls.client.token == slack.token
        slack.clock.move(3_600)
        with pytest.raises(SlackError, match="out of date"):
            await workspaces.of(slack.home.id)


async def test_a_workspace_that_removes_the_app_leaves_nothing_behind(slack: Slack, where: Path | str) -> None:
    other = slack.workspace("Other", installed=False)
    async with installed(slack, where) as workspaces:
        for team in (slack.home, other):
            await install(slack, workspaces, team)
        await workspaces.forget(other.id)
        assert workspaces.bot(other.id) == ""
        assert await workspaces.teams() == [slack.home.id]
        with pytest.raises(NotInstalled):
            await workspaces.of(other.id)
        await workspaces.of(slack.home.id)
    assert other.id not in await stored(where)


async def test_a_workspace_of_an_organisation_is_found_by_its_own_id(slack: Slack, where: Path | str) -> None:
    async with installed(slack, where) as workspaces:
        made = await install(slack, workspaces, slack.home)
        await workspaces.forget(slack.home.id)
        made.enterprise_id = "E1"
        await workspaces.oauth().installation_store.async_save(made)
        slack.clock.move(61)
        assert (await workspaces.of(slack.home.id)).calls.client.token == slack.token
        await workspaces.forget(slack.home.id)
    assert slack.home.id not in await stored(where)


async def test_a_state_is_good_once(slack: Slack, where: Path | str) -> None:
    async with installed(slack, where) as workspaces:
        states = workspaces.oauth().state_store
        issued = await states.async_issue()
        assert await states.async_consume(issued)
        assert not await states.async_consume(issued)
        assert not await states.async_consume("forged")


def test_whoever_installs_is_sent_to_the_same_slack_as_the_calls(slack: Slack, tmp_path: Path) -> None:
    made = Installed(app(slack), engine_of(tmp_path / "x.db"), lambda: prepared(tmp_path / "x.db"))
    assert made.oauth().authorization_url == f"{slack.state.url}/oauth/v2/authorize"


def test_the_tables_are_the_sdks_but_for_room_for_what_is_encrypted() -> None:
    metadata = MetaData()
    AsyncSQLAlchemyInstallationStore.build_bots_table(metadata, "slack_bots")
    AsyncSQLAlchemyInstallationStore.build_installations_table(metadata, "slack_installations")
    AsyncSQLAlchemyOAuthStateStore.build_oauth_states_table(metadata, "slack_oauth_states")
    for name, theirs in metadata.tables.items():
        assert _drawn(Base.metadata.tables[name]) == _drawn(theirs)


def _drawn(table: Table) -> tuple[dict[str, tuple[str, bool | None]], dict[str, list[str]]]:
    columns = {
        column.name: (
            "a secret" if "token" in column.name or "url" in column.name else repr(column.type),
            column.nullable,
        )
        for column in table.columns
        if column.name not in {"bot_token_expires_at", "user_token_expires_at", "enterprise_url"}
    }
    return columns, {str(index.name): [column.name for column in index.columns] for index in table.indexes}
