"""Discord's double with a guild, and discord.py's own clients on it."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import discord as library
import pytest

from tests.doubles.discord import Discord
from tests.doubles.discord_fixtures import anna, general, guild

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator

    from tests.doubles.discord import Channel

__all__ = ["anna", "general", "guild"]


class Bot(library.AutoShardedClient):
    """Notes what it hears."""

    def __init__(self, **options: Any) -> None:  # noqa: ANN401
        settings: dict[str, Any] = {"guild_ready_timeout": 0.05, "chunk_guilds_at_startup": False, **options}
        super().__init__(**settings)
        self.heard: list[library.Message] = []
        self.events: list[str] = []
        self.interactions: list[library.Interaction[Any]] = []
        self.up = asyncio.Event()

    def dispatch(self, event: str, /, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        self.events.append(event)
        super().dispatch(event, *args, **kwargs)

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Wait for nothing, where discord.py waits five seconds between shards."""

    async def on_ready(self) -> None:
        self.up.set()

    async def on_message(self, message: library.Message) -> None:
        self.heard.append(message)

    async def on_interaction(self, interaction: library.Interaction[Any]) -> None:
        self.interactions.append(interaction)


INTENTS = library.Intents(
    guilds=True,
    guild_messages=True,
    guild_reactions=True,
    dm_messages=True,
    dm_reactions=True,
    message_content=True,
)


@asynccontextmanager
async def running(discord: Discord, **options: Any) -> AsyncIterator[Bot]:  # noqa: ANN401
    """A bot that is connected, on loopback."""
    bot = Bot(intents=options.pop("intents", INTENTS), **options)
    with discord.redirected():
        async with asyncio.TaskGroup() as group:
            task = group.create_task(bot.start(discord.token))
            async with asyncio.timeout(30):
                await bot.up.wait()
            try:
                yield bot
            finally:
                await bot.close()
                await task


@pytest.fixture
async def discord() -> AsyncGenerator[Discord]:
    async with Discord() as discord:
        yield discord


@pytest.fixture
async def bot(discord: Discord, general: Channel) -> AsyncGenerator[Bot]:
    async with running(discord) as bot:
        yield bot
