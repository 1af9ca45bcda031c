"""Replies on Slack, from their first part to what stands below them."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from adapters.base import LeaseLost, Place
from adapters.markup import CodeBlock, Paragraph, Plain, Table
from adapters.parts import Ending, Sources, Status, Text
from tests.doubles.adapters import AN_ANSWER, CITATIONS, said
from tests.doubles.slack_stage import ANSWERED, a_journal, sentences, spread

if TYPE_CHECKING:
    from tests.doubles.slack_stage import Stage


def _words(shown: str) -> str:
    return shown.replace("\\", "").replace("\u2060", "")


async def test_a_short_answer_is_one_post_with_sources_and_buttons(stage: Stage) -> None:
    asked, question = stage.asks()
    journal = a_journal(question)
    parts = await stage.tell(question, *AN_ANSWER, journal=journal)
    (answer,) = stage.slack.answers(stage.general, asked)
    assert "Set OPENAI_API_KEY." in _words(answer.shown)
    assert "https://docs.example/settings" in answer.shown
    assert answer.stream is None
    assert not answer.unfurls
    assert [one["action_id"] for one in answer.buttons] == ["rate", "rate", "quotes", "again"]
    assert answer.metadata is not None
    assert answer.metadata["event_payload"]["question_id"] == question.id
    assert parts.closed
    assert journal.intents == [0]
    assert [(one.part, one.message.message) for one in journal.outcomes] == [(0, answer.ts)]


async def test_a_longer_answer_streams_and_nothing_of_it_is_lost(stage: Stage) -> None:
    asked, question = stage.asks()
    texts = sentences(20)
    await stage.tell(question, Status(doing="searching"), Sources(citations=CITATIONS), *spread(texts, 1.0), ANSWERED)
    (answer,) = stage.slack.answers(stage.general, asked)
    assert answer.stream is not None
    assert answer.stream.ended
    assert answer.stream.appends >= 3
    assert [f"Sentence {at} " in answer.shown for at in range(20)] == [True] * 20
    assert answer.markdown.count("ends.") == 20
    assert [one["action_id"] for one in answer.buttons] == ["rate", "rate", "quotes", "again"]
    assert stage.slack.session(stage.general, asked) == "active"
    assert not stage.slack.called("chat.update")


async def test_sources_that_come_in_another_order_keep_what_was_cited(stage: Stage) -> None:
    asked, question = stage.asks()
    first, second = CITATIONS
    third = replace(first, number=3, title="Limits", url="https://docs.example/limits")
    again = (first, replace(third, number=2), replace(second, number=3))
    texts = [said(f"Sentence {at} is about keys.", 1, continues=at > 0) for at in range(12)]
    more = Sources(citations=again), 2.0, said("Limits are low.", 2), replace(ANSWERED, cited=(1, 2))
    await stage.tell(question, Sources(citations=(first, second, third)), *spread(texts, 1.0), *more)
    (answer,) = stage.slack.answers(stage.general, asked)
    assert answer.stream is not None
    assert answer.markdown.count("(https://docs.example/settings)") == 12
    assert answer.markdown.count("(https://docs.example/limits)") == 1
    assert "[2] <https://docs.example/limits|Limits" in answer.shown


async def test_what_the_bot_does_is_seen_while_it_searches(stage: Stage) -> None:
    asked, question = stage.asks()
    seen: list[tuple[str | None, str | None]] = []

    async def look() -> None:
        await stage.slack.until(lambda: stage.slack.session(stage.general, asked) == "processing")
        seen.append((stage.slack.status(stage.general, asked), stage.slack.session(stage.general, asked)))

    async with asyncio.TaskGroup() as group:
        group.create_task(look())
        await stage.tell(question, Status(doing="searching"), 20.0, *AN_ANSWER[2:])
    assert seen == [("is searching…", "processing")]
    assert stage.slack.session(stage.general, asked) == "active"


async def test_a_stream_is_ended_before_slack_ends_it(stage: Stage) -> None:
    asked, question = stage.asks()
    await stage.tell(question, Sources(citations=CITATIONS), *spread(sentences(30), 20.0), ANSWERED)
    answers = stage.slack.answers(stage.general, asked)
    assert len(answers) >= 3
    whole = " ".join(one.shown for one in answers)
    assert [whole.count(f"Sentence {at} ") for at in range(30)] == [1] * 30
    assert [bool(one.buttons) for one in answers] == [False] * (len(answers) - 1) + [True]
    assert all(call.error is None for call in stage.slack.calls)


async def test_a_stream_that_falls_silent_is_ended_too_and_the_end_stands_below_it(stage: Stage) -> None:
    asked, question = stage.asks()
    await stage.tell(question, Sources(citations=CITATIONS), said("First.", 1), 400.0, ANSWERED)
    (answer,) = stage.slack.answers(stage.general, asked)
    assert "First." in answer.shown
    assert [one["action_id"] for one in answer.buttons] == ["rate", "rate", "quotes", "again"]


async def test_a_long_answer_with_tables_and_code_is_whole(stage: Stage) -> None:
    asked, question = stage.asks()
    code = "\n".join(f"line({at})" for at in range(400))
    header = ((Plain("Name"),), (Plain("Value"),))
    rows = [Text(block=Table(header, (((Plain(f"row{at}."),), (Plain("x"),)),)), continues=at > 0) for at in range(40)]
    more = [Text(block=Table(header, (((Plain(f"cell{at}."),), (Plain("y"),)),)), continues=at > 0) for at in range(9)]
    parts = [*sentences(150, 15), Text(block=CodeBlock(code, "python")), *rows, *sentences(100, 15), *more]
    await stage.tell(question, Sources(citations=CITATIONS), *spread(parts, 0.3), ANSWERED)
    answers = stage.slack.answers(stage.general, asked)
    whole = "\n".join(one.shown for one in answers)
    assert len(whole) > 20_000
    assert [whole.count(f"Sentence {at} ") for at in range(100)] == [2] * 100
    assert [whole.count(f"line({at})") for at in range(400)] == [1] * 400
    assert [_words(whole).count(f"row{at}.") for at in range(40)] == [1] * 40
    assert [_words(whole).count(f"cell{at}.") for at in range(9)] == [1] * 9
    assert all(len(one.markdown) <= 12_000 for one in answers)
    assert not [call for call in stage.slack.calls if call.error]


async def test_whoever_lost_the_lease_posts_nothing(stage: Stage) -> None:
    asked, question = stage.asks()
    journal = a_journal(question)
    journal.lost = True
    with pytest.raises(LeaseLost):
        await stage.tell(question, *AN_ANSWER, journal=journal)
    assert stage.slack.answers(stage.general, asked) == []


async def test_whoever_loses_the_lease_while_it_streams_writes_no_more(stage: Stage) -> None:
    asked, question = stage.asks()
    journal = a_journal(question)

    async def lose() -> None:
        await stage.slack.until(lambda: stage.slack.answers(stage.general, asked))
        journal.lost = True

    async with asyncio.TaskGroup() as group:
        group.create_task(lose())
        with pytest.raises(LeaseLost):
            await stage.tell(question, *spread(sentences(20), 2.0), ANSWERED, journal=journal)
    (answer,) = stage.slack.answers(stage.general, asked)
    assert answer.stream is not None
    assert not answer.stream.ended
    assert "Sentence 19 " not in answer.shown


async def test_what_breaks_an_answer_is_raised_after_what_came_before_is_shown(stage: Stage) -> None:
    asked, question = stage.asks()
    with pytest.raises(RuntimeError):
        await stage.tell(question, said("Before."), RuntimeError())
    assert "Before." in stage.slack.answers(stage.general, asked)[0].shown
    asked, question = stage.asks()
    with pytest.raises(RuntimeError):
        await stage.tell(question, *spread(sentences(5), 2.0), said("Before.", continues=True), RuntimeError())
    assert "Before." in stage.slack.answers(stage.general, asked)[0].shown


async def test_a_cancelled_reply_closes_the_parts_and_leaves_the_stream_to_the_next(stage: Stage) -> None:
    asked, question = stage.asks()
    with pytest.raises(asyncio.CancelledError):
        await stage.tell(question, *spread(sentences(5), 2.0), asyncio.CancelledError())
    (answer,) = stage.slack.answers(stage.general, asked)
    assert answer.stream is not None
    assert not answer.stream.ended


async def test_an_answer_that_is_stopped_before_it_says_anything_says_so(stage: Stage) -> None:
    asked, question = stage.asks()
    await stage.tell(question, Ending(answer="a1", verdict="stopped"))
    (said_so,) = stage.slack.answers(stage.general, asked)
    assert said_so.shown == "Stopped."
    assert not said_so.buttons


async def test_nothing_is_said_of_a_stop_where_the_question_itself_is_gone(stage: Stage) -> None:
    first, _ = stage.asks()
    asked = stage.slack.says(stage.anna, stage.general, "how long?", thread=first)
    follows = stage.question(
        Place(platform="slack", workspace=f"slack:{stage.slack.home.id}", channel=asked.channel, thread=first.ts),
        f"slack:{stage.slack.home.id}:{asked.channel}:{asked.ts}",
    )
    stage.slack.deletes(asked)
    await stage.tell(follows, Ending(answer="a1", verdict="stopped"))
    assert stage.slack.answers(stage.general, first) == []


async def test_a_refusal_has_no_thumbs(stage: Stage) -> None:
    asked, question = stage.asks()
    await stage.tell(question, said("Too many."), Ending(answer="a1", verdict="limited"))
    (answer,) = stage.slack.answers(stage.general, asked)
    assert answer.shown == "Too many."
    assert not answer.buttons


async def test_an_old_question_is_offered_by_a_button(stage: Stage) -> None:
    asked, question = stage.asks()
    await stage.tell(question, said("Still wanted?"), Ending(answer="a1", verdict="offered"))
    (answer,) = stage.slack.answers(stage.general, asked)
    assert [(one["action_id"], one["value"]) for one in answer.buttons] == [("want", question.id)]


async def test_a_direct_message_streams_to_nobody_in_particular(stage: Stage) -> None:
    direct = stage.slack.direct(stage.anna)
    asked, question = stage.asks(channel=direct)
    await stage.tell(question, *spread(sentences(6), 2.0), ANSWERED)
    (answer,) = stage.slack.answers(direct, asked)
    assert answer.stream is not None
    assert "recipient_user_id" not in stage.slack.called("chat.startStream")[0].arguments


async def test_sources_are_those_that_the_text_used_in_that_order(stage: Stage) -> None:
    asked, question = stage.asks()
    ending = Ending(answer="a1", verdict="answered", cited=(2,))
    await stage.tell(question, Sources(citations=CITATIONS), Text(block=Paragraph((Plain("Run it."),))), ending)
    (answer,) = stage.slack.answers(stage.general, asked)
    assert "[2] Start" in answer.shown
    assert "[1]" not in answer.shown
