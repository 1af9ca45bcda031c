"""A stage on Discord's double."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from adapters.discord.connection import Connection
from tests.doubles.discord import Discord
from tests.doubles.discord_stage import Stage

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator


@pytest.fixture
async def stage() -> AsyncGenerator[Stage]:
    async with Discord() as discord, Connection(discord.token, discord.api_url) as connection:
        discord.rates.enforced = False  # discord.py waits by the wall clock
        yield Stage(discord, connection)
