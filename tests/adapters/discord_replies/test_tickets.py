"""Replies to /ask and to buttons: by the ticket as long as it is good, and where they go when it is over."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from adapters.base import MessageRef, Posted
from adapters.discord import ways
from adapters.parts import Ending, PrivateOffer, Sources, Status
from adapters.policies import Policies
from tests.doubles.adapters import AN_ANSWER, CITATIONS
from tests.doubles.journal import Remembering
from tests.doubles.slack_stage import ANSWERED, a_journal, sentences, spread

if TYPE_CHECKING:
    from adapters.parts import Part
    from tests.doubles.discord.faults import Fault
    from tests.doubles.discord_stage import Stage

BUTTONS = ["Sources", "👍", "👎", "Ask again"]


async def test_the_first_answer_of_a_command_grows_in_place(stage: Stage) -> None:
    asked, question = await stage.commands()
    await stage.tell(question, Status(doing="searching"), 4.0, *AN_ANSWER[2:])
    original = asked.original
    assert original is not None
    assert not original.loading
    assert original.edits[1].content.endswith("-# Searching…")
    assert original.content.startswith(f"-# <@{stage.anna.id}> asked: how long do keys live?\nSet OPENAI")
    assert original.pings == []
    assert original.buttons == BUTTONS
    assert stage.discord.answers(stage.general) == [original]


async def test_more_pages_are_messages_in_the_channel(stage: Stage) -> None:
    asked, question = await stage.commands()
    await stage.tell(question, Sources(citations=CITATIONS), *spread(sentences(60), 0.5), ANSWERED)
    answers = stage.discord.answers(stage.general)
    whole = "\n".join(one.shown for one in answers)
    assert [whole.count(f"Sentence {at} ") for at in range(60)] == [1] * 60
    assert answers[0] == asked.original
    assert asked.followups == []
    assert answers[-1].buttons == BUTTONS


async def test_where_the_bot_may_not_write_the_ticket_takes_all(stage: Stage) -> None:
    mute = stage.discord.channel("mute", stage.guild, without=["send_messages"])
    asked, question = await stage.commands(channel=mute)
    await stage.tell(question, Sources(citations=CITATIONS), *spread(sentences(60), 0.5), ANSWERED)
    shown = [one for one in (asked.original, *asked.followups) if one]
    whole = "\n".join(one.shown for one in shown)
    assert [whole.count(f"Sentence {at} ") for at in range(60)] == [1] * 60
    assert [one.buttons for one in shown] == [[]] * (len(shown) - 1) + [BUTTONS]


async def test_no_page_that_its_asker_alone_sees_has_a_button_that_nobody_can_press(stage: Stage) -> None:
    asked, question = await stage.commands(private=True)
    await stage.tell(question, Sources(citations=CITATIONS), *spread(sentences(90), 0.5), ANSWERED)
    shown = [one for one in (asked.original, *asked.followups) if one]
    assert len(shown) > 2
    assert [one.buttons for one in shown] == [[]] * (len(shown) - 1) + [BUTTONS]


async def test_pages_behind_a_command_stand_once_where_the_bot_may_not_write_any_more(stage: Stage) -> None:
    asked, question = await stage.commands()
    given = stage.parts(Sources(citations=CITATIONS), *spread(sentences(90), 0.5), ANSWERED)
    async with stage.time_passing():
        reply = stage.discord.tasks.start(stage.replying.reply(question, given(), a_journal(question)))
        await stage.discord.until(lambda: len(stage.discord.answers(stage.general)) > 1)
        stage.discord.overwrites(stage.general, stage.discord.bot, deny=["send_messages"])
        await reply
    whole = "\n".join(one.shown for one in stage.discord.answers(stage.general))
    assert [whole.count(f"Sentence {at} ") for at in range(90)] == [1] * 90
    assert asked.original is not None


async def test_a_private_answer_is_seen_by_its_asker_alone(stage: Stage) -> None:
    asked, question = await stage.commands(private=True)
    await stage.tell(question, Sources(citations=CITATIONS), *spread(sentences(60), 0.5), ANSWERED)
    assert asked.original is not None
    shown = [asked.original, *asked.followups]
    assert all(one.ephemeral for one in shown)
    whole = "\n".join(one.shown for one in shown)
    assert [whole.count(f"Sentence {at} ") for at in range(60)] == [1] * 60
    assert stage.discord.answers(stage.general) == []
    assert shown[-1].button("Ask again")["custom_id"] == f"f:again:{stage.guild.id}/a1"


async def test_a_public_answer_goes_on_in_the_channel_when_the_ticket_is_over(stage: Stage) -> None:
    stage.step = 5.0
    asked, question = await stage.commands()
    await stage.tell(question, Sources(citations=CITATIONS), *spread(sentences(40), 40.0), ANSWERED)
    answers = stage.discord.answers(stage.general)
    whole = "\n".join(one.shown for one in answers)
    assert [whole.count(f"Sentence {at} ") for at in range(40)] == [1] * 40
    assert answers[0] == asked.original
    assert answers[-1].buttons == BUTTONS
    assert set(asked.refused) <= {50027}  # it may come to its end while a call is on its way


@pytest.mark.parametrize("private", [False, True])
async def test_a_ticket_that_is_over_before_its_time_is_like_any_that_is_over(stage: Stage, private: bool) -> None:
    asked, question = await stage.commands(private=private)
    late = stage.tickets.known[question.id]
    stage.tickets.known[question.id] = replace(late, until=late.until + timedelta(minutes=30))
    stage.discord.clock.move(1_000)
    await stage.tell(question, *AN_ANSWER)
    assert 50027 in asked.refused
    answer = stage.discord.answers(stage.discord.direct(stage.anna) if private else stage.general)[-1]
    assert answer.buttons == BUTTONS


async def test_a_private_answer_goes_on_directly_when_the_ticket_is_over_and_never_in_the_channel(stage: Stage) -> None:
    stage.step = 5.0
    _, question = await stage.commands(private=True)
    await stage.tell(question, Sources(citations=CITATIONS), *spread(sentences(10), 200.0), ANSWERED)
    (answer,) = stage.discord.answers(stage.discord.direct(stage.anna))
    assert [answer.shown.count(f"Sentence {at} ") for at in range(10)] == [1] * 10
    assert answer.content.startswith("-# You asked: how long do keys live?")
    assert stage.discord.answers(stage.general) == []


async def test_without_a_ticket_a_public_answer_is_a_message_that_says_what_was_asked(stage: Stage) -> None:
    _, question = await stage.commands()
    stage.tickets.known.clear()
    await stage.tell(question, *AN_ANSWER)
    answer = stage.discord.answers(stage.general)[-1]
    assert answer.content.startswith(f"-# <@{stage.anna.id}> asked: how long do keys live?\nSet OPENAI")


async def test_a_first_answer_that_somebody_deleted_stays_away(stage: Stage) -> None:
    asked, question = await stage.commands()

    async def go() -> None:
        await stage.discord.until(lambda: asked.original is not None and "Sentence 0" in asked.original.content)
        assert asked.original is not None
        stage.discord.deletes(asked.original)

    stage.discord.clock.move(30)
    async with asyncio.TaskGroup() as group:
        group.create_task(go())
        await stage.tell(question, Sources(citations=CITATIONS), *spread(sentences(9), 3.0), ANSWERED)
    assert stage.discord.answers(stage.general) == []


async def test_a_refusal_of_a_command_is_its_askers_alone(stage: Stage) -> None:
    asked, question = await stage.commands()
    await stage.tell(question, Ending(answer="a1", verdict="limited", told="Ask again in 5 minutes."))
    (whisper,) = stage.discord.whispered(stage.anna)
    assert whisper.shown == "Ask again in 5 minutes."
    assert asked.original is None or asked.original == whisper
    assert stage.discord.answers(stage.general) == []


async def test_more_is_offered_behind_a_command_where_nobody_else_sees_it(stage: Stage) -> None:
    asked, question = await stage.commands()
    journal = a_journal(question)
    await stage.tell(question, PrivateOffer(), *AN_ANSWER, journal=journal)
    stage.discord.clock.move(100)
    again = a_journal(question, *journal.outcomes)
    stage.replying = stage.with_policies(Policies())
    await stage.tell(question, PrivateOffer(), *AN_ANSWER, journal=again)
    (offer,) = asked.followups
    assert offer.ephemeral
    assert offer.button("Answer me privately")["custom_id"] == f"f:privately:{question.id}"


async def test_an_answer_that_is_faster_than_discord_waits_for_it(stage: Stage) -> None:
    asked, question = await stage.commands()
    stage.discord.misbehave("500", "PATCH", "/webhooks/*", times=1)
    await stage.tell(question, *AN_ANSWER)
    assert asked.original is not None
    assert asked.original.buttons == BUTTONS


@pytest.mark.parametrize("fault", ["dropped before", "dropped after", "429", "429 hidden", "503", "garbage"])
@pytest.mark.parametrize("method", ["PATCH", "POST"])
@pytest.mark.parametrize("private", [False, True])
async def test_a_call_that_fails_once_loses_and_doubles_nothing(
    stage: Stage,
    fault: Fault,
    method: str,
    private: bool,
) -> None:
    asked, question = await stage.commands(private=private)
    stage.discord.misbehave(fault, method, "/webhooks/*" if private or method == "PATCH" else "/channels/*", times=1)
    await stage.tell(question, Sources(citations=CITATIONS), *spread(sentences(60), 0.5), ANSWERED)
    assert asked.original is not None
    shown = [asked.original, *asked.followups] if private else stage.discord.answers(stage.general)
    whole = "\n".join(one.shown for one in shown)
    counts = [whole.count(f"Sentence {at} ") for at in range(60)]
    arrived = not (private and method == "POST" and fault in {"dropped before", "503"})
    assert max(counts) == 1  # what one person alone sees is found by nobody, and is not said twice
    assert min(counts) == int(arrived)
    unknown = private and method == "POST" and not fault.startswith("429")
    assert ("A part of this answer may not have been shown." in whole) == unknown
    assert shown[-1].buttons == BUTTONS


async def test_a_page_of_a_private_answer_that_a_killed_process_may_have_posted_is_not_posted_again(
    stage: Stage,
) -> None:
    asked, question = await stage.commands(private=True)
    parts: tuple[Part, ...] = (Sources(citations=CITATIONS), *sentences(60), ANSWERED)
    await stage.tell(question, *parts)
    assert asked.original is not None
    stood = len(asked.followups)
    assert stood
    ref = MessageRef(
        platform="discord",
        workspace=question.place.workspace,
        channel=question.place.channel,
        message=asked.original.id,
    )
    journal = Remembering(Posted(part=0, message=ref), unsure=True, question=question.id)
    await stage.tell(question, *parts, journal=journal)
    whole = "\n".join(one.shown for one in (asked.original, *asked.followups))
    assert max(whole.count(f"Sentence {at} ") for at in range(60)) == 1
    assert "A part of this answer may not have been shown." in whole


async def test_a_page_of_a_private_answer_that_was_surely_not_sent_is_sent_later(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ways, "_WITHIN", 0.5)  # of 20 seconds
    asked, question = await stage.commands(private=True)
    stage.discord.misbehave("429", "POST", f"/webhooks/*/{asked.token}", times=1, retry_after=1.0)
    await stage.tell(question, Sources(citations=CITATIONS), *sentences(60), ANSWERED)
    assert asked.original is not None
    whole = "\n".join(one.shown for one in (asked.original, *asked.followups))
    assert [whole.count(f"Sentence {at} ") for at in range(60)] == [1] * 60
    assert "may not have been shown" not in whole
