"""Payloads of the gateway that are spoiled: the process survives, and nothing is done for them."""

from __future__ import annotations

import copy
import random
from typing import TYPE_CHECKING, Any

import pytest

from tests.doubles.discord import Clock, Discord
from tests.doubles.discord_team import HANDBOOK, QUESTION, known, said, team

if TYPE_CHECKING:
    from pathlib import Path

JUNK: tuple[Any, ...] = (None, True, -1, 1e308, "", "x" * 5_000, "\x00", [], {}, [[{}]], "1", 1 << 70, "@me")
HEARD = frozenset(
    {
        *("MESSAGE_CREATE", "MESSAGE_UPDATE", "MESSAGE_DELETE", "MESSAGE_REACTION_ADD", "MESSAGE_REACTION_REMOVE"),
        *("INTERACTION_CREATE", "GUILD_CREATE", "THREAD_CREATE", "CHANNEL_UPDATE", "GUILD_ROLE_UPDATE"),
    }
)


def spoiled(given: object, chance: random.Random, depth: int = 0) -> object:
    """Put junk in place of about one value in twelve, and leave out one in 25."""
    if depth and chance.random() < 1 / 12:
        return chance.choice(JUNK)
    if isinstance(given, dict):
        return {name: spoiled(one, chance, depth + 1) for name, one in given.items() if chance.random() > 1 / 25}
    if isinstance(given, list):
        return [spoiled(one, chance, depth + 1) for one in given]
    return given


async def survives(count: int, tmp_path: Path) -> None:
    chance = random.Random(13)  # noqa: S311 - what is spoiled where, no secret
    async with Discord(clock=Clock(runs=True)) as discord:
        guild = discord.guild("Acme")
        anna = discord.person("Anna", guild)
        general = discord.channel("general", guild)
        readers = frozenset({f"discord:{guild.id}"})
        settings = await known(tmp_path, discord, guild, {readers: {"deploying.md": HANDBOOK}})
        async with team(discord, settings) as bot:
            (answer,) = await said(discord, discord.says(anna, general, f"{discord.mention} {QUESTION}"))
            discord.reacts(anna, answer, "👍")
            discord.unreacts(anna, answer, "👍")
            discord.edits(discord.says(anna, general, "Good morning"), "Good evening")
            discord.commands(anna, general, "help")
            discord.asks_about(anna, answer)
            discord.clicks(anna, answer, "Sources")
            (session,) = discord.gateway.sessions.values()
            sent = [(one["t"], copy.deepcopy(one["d"])) for one in session.told if one["t"] in HEARD]
            assert {one[0] for one in sent} >= {"MESSAGE_CREATE", "INTERACTION_CREATE", "MESSAGE_REACTION_ADD"}
            for _ in range(count):
                event, payload = chance.choice(sent)
                discord.gateway.send(event, spoiled(payload, chance))  # type: ignore[arg-type] # as bad as can be
            asked = len(bot.model.asked)
            (answer,) = await said(discord, discord.says(anna, general, f"{discord.mention} {QUESTION}"))
            assert "Tuesdays" in answer.shown
            assert len(bot.model.asked) >= asked
            assert discord.gateway.identified == 1, "it was thrown out, or threw itself out"


@pytest.mark.crash
async def test_of_2_000_spoiled_payloads_none_ends_anything(tmp_path: Path) -> None:
    await survives(2_000, tmp_path)


async def test_a_hundred_spoiled_payloads_end_nothing(tmp_path: Path) -> None:
    await survives(100, tmp_path)
