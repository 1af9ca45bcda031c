"""What else people meet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.adapters.discord_intake.hearing import Hearing

if TYPE_CHECKING:
    from tests.doubles.discord import Channel, Discord, Guild, Person


async def test_people_in_a_server_where_the_bot_is_not_meant_to_be_hear_of_it_if_they_call_it_alone(
    discord: Discord, guild: Guild, anna: Person, general: Channel
) -> None:
    async with Hearing(discord).running() as hearing:
        hearing.facts.shut.add(guild.id)
        thread = discord.thread(anna, general, "Lunch")
        discord.says(anna, thread, "stop")
        discord.says(anna, thread, f"{discord.mention} hello?")
        await discord.until(lambda: discord.answers(thread))
        assert discord.answers(thread)[0].replies_to != discord.messages(thread)[-3].id
        assert discord.answers(thread)[0].replies_to == discord.messages(thread)[-2].id, 'it answers "stop"'
