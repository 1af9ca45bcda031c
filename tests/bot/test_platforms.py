from __future__ import annotations

import builtins
from typing import TYPE_CHECKING, Any

import pytest

from adapters.base import Place
from adapters.policies import Policy
from bot.app import platforms
from bot.app.slack import policies_of
from bot.errors import BadSettings
from bot.settings import load

if TYPE_CHECKING:
    from pathlib import Path

KEY = "bWFkZSB1cCBmb3IgYSB0ZXN0LCAzMiBieXRlcyBpbmQ="
TOKENS = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1"}


def paths(environ: dict[str, str]) -> list[str]:
    (slack,) = platforms(load(environ))
    assert (slack.name, slack.anywhere) == ("slack", True)
    return [getattr(route, "path", "") for route in slack.routes]


def test_nothing_is_served_that_is_not_configured() -> None:
    assert list(platforms(load({}))) == []


async def test_slack_is_served_where_it_has_tokens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert paths(TOKENS) == []
    assert paths({**TOKENS, "SLACK_SIGNING_SECRET": "s"}) == ["/slack/events"]


async def test_what_several_workspaces_install_has_pages_for_that(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    several = {"SLACK_CLIENT_ID": "1.2", "SLACK_CLIENT_SECRET": "s", "SLACK_SIGNING_SECRET": "t"}
    found = paths({**several, "FOOTNOTE_TOKEN_KEY": KEY})
    assert found == ["/slack/events", "/slack/install", "/slack/oauth_redirect"]


def test_without_slacks_libraries_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def bare(name: str, *rest: Any) -> Any:  # noqa: ANN401 - as the builtin
        if name.startswith("adapters.slack"):
            raise ModuleNotFoundError(name="slack_sdk.web")
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", bare)
    with pytest.raises(BadSettings, match=r"footnote-bot\[slack\]"):
        platforms(load(TOKENS))


def test_a_channel_is_as_everywhere_but_for_what_its_table_says(tmp_path: Path) -> None:
    file = tmp_path / "footnote.toml"
    file.write_text(
        '[everywhere]\nanswers = "mention"\nfiles = false\n'
        '[[channels]]\nchannel = "slack:T1:channel:C1"\nfiles = true\n'
        '[[channels]]\nchannel = "slack:T1:channel:C2"\nanswers = "silent"\n'
    )
    policies = policies_of(load({}, file))
    there = [policies.at(Place(platform="slack", workspace="slack:T1", channel=name)) for name in ("C1", "C2", "C3")]
    assert there == [
        Policy(answers="mention", files=True),
        Policy(answers="silent", files=False),
        Policy(answers="mention", files=False),
    ]
