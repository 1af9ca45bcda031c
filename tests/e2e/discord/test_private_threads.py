"""What is said in a private thread is seen by nobody who is not in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.doubles.discord_team import ANSWER, QUESTION, counted, finished, shown, whole

if TYPE_CHECKING:
    from tests.doubles.discord import Channel, Discord, Guild, Person
    from tests.doubles.discord_team import Team


async def test_sources_tell_nobody_what_was_asked_in_a_private_thread_after_they_left_it(
    discord: Discord, bot: Team, guild: Guild, anna: Person, general: Channel
) -> None:
    ben = discord.person("Ben", guild)
    thread = discord.thread(ben, general, "Layoffs", private=True)
    for person in (anna.id, discord.me):
        discord.world.add_thread_member(int(thread.id), int(person))
    discord.says(anna, thread, f"{discord.mention} {QUESTION}")
    await counted(discord, thread, 1)
    discord.world.remove_thread_member(int(thread.id), int(anna.id))
    discord.clock.move(5)
    discord.says(ben, thread, f"{discord.mention} When do deploys happen while we let Carla go?")
    await counted(discord, thread, 2)
    asked = discord.commands(anna, general, "sources")
    page = await shown(discord, asked, QUESTION)
    assert asked.ephemeral
    assert "Carla" not in page.shown
    asked = discord.commands(ben, thread, "sources")
    page = await shown(discord, asked, "Carla")


async def test_who_is_in_a_private_thread_sees_what_others_were_answered_there_and_asks_it_again(
    discord: Discord, bot: Team, guild: Guild, anna: Person, general: Channel
) -> None:
    ben = discord.person("Ben", guild)
    thread = discord.thread(ben, general, "Layoffs", private=True)
    for person in (anna.id, discord.me):
        discord.world.add_thread_member(int(thread.id), int(person))
    discord.says(anna, thread, f"{discord.mention} {QUESTION}")
    await counted(discord, thread, 1)
    answer = next(one for one in discord.answers(thread) if finished(one))
    await shown(discord, discord.clicks(ben, answer, "Sources"), "Tuesdays at 14:00")
    discord.clicks(ben, answer, "Ask again")
    await counted(discord, thread, 2)


async def test_where_no_thread_could_be_made_everybody_in_the_channel_sees_what_an_answer_rests_on(
    discord: Discord, bot: Team, guild: Guild, anna: Person
) -> None:
    narrow = discord.channel("narrow", guild, without=["create_public_threads"])
    discord.says(anna, narrow, f"{discord.mention} {QUESTION}")
    await discord.until(lambda: whole(discord.answers(narrow)), within=30)
    (answer,) = discord.answers(narrow)
    assert answer.shown.startswith(ANSWER[:10])
    ben = discord.person("Ben", guild)
    await shown(discord, discord.clicks(ben, answer, "Sources"), "Tuesdays at 14:00")
    discord.clicks(ben, answer, "Ask again")
    await counted(discord, narrow, 2)
