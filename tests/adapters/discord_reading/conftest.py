"""Discord with a bot that looks things up there: as its gateway keeps them, and as its REST API gives them."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import discord as library
import pytest

from adapters.discord.connection import Connection
from adapters.discord.facts import Facts
from tests.adapters.discord_reading.looking import ItsClock
from tests.doubles.discord import Discord
from tests.doubles.discord_fixtures import anna, general, guild

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator


INTENTS = library.Intents(guilds=True, guild_messages=True)

__all__ = ["anna", "general", "guild"]


class Hearing(library.AutoShardedClient):
    """What hears the gateway, as the bot sets it up."""

    def __init__(self) -> None:
        super().__init__(
            intents=INTENTS,
            guild_ready_timeout=0.05,
            chunk_guilds_at_startup=False,
            member_cache_flags=library.MemberCacheFlags.none(),
            max_messages=None,
        )
        self.up = asyncio.Event()

    async def on_ready(self) -> None:
        self.up.set()


@asynccontextmanager
async def hearing(discord: Discord) -> AsyncIterator[Hearing]:
    client = Hearing()
    async with asyncio.TaskGroup() as group:
        task = group.create_task(client.start(discord.token))
        async with asyncio.timeout(30):
            await client.up.wait()
        try:
            yield client
        finally:
            await client.close()
            await task


@pytest.fixture
async def discord() -> AsyncGenerator[Discord]:
    async with Discord() as discord:
        with discord.redirected():
            yield discord


@pytest.fixture
async def calling(discord: Discord) -> AsyncGenerator[Connection]:
    """A connection of a process that hears nothing."""
    async with Connection(discord.token, discord.api_url) as connection:
        yield connection


@pytest.fixture(params=["by the gateway", "by REST"])
async def connection(
    request: pytest.FixtureRequest, discord: Discord, calling: Connection
) -> AsyncGenerator[Connection]:
    if request.param == "by REST":
        yield calling
        return
    async with hearing(discord) as client:
        calling.gateway = client
        yield calling
        calling.gateway = None


@pytest.fixture
def facts(discord: Discord, connection: Connection) -> Facts:
    return Facts(connection, ItsClock(discord), guilds=None)
