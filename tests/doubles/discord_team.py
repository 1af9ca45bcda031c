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
    from tests.doubles.discord.interactions import Asked


__all__ = [
    "ANSWER", "HANDBOOK", "QUESTION", "Slowly", "Team", "Ticking", "answer_id", "answered", "begun", "counted",
    "finished", "form", "heard", "known", "said", "settings_of", "shown", "team", "thread", "whole",
]  # fmt: skip


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
    return "👍" in message.buttons


def answer_id(message: Message) -> str:
    """Give the answer's id that the buttons of a message name."""
    return str(message.button("Ask again")["custom_id"]).split(":", 2)[2]


def whole(answers: Sequence[Message]) -> bool:
    """Whether an answer stands that is not growing any more."""
    return any(finished(one) for one in answers)


def thread(discord: Discord, question: Message) -> Channel:
    """Give the thread that a mention has by now."""
    found = discord.thread_of(question)
    assert found is not None
    return found


async def begun(discord: Discord, question: Message, *, within: float = 30) -> Channel:
    """Wait until something is shown of the answer to a mention, and give its thread."""

    def there() -> bool:
        found = discord.thread_of(question)
        return found is not None and bool(discord.answers(found))

    await discord.until(there, within=within)
    return thread(discord, question)


async def said(discord: Discord, question: Message, *, within: float = 30) -> list[Message]:
    """Wait for the whole answer to a mention, and give it."""

    def there() -> list[Message]:
        found = discord.thread_of(question)
        return list(discord.answers(found)) if found is not None else []

    await discord.until(lambda: whole(there()), within=within)
    return there()


async def counted(discord: Discord, where: Channel, answers: int, *, within: float = 30) -> None:
    """Wait until so many whole answers stand in a channel."""
    await discord.until(lambda: sum(map(finished, discord.answers(where))) == answers, within=within)


async def shown(discord: Discord, interaction: Asked, words: str = "", *, within: float = 30) -> Message:
    """Wait until what answers an interaction says something, and give it."""

    def there() -> bool:
        message = interaction.original
        return message is not None and bool(message.shown) and words in message.shown

    await discord.until(there, within=within)
    assert interaction.original is not None
    return interaction.original


async def answered(discord: Discord, interaction: Asked, *, within: float = 30) -> Message:
    """Wait for the whole answer to a command, and give it."""
    await discord.until(lambda: interaction.original is not None and finished(interaction.original), within=within)
    assert interaction.original is not None
    return interaction.original


async def form(discord: Discord, interaction: Asked, *, within: float = 30) -> Asked:
    """Wait for the form that an interaction opens."""
    await discord.until(lambda: interaction.modal is not None, within=within)
    return interaction


async def heard(discord: Discord, *interactions: Asked, within: float = 30) -> None:
    """Wait until these are acknowledged."""
    await discord.until(lambda: all(one.acknowledged for one in interactions), within=within)
