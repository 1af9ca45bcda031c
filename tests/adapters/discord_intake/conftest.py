"""Discord's double with somebody in a channel of a guild, and the adapter that hears it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from adapters.discord.listening import Listening
from tests.adapters.discord_intake.hearing import Hearing
from tests.doubles.discord import Discord

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from tests.doubles.discord import Channel, Guild, Person


@pytest.fixture(autouse=True)
def swift(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the few guilds of a test known soon."""
    monkeypatch.setattr(Listening, "settling", 0.1)


@pytest.fixture
async def discord() -> AsyncGenerator[Discord]:
    async with Discord() as discord:
        yield discord


@pytest.fixture
async def guild(discord: Discord) -> Guild:
    return discord.guild("Acme")


@pytest.fixture
async def anna(discord: Discord, guild: Guild) -> Person:
    return discord.person("Anna", guild)


@pytest.fixture
async def general(discord: Discord, guild: Guild) -> Channel:
    return discord.channel("general", guild)


@pytest.fixture
async def hearing(discord: Discord, general: Channel) -> AsyncGenerator[Hearing]:
    async with Hearing(discord).running() as hearing:
        yield hearing
