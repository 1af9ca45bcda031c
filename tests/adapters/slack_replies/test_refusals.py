"""How Slack shows that a question is not taken: to its asker, in words; to others by a mark at most."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from adapters.base import Place
from adapters.parts import Ending, Status
from tests.doubles.adapters import AN_ANSWER, said

if TYPE_CHECKING:
    from adapters.base import Question
    from adapters.parts import Verdict
    from tests.doubles.slack_stage import Stage

LATER = "You have asked 3 questions within a minute. Ask again in 40 seconds."
LIMITED = Ending(answer="a1", verdict="limited", told=LATER)


def _place(stage: Stage, channel: str, thread: str | None = None, private_to: str | None = None) -> Place:
    workspace = f"slack:{stage.slack.home.id}"
    return Place(platform="slack", workspace=workspace, channel=channel, thread=thread, private_to=private_to)


def _command(stage: Stage, channel: str, private_to: str | None = None) -> Question:
    name = f"slack:{stage.slack.home.id}:command:1.2.abc"
    return stage.question(_place(stage, channel, private_to=private_to), name)


@pytest.mark.parametrize(("verdict", "mark"), [("limited", "no_entry_sign"), ("paused", "double_vertical_bar")])
async def test_a_refusal_without_words_is_a_mark_that_says_no_and_words_for_its_asker(
    stage: Stage, verdict: Verdict, mark: str
) -> None:
    asked, question = stage.asks()
    await stage.tell(question, Ending(answer="a1", verdict=verdict, told=LATER))
    assert stage.slack.answers(stage.general, asked) == []
    assert list(asked.reactions) == [mark]
    (whispered,) = stage.slack.whispered(stage.anna, stage.general)
    assert whispered.shown == LATER
    assert not whispered.is_reply  # nobody would see it in a thread that has no replies


async def test_one_in_a_thread_is_whispered_there(stage: Stage) -> None:
    root, question = stage.asks()
    follows = stage.slack.says(stage.anna, stage.general, "and now?", thread=root)
    name = f"slack:{stage.slack.home.id}:{stage.general.id}:{follows.ts}"
    await stage.tell(replace(question, id=name), LIMITED)
    assert list(follows.reactions) == ["no_entry_sign"]
    assert [one.thread_ts for one in stage.slack.whispered(stage.anna)] == [root.ts]


async def test_in_direct_messages_the_mark_is_enough(stage: Stage) -> None:
    asked, question = stage.asks(channel=stage.slack.direct(stage.anna))
    await stage.tell(question, LIMITED)
    assert list(asked.reactions) == ["no_entry_sign"]
    assert stage.slack.whispered(stage.anna) == []


async def test_one_that_cannot_be_whispered_is_a_mark_all_the_same(stage: Stage) -> None:
    asked, question = stage.asks()
    stage.slack.misbehave("error", "chat.postEphemeral")
    await stage.tell(question, LIMITED)
    assert list(asked.reactions) == ["no_entry_sign"]


@pytest.mark.parametrize("words", [(), (said("Too many."),)])
async def test_a_command_that_is_refused_leaves_nothing_in_the_channel(stage: Stage, words: tuple[object, ...]) -> None:
    await stage.tell(_command(stage, stage.general.id), *words, LIMITED)  # type: ignore[arg-type]  # they are parts
    assert stage.slack.seen(stage.general) == []
    (whispered,) = stage.slack.whispered(stage.anna, stage.general)
    assert whispered.shown == ("Too many." if words else LATER)


async def test_small_talk_by_a_command_is_no_refusal(stage: Stage) -> None:
    await stage.tell(_command(stage, stage.general.id), said("Hello."), Ending(answer="a1", verdict="told"))
    assert [one.shown for one in stage.slack.seen(stage.general)][1:] == ["Hello."]


async def test_a_command_where_the_bot_is_not_is_refused_in_words(stage: Stage) -> None:
    away = stage.slack.channel("away", stage.anna, bot=False)
    question = _command(stage, stage.anna.id, stage.anna.id)
    sent = stage.slack.commands(stage.anna, away, "/ask", "how long?")
    stage.replying.responds(question.id, str(sent.payload["response_url"]))
    await stage.tell(question, LIMITED)
    (whispered,) = stage.slack.whispered(stage.anna, away)
    assert LATER in whispered.shown
    assert "/invite" not in whispered.shown


async def test_asking_again_is_refused_to_who_pressed_and_marks_nothing(stage: Stage) -> None:
    asked, question = stage.asks()
    await stage.tell(question, *AN_ANSWER)
    again = replace(question, id=f"slack:{stage.slack.home.id}:again:a1:5.1")
    await stage.tell(again, LIMITED)
    assert asked.reactions == {}
    assert len(stage.slack.answers(stage.general, asked)) == 1
    assert [one.shown for one in stage.slack.whispered(stage.anna, stage.general)] == [LATER]


async def test_asking_again_in_direct_messages_is_refused_in_words(stage: Stage) -> None:
    direct = stage.slack.direct(stage.anna)
    asked, question = stage.asks(channel=direct)
    await stage.tell(question, *AN_ANSWER)
    await stage.tell(replace(question, id=f"slack:{stage.slack.home.id}:again:a1:5.1"), LIMITED)
    assert asked.reactions == {}
    assert stage.slack.answers(direct, asked)[-1].shown == LATER


async def test_a_command_that_is_taken_has_its_message_while_it_is_answered(stage: Stage) -> None:
    question = _command(stage, stage.general.id)
    await stage.tell(question, Status(doing="searching"), 2.0, *AN_ANSWER)
    root, answer = stage.slack.seen(stage.general)
    assert (root.is_reply, answer.root) == (False, root.ts)
