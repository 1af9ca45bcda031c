"""The program as newcomers have it: documents synced, tokens set, served, asked in Slack; and installed by OAuth."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest
from aiohttp import ClientSession
from cryptography.fernet import Fernet

from tests.doubles.slack_team import whole
from tests.e2e.programs import PATIENCE, footnote, handbook, serving

if TYPE_CHECKING:
    from pathlib import Path

    from tests.doubles.slack import Slack


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return handbook(tmp_path)


async def test_two_tokens_and_a_sync_are_enough_for_an_answer(slack: Slack, folder: Path) -> None:
    settings = {
        "SLACK_BOT_TOKEN": slack.token,
        "SLACK_APP_TOKEN": slack.app_token,
        "SLACK_API_URL": slack.api_url,
    }
    anna = slack.person("Anna")
    general = slack.channel("general", anna)
    await footnote(folder, settings, "sync", "handbook", "--quiet")
    assert "wrong" not in await footnote(folder, settings, "doctor", "slack")
    async with serving(folder, settings, ["xox"]):
        await slack.until(lambda: slack.sockets.open, within=PATIENCE)
        question = slack.says(anna, general, f"{slack.mention} how long do access keys live?")
        await slack.until(lambda: whole(slack.answers(general, question)), within=PATIENCE)
        assert "90 days" in slack.answers(general, question)[0].shown
    assert not slack.rates.violations


async def test_a_workspace_installs_the_app_and_is_answered(slack: Slack, folder: Path) -> None:
    app = slack.state.app
    settings = {
        "SLACK_CLIENT_ID": app.client_id,
        "SLACK_CLIENT_SECRET": app.client_secret,
        "SLACK_SIGNING_SECRET": slack.signing_secret,
        "FOOTNOTE_TOKEN_KEY": Fernet.generate_key().decode(),
        "SLACK_API_URL": slack.api_url,
    }
    anna = slack.person("Anna")
    general = slack.channel("general", anna)
    await footnote(folder, settings, "sync", "handbook", "--public", "--quiet")
    async with serving(folder, settings, ["xox"]) as port, ClientSession() as browser:
        address = f"http://127.0.0.1:{port}"
        async with browser.get(f"{address}/slack/install") as page:
            cookie = page.headers["Set-Cookie"].partition(";")[0]
            (link,) = re.findall(r'href="([^"]+/oauth/v2/authorize[^"]+)"', await page.text())
        asked = parse_qs(urlsplit(link.replace("&amp;", "&")).query)
        assert "chat:write" in asked["scope"][0].split(",")
        query = {"code": slack.agrees(slack.home), "state": asked["state"][0]}
        async with browser.get(f"{address}/slack/oauth_redirect", params=query, headers={"Cookie": cookie}) as page:
            assert page.status == 200
        await slack.deliver_to(f"{address}/slack/events")
        question = slack.says(anna, general, f"{slack.mention} how long do access keys live?")
        await slack.until(lambda: whole(slack.answers(general, question)), within=PATIENCE)
        assert "90 days" in slack.answers(general, question)[0].shown
    assert "1 workspace installed the app" in await footnote(folder, settings, "doctor", "slack")
