from __future__ import annotations

import builtins
from typing import TYPE_CHECKING, Any

import pytest

from adapters.base import Place
from adapters.policies import Policy
from bot.app import discord, platforms, slack
from bot.app.policing import policies_of
from bot.errors import BadSettings
from bot.settings import load

if TYPE_CHECKING:
    from pathlib import Path

KEY = "bWFkZSB1cCBmb3IgYSB0ZXN0LCAzMiBieXRlcyBpbmQ="
TOKENS = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1"}

DISCORD = {"DISCORD_TOKEN": "made-up", "DISCORD_API_URL": "http://localhost:1/api"}


def paths(environ: dict[str, str]) -> list[str]:
    (one,) = platforms(load(environ))
    assert (one.name, one.anywhere) == ("slack", True)
    return [getattr(route, "path", "") for route in one.routes]


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


@pytest.mark.parametrize(
    ("platform", "library", "environ"), [("slack", "slack_sdk.web", TOKENS), ("discord", "discord.http", DISCORD)]
)
def test_without_a_platforms_libraries_it_says_what_to_install(
    platform: str, library: str, environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    real = builtins.__import__

    def bare(name: str, *rest: Any) -> Any:  # noqa: ANN401 - as the builtin
        if name.startswith(f"adapters.{platform}"):
            raise ModuleNotFoundError(name=library)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", bare)
    for made in (platforms, *([discord.connected] if platform == "discord" else [])):
        with pytest.raises(BadSettings, match=rf"footnote-bot\[{platform}\]"):
            made(load(environ))


def test_a_library_that_lacks_something_of_its_own_is_no_matter_of_an_extra() -> None:
    def bare() -> None:
        raise ModuleNotFoundError(name="audioop")

    for lacking in (slack.lacking, discord.lacking):
        with pytest.raises(ModuleNotFoundError), lacking():
            bare()


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
