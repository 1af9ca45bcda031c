"""A limit that Discord sets for all calls passes, and an answer that is none ends nothing."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from adapters.base import Question
from adapters.discord.connection import Connection
from adapters.discord.errors import DiscordError
from adapters.discord.facts import Facts
from tests.adapters.discord_intake.hearing import Hearing
from tests.adapters.discord_reading.looking import ItsClock, person, place

if TYPE_CHECKING:
    from tests.doubles.discord import Channel, Discord, Guild, Person


@pytest.mark.parametrize("features", [["DISCOVERABLE", "PREVIEW_ENABLED"]])
async def test_who_only_looks_into_a_server_that_all_may_look_into_reads_what_is_public(
    discord: Discord, guild: Guild, anna: Person, general: Channel, features: list[str]
) -> None:
    with discord.redirected():
        async with Connection(discord.token, discord.api_url) as connection:
            facts = Facts(connection, ItsClock(discord), guilds=None)
            (await facts._of(guild.id)).guild.features = features  # the double tells of none
            found = await facts.audience(place(guild, general), person(anna))
            assert found.everyone == {"public"}


async def test_guests_of_a_voice_channel_read_what_is_public(discord: Discord, guild: Guild, anna: Person) -> None:
    lounge = discord.channel("lounge", guild, kind="voice")
    guest = discord.person("Guest", guild)
    discord.world.guilds[int(guild.id)].members[int(guest.id)].flags = 1 << 4  # is in the lounge by its link
    with discord.redirected():
        async with Connection(discord.token, discord.api_url) as connection:
            facts = Facts(connection, ItsClock(discord), guilds=None)
            found = await facts.audience(place(guild, lounge), person(anna))
            assert found.everyone == {"public"}
