"""Replies to servers that speak as Slack does, and take less than Slack: whoever asks has the whole answer."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import pytest

from adapters.errands import Errands
from adapters.markup import Paragraph, Plain, Table
from adapters.parts import Ending, PrivateOffer, Sources, Status, Text
from adapters.policies import Policies, Policy
from tests.doubles.adapters import AN_ANSWER, CITATIONS, said
from tests.doubles.slack.api import Api
from tests.doubles.slack.errors import Refused
from tests.doubles.slack_stage import ANSWERED, Stage, a_journal, sentences, spread

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.doubles.slack import Message
    from tests.doubles.slack.api import Call
    from tests.doubles.slack.faults import Fault
    from tests.doubles.slack.records import Json

    Takes = Callable[[str, Mapping[str, Any]], str | None]

LONG = (Sources(citations=CITATIONS), *spread(sentences(16), 1.5), ANSWERED)
STREAMS = frozenset({"chat.startStream", "chat.appendStream", "chat.stopStream"})
_PLAIN = frozenset({"token", "channel", "text", "thread_ts", "ts"})


@pytest.fixture
def refuse(monkeypatch: pytest.MonkeyPatch) -> Callable[[Takes], None]:
    """Have the server refuse what the given function names a reason for."""

    def begin(refuses: Takes) -> None:
        real = Api.answer

        def answer(self: Api, call: Call, token: str | None) -> Json:
            if code := refuses(call.method, call.arguments):
                raise Refused(code)
            return real(self, call, token)

        monkeypatch.setattr(Api, "answer", answer)

    return begin


def _counts(answers: list[Message], count: int = 16) -> list[int]:
    text = " ".join(one.shown for one in answers)
    return [text.count(f"Sentence {at} ") for at in range(count)]


_REFUSALS: dict[str, Takes] = {
    "invalid_metadata_format": lambda _, given: "invalid_metadata_format" if given.get("metadata") else None,
    "unsupported_block_type": lambda _, given: "unsupported_block_type" if given.get("blocks") else None,
    "no_text": lambda _, given: "no_text" if '"markdown"' in json.dumps(given.get("blocks")) else None,
    "invalid_arg_name": lambda _, given: "invalid_arg_name" if set(given) - _PLAIN else None,
    "msg_too_long": lambda _, given: "msg_too_long" if given.get("blocks") else None,
}


@pytest.mark.parametrize("code", _REFUSALS)
async def test_what_is_refused_is_said_plainer_and_with_its_sources(
    stage: Stage, refuse: Callable[[Takes], None], code: str
) -> None:
    refuse(lambda method, given: _REFUSALS[code](method, given) if method == "chat.postMessage" else None)
    for known in (False, True):
        asked, question = stage.asks()
        before = len(stage.slack.called("chat.postMessage"))
        await stage.tell(question, *AN_ANSWER)
        (answer,) = stage.slack.answers(stage.general, asked)
        assert "OPENAI" in answer.shown
        assert "https://docs.example/settings" in answer.shown
        if known and code != "msg_too_long":
            assert len(stage.slack.called("chat.postMessage")) == before + 1


async def test_what_has_no_key_is_found_all_the_same_where_its_post_was_lost(
    stage: Stage, refuse: Callable[[Takes], None]
) -> None:
    takes = _REFUSALS["invalid_metadata_format"]
    refuse(lambda method, given: takes(method, given) if method == "chat.postMessage" else None)
    stage.slack.misbehave("dropped after", "chat.postMessage", after=1, times=1)
    asked, question = stage.asks()
    await stage.tell(question, *AN_ANSWER)
    assert len(stage.slack.answers(stage.general, asked)) == 1


async def test_a_long_answer_in_text_alone_is_several_messages(stage: Stage, refuse: Callable[[Takes], None]) -> None:
    def refuses(method: str, given: Mapping[str, Any]) -> str | None:
        if method in STREAMS:
            return "unknown_method"
        return "msg_too_long" if given.get("blocks") or len(str(given.get("text"))) > 4_000 else None

    refuse(refuses)
    asked, question = stage.asks()
    await stage.tell(question, Sources(citations=CITATIONS), *sentences(100, 18), ANSWERED)
    answers = stage.slack.answers(stage.general, asked)
    assert len(answers) == 3
    assert _counts(answers, 100) == [1] * 100
    assert "https://docs.example/settings" in answers[-1].shown


@pytest.mark.parametrize("fault", ["unknown_method", "error", "ratelimited"])
@pytest.mark.parametrize("method", ["chat.postMessage", "chat.startStream"])
async def test_where_threads_cannot_be_read_an_unsure_answer_is_said_again(
    stage: Stage, fault: Fault, method: str
) -> None:
    stage.slack.misbehave(fault, "conversations.replies", retry_after=600)
    stage.slack.misbehave("error", method, times=1)
    asked, question = stage.asks()
    await stage.tell(question, *(LONG if method == "chat.startStream" else AN_ANSWER))
    assert len(stage.slack.answers(stage.general, asked)) == 1


@pytest.mark.parametrize("how", ["kicked", "archived"])
async def test_whoever_asked_is_told_where_the_channel_is_lost_in_the_middle_of_an_answer(
    stage: Stage, how: str
) -> None:
    asked, question = stage.asks()

    async def lose() -> None:
        await stage.slack.until(lambda: stage.slack.answers(stage.general, asked))
        if how == "kicked":
            stage.slack.leaves(stage.slack.installation.bot, stage.general)
        else:
            stage.general.archived = True

    async with asyncio.TaskGroup() as group:
        group.create_task(lose())
        await stage.tell(question, *LONG)
    (told,) = stage.slack.seen(stage.slack.direct(stage.anna))
    assert "can no longer write" in told.shown


@pytest.mark.parametrize("dropped", [("chunks",), ("chunks", "markdown_text")])
async def test_what_a_server_drops_of_a_stream_stands_there_in_the_end(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, dropped: tuple[str, ...]
) -> None:
    real = Api.answer

    def answer(self: Api, call: Call, token: str | None) -> Json:
        if call.method in STREAMS:
            call.arguments = {name: value for name, value in call.arguments.items() if name not in dropped}
            if call.method == "chat.appendStream" and "markdown_text" in dropped:
                return {"channel": call.arguments["channel"], "ts": call.arguments["ts"]}
        return real(self, call, token)

    monkeypatch.setattr(Api, "answer", answer)
    asked, question = stage.asks()
    await stage.tell(question, *LONG)
    answers = stage.slack.answers(stage.general, asked)
    assert len(answers) == 1
    assert _counts(answers) == [1] * 16
    assert len(stage.slack.called("chat.update")) == ("markdown_text" in dropped)


async def test_a_table_in_the_middle_of_a_stream_is_shown_by_edits_of_the_same_message(stage: Stage) -> None:
    table = Table(((Plain("Name"),),), (((Plain("a"),),),))
    more = Text(block=Paragraph((Plain("What follows it."),)))
    asked, question = stage.asks()
    shown: list[bool] = []

    async def look() -> None:
        (answer,) = await stage.slack.until(lambda: stage.slack.answers(stage.general, asked))
        await stage.slack.until(lambda: any(one["type"] == "table" for one in answer.blocks))
        shown.append("Last" not in answer.shown)

    async with asyncio.TaskGroup() as group:
        group.create_task(look())
        parts = (*spread(sentences(4), 1.5), Text(block=table), 2.0, more, 8.0, said("Last."), 4.0)
        await stage.tell(question, Sources(citations=CITATIONS), *parts, ANSWERED)
    (answer,) = stage.slack.answers(stage.general, asked)
    assert shown == [True]
    assert _counts([answer], 4) == [1] * 4
    assert "What follows it" in answer.shown
    assert stage.slack.called("chat.startStream")[0].arguments["markdown_text"]
    assert not [call.error for call in stage.slack.calls if call.error]


@pytest.mark.parametrize("method", ["conversations.open", "chat.postMessage"])
@pytest.mark.parametrize("fault", ["error", "ratelimited", "unknown_method", "dropped before"])
async def test_an_answer_stands_whatever_becomes_of_its_offer(stage: Stage, method: str, fault: Fault) -> None:
    stage.slack.misbehave(fault, method, after=1 if method == "chat.postMessage" else 0, retry_after=600)
    asked, question = stage.asks()
    await stage.tell(question, *AN_ANSWER[:-1], PrivateOffer(), AN_ANSWER[-1])
    assert len(stage.slack.answers(stage.general, asked)) == 1


@pytest.mark.parametrize("fault", ["unknown_method", "ratelimited", None])
async def test_a_refusal_whose_mark_cannot_be_put_is_said_in_words(stage: Stage, fault: Fault | None) -> None:
    silent = Stage(stage.slack, policies=Policies(everywhere=Policy(answers="silent")))
    asked, question = silent.asks()
    if fault:
        stage.slack.misbehave(fault, "reactions.add", "chat.postEphemeral", retry_after=600)
    else:
        asked.reactions["warning"] = [stage.slack.installation.bot.id]
    await silent.tell(question, said("No."), 1.0, Ending(answer="a1", verdict="failed"))
    assert [one.shown for one in stage.slack.answers(silent.general, asked)] == (["No."] if fault else [])


@pytest.mark.parametrize("verdict", ["limited", "paused"])
async def test_a_refusal_without_words_whose_mark_cannot_be_put_is_not_silent(stage: Stage, verdict: str) -> None:
    stage.slack.misbehave("unknown_method", "reactions.add")
    _, question = stage.asks()
    await stage.tell(question, Ending(answer="a1", verdict=verdict))  # type: ignore[arg-type]  # they are verdicts
    assert len(stage.slack.whispered(stage.anna)) == 1
    stage.slack.misbehave("unknown_method", "chat.postEphemeral")
    asked, question = stage.asks()
    await stage.tell(question, Ending(answer="a1", verdict=verdict))  # type: ignore[arg-type]  # they are verdicts
    (answer,) = stage.slack.answers(stage.general, asked)
    assert "as soon as I am resumed" in answer.shown or "again later" in answer.shown


async def test_many_marks_and_direct_messages_break_no_rate(stage: Stage) -> None:
    silent = Stage(stage.slack, policies=Policies(everywhere=Policy(answers="silent")))
    asked = [silent.asks() for _ in range(60)]
    async with silent.time_passing(), asyncio.TaskGroup() as group:
        for _, question in asked:
            parts = silent.parts(said("No."), Ending(answer="a1", verdict="failed"))
            group.create_task(silent.replying.reply(question, parts(), a_journal(question)))
    assert all(message.reactions for message, _ in asked)
    assert not stage.slack.rates.violations


async def test_where_messages_cannot_be_edited_the_answer_is_posted_in_place_of_what_grew(
    stage: Stage, refuse: Callable[[Takes], None]
) -> None:
    refuse(lambda method, _: "unknown_method" if method in {*STREAMS, "chat.update"} else None)
    for _ in range(2):
        asked, question = stage.asks()
        await stage.tell(question, *LONG)
        answers = stage.slack.answers(stage.general, asked)
        assert len(answers) == 1
        assert _counts(answers) == [1] * 16
    assert len(stage.slack.called("chat.delete")) == 2
    assert len(stage.slack.called("chat.update")) == 1


async def test_a_stream_that_cannot_be_ended_is_replaced(stage: Stage, refuse: Callable[[Takes], None]) -> None:
    refuse(lambda method, _: "unknown_method" if method == "chat.stopStream" else None)
    asked, question = stage.asks()
    await stage.tell(question, *LONG)
    answers = stage.slack.answers(stage.general, asked)
    assert len(answers) == 1
    assert _counts(answers) == [1] * 16


@pytest.mark.parametrize("method", ["assistant.threads.setStatus", "agents.sessions.setStatus"])
async def test_no_reply_waits_for_its_status(stage: Stage, method: str) -> None:
    asked, question = stage.asks()
    stage.slack.misbehave("slow before", method)
    async with stage.time_passing():
        parts = stage.parts(Status(doing="searching"), said("One."), ANSWERED)
        await stage.replying.reply(question, parts(), a_journal(question))
        assert stage.slack.answers(stage.general, asked)
        assert not stage.slack.called(method)  # it is held back still
        stage.slack.recover()


async def test_whoever_asked_where_nothing_is_taken_in_any_words_is_told_directly_and_once(
    stage: Stage, refuse: Callable[[Takes], None]
) -> None:
    _, question = stage.asks()
    here = stage.general.id
    refuse(lambda _, given: "strange_reason" if here in {given.get("channel"), given.get("channel_id")} else None)
    await stage.tell(question, *AN_ANSWER)
    (told,) = stage.slack.seen(stage.slack.direct(stage.anna))
    assert "can no longer write" in told.shown


async def test_an_errand_that_fails_ends_no_other() -> None:
    done: list[str] = []

    async def fails() -> None:
        raise ValueError

    async def works() -> None:
        done.append("yes")

    errands = Errands()
    errands.start(works())  # nobody owns it yet
    async with errands:
        errands.start(fails())
        errands.start(works())
    assert done == ["yes"]


@pytest.mark.parametrize("code", ["thread_not_found", "cannot_reply_to_message"])
async def test_where_there_are_no_threads_the_answer_stands_below_its_question(
    stage: Stage, refuse: Callable[[Takes], None], code: str
) -> None:
    refuse(lambda _, given: code if given.get("thread_ts") else None)
    asked, question = stage.asks(channel=stage.slack.direct(stage.anna))
    await stage.tell(question, *AN_ANSWER)
    first, answer = stage.slack.seen(stage.slack.direct(stage.anna))
    assert first is asked
    assert "OPENAI" in answer.shown
