from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import pytest

from bot.discord import checked
from bot.errors import BadSettings
from bot.settings import load

if TYPE_CHECKING:
    from pathlib import Path

TOKEN = f"{base64.b64encode(b'123456789012345678').decode()}.Gabcde.{'x' * 38}"


def told(environ: dict[str, str], toml: Path | None = None) -> str:
    with pytest.raises(BadSettings) as caught:
        checked(load(environ, toml).discord)
    return caught.value.told


def test_a_token_configures_discord() -> None:
    discord = load({"DISCORD_TOKEN": TOKEN}).discord
    checked(discord)
    assert discord.configured
    assert discord.api_url == "https://discord.com/api/v10"
    assert (discord.gateway_url, discord.guilds) == (None, ())
    assert not load({}).discord.configured
    checked(load({}).discord)


@pytest.mark.parametrize("token", [f"Bot {TOKEN}", f" bot  {TOKEN} ", f" {TOKEN}\n"])
def test_what_was_copied_along_with_a_token_is_left_out(token: str) -> None:
    found = load({"DISCORD_TOKEN": token}).discord.token
    assert found is not None
    assert found.get_secret_value() == TOKEN


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("https://discord.com/api", "https://discord.com/api/v10"),
        ("https://discord.com/api/", "https://discord.com/api/v10"),
        ("http://localhost:1/api/v9/", "http://localhost:1/api/v9"),
        ("http://localhost:1", "http://localhost:1"),
    ],
)
def test_an_address_of_the_api_without_a_version_gets_one(given: str, meant: str) -> None:
    assert load({"DISCORD_API_URL": given}).discord.api_url == meant


def test_the_servers_are_ids_in_a_variable_or_in_the_file(tmp_path: Path) -> None:
    file = tmp_path / "footnote.toml"
    file.write_text('[discord]\nguilds = [123, "456"]\n')
    assert load({}, file).discord.guilds == ("123", "456")
    assert load({"DISCORD_GUILDS": "7, 8,7,"}, file).discord.guilds == ("7", "8")


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"DISCORD_TOKEN": "xoxb-1-2"}, "DISCORD_TOKEN is a token of Slack's, and no bot's token: set it to"),
        ({"DISCORD_TOKEN": "ab" * 32}, "DISCORD_TOKEN is the public key of the application"),
        ({"DISCORD_TOKEN": "123456789012345678"}, "DISCORD_TOKEN is an id"),
        ({"DISCORD_TOKEN": "https://discord.com/x"}, "DISCORD_TOKEN is an address"),
        ({"DISCORD_TOKEN": "x" * 32}, "DISCORD_TOKEN is a client secret"),
        ({"DISCORD_TOKEN": "hello"}, "DISCORD_TOKEN is no bot's token"),
        ({"DISCORD_TOKEN": f"eyJhbGciOiJIUzI1NiJ9.abcdef.{'x' * 30}"}, "DISCORD_TOKEN is no bot's token"),
        ({"DISCORD_TOKEN": "a b"}, "DISCORD_TOKEN is not a usable value (it is not shown)"),
        ({"DISCORD_TOKEN": "MTIz..."}, "the placeholder that a manual shows in its place"),
        ({"DISCORD_API_URL": "discord.com"}, "DISCORD_API_URL is 'discord.com'"),
        ({"DISCORD_GATEWAY_URL": "https://gateway.discord.gg"}, "an address that begins with ws:// or wss://"),
        ({"DISCORD_GUILDS": " , "}, "it must be ids of servers with commas"),
        ({"DISCORD_GUILDS": "my server"}, "DISCORD_GUILDS is 'my server'; it must be ids of servers with commas"),
    ],
)
def test_a_mistake_is_told_with_what_to_do(changed: dict[str, str], sentence: str) -> None:
    said = told({"DISCORD_TOKEN": TOKEN, **changed})
    assert sentence in said
    assert "xxxx" not in said


@pytest.mark.parametrize("table", ["guilds = 1", "guilds = [true]", 'guilds = ["a"]', 'token = "x"'])
def test_a_mistake_in_the_file_is_told(table: str, tmp_path: Path) -> None:
    file = tmp_path / "footnote.toml"
    file.write_text(f"[discord]\n{table}\n")
    assert "discord." in told({}, file)


def test_an_address_of_the_gateway_is_taken_as_it_is() -> None:
    given = "ws://localhost:1/gateway?v=10"
    assert load({"DISCORD_GATEWAY_URL": f" {given} "}).discord.gateway_url == given


def test_another_server_may_have_tokens_of_another_look() -> None:
    there = {"DISCORD_API_URL": "http://localhost:1/api/v10"}
    for token in ("secret", "ab" * 32, "123456789012345678"):
        checked(load({**there, "DISCORD_TOKEN": token}).discord)
    assert "a token of Slack's" in told({**there, "DISCORD_TOKEN": "xapp-1"})
