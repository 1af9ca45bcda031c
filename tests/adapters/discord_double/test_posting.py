"""discord.py's own client posts, edits and opens threads at the double, and is refused as Discord refuses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import discord as library
import pytest
from discord.http import Route

if TYPE_CHECKING:
    from tests.adapters.discord_double.conftest import Bot
    from tests.doubles.discord import Channel, Discord, Guild, Person

CREATE = "/channels/{channel_id}/messages"
BUTTONS = [
    {
        "type": 1,
        "components": [
            {"type": 2, "style": 2, "label": "Sources", "custom_id": "f:sources:1"},
            {"type": 2, "style": 2, "emoji": {"name": "👍"}, "custom_id": "f:up:1"},
        ],
    }
]


async def post(bot: Bot, channel: Channel, content: str, **more: Any) -> Any:  # noqa: ANN401
    return await bot.http.request(
        Route("POST", CREATE, channel_id=channel.id),
        json={"content": content, "allowed_mentions": {"parse": []}, **more},
    )


async def refused(code: int, what: Any) -> None:  # noqa: ANN401
    with pytest.raises(library.HTTPException) as error:
        await what
    assert error.value.code == code


async def test_a_message_is_posted_and_edited(discord: Discord, general: Channel, bot: Bot) -> None:
    told = await post(bot, general, "-# Reading…", components=BUTTONS, flags=4)
    answer = discord.answers(general)[0]
    assert (answer.id, answer.shown, answer.flags) == (told["id"], "Reading…", 4)
    assert answer.buttons == ["Sources", "👍"]
    edit = Route("PATCH", CREATE + "/{message_id}", channel_id=general.id, message_id=told["id"])
    await bot.http.request(edit, json={"content": "90 days. [\\[1\\]](<https://example.com>)", "components": []})
    assert answer.shown == "90 days. [1]"
    assert answer.buttons == []
    assert answer.edits[0].content == "-# Reading…"


async def test_the_library_s_own_objects_work_as_well(
    discord: Discord, anna: Person, general: Channel, bot: Bot
) -> None:
    discord.says(anna, general, "hello")
    await discord.until(lambda: bot.heard)
    answer = await bot.heard[0].reply("Hello.", mention_author=False)
    await answer.edit(content="Hello!")
    await answer.add_reaction("🚫")
    thread = await bot.heard[0].create_thread(name="hello")
    await thread.send("In here.")
    shown = discord.answers(general)[0]
    assert (shown.content, shown.replies_to) == ("Hello!", str(bot.heard[0].id))
    assert shown.reactions == {"🚫": [discord.me]}
    assert [one.content for one in discord.answers(discord.thread_of(discord.messages(general)[0]))] == ["In here."]
    assert [one.content async for one in thread.history()] == ["In here.", ""]


async def test_the_same_nonce_posts_once(discord: Discord, general: Channel, bot: Bot) -> None:
    first = await post(bot, general, "once", nonce="key-1", enforce_nonce=True)
    second = await post(bot, general, "once", nonce="key-1", enforce_nonce=True)
    assert first["id"] == second["id"]
    assert [one.nonce for one in discord.answers(general)] == ["key-1"]
    await discord.until(lambda: bot.heard)
    assert bot.heard[0].nonce == "key-1"
    discord.clock.move(600)
    third = await post(bot, general, "once", nonce="key-1", enforce_nonce=True)
    assert third["id"] != first["id"]


async def test_a_thread_has_the_id_of_its_message_and_there_is_one(
    discord: Discord, anna: Person, general: Channel, bot: Bot
) -> None:
    said = discord.says(anna, general, "hello")
    path = CREATE + "/{message_id}/threads"
    create = Route("POST", path, channel_id=general.id, message_id=said.id)
    thread = await bot.http.request(create, json={"name": "hello"})
    assert thread["id"] == said.id
    await refused(160004, bot.http.request(create, json={"name": "hello"}))
    found = discord.thread_of(said)
    assert found is not None
    assert [one.type for one in discord.messages(found)] == [21]
    assert said.flags & 32
    await discord.until(lambda: "thread_create" in bot.events)
    read = await bot.http.request(Route("GET", CREATE, channel_id=general.id))
    assert read[0]["thread"]["id"] == said.id


async def test_what_is_not_allowed_is_refused(discord: Discord, guild: Guild, anna: Person, bot: Bot) -> None:
    hidden = discord.channel("hidden", guild, private_to=[anna], bot=False)
    quiet = discord.channel("quiet", guild, without=["send_messages", "create_public_threads"])
    voice = discord.channel("voice", guild, kind="voice")
    await refused(50001, post(bot, hidden, "hello"))
    await refused(50013, post(bot, quiet, "hello"))
    said = discord.says(anna, quiet, "hello")
    thread = Route("POST", CREATE + "/{message_id}/threads", channel_id=quiet.id, message_id=said.id)
    await refused(50013, bot.http.request(thread, json={"name": "hello"}))
    said = discord.says(anna, voice, "hello")
    thread = Route("POST", CREATE + "/{message_id}/threads", channel_id=voice.id, message_id=said.id)
    await refused(50024, bot.http.request(thread, json={"name": "hello"}))
    await refused(50035, post(bot, voice, "x" * 2001))
    await refused(50008, post(bot, discord.channel("help", guild, kind="forum"), "hello"))
    await refused(50006, post(bot, voice, ""))
    discord.deletes_channel(quiet)
    await refused(10003, post(bot, quiet, "hello"))
    gone = Route("PATCH", CREATE + "/{message_id}", channel_id=voice.id, message_id="1")
    await refused(10008, bot.http.request(gone, json={"content": "hello"}))


async def test_closed_direct_messages_are_refused(discord: Discord, anna: Person, bot: Bot) -> None:
    channel = await bot.http.request(Route("POST", "/users/@me/channels"), json={"recipient_id": anna.id})
    direct = discord.direct(anna)
    assert channel["id"] == direct.id
    await post(bot, direct, "hello")
    discord.direct(anna, closed=True)
    await refused(50007, post(bot, direct, "hello"))
    stranger = discord.person("Stranger")
    await refused(50007, post(bot, discord.direct(stranger), "hello"))


async def test_a_thread_that_slept_wakes_and_a_locked_one_is_closed(
    discord: Discord, anna: Person, general: Channel, bot: Bot
) -> None:
    thread = discord.thread(anna, general, "hello", message=discord.says(anna, general, "hello"))
    discord.archives(thread)
    first = await post(bot, thread, "hello")
    assert not thread.archived
    discord.locks(thread)
    await refused(160005, post(bot, thread, "hello"))
    discord.archives(thread)
    await refused(50083, post(bot, thread, "hello"))
    edit = Route("PATCH", CREATE + "/{message_id}", channel_id=thread.id, message_id=first["id"])
    await refused(50083, bot.http.request(edit, json={"content": "hello!"}))


async def test_history_is_read_backwards_and_from_a_point(
    discord: Discord, anna: Person, general: Channel, bot: Bot
) -> None:
    said = [discord.says(anna, general, str(number)) for number in range(4)]
    channel = bot.get_channel(int(general.id))
    assert isinstance(channel, library.TextChannel)
    newest = await bot.http.logs_from(channel.id, 2)
    assert [one["content"] for one in newest] == ["3", "2"]
    after = await bot.http.logs_from(channel.id, 10, after=int(said[1].id))
    assert [one["content"] for one in after] == ["3", "2"]
    before = await bot.http.logs_from(channel.id, 10, before=int(said[1].id))
    assert [one["content"] for one in before] == ["0"]


async def test_nobody_is_pinged_unless_that_was_allowed(
    discord: Discord, guild: Guild, anna: Person, general: Channel, bot: Bot
) -> None:
    await post(bot, general, f"{anna.mention} @everyone")
    await post(bot, general, anna.mention, allowed_mentions={"users": [anna.id]})
    assert [one.pings for one in discord.answers(general)] == [[], [anna.id]]


async def test_what_a_bot_reads_of_a_guild(
    discord: Discord, guild: Guild, anna: Person, general: Channel, bot: Bot
) -> None:
    thread = discord.thread(anna, general, "hello")
    http = bot.http
    assert "@everyone" in [role["name"] for role in (await http.get_guild(int(guild.id)))["roles"]]
    assert [each["id"] for each in await http.get_all_guild_channels(int(guild.id))] == [general.id]
    assert [each["id"] for each in (await http.get_active_threads(int(guild.id)))["threads"]] == [thread.id]
    assert (await http.get_member(int(guild.id), int(anna.id)))["user"]["id"] == anna.id
    assert [each["id"] for each in await http.get_guilds(10)] == [guild.id]
    assert (await http.get_channel(int(thread.id)))["parent_id"] == general.id  # type: ignore[typeddict-item]
    app = await bot.application_info()
    assert app.flags.gateway_message_content_limited
    await refused(10007, http.get_member(int(guild.id), 1))
    await refused(10003, http.get_channel(1))


async def test_typing_is_seen(discord: Discord, general: Channel, bot: Bot) -> None:
    await bot.http.send_typing(int(general.id))
    assert discord.typing(general) == 1


async def test_a_request_that_breaks_the_specification_is_complained_about(
    discord: Discord, general: Channel, bot: Bot
) -> None:
    with pytest.raises(library.HTTPException):
        await post(bot, general, "hello", flags="many")
    with pytest.raises(library.HTTPException):
        await bot.http.request(Route("GET", "/nonsense"))
    assert len(discord.complaints) >= 1
    discord.complaints.clear()
