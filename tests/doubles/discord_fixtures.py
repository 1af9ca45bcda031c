"""A guild with somebody in a channel, for each conftest that has a ``discord``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.doubles.discord import Channel, Discord, Guild, Person


@pytest.fixture
async def guild(discord: Discord) -> Guild:
    return discord.guild("Acme")


@pytest.fixture
async def anna(discord: Discord, guild: Guild) -> Person:
    return discord.person("Anna", guild)


@pytest.fixture
async def general(discord: Discord, guild: Guild) -> Channel:
    return discord.channel("general", guild)
