"""The program as newcomers have it: documents synced, a token set, served, asked in Discord."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.doubles.discord import Clock, Discord
from tests.e2e.programs import PATIENCE, footnote, handbook, serving

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from pathlib import Path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return handbook(tmp_path)


@pytest.fixture
async def discord() -> AsyncGenerator[Discord]:
    async with Discord(clock=Clock(runs=True)) as discord:
        yield discord


async def test_a_token_and_a_sync_are_enough_for_an_answer(discord: Discord, folder: Path) -> None:
    settings = {"DISCORD_TOKEN": discord.token, "DISCORD_API_URL": discord.api_url}
    assert f"client_id={discord.application}" in await footnote(folder, settings, "invite", "discord")
    guild = discord.guild("Acme")
    anna, general = discord.person("Anna", guild), discord.channel("general", guild)
    await footnote(folder, settings, "sync", "handbook", "--quiet")
    assert "wrong" not in await footnote(folder, settings, "doctor", "discord")
    async with serving(folder, settings, [discord.token]):
        await discord.until(lambda: discord.gateway.connected, within=PATIENCE)
        question = discord.says(anna, general, f"{discord.mention} how long do access keys live?")
        answers = await discord.until(
            lambda: [one for one in discord.answers(discord.thread_of(question)) if "90 days" in one.shown], PATIENCE
        )
        assert "[1]" in answers[0].shown
    assert not discord.rates.violations
