"""In which of the bot's channels it reads only what is public, and because of whom."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from adapters.base import Place
from adapters.found import Found
from adapters.slack.errors import SlackError
from adapters.slack.facts import Facts
from adapters.slack.single import ByToken

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence

    from adapters.audience import Room
    from adapters.clock import Clock

_MOST: Final = 20
"""Channels that are looked at: each costs two calls."""
_AT_ONCE: Final = 5
_PATIENCE: Final = 15.0
"""Seconds for all of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """A channel that the bot is in."""

    id: str
    name: str


async def gathered(api_url: str, token: str, channels: Sequence[Joined], clock: Clock) -> AsyncGenerator[Found]:
    """Say of each of the first channels where somebody keeps the bot from what is the team's."""
    if not channels:
        return
    looked = channels[:_MOST]
    rooms: dict[str, Room] = {}
    try:
        async with asyncio.timeout(_PATIENCE), ByToken(token, api_url=api_url, clock=clock) as workspaces:
            (team,) = await workspaces.teams()
            await _look(Facts(workspaces, clock), team, workspaces.bot(team), looked, rooms)
    except (SlackError, TimeoutError, ValueError):
        pass  # the others are counted below
    for channel in looked:
        told = _kept(rooms[channel.id]) if channel.id in rooms else None
        if told is not None:
            yield Found("channel", ok=True, told=f"In #{channel.name or channel.id} {told}")
    if left := len(channels) - len(rooms):
        told = f"Who is in {left:,} other channel{'' if left == 1 else 's'} was not looked at."
        yield Found("channel", ok=True, told=told)


async def _look(facts: Facts, team: str, bot: str, channels: Sequence[Joined], rooms: dict[str, Room]) -> None:
    turns = asyncio.Semaphore(_AT_ONCE)

    async def one(channel: str) -> None:
        async with turns:
            rooms[channel] = await facts.room(Place(platform="slack", workspace=f"slack:{team}", channel=channel), bot)

    async with asyncio.TaskGroup() as group:
        for channel in channels:
            group.create_task(one(channel.id))


def _kept(room: Room) -> str | None:
    """Say who keeps private documents out of a channel; None where nobody does."""
    if room.kind == "unknown":
        return "I read only what is public: Slack does not say who is there."
    if room.guests and room.shared:
        return "I read only what is public: it is shared with another company."
    if room.guests:
        return "I read only what is public: a guest is there."
    if room.shared:
        return "I read only what is public: somebody of another company is there."
    if room.guests is None or room.shared is None:
        return "I read only what is public: whether a guest is there cannot be known."
    return None
