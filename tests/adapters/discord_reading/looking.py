"""How a test looks at what the bot finds out about Discord."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from simcord.backend import serializers

from adapters.base import Audience, Person, Place
from tests.doubles.discord.world import dressed

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    import pytest

    from adapters.discord.facts import Facts
    from tests.doubles.discord import Channel, Discord, Guild, Message
    from tests.doubles.discord import Person as Somebody


def payload(discord: Discord, message: Message) -> dict[str, Any]:
    """Give a message as the gateway tells of it."""
    return dressed(discord.world, serializers.message_payload(discord.world, message.kept))


class ItsClock:
    """Nobody who sleeps by it waits: it moves on by itself."""

    def __init__(self, discord: Discord) -> None:
        self._clock = discord.clock

    def now(self) -> float:
        return self._clock.now()

    async def sleep(self, seconds: float, /) -> None:
        self._clock.move(seconds)


def person(who: Somebody) -> Person:
    return Person(id=who.id, name=who.name)


def place(guild: Guild, channel: Channel, *, thread: str | None = None, private_to: Somebody | None = None) -> Place:
    alone = private_to.id if private_to else None
    return Place(
        platform="discord", workspace=f"discord:{guild.id}", channel=channel.id, thread=thread, private_to=alone
    )


def discoverable(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let anybody look into each guild without joining it."""
    told = serializers.guild_create_payload

    def discovered(*of: Any) -> dict[str, Any]:  # noqa: ANN401 - whatever it takes
        return {**told(*of), "features": ["COMMUNITY", "DISCOVERABLE", "PREVIEW_ENABLED"]}

    monkeypatch.setattr(serializers, "guild_create_payload", discovered)


async def comes(ask: Callable[[], Awaitable[object]], wanted: object) -> None:
    """Ask until the answer is this one: what the gateway tells takes a moment."""
    found = await ask()
    try:
        async with asyncio.timeout(30):
            while found != wanted:
                await asyncio.sleep(0.02)
                found = await ask()
    except TimeoutError:
        assert found == wanted


async def reads(facts: Facts, where: Place, who: Somebody, everyone: set[str], asker: set[str]) -> Audience:
    """See that these are whom a place's readers are, and the asker."""

    async def ask() -> tuple[frozenset[str], frozenset[str]]:
        found = await facts.audience(where, person(who))
        return found.everyone, found.asker

    await comes(ask, (frozenset(everyone), frozenset(asker)))
    return await facts.audience(where, person(who))


def of(guild: Guild, *named: str) -> set[str]:
    """Principals of a guild: its own for "", else such as ``channel:1``."""
    return {f"discord:{guild.id}{':' if one else ''}{one}" for one in named}
