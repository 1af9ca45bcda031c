"""What of an event one session is told, by its shard and its intents. Pure."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any, Final

from simcord import intents as rules

import discord

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.doubles.discord.world import World

_GUILDS: Final = frozenset({"GUILD_CREATE", "GUILD_UPDATE", "GUILD_DELETE"})


def shard_of(event: str, payload: Mapping[str, Any], count: int) -> int:
    """The shard that is told: the guild's, and the first one of all that is in none."""
    guild = payload.get("guild_id") or (payload.get("id") if event in _GUILDS else None)
    return 0 if guild is None else (int(guild) >> 22) % count


def shaped(world: World, event: str, payload: Mapping[str, Any], intents: int) -> dict[str, Any] | None:
    """The event as a session with these intents has it; None where it has it not."""
    declared = discord.Intents._from_value(intents)
    gate = rules.required_intent(event, payload)
    me = world.bot_user.id
    itself = event == "GUILD_MEMBER_UPDATE" and payload["user"]["id"] == str(me)  # which every bot is told
    if gate is not None and not getattr(declared, gate) and not itself:
        return None
    mine = copy.deepcopy(dict(payload))
    if event == "GUILD_CREATE":
        rules.prune_guild_create(mine, declared, me)
    if declared.message_content:
        return mine
    if event in ("MESSAGE_CREATE", "MESSAGE_UPDATE"):
        rules.censor_message(mine, me, backend=world)
    elif event == "INTERACTION_CREATE":
        _censor(world, mine, me)
    return mine


def _censor(world: World, payload: dict[str, Any], me: int) -> None:
    """Hide what stands in an interaction, but the message that it is about."""
    if isinstance(payload.get("message"), dict):
        rules.censor_message(payload["message"], me, backend=world, exempt_root=True)
    data = payload.get("data") or {}
    for found, message in ((data.get("resolved") or {}).get("messages") or {}).items():
        rules.censor_message(message, me, backend=world, exempt_root=str(data.get("target_id")) == str(found))
