"""Replies while Discord answers badly: each message stands there once, whatever becomes of the calls."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from adapters.discord.errors import DiscordError
from adapters.parts import Sources, Status
from tests.doubles.adapters import CITATIONS
from tests.doubles.slack_stage import ANSWERED, a_journal, sentences, spread

if TYPE_CHECKING:
    from tests.doubles.discord import Message
    from tests.doubles.discord.faults import Fault
    from tests.doubles.discord_stage import Stage

LONG = [Sources(citations=CITATIONS), *spread(sentences(40), 1.0), ANSWERED]
CALLS = [
    ("POST", "/channels/*/messages/*/threads"),
    ("POST", "/channels/*/messages"),
    ("PATCH", "/channels/*/messages/*"),
    ("POST", "/channels/*/typing"),
]


def _whole(stage: Stage, asked: Message) -> None:
    answers = stage.answers(asked)
    whole = "\n".join(one.shown for one in answers)
    assert [whole.count(f"Sentence {at} ") for at in range(40)] == [1] * 40
    assert answers[-1].buttons == ["Sources", "👍", "👎", "Ask again"]
    assert [one.buttons for one in answers[:-1]] == [[]] * (len(answers) - 1)


@pytest.mark.parametrize(
    "fault", ["dropped before", "dropped after", "429", "429 hidden", "429 global", "503", "garbage"]
)
@pytest.mark.parametrize(("method", "path"), CALLS)
@pytest.mark.parametrize("after", [0, 1])
async def test_a_call_that_fails_once_loses_and_doubles_nothing(
    stage: Stage, fault: Fault, method: str, path: str, after: int
) -> None:
    asked, question = stage.asks()
    stage.discord.misbehave(fault, method, path, times=1, after=after)
    await stage.tell(question, *LONG)
    _whole(stage, asked)


async def test_a_server_that_is_out_of_order_for_a_moment_is_asked_again(stage: Stage) -> None:
    asked, question = stage.asks()
    stage.discord.misbehave("500", "POST", "/channels/*/messages", times=1)
    stage.discord.misbehave("502", "PATCH", times=1)
    await stage.tell(question, *LONG)
    _whole(stage, asked)


async def test_what_may_have_arrived_long_ago_is_found_by_its_key(stage: Stage) -> None:
    asked, question = stage.asks()
    stage.discord.misbehave("dropped after", "POST", "/channels/*/messages", times=2)

    async def later() -> None:
        await stage.discord.until(lambda: stage.answers(asked))
        stage.discord.clock.move(400.0)

    async with asyncio.TaskGroup() as group:
        group.create_task(later())
        await stage.tell(question, *LONG)
    _whole(stage, asked)
    assert stage.discord.called("GET", "/channels/*/messages")


async def test_a_discord_that_stays_away_is_an_error_to_try_again(stage: Stage) -> None:
    asked, question = stage.asks()
    stage.discord.misbehave("dropped after", "POST", "/channels/*/messages")
    journal = a_journal(question)
    with pytest.raises(DiscordError):
        await stage.tell(question, *LONG, journal=journal)
    stage.discord.recover()
    again = a_journal(question, unsure=True)
    await stage.tell(question, *LONG, journal=again)
    _whole(stage, asked)


async def test_whoever_has_no_token_any_more_says_so_to_be_tried_again(stage: Stage) -> None:
    _, question = stage.asks()
    stage.discord.misbehave("429 banned", "POST", "/channels/*")
    with pytest.raises(DiscordError):
        await stage.tell(question, *LONG)


@pytest.mark.parametrize("fault", ["429 by its body", "429 by its header"])
async def test_a_server_without_a_proxy_is_waited_for_as_long_as_it_says(stage: Stage, fault: Fault) -> None:
    asked, question = stage.asks()
    began = stage.clock.now()
    stage.discord.misbehave(fault, "POST", "/channels/*/messages", times=2, retry_after=25.0)
    await stage.tell(question, *LONG)
    _whole(stage, asked)
    assert stage.clock.now() - began < 100.0  # of which 40 are the answer's own


async def test_limits_are_kept_without_a_single_refusal(stage: Stage) -> None:
    stage.discord.rates.enforced = True
    asked, question = stage.asks()
    await stage.tell(question, Status(doing="searching"), *LONG)
    _whole(stage, asked)
    assert not stage.discord.rates.violations
