"""discord.py's own client hears what people do at the double, as its intents and permissions let it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import discord as library
import pytest

from tests.adapters.discord_double.conftest import INTENTS, running

if TYPE_CHECKING:
    from tests.adapters.discord_double.conftest import Bot
    from tests.doubles.discord import Channel, Discord, Guild, Person


async def test_a_client_logs_in_and_knows_its_guilds(
    discord: Discord, guild: Guild, general: Channel, bot: Bot
) -> None:
    assert str(bot.user.id if bot.user else None) == discord.me
    assert str(bot.application_id) == discord.application
    assert [each.name for each in bot.guilds] == ["Acme"]
    found = bot.get_channel(int(general.id))
    assert isinstance(found, library.TextChannel)
    assert found.permissions_for(found.guild.me).send_messages
    assert discord.gateway.identified == 1


async def test_a_message_is_heard(discord: Discord, anna: Person, general: Channel, bot: Bot) -> None:
    said = discord.says(anna, general, f"{discord.mention} how long do keys live?")
    await discord.until(lambda: bot.heard)
    assert bot.heard[0].id == int(said.id)
    assert bot.heard[0].content == f"{discord.mention} how long do keys live?"
    assert bot.user in bot.heard[0].mentions


async def test_what_is_edited_deleted_and_reacted_to_is_heard(
    discord: Discord, anna: Person, general: Channel, bot: Bot
) -> None:
    said = discord.says(anna, general, "helo")
    discord.edits(said, "hello")
    discord.reacts(anna, said, "👍")
    discord.unreacts(anna, said, "👍")
    discord.deletes(said)
    await discord.until(lambda: "raw_message_delete" in bot.events)
    wanted = ["raw_message_edit", "raw_reaction_add", "raw_reaction_remove", "raw_message_delete"]
    assert [each for each in bot.events if each in wanted] == wanted
    assert said.deleted
    assert [one.content for one in said.edits] == ["helo", "hello"]


async def test_a_reaction_says_whose_message_it_is_on(
    discord: Discord, anna: Person, general: Channel, bot: Bot
) -> None:
    discord.reacts(anna, discord.says(anna, general, "hello"), "👍")
    session = next(iter(discord.gateway.sessions.values()))
    told = next(each["d"] for each in session.told if each["t"] == "MESSAGE_REACTION_ADD")
    assert told["message_author_id"] == anna.id


async def test_what_is_said_where_the_bot_sees_nothing_is_not_heard(
    discord: Discord, guild: Guild, anna: Person, general: Channel, bot: Bot
) -> None:
    secret = discord.channel("secret", guild, private_to=[anna], bot=False)
    discord.says(anna, secret, "a secret")
    discord.says(anna, general, "hello")
    await discord.until(lambda: bot.heard)
    assert [one.content for one in bot.heard] == ["hello"]


async def test_without_the_intent_only_what_is_said_to_the_bot_has_words(
    discord: Discord, anna: Person, general: Channel
) -> None:
    plain = library.Intents(guilds=True, guild_messages=True, dm_messages=True)
    async with running(discord, intents=plain) as bot:
        discord.says(anna, general, "a secret")
        discord.says(anna, general, f"{discord.mention} hello")
        discord.says(anna, discord.direct(anna), "hello")
        await discord.until(lambda: len(bot.heard) == 3)
        assert [one.content for one in bot.heard] == ["", f"{discord.mention} hello", "hello"]


async def test_an_intent_that_is_not_granted_turns_the_client_away(discord: Discord, general: Channel) -> None:
    discord.intents_granted.clear()
    with discord.redirected():
        bot = library.Client(intents=INTENTS)
        with pytest.raises(library.PrivilegedIntentsRequired):
            await bot.start(discord.token)
        await bot.close()
    assert discord.gateway.refused == [4014]


async def test_a_wrong_token_is_turned_away_by_both(discord: Discord, general: Channel) -> None:
    with discord.redirected():
        bot = library.Client(intents=INTENTS)
        with pytest.raises(library.LoginFailure):
            await bot.start("wrong")
        await bot.close()
        bot = library.Client(intents=INTENTS)
        await bot.login(discord.token)
        bot.http.token = "wrong"
        with pytest.raises(library.ConnectionClosed):
            await bot.connect()
        await bot.close()
    assert discord.gateway.refused == [4004]


async def test_a_plain_client_does_as_well(discord: Discord, anna: Person, general: Channel) -> None:
    heard: list[Any] = []

    class Plain(library.Client):
        async def on_message(self, message: library.Message) -> None:
            heard.append(message)
            await self.close()

    with discord.redirected():
        discord.tasks.start(_once_connected(discord, anna, general))
        await Plain(intents=INTENTS).start(discord.token)
    assert heard[0].content == "hello"


async def _once_connected(discord: Discord, anna: Person, general: Channel) -> None:
    await discord.until(lambda: discord.gateway.connected)
    discord.says(anna, general, "hello")


async def test_two_processes_hear_everything(discord: Discord, anna: Person, general: Channel, bot: Bot) -> None:
    async with running(discord) as other:
        discord.says(anna, general, "hello")
        await discord.until(lambda: bot.heard and other.heard)
        assert discord.gateway.connected == 2


async def test_shards_hear_of_their_own_guilds(discord: Discord, anna: Person, general: Channel) -> None:
    async with running(discord, shard_count=3) as bot:
        discord.says(anna, general, "hello")
        discord.says(anna, discord.direct(anna), "hello")
        await discord.until(lambda: len(bot.heard) == 2)
        assert discord.gateway.identified == 3
        assert [one.content for one in bot.heard] == ["hello", "hello"]


async def test_the_bot_is_removed_and_added(discord: Discord, guild: Guild, general: Channel, bot: Bot) -> None:
    discord.removes(guild)
    await discord.until(lambda: "guild_remove" in bot.events)
    assert list(bot.guilds) == []
    discord.adds(guild)
    await discord.until(lambda: "guild_join" in bot.events)
    assert general.exists


async def test_a_post_in_a_forum_is_heard_as_a_thread_and_its_first_message(
    discord: Discord, guild: Guild, anna: Person, bot: Bot
) -> None:
    forum = discord.channel("help", guild, kind="forum")
    post = discord.posts(anna, forum, "How long do keys live?", "I wonder.")
    await discord.until(lambda: bot.heard)
    assert bot.heard[0].id == int(post.id)
    assert isinstance(bot.heard[0].channel, library.Thread)
    assert bot.heard[0].channel.parent_id == int(forum.id)
