from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.app import platforms
from bot.errors import BadSettings
from bot.settings import load
from bot.slack import checked

if TYPE_CHECKING:
    from pathlib import Path

KEY = "bWFkZSB1cCBmb3IgYSB0ZXN0LCAzMiBieXRlcyBpbmQ="
ONE: dict[str, str] = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1"}
SEVERAL: dict[str, str] = {
    "SLACK_CLIENT_ID": "1.2", "SLACK_CLIENT_SECRET": "s", "SLACK_SIGNING_SECRET": "t", "FOOTNOTE_TOKEN_KEY": KEY,
}  # fmt: skip


def told(environ: dict[str, str], toml: Path | None = None) -> str:
    with pytest.raises(BadSettings) as caught:
        checked(load(environ, toml).slack)
    return caught.value.told


def test_tokens_of_one_workspace_configure_slack() -> None:
    slack = load(ONE).slack
    assert slack.configured
    assert not slack.several
    assert slack.api_url == "https://slack.com/api/"
    assert not load({}).slack.configured


@pytest.mark.parametrize("address", ["http://localhost:1/api", "http://localhost:1/api/", " http://localhost:1/api// "])
def test_an_address_of_the_api_ends_with_one_slash(address: str) -> None:
    assert load({**ONE, "SLACK_API_URL": address.strip()}).slack.api_url == "http://localhost:1/api/"


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"SLACK_BOT_TOKEN": "xapp-1"}, "SLACK_BOT_TOKEN is no bot token"),
        ({"SLACK_BOT_TOKEN": "xoxp-1"}, "SLACK_BOT_TOKEN is no bot token"),
        ({"SLACK_BOT_TOKEN": "secret-1"}, "SLACK_BOT_TOKEN is no bot token"),
        ({"SLACK_APP_TOKEN": "xoxb-1"}, "SLACK_APP_TOKEN is no app-level token"),
        ({"SLACK_APP_TOKEN": ""}, "SLACK_APP_TOKEN is not set, so no event can come"),
        ({"SLACK_BOT_TOKEN": ""}, "SLACK_APP_TOKEN is set, and SLACK_BOT_TOKEN is not"),
        ({"SLACK_BOT_TOKEN": "xoxb 1"}, "SLACK_BOT_TOKEN is not a usable value (it is not shown)"),
        ({"SLACK_API_URL": "slack.com"}, "SLACK_API_URL is 'slack.com'"),
        (SEVERAL, "remove one of the two"),
    ],
)
def test_a_mistake_is_told_with_what_to_do(changed: dict[str, str], sentence: str) -> None:
    said = told({**ONE, **changed})
    assert sentence in said
    assert "xoxp-1" not in said
    assert "secret-1" not in said


@pytest.mark.parametrize(
    ("token", "sentence"),
    [
        ("xoxb-\u2026", "(it is not shown), but the placeholder that a manual shows in its place; it must be the bot"),
        ("xoxb-...", "(it is not shown), but the placeholder that a manual shows in its place; it must be the bot"),
        ("xoxb-1\xa02", "(it is not shown): it holds a space or another character that no key has; it must be the bot"),
    ],
)
def test_a_token_that_cannot_be_one_is_told_with_the_reason(token: str, sentence: str) -> None:
    assert f"SLACK_BOT_TOKEN is not a usable value {sentence} token" in told({**ONE, "SLACK_BOT_TOKEN": token})


@pytest.mark.parametrize("token", ["hello", "xoxp-1", "xapp-1", "xoxe-1"])
@pytest.mark.parametrize(
    "host", ["https://slack.com", "https://SLACK.com:443", "http://slack.com", "https://acme.slack-gov.com"]
)
def test_slack_itself_has_no_tokens_of_another_look(token: str, host: str) -> None:
    there = {"SLACK_API_URL": f"{host}/api/"}
    assert "SLACK_BOT_TOKEN is no bot token" in told({**ONE, **there, "SLACK_BOT_TOKEN": token})


@pytest.mark.parametrize("one", [*ONE, *SEVERAL])
def test_what_is_not_complete_keeps_nothing_else_from_working(one: str) -> None:
    alone = load({one: {**ONE, **SEVERAL}[one]})
    assert alone.slack.model_fields_set
    if one not in {"SLACK_SIGNING_SECRET", "FOOTNOTE_TOKEN_KEY"}:
        with pytest.raises(BadSettings):
            platforms(alone)


def test_another_server_may_have_tokens_of_another_look() -> None:
    there = {"SLACK_API_URL": "http://localhost:1/api"}
    assert load({**ONE, **there, "SLACK_BOT_TOKEN": "secret-1", "SLACK_APP_TOKEN": "secret-2"}).slack.configured
    assert "SLACK_BOT_TOKEN is no bot token" in told({**ONE, **there, "SLACK_BOT_TOKEN": "xapp-1"})


def test_an_app_for_several_workspaces_is_configured_by_its_id() -> None:
    slack = load({**SEVERAL, "FOOTNOTE_TOKEN_KEY": f"{KEY}, {KEY}"}).slack
    assert slack.configured
    assert slack.several
    assert slack.keys == (KEY, KEY)


@pytest.mark.parametrize(
    ("missing", "sentence"),
    [
        ("SLACK_CLIENT_SECRET", "SLACK_CLIENT_SECRET is not set, and SLACK_CLIENT_ID is"),
        ("SLACK_CLIENT_ID", "SLACK_CLIENT_ID is not set, and SLACK_CLIENT_SECRET is"),
        ("FOOTNOTE_TOKEN_KEY", "FOOTNOTE_TOKEN_KEY is not set"),
        ("SLACK_SIGNING_SECRET", "SLACK_SIGNING_SECRET is not set"),
    ],
)
def test_what_an_app_for_several_workspaces_needs_is_told(missing: str, sentence: str) -> None:
    assert sentence in told({**SEVERAL, missing: ""})


@pytest.mark.parametrize("key", ["short", "ä" * 44, f"{KEY},short", ","])
def test_a_key_that_is_none_is_told_and_not_shown(key: str) -> None:
    said = told({**SEVERAL, "FOOTNOTE_TOKEN_KEY": key})
    assert "FOOTNOTE_TOKEN_KEY is not a usable value (it is not shown)" in said


def test_channels_have_policies_of_their_own(tmp_path: Path) -> None:
    file = tmp_path / "footnote.toml"
    file.write_text(
        '[everywhere]\nanswers = "mention"\n[[channels]]\nchannel = "slack:T1:channel:C1"\nanswers = "every question"\n'
    )
    settings = load({}, file)
    assert settings.everywhere.answers == "mention"
    assert [(one.channel, one.answers, one.files) for one in settings.channels] == [
        ("slack:T1:channel:C1", "every question", None)
    ]


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        ('channel = "C1"', "a channel such as slack:T1:channel:C1"),
        ('channel = "slack:T1:channel:C1"\nanswers = "always"', "mention, follow-up, every question or silent"),
        ('channel = "slack:T1:channel:C1"\n[[channels]]\nchannel = "slack:T1:channel:C1"', "a channel of its own"),
    ],
)
def test_a_wrong_policy_is_told(table: str, sentence: str, tmp_path: Path) -> None:
    file = tmp_path / "footnote.toml"
    file.write_text(f"[[channels]]\n{table}\n")
    assert sentence in told({}, file)
