"""Replies on Slack when calls fail: what is shown in the end is whole, and stands there once."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from structlog.testing import capture_logs

from adapters.base import LeaseLost
from adapters.parts import Ending, Sources, Status
from adapters.slack.errors import Refused
from tests.doubles.adapters import AN_ANSWER, CITATIONS, said
from tests.doubles.slack import limits
from tests.doubles.slack.errors import Refused as DoublesRefused
from tests.doubles.slack.methods import METHODS
from tests.doubles.slack_stage import ANSWERED, a_journal, sentences, spread

if TYPE_CHECKING:
    from tests.doubles.slack import Message
    from tests.doubles.slack.faults import Fault
    from tests.doubles.slack_stage import Stage

LONG = (Sources(citations=CITATIONS), *spread(sentences(16), 1.5), ANSWERED)


def _whole(answers: list[Message], count: int = 16) -> None:
    """See that each sentence stands there once, and the buttons below the last message alone."""
    text = " ".join(one.shown for one in answers)
    assert [text.count(f"Sentence {at} ") for at in range(count)] == [1] * count
    assert ["again" in [b["action_id"] for b in one.buttons] for one in answers] == [
        *([False] * (len(answers) - 1)),
        True,
    ]
    assert "stop" not in [b["action_id"] for one in answers for b in one.buttons]


@pytest.mark.parametrize("fault", ["dropped before", "dropped after", "error", "garbage", "ratelimited"])
@pytest.mark.parametrize(
    "method", ["chat.startStream", "chat.appendStream", "chat.stopStream", "chat.postMessage", "chat.update"]
)
async def test_an_answer_is_there_once_and_whole_whichever_call_fails(stage: Stage, method: str, fault: Fault) -> None:
    asked, question = stage.asks()
    if method in {"chat.postMessage", "chat.update"}:
        stage.slack.misbehave("error", "chat.startStream", times=1)
    stage.slack.misbehave(fault, method, times=1, after=1 if method in {"chat.appendStream", "chat.update"} else 0)
    await stage.tell(question, *LONG)
    _whole(stage.slack.answers(stage.general, asked))


@pytest.mark.parametrize("fault", ["dropped before", "dropped after", "error", "garbage", "ratelimited"])
async def test_a_short_answer_is_there_once_whatever_becomes_of_its_post(stage: Stage, fault: Fault) -> None:
    asked, question = stage.asks()
    stage.slack.misbehave(fault, "chat.postMessage", times=1)
    await stage.tell(question, *AN_ANSWER)
    assert len(stage.slack.answers(stage.general, asked)) == 1


async def test_where_there_are_no_streams_a_message_is_edited_and_has_a_stop(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, question = stage.asks()
    monkeypatch.delitem(METHODS, "chat.startStream")
    stops: list[bool] = []

    async def look() -> None:
        (answer,) = await stage.slack.until(lambda: stage.slack.answers(stage.general, asked))
        stops.append("stop" in [one["action_id"] for one in answer.buttons])

    stage.slack.misbehave("error", "agents.sessions.setStatus")
    async with asyncio.TaskGroup() as group:
        group.create_task(look())
        await stage.tell(question, Status(doing="searching"), *LONG)
    answers = stage.slack.answers(stage.general, asked)
    _whole(answers)
    assert len(answers) == 1
    assert answers[0].stream is None
    assert len([call for call in stage.slack.called("chat.update") if call.error is None]) >= 3
    assert stops == [True]


async def test_where_edits_are_short_too_the_answer_is_posted_once_at_the_end(stage: Stage) -> None:
    asked, question = stage.asks()
    workspace = stage.workspaces.one
    while workspace.pacer.open("other", stage.clock.now()):
        pass
    sharing = stage.replying.sharing(workspace)
    while sharing.take("chat.update"):
        pass
    await stage.tell(question, Sources(citations=CITATIONS), said("One."), 2.0, said("Two.", continues=True), ANSWERED)
    (answer,) = stage.slack.answers(stage.general, asked)
    assert answer.stream is None
    assert not stage.slack.called("chat.update")


async def test_a_stream_that_slack_ended_goes_on_in_another_message(stage: Stage) -> None:
    asked, question = stage.asks()

    async def end() -> None:
        (answer,) = await stage.slack.until(lambda: stage.slack.answers(stage.general, asked))
        assert answer.stream is not None
        answer.stream.ended = True

    async with asyncio.TaskGroup() as group:
        group.create_task(end())
        await stage.tell(question, *LONG)
    answers = stage.slack.answers(stage.general, asked)
    assert len(answers) == 2
    _whole(answers)


async def test_whoever_presses_stop_keeps_what_was_shown_and_the_parts_are_closed(stage: Stage) -> None:
    asked, question = stage.asks()

    async def stop() -> None:
        await stage.slack.until(
            lambda: "Sentence 2 " in "".join(one.shown for one in stage.slack.answers(stage.general, asked))
        )
        stage.slack.stops(stage.anna, stage.general, asked)

    async with asyncio.TaskGroup() as group:
        group.create_task(stop())
        parts = await stage.tell(question, Status(doing="writing"), 1.0, *spread(sentences(60), 1.0), ANSWERED)
    (answer,) = stage.slack.answers(stage.general, asked)
    assert "Sentence 2 " in answer.shown
    assert parts.closed
    assert parts.given < 60
    assert stage.slack.session(stage.general, asked) == "active"
    assert answer.stream is not None
    assert answer.stream.ended


async def test_an_answer_that_ends_by_itself_after_stop_has_its_buttons(stage: Stage) -> None:
    asked, question = stage.asks()

    async def stop() -> None:
        (answer,) = await stage.slack.until(lambda: stage.slack.answers(stage.general, asked))
        assert answer.stream is not None
        answer.stream.stopped_by = stage.anna.id

    texts = spread(sentences(2), 1.5)
    async with asyncio.TaskGroup() as group:
        group.create_task(stop())
        await stage.tell(question, *texts, said("More.", continues=True), 1.0, Ending(answer="a1", verdict="stopped"))
    (answer,) = stage.slack.answers(stage.general, asked)
    assert "again" in [one["action_id"] for one in answer.buttons]
    assert "More." not in answer.shown


@pytest.mark.parametrize("code", ["invalid_blocks", "msg_too_long"])
async def test_what_slack_takes_in_no_form_of_ours_is_said_in_plain_words(
    stage: Stage, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(given: list[dict[str, object]], **_: object) -> list[dict[str, object]]:
        if any(one["type"] in {"markdown", "table"} for one in given):
            raise DoublesRefused(code)
        return given

    monkeypatch.setattr(limits, "blocks", refuse)
    asked, question = stage.asks()
    await stage.tell(question, *AN_ANSWER)
    (answer,) = stage.slack.answers(stage.general, asked)
    assert "OPENAI" in answer.shown


@pytest.mark.parametrize("method", ["agents.sessions.setStatus", "assistant.threads.setStatus"])
@pytest.mark.parametrize("fault", ["error", "ratelimited", "invalid_auth", "dropped before"])
async def test_progress_that_cannot_be_told_stops_no_answer(stage: Stage, method: str, fault: Fault) -> None:
    asked, question = stage.asks()
    stage.slack.misbehave(fault, method)
    await stage.tell(question, *AN_ANSWER)
    assert len(stage.slack.answers(stage.general, asked)) == 1


async def test_where_the_channel_is_gone_the_asker_is_told_directly_and_once(stage: Stage) -> None:
    _, question = stage.asks()
    stage.general.archived = True
    journal = a_journal(question)
    with capture_logs() as logs:
        parts = await stage.tell(question, *LONG, journal=journal)
    (told,) = stage.slack.seen(stage.slack.direct(stage.anna))
    assert "can no longer write" in told.shown
    assert parts.closed
    (line,) = [line for line in logs if line["event"] == "nothing can be said at this place"]
    assert (line["channel"], line["why"]) == (stage.general.id, "is_archived")
    await stage.tell(question, *LONG, journal=a_journal(question, *journal.outcomes, unsure=True))
    assert len(stage.slack.seen(stage.slack.direct(stage.anna))) == 1


async def test_a_token_that_is_gone_is_raised_so_that_it_is_tried_later(stage: Stage) -> None:
    _, question = stage.asks()
    stage.slack.installation.gone = "account_inactive"
    with pytest.raises(Refused):
        await stage.tell(question, *LONG)


async def test_thirty_answers_at_once_break_no_rate(stage: Stage) -> None:
    channels = [stage.slack.channel(f"c{at}", stage.anna) for at in range(2)]
    asked = [stage.asks(channel=channels[at % 2]) for at in range(30)]
    async with stage.time_passing(), asyncio.TaskGroup() as group:
        for _, question in asked:
            parts = stage.parts(Status(doing="searching"), *LONG)
            group.create_task(stage.replying.reply(question, parts(), a_journal(question)))
    for at, (message, _) in enumerate(asked):
        _whole(stage.slack.answers(channels[at % 2], message))
    assert not stage.slack.rates.violations
    assert len([call for call in stage.slack.called("chat.startStream") if call.error is None]) >= 10


async def test_whoever_loses_the_lease_after_a_lost_answer_posts_nothing_more(stage: Stage) -> None:
    asked, question = stage.asks()
    journal = a_journal(question)
    stage.slack.misbehave("dropped before", "chat.postMessage", times=1)

    async def lose() -> None:
        await stage.slack.until(lambda: stage.slack.called("chat.postMessage"))
        journal.lost = True

    async with asyncio.TaskGroup() as group:
        group.create_task(lose())
        with pytest.raises(LeaseLost):
            await stage.tell(question, *AN_ANSWER, journal=journal)
    assert stage.slack.answers(stage.general, asked) == []
