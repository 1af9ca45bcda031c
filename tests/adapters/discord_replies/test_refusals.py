"""What is refused, overheard, or asked by somebody who is nobody here."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from adapters.parts import Ending, Sources, Status
from adapters.policies import Policies, Policy
from tests.doubles.adapters import AN_ANSWER, CITATIONS, said
from tests.doubles.slack_stage import ANSWERED, sentences, spread

if TYPE_CHECKING:
    from adapters.parts import Verdict
    from tests.doubles.discord_stage import Stage

MARKS = {"limited": "🚫", "paused": "⏸️", "failed": "⚠️"}


def _silent(stage: Stage) -> None:
    stage.replying = stage.with_policies(Policies(everywhere=Policy(answers="silent")))


@pytest.mark.parametrize("verdict", ["limited", "paused"])
async def test_what_was_refused_here_before_is_a_mark(stage: Stage, verdict: Verdict) -> None:
    asked, question = stage.asks()
    await stage.tell(question, Ending(answer="a1", verdict=verdict))
    assert asked.reactions == {MARKS[verdict]: [stage.discord.me]}
    assert stage.discord.thread_of(asked) is None
    assert stage.discord.answers(stage.discord.direct(stage.anna)) == []


async def test_a_refusal_with_words_for_its_asker_is_a_mark_and_a_direct_message(stage: Stage) -> None:
    asked, question = stage.asks()
    await stage.tell(question, Ending(answer="a1", verdict="limited", told="Ask again in 5 minutes."))
    assert list(asked.reactions) == ["🚫"]
    (told,) = stage.discord.answers(stage.discord.direct(stage.anna))
    assert told.shown == "Ask again in 5 minutes."


async def test_a_refusal_in_words_stands_where_the_answer_would(stage: Stage) -> None:
    asked, question = stage.asks()
    await stage.tell(question, said("You asked too much."), Ending(answer="a1", verdict="limited"))
    (told,) = stage.answers(asked)
    assert told.shown == "You asked too much."
    assert told.buttons == []


@pytest.mark.parametrize("verdict", ["limited", "failed"])
async def test_at_a_silent_place_a_refusal_is_a_mark(stage: Stage, verdict: Verdict) -> None:
    _silent(stage)
    asked, question = stage.asks()
    await stage.tell(question, Status(doing="searching"), 5.0, said("No."), 5.0, Ending(answer="a1", verdict=verdict))
    assert list(asked.reactions) == [MARKS[verdict]]
    assert stage.discord.thread_of(asked) is None


async def test_where_no_mark_can_stand_the_words_do(stage: Stage) -> None:
    bare = stage.discord.channel("bare", stage.guild, without=["add_reactions"])
    asked, question = stage.asks(channel=bare)
    await stage.tell(question, Ending(answer="a1", verdict="paused"))
    assert asked.reactions == {}
    (told,) = stage.answers(asked)
    assert "I am paused here" in told.shown


async def test_of_what_is_overheard_nothing_is_shown_but_an_answer(stage: Stage) -> None:
    asked, question = stage.asks()
    unknown = Ending(answer="a1", verdict="unknown")
    await stage.tell(
        replace(question, overheard=True), Status(doing="searching"), 5.0, Sources(citations=CITATIONS),
        *spread(sentences(5), 2.0), unknown,
    )  # fmt: skip
    assert stage.discord.thread_of(asked) is None
    assert stage.discord.typing(stage.general) == 0
    await stage.tell(replace(question, overheard=True), *AN_ANSWER)
    assert len(stage.answers(asked)) == 1


async def test_whoever_is_no_member_is_told_so_before_anything_is_asked(stage: Stage) -> None:
    stage.facts.strangers.add(stage.anna.id)
    channel, question = stage.writes()
    parts = await stage.tell(question, *AN_ANSWER)
    assert parts.given == 0
    (told,) = stage.discord.answers(channel)
    assert told.shown == "I answer only members of this server."
    asked, question = await stage.commands()
    parts = await stage.tell(question, *AN_ANSWER)
    assert parts.given == 0
    assert [one.shown for one in stage.discord.whispered(stage.anna)] == ["I answer only members of this server."]
    assert asked.original is None


async def test_an_answer_at_a_silent_place_is_shown_as_it_grows(stage: Stage) -> None:
    _silent(stage)
    asked, question = stage.asks()
    await stage.tell(question, Sources(citations=CITATIONS), *spread(sentences(5), 3.0), ANSWERED)
    (answer,) = stage.answers(asked)
    assert len(answer.edits) > 3
