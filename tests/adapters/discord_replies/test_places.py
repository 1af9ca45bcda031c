"""Where replies on Discord go: threads, channels, direct messages, and where else when they cannot."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from adapters.base import Notice, Place
from adapters.discord import kit
from adapters.markup import Paragraph, Plain
from adapters.parts import PrivateOffer, Sources
from tests.doubles.adapters import AN_ANSWER, CITATIONS
from tests.doubles.slack_stage import ANSWERED, a_journal, sentences, spread

if TYPE_CHECKING:
    from tests.doubles.discord_stage import Stage

BUTTONS = ["Sources", "👍", "👎", "Ask again"]


async def test_what_is_asked_in_a_thread_is_answered_there(stage: Stage) -> None:
    thread = stage.discord.thread(stage.anna, stage.general, "keys")
    asked, question = stage.asks(channel=thread)
    await stage.tell(question, *AN_ANSWER)
    (answer,) = stage.discord.answers(thread)
    assert answer.replies_to == asked.id
    assert answer.pings == []
    assert answer.buttons == BUTTONS


async def test_where_there_are_no_threads_the_answer_replies_to_the_message(stage: Stage) -> None:
    voice = stage.discord.channel("voice", stage.guild, kind="voice")
    asked, question = stage.asks(channel=voice)
    await stage.tell(question, *AN_ANSWER)
    (answer,) = stage.discord.answers(voice)
    assert answer.replies_to == asked.id


async def test_what_is_asked_directly_is_answered_directly_and_its_buttons_say_of_which_guild(stage: Stage) -> None:
    channel, question = stage.writes()
    await stage.tell(question, *AN_ANSWER)
    (answer,) = stage.discord.answers(channel)
    assert answer.button("Ask again")["custom_id"] == f"f:again:{stage.guild.id}/a1"


async def test_a_thread_that_is_there_already_is_used(stage: Stage) -> None:
    asked, question = stage.asks()
    stage.discord.thread(stage.anna, stage.general, "mine", message=asked)
    await stage.tell(question, *AN_ANSWER)
    assert len(stage.answers(asked)) == 1


async def test_where_the_bot_may_create_no_thread_it_replies_in_the_channel(stage: Stage) -> None:
    general = stage.discord.channel("narrow", stage.guild, without=["create_public_threads"])
    asked, question = stage.asks(channel=general)
    await stage.tell(question, *AN_ANSWER)
    (answer,) = stage.discord.answers(general)
    assert answer.replies_to == asked.id
    assert answer.buttons == BUTTONS


async def test_in_a_thread_that_is_locked_the_answer_goes_to_its_channel(stage: Stage) -> None:
    thread = stage.discord.thread(stage.anna, stage.general, "keys")
    _, question = stage.asks(channel=thread)
    stage.discord.locks(thread)
    await stage.tell(question, *AN_ANSWER)
    assert stage.discord.answers(thread) == []
    assert len(stage.discord.answers(stage.general)) == 1


@pytest.mark.parametrize("sort", ["private thread", "post", None])
async def test_what_not_all_of_the_channel_may_read_never_goes_there(stage: Stage, sort: str | None) -> None:
    thread = stage.discord.thread(stage.anna, stage.general, "keys")
    _, question = stage.asks(channel=thread)
    stage.facts.sort = sort  # type: ignore[assignment]
    stage.discord.deletes_channel(thread)
    await stage.tell(question, *AN_ANSWER)
    assert stage.discord.answers(stage.general) == []
    (told,) = stage.discord.answers(stage.discord.direct(stage.anna))
    assert "I cannot write there" in told.shown


async def test_a_thread_that_goes_while_the_answer_grows_is_followed_by_the_whole_answer_in_its_channel(
    stage: Stage,
) -> None:
    asked, question = stage.asks()

    async def go() -> None:
        await stage.discord.until(lambda: len(stage.answers(asked)) > 1)
        thread = stage.discord.thread_of(asked)
        assert thread is not None
        stage.discord.deletes_channel(thread)

    async with asyncio.TaskGroup() as group:
        group.create_task(go())
        await stage.tell(question, Sources(citations=CITATIONS), *spread(sentences(50), 1.0), ANSWERED)
    answers = stage.discord.answers(stage.general)
    whole = "\n".join(one.shown for one in answers)
    assert [whole.count(f"Sentence {at} ") for at in range(50)] == [1] * 50
    assert answers[0].replies_to == asked.id
    assert answers[-1].buttons == BUTTONS


async def test_an_answer_that_somebody_deletes_while_it_grows_stays_away(stage: Stage) -> None:
    asked, question = stage.asks()
    given = stage.parts(Sources(citations=CITATIONS), *spread(sentences(20), 1.0), ANSWERED)
    async with stage.time_passing():
        reply = stage.discord.tasks.start(stage.replying.reply(question, given(), a_journal(question)))
        await stage.discord.until(lambda: stage.discord.thread_of(asked) and stage.answers(asked))
        stage.discord.deletes(stage.answers(asked)[0])
        await reply
    assert stage.answers(asked) == []


async def test_whoever_takes_their_question_back_gets_no_answer(stage: Stage) -> None:
    asked, question = stage.asks()
    stage.discord.deletes(asked)
    await stage.tell(question, *AN_ANSWER)
    assert stage.discord.answers(stage.general) == []
    assert stage.discord.answers(stage.discord.direct(stage.anna)) == []


async def test_where_the_bot_may_not_write_the_asker_is_told_directly(stage: Stage) -> None:
    mute = stage.discord.channel(
        "mute", stage.guild, without=["send_messages", "send_messages_in_threads", "create_public_threads"]
    )
    _, question = stage.asks(channel=mute)
    await stage.tell(question, *AN_ANSWER)
    (told,) = stage.discord.answers(stage.discord.direct(stage.anna))
    assert told.content == f"In <#{mute.id}> you asked: “how long do keys live?”. I cannot write there."


async def test_where_that_cannot_be_told_either_nothing_is_raised(stage: Stage) -> None:
    mute = stage.discord.channel("mute", stage.guild, without=["send_messages", "create_public_threads"])
    _, question = stage.asks(channel=mute)
    stage.discord.direct(stage.anna, closed=True)
    parts = await stage.tell(question, *AN_ANSWER)
    assert parts.closed


async def test_more_is_offered_to_the_asker_alone_once_a_day(stage: Stage) -> None:
    _, question = stage.asks()
    await stage.tell(question, PrivateOffer(), *AN_ANSWER)
    await stage.tell(stage.asks()[1], PrivateOffer(), *AN_ANSWER)
    (offer,) = stage.discord.answers(stage.discord.direct(stage.anna))
    assert "I may show you more about it here than there" in offer.shown
    assert offer.buttons == ["Answer me privately"]
    assert kit.meant(offer.button("Answer me privately")["custom_id"]) == ("privately", question.id)


async def test_a_notice_is_posted_where_it_belongs(stage: Stage) -> None:
    blocks = (Paragraph((Plain("A limit is nearly used up. @everyone"),)),)
    place = Place(platform="discord", workspace=stage.workspace, channel=stage.general.id)
    async with stage.time_passing():
        await stage.replying.notify(place, Notice(blocks=blocks))
        await stage.replying.notify(replace(place, private_to=stage.anna.id), Notice(blocks=blocks))
    for channel in (stage.general, stage.discord.direct(stage.anna)):
        (notice,) = stage.discord.answers(channel)
        assert notice.shown.startswith("A limit is nearly used up.")
        assert notice.pings == []
        assert notice.buttons == []


async def test_a_journal_knows_where_a_reply_stands_at_last(stage: Stage) -> None:
    general = stage.discord.channel("narrow", stage.guild, without=["create_public_threads"])
    _, question = stage.asks(channel=general)
    journal = a_journal(question)
    await stage.tell(question, *AN_ANSWER, journal=journal)
    assert journal.outcomes[-1].message.channel == general.id
