"""Replies whose calls go wrong, or that another process takes up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from adapters.discord import ways
from adapters.discord.connection import Connection
from adapters.parts import Sources
from tests.doubles.adapters import CITATIONS
from tests.doubles.discord import Discord
from tests.doubles.discord_stage import Stage
from tests.doubles.slack_stage import ANSWERED, sentences

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator


@pytest.fixture
async def stage() -> AsyncGenerator[Stage]:
    async with Discord() as discord, Connection(discord.token, discord.api_url) as connection:
        discord.rates.enforced = False
        yield Stage(discord, connection)


@pytest.mark.parametrize("times", [0, 1])
async def test_a_page_that_was_never_sent_is_not_left_out(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, times: int
) -> None:
    monkeypatch.setattr(ways, "_WITHIN", 0.5)  # of 20 seconds
    asked, question = await stage.commands(private=True)
    webhook = f"/webhooks/*/{asked.token}"
    stage.discord.misbehave("429", "POST", webhook, times=times, retry_after=1.0)
    await stage.tell(question, Sources(citations=CITATIONS), *sentences(60), ANSWERED)
    assert asked.original is not None
    whole = "\n".join(one.shown for one in (asked.original, *asked.followups))
    missing = [at for at in range(60) if f"Sentence {at} " not in whole]
    assert missing == []
