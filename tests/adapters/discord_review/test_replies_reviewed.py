"""Replies whose calls go wrong, or that another process takes up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from adapters.base import Posted
from adapters.discord import ways
from adapters.discord.connection import Connection
from adapters.parts import Sources
from tests.doubles.adapters import AN_ANSWER, CITATIONS
from tests.doubles.discord import Discord
from tests.doubles.discord_stage import Stage
from tests.doubles.slack_stage import ANSWERED, a_journal, sentences, spread

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


async def test_an_answer_that_a_moderator_deletes_while_it_grows_stays_away(stage: Stage) -> None:
    asked, question = stage.asks()
    given = stage.parts(Sources(citations=CITATIONS), *spread(sentences(20), 1.0), ANSWERED)
    async with stage.time_passing():
        reply = stage.discord.tasks.start(stage.replying.reply(question, given(), a_journal(question)))
        await stage.discord.until(lambda: stage.discord.thread_of(asked) and stage.answers(asked))
        stage.discord.deletes(stage.answers(asked)[0])
        await reply
    assert stage.answers(asked) == []


async def test_pages_behind_a_command_stand_once_where_the_bot_may_not_write_any_more(stage: Stage) -> None:
    asked, question = await stage.commands()
    stage.discord.misbehave("429", "GET", "/nothing", times=0)
    given = stage.parts(Sources(citations=CITATIONS), *spread(sentences(90), 0.5), ANSWERED)
    async with stage.time_passing():
        reply = stage.discord.tasks.start(stage.replying.reply(question, given(), a_journal(question)))
        await stage.discord.until(lambda: len(stage.discord.answers(stage.general)) > 1)
        stage.discord.overwrites(stage.general, stage.discord.bot, deny=["send_messages"])
        await reply
    whole = "\n".join(one.shown for one in stage.discord.answers(stage.general))
    assert [whole.count(f"Sentence {at} ") for at in range(90)] == [1] * 90
    assert asked.original is not None
    assert AN_ANSWER
