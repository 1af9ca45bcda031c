"""What people do at the double is seen there, and told to whoever may know."""

from __future__ import annotations

import sys
from asyncio import subprocess
from typing import TYPE_CHECKING, Any

import discord as library
import pytest
from discord.http import Route

from tests.doubles.discord import Clock, Discord

if TYPE_CHECKING:
    from tests.adapters.discord_double.conftest import Bot
    from tests.doubles.discord import Channel, Guild, Person

PROGRAM = """
import asyncio, sys, discord, yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route
Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = sys.argv[1], yarl.URL(sys.argv[2])
class Bot(discord.Client):
    async def on_message(self, message):
        if message.author != self.user:
            await message.reply("Hello.")
Bot(intents=discord.Intents(guilds=True, guild_messages=True)).run(sys.argv[3], log_handler=None)
"""


def told(discord: Discord, event: str) -> list[Any]:
    session = next(iter(discord.gateway.sessions.values()))
    return [each["d"] for each in session.told if each["t"] == event]


async def test_rights_change_and_the_client_knows(
    discord: Discord, guild: Guild, anna: Person, general: Channel, bot: Bot
) -> None:
    discord.overwrites(general, guild, deny=["view_channel"])
    discord.overwrites(general, discord.me, allow=["view_channel"], deny=["send_messages"])
    with pytest.raises(AssertionError, match="does not see"):
        discord.says(anna, general, "hello")
    await discord.until(lambda: bot.events.count("guild_channel_update") == 2)
    found = bot.get_channel(int(general.id))
    assert isinstance(found, library.TextChannel)
    assert not found.permissions_for(found.guild.me).send_messages
    assert not found.permissions_for(found.guild.default_role).view_channel


async def test_a_role_lets_somebody_into_a_private_channel(discord: Discord, guild: Guild, anna: Person) -> None:
    staff = discord.role("staff", guild)
    private = discord.channel("staff", guild, private_to=[staff])
    discord.gives(anna, staff)
    discord.says(anna, private, "hello")
    discord.takes(anna, staff)
    with pytest.raises(AssertionError, match="does not see"):
        discord.says(anna, private, "hello")
    discord.leaves(anna, guild)
    discord.joins(anna, guild)


async def test_the_bot_hears_of_a_private_thread_once_it_is_called_there(
    discord: Discord, anna: Person, general: Channel, bot: Bot
) -> None:
    thread = discord.thread(anna, general, "secret", private=True)
    discord.says(anna, thread, "a secret")
    discord.says(anna, thread, f"{discord.mention} hello")
    await discord.until(lambda: bot.heard)
    assert [one.content for one in bot.heard] == [f"{discord.mention} hello"]


async def test_what_nobody_typed_is_told_apart(
    discord: Discord, guild: Guild, anna: Person, general: Channel, bot: Bot
) -> None:
    said = discord.says(anna, general, "hello", files=["notes.txt"])
    discord.forwards(anna, general, said)
    discord.webhook("Builds", general, "It failed.")
    discord.notes(anna, general, 7)
    discord.says(discord.person("Other", guild, bot=True), general, "beep")
    shown = told(discord, "MESSAGE_CREATE")
    assert [each["type"] for each in shown] == [0, 0, 0, 7, 0]
    assert shown[0]["attachments"][0]["filename"] == "notes.txt"
    assert shown[1]["message_snapshots"][0]["message"]["content"] == "hello"
    assert shown[2]["webhook_id"] == shown[2]["author"]["id"]
    assert shown[4]["author"]["bot"]


async def test_everybody_and_the_bot_may_what_they_are_permitted(
    discord: Discord, guild: Guild, anna: Person, bot: Bot
) -> None:
    discord.permits(guild)
    room = discord.channel("room", guild)
    with pytest.raises(AssertionError, match="does not see"):
        discord.says(anna, room, "hello")
    discord.gives(discord.bot, discord.role("boss", guild, permissions=["administrator"]))
    await discord.until(lambda: bot.guilds[0].me.guild_permissions.administrator)


async def test_threads_are_closed_and_deleted(discord: Discord, anna: Person, general: Channel, bot: Bot) -> None:
    thread = discord.thread(anna, general, "hello", message=discord.says(anna, general, "hello"))
    assert thread.parent == general
    assert discord.threads(general) == [thread]
    discord.locks(thread)
    discord.archives(thread)
    assert [each["thread_metadata"]["archived"] for each in told(discord, "THREAD_UPDATE")] == [False, True]
    discord.deletes_channel(thread)
    await discord.until(lambda: "raw_thread_delete" in bot.events)
    assert not thread.exists
    assert discord.messages(thread) == []


async def test_several_messages_are_deleted_at_once(discord: Discord, anna: Person, general: Channel, bot: Bot) -> None:
    discord.deletes(*[discord.says(anna, general, str(number)) for number in range(3)])
    assert len(told(discord, "MESSAGE_DELETE_BULK")[0]["ids"]) == 3
    assert discord.messages(general) == []


async def test_a_link_that_unfolds_is_no_edit(discord: Discord, anna: Person, general: Channel, bot: Bot) -> None:
    said = discord.says(anna, general, "https://example.com")
    discord.unfurls(said)
    assert told(discord, "MESSAGE_UPDATE")[0]["edited_timestamp"] is None


async def test_a_reply_to_what_is_gone_is_no_reply(discord: Discord, anna: Person, general: Channel, bot: Bot) -> None:
    said = discord.says(anna, general, "hello")
    discord.deletes(said)
    route = Route("POST", "/channels/{channel_id}/messages", channel_id=general.id)
    reference = {"message_id": said.id, "fail_if_not_exists": False}
    await bot.http.request(route, json={"content": "hello", "message_reference": reference})
    with pytest.raises(library.HTTPException) as error:
        await bot.http.request(route, json={"content": "hello", "message_reference": {"message_id": said.id}})
    assert error.value.code == 50035
    assert [one.replies_to for one in discord.answers(general)] == [None]


async def test_a_bot_renames_its_own_thread(discord: Discord, anna: Person, general: Channel, bot: Bot) -> None:
    said = discord.says(anna, general, "hello")
    create = "/channels/{channel_id}/messages/{message_id}/threads"
    await bot.http.request(Route("POST", create, channel_id=general.id, message_id=said.id), json={"name": "hello"})
    await bot.http.request(Route("PATCH", "/channels/{channel_id}", channel_id=said.id), json={"name": "hello!"})
    thread = discord.thread_of(said)
    assert thread is not None
    assert thread.name == "hello!"


async def test_a_bot_in_another_process_hears_and_answers() -> None:
    async with Discord(Clock(runs=True)) as discord:
        guild = discord.guild("Acme")
        anna, general = discord.person("Anna", guild), discord.channel("general", guild)
        arguments = [sys.executable, "-c", PROGRAM, discord.api_url, discord.gateway_url, discord.token]
        process = await subprocess.create_subprocess_exec(*arguments)
        try:
            await discord.until(lambda: discord.gateway.connected)
            said = discord.says(anna, general, f"{discord.mention} hello")
            await discord.until(lambda: discord.answers(general))
            assert discord.answers(general)[0].replies_to == said.id
        finally:
            process.kill()
            await process.wait()
        await discord.until(lambda: not discord.gateway.connected)
