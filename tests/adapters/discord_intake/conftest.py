"""Discord's double with somebody in a channel of a guild, and the adapter that hears it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from adapters.discord.listening import Listening
from tests.adapters.discord_intake.hearing import Hearing
from tests.doubles.discord import Discord
from tests.doubles.discord_fixtures import anna, general, guild

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from tests.doubles.discord import Channel

__all__ = ["anna", "general", "guild"]


@pytest.fixture(autouse=True)
def swift(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the few guilds of a test known soon."""
    monkeypatch.setattr(Listening, "settling", 0.1)


@pytest.fixture
async def discord() -> AsyncGenerator[Discord]:
    async with Discord() as discord:
        yield discord


@pytest.fixture
async def hearing(discord: Discord, general: Channel) -> AsyncGenerator[Hearing]:
    async with Hearing(discord).running() as hearing:
        yield hearing
