"""Where replies and notices go on Slack, and who gets none."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from structlog.testing import capture_logs

from adapters.base import Notice, Place
from adapters.markup import Paragraph, Plain
from adapters.parts import Ending, PrivateOffer, Status
from adapters.policies import Policies, Policy
from adapters.slack.errors import NotInstalled
from adapters.slack.responses import Responses
from tests.doubles.adapters import AN_ANSWER, said
from tests.doubles.slack_stage import ANSWERED, Stage, a_journal, sentences, spread

if TYPE_CHECKING:
    from adapters.base import Question
    from tests.doubles.slack import Channel, Message


def _command(stage: Stage, channel: str, private_to: str | None = None, text: str = "what of <!here>?") -> Question:
    workspace = f"slack:{stage.slack.home.id}"
    place = Place(platform="slack", workspace=workspace, channel=channel, private_to=private_to)
    return stage.question(place, f"{workspace}:command:1.2.abc", text)


async def test_a_command_is_answered_beneath_a_message_that_says_who_asked_what(stage: Stage) -> None:
    question = _command(stage, stage.general.id)
    journal = a_journal(question)
    searching = Status(doing="searching")
    await stage.tell(question, searching, *spread(sentences(6), 2.0), ANSWERED, journal=journal)
    root, answer = stage.slack.seen(stage.general)
    assert root.shown.startswith(f"<@{stage.anna.id}> asked: what of")
    assert root.pings == [f"<@{stage.anna.id}>"]
    assert answer.root == root.ts
    assert answer.stream is not None
    assert journal.intents == [0, 1]
    left = stage.left(question, root, answer)
    await stage.tell(question, *AN_ANSWER, journal=left)
    assert stage.slack.seen(stage.general) == [root, answer]
    assert "OPENAI" in answer.shown


async def test_the_message_of_a_command_is_looked_for_where_nobody_knows_whether_it_stands(stage: Stage) -> None:
    question = _command(stage, stage.general.id)
    stage.slack.misbehave("dropped after", "chat.postMessage", times=1)
    await stage.tell(question, *AN_ANSWER)
    root, answer = stage.slack.seen(stage.general)
    await stage.tell(question, *AN_ANSWER, journal=a_journal(question, unsure=True))
    assert stage.slack.seen(stage.general) == [root, answer]


async def test_a_command_where_the_bot_is_no_member_is_answered_for_its_asker_alone(stage: Stage) -> None:
    channel = stage.slack.channel("elsewhere", stage.anna, bot=False)
    question = _command(stage, stage.anna.id, stage.anna.id)
    stage.replying.responds(question.id, _address(stage, channel))
    await stage.tell(question, *AN_ANSWER)
    (whispered,) = stage.slack.whispered(stage.anna, channel)
    assert "OPENAI" in whispered.shown
    assert "/invite" in whispered.shown
    assert stage.slack.seen(channel) == []
    assert stage.slack.seen(stage.slack.direct(stage.anna)) == []


def _again(stage: Stage, answer: Message, question: Question) -> Question:
    """The wish to have it answered again, of whoever pressed the button below an answer."""
    place = replace(question.place, thread=answer.root)
    return replace(question, id=f"{question.place.workspace}:again:a1:{stage.clock.now()}", place=place)


def _about(stage: Stage, said: Message, private_to: str | None = None) -> Question:
    """A question about a message, from the form."""
    workspace = f"slack:{stage.slack.home.id}"
    place = Place(platform="slack", workspace=workspace, channel=said.channel, thread=said.root)
    if private_to:
        place = replace(place, channel=private_to, private_to=private_to, thread=None)
    return stage.question(place, f"{workspace}:shortcut:{said.channel}:{said.ts}:{stage.anna.id}:V1", "why <!here>?")


def _address(stage: Stage, channel: Channel) -> str:
    address = stage.slack.commands(stage.anna, channel, "/ask", "what?").payload["response_url"]
    assert isinstance(address, str)
    return address


@pytest.mark.parametrize(
    "address",
    ["", "https://evil.example/hooks/1", "http://127.0.0.1:1/", "https://[", "unknown", "expired", "unsure"],
)
async def test_on_any_doubt_a_command_is_answered_directly(stage: Stage, address: str) -> None:
    channel = stage.slack.channel("elsewhere", stage.anna, bot=False)
    question = _command(stage, stage.anna.id, stage.anna.id)
    if address in {"expired", "unsure"}:
        stage.replying.responds(question.id, _address(stage, channel))
        stage.slack.clock.move(3_000 if address == "expired" else 0)
    elif address == "unknown":
        stage.replying.responds(question.id, f"{_address(stage, channel)}x")
    elif address:
        stage.replying.responds(question.id, address)
    await stage.tell(question, *AN_ANSWER, journal=a_journal(question, unsure=address == "unsure"))
    root, answer = stage.slack.seen(stage.slack.direct(stage.anna))
    assert "asked" in root.shown
    assert "OPENAI" in answer.shown
    assert stage.slack.whispered(stage.anna, channel) == []


async def test_an_answer_of_too_many_messages_is_given_directly(stage: Stage) -> None:
    channel = stage.slack.channel("elsewhere", stage.anna, bot=False)
    question = _command(stage, stage.anna.id, stage.anna.id)
    stage.replying.responds(question.id, _address(stage, channel))
    await stage.tell(question, *sentences(600, 20), ANSWERED)
    assert stage.slack.whispered(stage.anna, channel) == []
    text = " ".join(one.shown for one in stage.slack.seen(stage.slack.direct(stage.anna)))
    assert [text.count(f"Sentence {at} ") for at in range(600)] == [1] * 600


async def test_only_so_many_addresses_are_remembered(stage: Stage) -> None:
    responses = Responses(stage.clock)
    for at in range(1_001):
        responses.remember(str(at), "https://hooks.slack.com/1")
    assert (responses.take("0"), responses.take("1000")) == (None, "https://hooks.slack.com/1")
    assert responses.take("1000") is None


async def test_whoever_cannot_be_told_directly_is_not(stage: Stage) -> None:
    asked, question = stage.asks()
    stage.slack.installation.scopes.discard("im:write")
    await stage.tell(question, *AN_ANSWER[:-1], PrivateOffer(), AN_ANSWER[-1])
    assert len(stage.slack.answers(stage.general, asked)) == 1


async def test_a_question_that_was_deleted_is_not_answered(stage: Stage) -> None:
    asked, question = stage.asks()
    stage.slack.deletes(asked)
    with capture_logs() as logs:
        await stage.tell(question, *AN_ANSWER)
    assert stage.slack.seen(stage.general) == []
    assert stage.slack.seen(stage.slack.direct(stage.anna)) == []
    assert all(line["log_level"] != "warning" for line in logs)


async def test_an_offer_goes_to_the_asker_alone(stage: Stage) -> None:
    asked, question = stage.asks()
    await stage.tell(question, *AN_ANSWER[:-1], PrivateOffer(), AN_ANSWER[-1])
    (offer,) = stage.slack.seen(stage.slack.direct(stage.anna))
    assert [(one["action_id"], one["value"]) for one in offer.buttons] == [("privately", question.id)]
    assert len(stage.slack.answers(stage.general, asked)) == 1


async def test_an_offer_says_where_it_was_asked_and_pings_nobody(stage: Stage) -> None:
    _, question = stage.asks("who approves <!here>?")
    await stage.tell(question, *AN_ANSWER[:-1], PrivateOffer(), AN_ANSWER[-1])
    (offer,) = stage.slack.seen(stage.slack.direct(stage.anna))
    assert offer.text.startswith(f"In <#{stage.general.id}> you asked: “who approves")
    assert "I may show you more about it here than there." in offer.shown
    assert offer.pings == []


async def test_the_same_words_are_offered_once_a_day_in_a_conversation(stage: Stage) -> None:
    asked, question = stage.asks()
    offering = (*AN_ANSWER[:-1], PrivateOffer(), AN_ANSWER[-1])
    await stage.tell(question, *offering)
    again = _again(stage, asked, question)
    await stage.tell(again, *offering)
    assert len(stage.slack.seen(stage.slack.direct(stage.anna))) == 1
    await stage.tell(replace(again, id=f"{again.id}1", text="and how short?"), *offering)
    assert len(stage.slack.seen(stage.slack.direct(stage.anna))) == 2
    stage.slack.clock.move(86_400)
    await stage.tell(replace(again, id=f"{again.id}2"), *offering)
    assert len(stage.slack.seen(stage.slack.direct(stage.anna))) == 3


async def test_an_offer_is_made_once_though_its_answer_was_lost(stage: Stage) -> None:
    _, question = stage.asks()
    stage.slack.misbehave("dropped after", "chat.postMessage", after=1, times=1)
    await stage.tell(question, *AN_ANSWER[:-1], PrivateOffer(), AN_ANSWER[-1])
    assert len(stage.slack.seen(stage.slack.direct(stage.anna))) == 1


async def test_a_guest_is_told_so_and_nothing_is_begun(stage: Stage) -> None:
    stage.people.guests.add(stage.anna.id)
    asked, question = stage.asks()
    parts = await stage.tell(question, *AN_ANSWER)
    assert stage.slack.answers(stage.general, asked) == []
    (whispered,) = stage.slack.whispered(stage.anna, stage.general)
    assert whispered.shown == "I answer only members of this workspace."
    assert parts.given == 0
    question = _command(stage, stage.general.id)
    await stage.tell(question, *AN_ANSWER)
    assert stage.slack.seen(stage.general) == [asked]
    direct = stage.slack.direct(stage.anna)
    asked, question = stage.asks(channel=direct)
    await stage.tell(question, *AN_ANSWER)
    (answer,) = stage.slack.answers(direct, asked)
    assert answer.shown == "I answer only members of this workspace."
    assert not answer.buttons


async def test_where_guests_are_answered_they_are(stage: Stage) -> None:
    welcoming = Stage(stage.slack, guests=True)
    welcoming.people.guests.add(welcoming.anna.id)
    asked, question = welcoming.asks()
    await welcoming.tell(question, *AN_ANSWER)
    assert "OPENAI" in stage.slack.answers(welcoming.general, asked)[0].shown


@pytest.mark.parametrize("verdict", ["limited", "paused", "failed"])
async def test_at_a_silent_place_a_refusal_is_a_mark(stage: Stage, verdict: str) -> None:
    silent = Stage(stage.slack, policies=Policies(everywhere=Policy(answers="silent")))
    asked, question = silent.asks()
    refusal = Ending(answer="a1", verdict=verdict)  # type: ignore[arg-type]  # they are verdicts
    await silent.tell(question, said("No."), 1.0, refusal)
    assert stage.slack.answers(silent.general, asked) == []
    assert len(asked.reactions) == 1
    assert [one.shown for one in stage.slack.whispered(silent.anna)] == ["No."]


async def test_at_a_silent_place_an_answer_streams(stage: Stage) -> None:
    silent = Stage(stage.slack, policies=Policies(everywhere=Policy(answers="silent")))
    asked, question = silent.asks()
    await silent.tell(question, *AN_ANSWER[:3], *spread(sentences(5), 2.0), ANSWERED)
    assert stage.slack.answers(silent.general, asked)[0].stream is not None


async def test_a_notice_is_posted_in_a_channel_and_directly(stage: Stage) -> None:
    notice = Notice(blocks=(Paragraph((Plain("84 % are spent."),)),))
    workspace = f"slack:{stage.slack.home.id}"
    for channel in (stage.general.id, stage.anna.id):
        async with stage.time_passing():
            await stage.replying.notify(Place(platform="slack", workspace=workspace, channel=channel), notice)
    for place in (stage.general, stage.slack.direct(stage.anna)):
        (shown,) = stage.slack.seen(place)
        assert shown.shown == "84 % are spent."
    with pytest.raises(NotInstalled):
        await stage.replying.notify(Place(platform="slack", workspace="slack:T0", channel="C1"), notice)


async def test_a_question_about_a_message_stands_above_its_answer(stage: Stage) -> None:
    asked, _ = stage.asks()
    question = _about(stage, asked)
    journal = a_journal(question)
    await stage.tell(question, Status(doing="searching"), *AN_ANSWER, journal=journal)
    words, answer = stage.slack.answers(stage.general, asked)
    assert words.text.startswith(f"<@{stage.anna.id}> asked: why &lt;")
    assert words.pings == [f"<@{stage.anna.id}>"]
    assert "OPENAI" in answer.shown
    assert journal.intents == [0, 1]
    left = stage.left(question, words, unsure=True)
    await stage.tell(question, *AN_ANSWER, journal=left)
    assert stage.slack.answers(stage.general, asked) == [words, answer]


async def test_a_question_about_a_message_deep_in_a_thread_says_which(stage: Stage) -> None:
    asked, _ = stage.asks()
    deep = stage.slack.says(stage.anna, stage.general, "because", thread=asked)
    await stage.tell(_about(stage, deep), Status(doing="searching"), *AN_ANSWER)
    words, _ = stage.slack.answers(stage.general, asked)
    assert f"/p{deep.ts.replace('.', '')}" in words.text


async def test_a_question_about_a_message_where_the_bot_is_not_is_repeated_in_private(stage: Stage) -> None:
    away = stage.slack.channel("away", stage.anna, bot=False)
    asked = stage.slack.says(stage.anna, away, "It broke.")
    await stage.tell(_about(stage, asked, private_to=stage.anna.id), *AN_ANSWER)
    words, answer = stage.slack.seen(stage.slack.direct(stage.anna))
    assert words.text.startswith("You asked about <https://")
    assert f"/p{asked.ts.replace('.', '')}" in words.text
    assert words.pings == []
    assert answer.root == words.ts


async def test_a_private_answer_repeats_the_question_and_says_that_it_was_asked_again(stage: Stage) -> None:
    channel = stage.slack.channel("elsewhere", stage.anna, bot=False)
    question = _command(stage, stage.anna.id, stage.anna.id)
    stage.replying.responds(question.id, _address(stage, channel))
    await stage.tell(question, *AN_ANSWER)
    (whispered,) = stage.slack.whispered(stage.anna, channel)
    assert whispered.shown.startswith("You asked: what of")
    await stage.tell(replace(question, id=f"{question.place.workspace}:again:a1:1.2"), *AN_ANSWER)
    words, _ = stage.slack.seen(stage.slack.direct(stage.anna))
    assert words.shown.startswith("You asked again: what of")


async def test_who_is_mentioned_in_a_question_has_a_name_above_its_answer(stage: Stage) -> None:
    stage.people.names["U000000777"] = "Ben"
    question = _command(stage, stage.general.id, text="what of @U000000777 and @U000000778?")
    await stage.tell(question, Status(doing="searching"), *AN_ANSWER)
    root, _ = stage.slack.seen(stage.general)
    assert "what of @\u2060Ben and @\u2060somebody?" in root.text
