"""What is said in a private thread is seen by nobody who is not in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.e2e.discord.conftest import anna, bot, discord, general, guild, settings
from tests.doubles.discord_team import QUESTION, counted, shown

if TYPE_CHECKING:
    from tests.doubles.discord import Channel, Discord, Guild, Person
    from tests.doubles.discord_team import Team

__all__ = ["anna", "bot", "discord", "general", "guild", "settings"]


async def test_sources_tell_nobody_what_was_asked_in_a_private_thread_after_they_left_it(
    discord: Discord, bot: Team, guild: Guild, anna: Person, general: Channel
) -> None:
    ben = discord.person("Ben", guild)
    thread = discord.thread(ben, general, "Layoffs", private=True)
    discord.world.add_thread_member(int(thread.id), int(anna.id))
    discord.world.add_thread_member(int(thread.id), int(discord.me))
    discord.says(anna, thread, f"{discord.mention} {QUESTION}")
    await counted(discord, thread, 1)
    discord.world.remove_thread_member(int(thread.id), int(anna.id))
    discord.clock.move(5)
    discord.says(ben, thread, f"{discord.mention} When do deploys happen while we let Carla go?")
    await counted(discord, thread, 2)
    asked = discord.commands(anna, general, "sources")
    page = await shown(discord, asked)
    assert asked.ephemeral
    assert "Carla" not in page.shown, page.shown
