"""The pages by which a workspace installs the app, where something goes wrong."""

from __future__ import annotations

import re
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest
from aiohttp import ClientSession
from cryptography.fernet import Fernet
from sqlalchemy import text

from adapters.clock import Running
from adapters.slack.bolting import routes
from adapters.slack.installing import App, Installed
from bot.app.slack import engine_of, prepared
from tests.adapters.slack_intake.hearing import served
from tests.doubles.slack import Slack
from tests.doubles.slack.api import Api

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from pathlib import Path

    from tests.doubles.slack.api import Call
    from tests.doubles.slack.records import Json


@pytest.fixture
async def slack() -> AsyncGenerator[Slack]:
    async with Slack() as slack:
        slack.person("Anna")
        yield slack


class Browser:
    """Somebody who installs the app."""

    def __init__(self, slack: Slack, workspaces: Installed, url: str, session: ClientSession) -> None:
        self.slack = slack
        self.workspaces = workspaces
        self.url = url
        self.session = session

    async def begins(self) -> tuple[str, str]:
        """Give the cookie, and the state."""
        async with self.session.get(f"{self.url}/slack/install") as page:
            (state,) = re.findall(r"state=([^&\"]+)", await page.text())
            return page.headers["Set-Cookie"].partition(";")[0], state

    async def installs(self) -> tuple[int, str]:
        """Give the page at the end, and its status."""
        cookie, state = await self.begins()
        asked = {"code": self.slack.agrees(self.slack.home), "state": state}
        redirect = f"{self.url}/slack/oauth_redirect"
        async with self.session.get(redirect, params=asked, headers={"Cookie": cookie}) as page:
            return page.status, await page.text()


async def _nothing(payload: object, *, redelivered: bool) -> None:
    raise AssertionError


@asynccontextmanager
async def browsing(slack: Slack, where: Path) -> AsyncGenerator[Browser]:
    known = slack.state.app
    key = Fernet.generate_key().decode()
    app = App(client_id=known.client_id, client_secret=known.client_secret, api_url=slack.api_url, keys=(key,))
    async with Installed(app, engine_of(where), lambda: prepared(where)) as workspaces:
        pages = routes(
            _nothing,  # type: ignore[arg-type] # nothing is delivered here
            signing_secret=slack.signing_secret,
            api_url=slack.api_url,
            clock=Running(),
            oauth=workspaces.oauth(),
        )
        async with served(pages) as url, ClientSession() as session:
            yield Browser(slack, workspaces, url, session)


@pytest.fixture
async def browser(slack: Slack, tmp_path: Path) -> AsyncGenerator[Browser]:
    async with browsing(slack, tmp_path / "bot.db") as browser:
        yield browser


async def test_an_installation_that_breaks_ends_in_a_sentence_and_may_be_tried_again(browser: Browser) -> None:
    browser.slack.misbehave("dropped before", "oauth.v2.access")
    status, page = await browser.installs()
    assert (status, "install the app once more" in page) == (502, True)
    browser.slack.recover()
    assert (await browser.installs())[0] == 200
    assert await browser.workspaces.teams() == [browser.slack.home.id]


async def test_a_whole_organisation_is_told_that_it_cannot_install_the_app(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = Api.answer

    def organised(api: Api, call: Call, token: str | None) -> Json:
        found: Json = answer(api, call, token)
        organisation = {"team": None, "enterprise": {"id": "E1", "name": "Org"}, "is_enterprise_install": True}
        return {**found, **organisation} if call.method == "oauth.v2.access" else found

    monkeypatch.setattr(Api, "answer", organised)
    status, page = await browser.installs()
    assert (status, "whole organisation" in page) == (400, True)
    async with browser.workspaces._engine.connect() as connection:
        assert not (await connection.execute(text("SELECT * FROM slack_bots"))).all()
        assert not (await connection.execute(text("SELECT * FROM slack_installations"))).all()


async def test_what_nobody_came_back_with_in_time_is_erased(browser: Browser) -> None:
    await browser.begins()
    async with browser.workspaces._engine.begin() as connection:
        await connection.execute(text("UPDATE slack_oauth_states SET expire_at = '2020-01-01 00:00:00.000000'"))
    _, state = await browser.begins()
    async with browser.workspaces._engine.connect() as connection:
        kept = (await connection.execute(text("SELECT state FROM slack_oauth_states"))).scalars().all()
    assert kept == [state]
