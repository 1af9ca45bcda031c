"""``footnote doctor discord`` and ``footnote invite discord``, against the double of Discord."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import discord as library
import pytest

from adapters.discord import checkup, commands, inviting
from adapters.discord.connection import Connection
from adapters.discord.permissions import PERMISSIONS, everything
from bot.app.discord import FIRST
from bot.cli.running import run
from bot.database import Database
from bot.settled import settled
from tests.adapters.discord_reading.looking import discoverable
from tests.doubles.discord import Clock, Discord
from tests.e2e.discord.test_other_servers import lacking

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from pathlib import Path

    from pytest import CaptureFixture, MonkeyPatch  # noqa: PT013 - shorter signatures

LEAST = library.Permissions(everything())


@pytest.fixture
async def discord(handbook: Path, monkeypatch: MonkeyPatch) -> AsyncGenerator[Discord]:
    """Discord, set in the environment of the command, and documents to answer from."""
    assert await asyncio.to_thread(run, ["sync", str(handbook), "--quiet"]) == 0
    async with Discord(Clock(runs=True)) as discord:
        monkeypatch.setenv("DISCORD_TOKEN", discord.token)
        monkeypatch.setenv("DISCORD_API_URL", discord.api_url)
        yield discord


class Doctor:
    """Runs the command in a thread, as the double answers in this one."""

    def __init__(self, capsys: CaptureFixture[str]) -> None:
        self._capsys = capsys
        self.out = ""
        self.err = ""

    async def __call__(self, *options: str) -> int:
        return await self.ran("doctor", "discord", *options)

    async def ran(self, *words: str) -> int:
        code = await asyncio.to_thread(run, list(words))
        shown = self._capsys.readouterr()
        self.out, self.err = shown.out, shown.err
        assert "Something unexpected" not in shown.err
        return code

    def lines(self) -> dict[str, str]:
        """What was found, by what was looked at."""
        return {line[6:].partition(":")[0]: line for line in self.out.splitlines()}


@pytest.fixture
def doctor(capsys: CaptureFixture[str]) -> Doctor:
    return Doctor(capsys)


async def test_where_nothing_is_wrong_everything_is_said_and_no_token(discord: Discord, doctor: Doctor) -> None:
    guild = discord.guild("Acme", permissions=LEAST)
    discord.channel("general", guild)
    discord.channel("help", guild, kind="forum")
    discord.channel("stage", guild, kind="voice")
    assert await doctor() == 0
    lines = doctor.lines()
    assert list(lines) == [
        "address", "clock", "token", "public", "intents", "servers", "team", "channels", "commands", "gateway",
        "documents",
    ]  # fmt: skip
    assert all(line.startswith("ok    ") for line in lines.values())
    assert f"The bot answers in Acme ({guild.id})." in lines["servers"]
    assert f"The people of discord:{guild.id} read what belongs to the team." in lines["team"]
    assert "The bot sees 3 channels of Acme." in lines["channels"]
    assert "footnote serve registers them" in lines["commands"]
    assert discord.token not in doctor.out
    assert not discord.called("POST")


async def test_programs_get_the_same(discord: Discord, doctor: Doctor) -> None:
    guild = discord.guild("Acme")
    discord.channel("general", guild, without=["add_reactions"])
    assert await doctor("--json") == 1
    shown: dict[str, Any] = json.loads(doctor.out)
    assert shown["ok"] is False
    assert [one["what"] for one in shown["findings"] if not one["ok"]] == ["permissions"]


async def test_a_token_that_discord_does_not_know_is_told(
    discord: Discord, doctor: Doctor, monkeypatch: MonkeyPatch
) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "unknown")
    assert await doctor() == 1
    assert list(doctor.lines()) == ["address", "clock", "token", "documents"]
    assert "wrong token: DISCORD_TOKEN is not accepted" in doctor.lines()["token"]
    discord.complaints.clear()


@pytest.mark.usefixtures("folder")
async def test_without_a_token_it_says_which_to_set(doctor: Doctor) -> None:
    assert await doctor() == 1
    assert "DISCORD_TOKEN is not set." in doctor.out
    assert await doctor.ran("invite", "discord") == 1
    assert "DISCORD_TOKEN is not set." in doctor.err


async def test_a_token_that_is_plainly_something_else_is_told_at_once(
    discord: Discord, doctor: Doctor, monkeypatch: MonkeyPatch
) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "xoxb-1")
    assert await doctor() == 1
    assert (doctor.out, "a token of Slack's" in doctor.err) == ("", True)
    assert not discord.calls


@pytest.mark.parametrize("fault", ["dropped before", "garbage"])
async def test_an_address_that_is_none_of_discords_is_told(discord: Discord, doctor: Doctor, fault: Any) -> None:  # noqa: ANN401
    discord.misbehave(fault, "GET", "*")
    assert await doctor() == 1
    assert "DISCORD_API_URL" in doctor.lines()["address"]
    assert list(doctor.lines()) == ["address", "documents"]


async def test_a_fault_of_discords_own_is_not_blamed_on_the_token(discord: Discord, doctor: Doctor) -> None:
    discord.misbehave("dropped before", "GET", "/users/@me")
    assert await doctor() == 1
    assert "Nothing is known of the token yet; try again in a minute." in doctor.lines()["token"]


async def test_a_clock_that_is_wrong_is_told(discord: Discord, doctor: Doctor, monkeypatch: MonkeyPatch) -> None:
    class Behind:
        def now(self) -> float:
            return discord.clock.now() - 400

        async def sleep(self, _: float, /) -> None:
            raise AssertionError

    monkeypatch.setattr("adapters.discord.checkup.Running", Behind)
    discord.guild("Acme")
    assert await doctor() == 1
    assert "seconds behind" in doctor.lines()["clock"]
    assert "is not found otherwise." in doctor.lines()["clock"]


async def test_an_intent_that_is_missing_is_told_with_what_works_without_it(
    discord: Discord, doctor: Doctor, monkeypatch: MonkeyPatch
) -> None:
    discord.channel("general", discord.guild("Acme"))
    discord.intents_granted.clear()
    assert await doctor() == 1
    assert doctor.lines()["intents"].startswith("wrong")
    assert "Commands, mentions and direct messages are answered all the same" in doctor.lines()["intents"]
    monkeypatch.setenv("FOOTNOTE_EVERYWHERE_ANSWERS", "mention")
    assert await doctor() == 0
    assert doctor.lines()["intents"].startswith("ok")


def test_what_the_application_sends_elsewhere_is_told() -> None:
    (found,) = checkup._endpoint("https://example.com/hook")
    assert not found.ok
    assert "https://example.com/hook" in found.told
    assert checkup._endpoint(None) == []


async def test_a_server_that_says_little_is_not_called_wrong(
    discord: Discord, doctor: Doctor, monkeypatch: MonkeyPatch
) -> None:
    discord.channel("general", discord.guild("Acme", permissions=LEAST))
    monkeypatch.setenv("DISCORD_GATEWAY_URL", discord.gateway_url)
    lacking(monkeypatch, "GET /gateway.*", "GET /oauth2/applications/@me")
    assert await doctor() == 0
    assert "is not known until footnote serve asks" in doctor.lines()["intents"]
    assert "It answers in all servers that it was added to." in doctor.lines()["public"]
    assert f"A connection opens at {discord.gateway_url}" in doctor.lines()["gateway"]
    monkeypatch.delenv("DISCORD_GATEWAY_URL")
    assert await doctor() == 1
    assert "Another server's is set by DISCORD_GATEWAY_URL." in doctor.lines()["gateway"]


async def test_the_server_that_a_bot_keeps_to_is_named_though_another_comes_first_now(
    discord: Discord, doctor: Doctor, folder: Path
) -> None:
    guilds = [discord.guild(name) for name in ("Acme", "Other")]
    for guild in guilds:
        discord.channel("general", guild)
    async with Database(folder / ".footnote" / "footnote.db") as database:
        await settled(database, FIRST, guilds[1].id)
    assert await doctor() == 0
    assert f"ok    servers: The bot answers in Other ({guilds[1].id})." in doctor.out


def test_who_may_add_the_bot_is_told() -> None:
    assert "is not known" in checkup._public(public=None, named=True).told
    assert "Only its owner" in checkup._public(public=False, named=False).told
    assert "that DISCORD_GUILDS names" in checkup._public(public=True, named=True).told
    assert "joined first" in checkup._public(public=True, named=False).told


async def test_in_no_server_yet_it_gives_the_link(discord: Discord, doctor: Doctor) -> None:
    assert await doctor() == 1
    assert "The bot is in no server yet." in doctor.lines()["servers"]
    assert f"client_id={discord.application}" in doctor.lines()["servers"]
    assert await doctor.ran("invite", "discord") == 0
    assert doctor.out.strip() == inviting.link(discord.api_url, discord.application)


async def test_servers_are_told_apart_by_whether_the_bot_answers_there(
    discord: Discord, doctor: Doctor, monkeypatch: MonkeyPatch
) -> None:
    acme, other = discord.guild("Acme"), discord.guild("Other")
    for guild in (acme, other):
        discord.channel("general", guild)
    assert await doctor() == 0
    assert f"It does not answer in Other ({other.id}), because it is only for the server" in doctor.out
    monkeypatch.setenv("DISCORD_GUILDS", other.id)
    assert await doctor() == 0
    assert f"ok    servers: The bot answers in Other ({other.id})." in doctor.out
    assert f"It does not answer in Acme ({acme.id}), because DISCORD_GUILDS does not name this server." in doctor.out
    monkeypatch.setenv("DISCORD_GUILDS", f"{other.id},77")
    assert await doctor() == 1
    assert "wrong servers: DISCORD_GUILDS names 77, where the bot is not. Add it there: http" in doctor.out


async def test_where_it_answers_nowhere_that_is_told(
    discord: Discord, doctor: Doctor, monkeypatch: MonkeyPatch
) -> None:
    discord.guild("Acme")
    monkeypatch.setenv("DISCORD_GUILDS", "77")
    assert await doctor() == 1
    assert "wrong servers: It does not answer in Acme" in doctor.out
    assert "team" not in doctor.lines()


async def test_a_team_that_is_none_of_the_servers_is_told_with_the_line_to_set(
    discord: Discord, doctor: Doctor, monkeypatch: MonkeyPatch
) -> None:
    acme = discord.guild("Acme")
    discord.channel("general", acme)
    monkeypatch.setenv("FOOTNOTE_TEAM", "discord:9")
    assert await doctor() == 1
    assert f"Set FOOTNOTE_TEAM=discord:{acme.id}," in doctor.lines()["team"]
    other = discord.guild("Other")
    discord.channel("general", other)
    monkeypatch.setenv("DISCORD_GUILDS", f"{acme.id},{other.id}")
    assert await doctor() == 1
    assert "which is none of them" in doctor.lines()["team"]
    monkeypatch.delenv("FOOTNOTE_TEAM")
    assert await doctor() == 1
    assert "FOOTNOTE_TEAM does not say whose it is" in doctor.lines()["team"]
    monkeypatch.setenv("FOOTNOTE_TEAM", f"discord:{other.id}")
    assert await asyncio.to_thread(run, ["sync", "handbook", "--quiet"]) == 0
    assert await doctor() == 0
    assert "those of the others read only what is public" in doctor.lines()["team"]


@pytest.mark.parametrize("permission", [name for name in PERMISSIONS if name != "view_channel"])
async def test_a_permission_that_is_missing_is_named_with_what_does_not_work(
    discord: Discord, doctor: Doctor, permission: str
) -> None:
    discord.channel("general", discord.guild("Acme"), without=[permission])
    assert await doctor() == 1
    assert f"is missing, so {PERMISSIONS[permission]}. Give it to the bot's role" in doctor.lines()["permissions"]


async def test_the_same_in_many_channels_is_said_once(discord: Discord, doctor: Doctor) -> None:
    guild = discord.guild("Acme")
    for number in range(8):
        discord.channel(f"c{number}", guild, without=["add_reactions", "create_public_threads"])
    discord.channel("private", guild, private_to=[], bot=False)
    discord.channel("lounge", guild, kind="voice", without=["create_public_threads"])
    discord.channel("help", guild, kind="forum", without=["create_public_threads", "send_messages"])
    assert await doctor() == 1
    assert "The bot sees 10 channels of Acme. It does not see 1 other." in doctor.lines()["channels"]
    (said,) = [line for line in doctor.out.splitlines() if line.startswith("wrong")]
    assert "In #c0, #c1, #c2, #c3, #c4 and 3 others of Acme, Create Public Threads, Add Reactions are missing" in said


async def test_a_server_that_anybody_may_look_into_is_told(
    discord: Discord, doctor: Doctor, monkeypatch: MonkeyPatch
) -> None:
    discoverable(monkeypatch)
    discord.channel("general", discord.guild("Acme", permissions=LEAST))
    assert await doctor() == 0
    assert "Anybody may look into Acme without joining it" in doctor.lines()["previews"]


async def test_a_server_in_which_it_sees_nothing_is_told(discord: Discord, doctor: Doctor) -> None:
    discord.channel("secret", discord.guild("Acme"), private_to=[], bot=False)
    assert await doctor() == 1
    assert "The bot sees no channel of Acme." in doctor.lines()["channels"]


async def test_channels_that_cannot_be_listed_are_told(discord: Discord, doctor: Doctor) -> None:
    discord.guild("Acme")
    discord.misbehave("dropped before", "GET", "/guilds/*/channels")
    assert await doctor() == 1
    assert "The channels of Acme are unknown." in doctor.lines()["channels"]


async def test_a_gateway_that_does_not_greet_is_told(
    discord: Discord, doctor: Doctor, monkeypatch: MonkeyPatch
) -> None:
    discord.channel("general", discord.guild("Acme"))
    monkeypatch.setenv("DISCORD_GATEWAY_URL", "ws://127.0.0.1:1/nothing")
    assert await doctor() == 1
    assert "Discord does not greet at ws://127.0.0.1:1/nothing. Look at DISCORD_GATEWAY_URL" in doctor.out
    monkeypatch.delenv("DISCORD_GATEWAY_URL")
    discord.misbehave("dropped before", "GET", "/gateway/bot")
    assert await doctor() == 1
    assert "Discord names no gateway." in doctor.lines()["gateway"]


async def test_commands_that_are_there_are_counted(discord: Discord, doctor: Doctor) -> None:
    discord.channel("general", discord.guild("Acme"))
    async with Connection(discord.token, discord.api_url) as connection:
        assert await commands.synced(connection)
    assert await doctor() == 0
    assert f"People see all {len(commands.commands())} commands." in doctor.lines()["commands"]


async def test_the_invitation_says_where_discord_cannot_be_asked(
    discord: Discord, doctor: Doctor, monkeypatch: MonkeyPatch
) -> None:
    discord.misbehave("dropped before", "GET", "/users/@me")
    assert await doctor.ran("invite", "discord") == 1
    assert "Discord cannot be reached." in doctor.err
    discord.recover()
    monkeypatch.setenv("DISCORD_TOKEN", "unknown")
    assert await doctor.ran("invite", "discord") == 1
    assert "DISCORD_TOKEN is not accepted" in doctor.err
    discord.complaints.clear()
