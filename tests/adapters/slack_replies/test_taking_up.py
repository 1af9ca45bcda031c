"""Replies that a killed process left are taken up: whole, once, and nothing beside them."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from adapters.base import LeaseLost, Posted
from adapters.parts import Ending, PrivateOffer, Sources, Status
from adapters.showing import BESIDE
from tests.doubles.adapters import AN_ANSWER, CITATIONS, said
from tests.doubles.slack.methods import METHODS
from tests.doubles.slack_stage import ANSWERED, a_journal, sentences, spread

if TYPE_CHECKING:
    from adapters.base import Question
    from tests.doubles.journal import Remembering
    from tests.doubles.slack import Message
    from tests.doubles.slack_stage import Stage

ANSWER = (
    Status(doing="searching"),
    Sources(citations=CITATIONS),
    *spread(sentences(14), 1.5),
    PrivateOffer(),
    ANSWERED,
)
LONG = (Sources(citations=CITATIONS), *spread(sentences(160, 20), 0.5), ANSWERED)


def _left(question: Question, journal: Remembering) -> Remembering:
    """Give what the next process finds of a journal."""
    posted = {one.part: one for one in journal.outcomes}
    posted = {one.part: one for one in journal.earlier} | posted
    return a_journal(question, *posted.values(), unsure=journal.unsure or bool(set(journal.intents) - set(posted)))


def _whole(answers: list[Message], count: int) -> None:
    text = " ".join(one.shown for one in answers)
    assert [text.count(f"Sentence {at} ") for at in range(count)] == [1] * count
    assert ["again" in [b["action_id"] for b in one.buttons] for one in answers] == [
        *([False] * (len(answers) - 1)),
        True,
    ]


async def _killed(
    stage: Stage, question: Question, journal: Remembering, calls: int, parts: tuple[object, ...]
) -> bool:
    """Have a reply shown, and kill it once so many calls were carried out; say whether it was killed."""
    given = stage.parts(*parts)  # type: ignore[arg-type]  # they are parts
    before = len(stage.slack.calls)

    async def kill(reply: asyncio.Task[None]) -> None:
        await stage.slack.until(
            lambda: reply.done() or len([one for one in stage.slack.calls[before:] if one.error is None]) >= calls
        )
        reply.cancel()

    async with stage.time_passing(), asyncio.TaskGroup() as group:
        reply = group.create_task(stage.replying.reply(question, given(), journal))
        killer = group.create_task(kill(reply))
        await asyncio.wait([reply])
        killer.cancel()
    return reply.cancelled()


@pytest.mark.parametrize("calls", range(1, 13))
async def test_an_answer_is_whole_and_there_once_after_a_kill_at_any_call(stage: Stage, calls: int) -> None:
    asked, question = stage.asks()
    journal = a_journal(question)
    if await _killed(stage, question, journal, calls, ANSWER):
        await stage.tell(question, *ANSWER, journal=_left(question, journal))
    _whole(stage.slack.answers(stage.general, asked), 14)
    assert len(stage.slack.seen(stage.slack.direct(stage.anna))) == 1


@pytest.mark.parametrize("calls", [1, 2, 3, 4, 5])
async def test_an_answer_is_there_once_after_several_kills(stage: Stage, calls: int) -> None:
    asked, question = stage.asks()
    journal = a_journal(question)
    for _ in range(4):
        if not await _killed(stage, question, journal, calls, ANSWER):
            break
        journal = _left(question, journal)
    else:
        await stage.tell(question, *ANSWER, journal=journal)
    _whole(stage.slack.answers(stage.general, asked), 14)
    assert len(stage.slack.seen(stage.slack.direct(stage.anna))) == 1


@pytest.mark.parametrize("calls", range(1, 10))
async def test_an_answer_that_is_edited_is_whole_after_a_kill_at_any_call(
    stage: Stage, calls: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(METHODS, "chat.startStream")
    asked, question = stage.asks()
    journal = a_journal(question)
    if await _killed(stage, question, journal, calls, ANSWER):
        await stage.tell(question, *ANSWER, journal=_left(question, journal))
    _whole(stage.slack.answers(stage.general, asked), 14)
    assert len(stage.slack.seen(stage.slack.direct(stage.anna))) == 1


@pytest.mark.parametrize("calls", [1, 2, 3, 4, 5, 6])
async def test_a_command_is_answered_once_after_a_kill_at_any_call(stage: Stage, calls: int) -> None:
    place = replace(stage.asks()[1].place, thread=None)
    question = stage.question(place, f"{place.workspace}:command:1.2.abc")
    journal = a_journal(question)
    if await _killed(stage, question, journal, calls, ANSWER):
        await stage.tell(question, *ANSWER, journal=_left(question, journal))
    _, root, *answers = stage.slack.seen(stage.general)
    assert "asked" in root.shown
    assert {one.root for one in answers} == {root.ts}
    _whole(answers, 14)


@pytest.mark.parametrize("calls", range(4, 40, 4))
async def test_a_long_answer_is_whole_after_a_kill_at_any_call(stage: Stage, calls: int) -> None:
    asked, question = stage.asks()
    journal = a_journal(question)
    if await _killed(stage, question, journal, calls, LONG):
        await stage.tell(question, *LONG, journal=_left(question, journal))
    _whole(stage.slack.answers(stage.general, asked), 160)


async def test_several_messages_are_brought_to_what_is_said_now(stage: Stage) -> None:
    asked, question = stage.asks()
    journal = a_journal(question)
    assert await _killed(stage, question, journal, 30, LONG)
    before = stage.slack.answers(stage.general, asked)
    assert len(before) >= 2
    await stage.tell(question, *ANSWER, journal=_left(question, journal))
    answers = stage.slack.answers(stage.general, asked)
    _whole(answers, 14)
    assert [one.ts for one in answers] == [before[0].ts]


async def test_what_is_gone_is_posted_anew(stage: Stage) -> None:
    asked, question = stage.asks()
    await stage.tell(question, *AN_ANSWER)
    (answer,) = stage.slack.answers(stage.general, asked)
    journal = stage.left(question, answer)
    stage.general.remove(answer)
    await stage.tell(question, *AN_ANSWER, journal=journal)
    (anew,) = stage.slack.answers(stage.general, asked)
    assert journal.outcomes == [Posted(part=0, message=stage.ref(anew))]


async def test_a_refusal_without_words_leaves_what_stands(stage: Stage) -> None:
    asked, question = stage.asks()
    await stage.tell(question, said("Paused."), Ending(answer="a1", verdict="paused"))
    (answer,) = stage.slack.answers(stage.general, asked)
    await stage.tell(question, Ending(answer="a1", verdict="paused"), journal=stage.left(question, answer))
    assert stage.slack.answers(stage.general, asked) == [answer]


async def test_whoever_lost_the_lease_changes_nothing(stage: Stage) -> None:
    asked, question = stage.asks()
    await stage.tell(question, said("One."), ANSWERED)
    (answer,) = stage.slack.answers(stage.general, asked)
    journal = stage.left(question, answer)
    journal.lost = True
    with pytest.raises(LeaseLost):
        await stage.tell(question, said("Two."), ANSWERED, journal=journal)
    assert "One." in answer.shown


async def test_another_questions_message_is_not_taken_for_a_lost_one(stage: Stage) -> None:
    asked, question = stage.asks()
    await stage.tell(question, *AN_ANSWER)
    other = stage.question(question.place, f"{question.id}:1")
    await stage.tell(other, said("Another."), ANSWERED, journal=a_journal(other, unsure=True))
    first, second = stage.slack.answers(stage.general, asked)
    assert "Another." not in first.shown
    assert "Another." in second.shown


async def test_an_offer_keeps_its_number_however_long_the_answer_is(stage: Stage) -> None:
    _, question = stage.asks()
    journal = a_journal(question)
    await stage.tell(question, *AN_ANSWER[:-1], PrivateOffer(), AN_ANSWER[-1], journal=journal)
    assert journal.intents == [0, BESIDE]
    await stage.tell(question, *LONG[:-1], PrivateOffer(), ANSWERED, journal=_left(question, journal))
    (offer,) = stage.slack.seen(stage.slack.direct(stage.anna))
    assert [(one["action_id"], one["value"]) for one in offer.buttons] == [("privately", question.id)]


async def test_a_stream_that_could_not_be_ended_at_first_is_ended_before_it_is_edited(stage: Stage) -> None:
    asked, question = stage.asks()
    journal = a_journal(question)
    assert await _killed(stage, question, journal, 5, ANSWER)
    stage.slack.misbehave("error", "chat.stopStream", times=1)
    await stage.tell(question, *ANSWER, journal=_left(question, journal))
    _whole(stage.slack.answers(stage.general, asked), 14)


async def test_where_the_bot_may_not_look_it_answers_all_the_same(stage: Stage) -> None:
    asked, question = stage.asks()
    stage.slack.installation.scopes.discard("channels:history")
    await stage.tell(question, *AN_ANSWER, journal=a_journal(question, unsure=True))
    assert len(stage.slack.answers(stage.general, asked)) == 1


async def test_what_a_killed_process_said_of_its_work_is_taken_back(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(METHODS, "chat.startStream")
    asked, question = stage.asks()
    journal = a_journal(question)
    assert await _killed(stage, question, journal, 5, ANSWER)
    assert stage.slack.session(stage.general, asked) == "processing"
    await stage.tell(question, *AN_ANSWER, journal=_left(question, journal))
    assert stage.slack.session(stage.general, asked) == "active"
