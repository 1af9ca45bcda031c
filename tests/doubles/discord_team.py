"""A whole bot in Discord's double."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from bot.app.discord import platform
from bot.settings import Settings
from tests.doubles.whole_bot import ANSWER, HANDBOOK, QUESTION, Slowly, Team, at_work, taught

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping, Sequence
    from pathlib import Path

    from adapters.policies import Policies
    from knowledge.base import Principal
    from tests.doubles.discord import Channel, Discord, Guild, Message

__all__ = [
    "ANSWER",
    "HANDBOOK",
    "QUESTION",
    "Slowly",
    "Team",
    "Ticking",
    "answer_id",
    "finished",
    "known",
    "said",
    "team",
    "whole",
]


class Ticking:
    """The double's clock as the adapter's: time passes for both alike."""

    def __init__(self, discord: Discord) -> None:
        self._clock = discord.clock

    def now(self) -> float:
        return self._clock.now()

    async def sleep(self, seconds: float, /) -> None:
        await self._clock.until(self._clock.now() + seconds)


async def known(
    home: Path, discord: Discord, guild: Guild, documents: Mapping[frozenset[Principal], Mapping[str, str]]
) -> Settings:
    """Sync documents by their readers, as a team does."""
    return await taught(settings_of(home, discord, guild), documents)


def settings_of(home: Path, discord: Discord, guild: Guild) -> Settings:
    return Settings.model_validate(
        {
            "home": home,
            "team": f"discord:{guild.id}",
            "embedder": "lite",
            "max_in_flight": 64,
            "drain_seconds": 5.0,
            "discord": {"token": discord.token, "api_url": discord.api_url, "gateway_url": discord.gateway_url},
        }
    )


@asynccontextmanager
async def team(
    discord: Discord,
    settings: Settings,
    *,
    model: Slowly | None = None,
    policies: Policies | None = None,
) -> AsyncGenerator[Team]:
    """Serve Discord with what is known, until the body is left; answers under way have five seconds then."""
    platform_ = platform(settings, policies=policies, clock=Ticking(discord))
    async with at_work(settings, platform_, model) as bot:
        await discord.until(lambda: discord.gateway.connected, within=30)
        yield bot


def finished(message: Message) -> bool:
    """Whether a message is the end of an answer: its thumbs are there."""
    return any(":rate" in str(button["custom_id"]) for button in message.buttons)


def answer_id(message: Message) -> str:
    """Give the answer's id that the buttons of a message name."""
    (name,) = {str(one["custom_id"]).split(":", 2)[2] for one in message.buttons if ":again:" in str(one["custom_id"])}
    return name


def whole(answers: Sequence[Message]) -> bool:
    """Whether an answer stands that is not growing any more."""
    return any(finished(one) for one in answers)


async def said(discord: Discord, question: Message) -> list[Message]:
    """Wait for the whole answer to a mention, and give it."""

    def there() -> list[Message]:
        thread: Channel | None = discord.thread_of(question)
        return list(discord.answers(thread)) if thread is not None else []

    await discord.until(lambda: whole(there()), within=30)
    return there()
