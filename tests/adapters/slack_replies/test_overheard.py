"""What was only overheard: an answer is shown, whole, and of anything else nobody sees a sign."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from adapters.parts import Ending, PrivateOffer, Sources, Status
from tests.doubles.adapters import AN_ANSWER, CITATIONS, said
from tests.doubles.slack_stage import ANSWERED, a_journal, sentences, spread

if TYPE_CHECKING:
    from adapters.base import Question
    from adapters.parts import Verdict
    from tests.doubles.slack import Message
    from tests.doubles.slack_stage import Stage

READS = frozenset({"conversations.replies", "conversations.history", "auth.test"})


def _overhears(stage: Stage) -> tuple[Message, Question]:
    asked, question = stage.asks("and in Europe")
    return asked, replace(question, overheard=True)


def _unseen(stage: Stage, asked: Message) -> bool:
    done = {call.method for call in stage.slack.calls} - READS
    nowhere = not stage.slack.answers(stage.general, asked) and stage.slack.seen(stage.slack.direct(stage.anna)) == []
    return not done and nowhere and not asked.reactions


@pytest.mark.parametrize("verdict", ["unknown", "told", "limited", "paused", "failed", "offered", "stopped", "cut"])
@pytest.mark.parametrize("unsure", [False, True])
async def test_what_comes_to_no_answer_leaves_no_sign(stage: Stage, verdict: Verdict, *, unsure: bool) -> None:
    asked, question = _overhears(stage)
    parts = (
        Status(doing="searching"), 2.0, Status(doing="writing"), 3.0, Sources(citations=CITATIONS),
        said("I don't know; closest is", 1), 3.0, PrivateOffer(), Ending(answer="a1", verdict=verdict),
    )  # fmt: skip
    await stage.tell(question, *parts, journal=a_journal(question, unsure=unsure))
    assert _unseen(stage, asked)


@pytest.mark.parametrize("verdict", ["limited", "paused", "failed"])
async def test_a_refusal_without_words_leaves_no_mark(stage: Stage, verdict: Verdict) -> None:
    asked, question = _overhears(stage)
    await stage.tell(question, Ending(answer="a1", verdict=verdict))
    assert _unseen(stage, asked)


async def test_a_guest_is_told_nothing(stage: Stage) -> None:
    stage.people.guests.add(stage.anna.id)
    asked, question = _overhears(stage)
    await stage.tell(question, *AN_ANSWER)
    assert _unseen(stage, asked)


async def test_what_broke_shows_nothing_of_what_came_before(stage: Stage) -> None:
    asked, question = _overhears(stage)
    with pytest.raises(RuntimeError):
        await stage.tell(question, *AN_ANSWER[:-1], 3.0, RuntimeError("not now"))
    assert _unseen(stage, asked)


@pytest.mark.parametrize("verdict", ["answered", "cut", "stopped"])
async def test_an_answer_is_shown_at_its_end_and_no_status_before(stage: Stage, verdict: Verdict) -> None:
    asked, question = _overhears(stage)
    given = stage.parts(
        Status(doing="searching"), 2.0, Sources(citations=CITATIONS), *spread(sentences(6), 2.0),
        replace(ANSWERED, verdict=verdict),
    )  # fmt: skip
    async with stage.time_passing():
        await stage.replying.reply(question, given(), a_journal(question))
    (answer,) = stage.slack.answers(stage.general, asked)
    assert "Sentence 5" in answer.shown
    assert {"rate", "again"} <= {button["action_id"] for button in answer.buttons}
    assert not stage.slack.called("assistant.threads.setStatus")
    assert not stage.slack.called("agents.sessions.setStatus")
