from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.doubles.discord import Clock, Discord
from tests.doubles.discord_fixtures import anna, general, guild
from tests.doubles.discord_team import HANDBOOK, known, team

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from pathlib import Path

    from bot.settings import Settings
    from tests.doubles.discord import Channel, Guild, Person
    from tests.doubles.discord_team import Team

__all__ = ["anna", "general", "guild"]


@pytest.fixture
async def discord() -> AsyncGenerator[Discord]:
    async with Discord(clock=Clock(runs=True)) as discord:
        yield discord


@pytest.fixture
async def settings(discord: Discord, guild: Guild, tmp_path: Path) -> Settings:
    return await known(tmp_path, discord, guild, {frozenset({f"discord:{guild.id}"}): {"deploying.md": HANDBOOK}})


@pytest.fixture
async def bot(discord: Discord, settings: Settings, anna: Person, general: Channel) -> AsyncGenerator[Team]:
    async with team(discord, settings) as bot:
        yield bot
    assert not discord.rates.violations
