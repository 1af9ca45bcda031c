"""Replies that a killed process left: whole, once, and nothing left over."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from adapters.base import Posted
from adapters.parts import Ending, PrivateOffer, Sources, Status
from adapters.showing import BESIDE
from tests.doubles.adapters import AN_ANSWER, CITATIONS
from tests.doubles.slack_stage import ANSWERED, a_journal, sentences, spread

if TYPE_CHECKING:
    from adapters.parts import Part
    from tests.doubles.discord_stage import Stage

LONG: list[Part] = [Sources(citations=CITATIONS), *sentences(60), ANSWERED]


@pytest.mark.parametrize("unsure", [False, True])
@pytest.mark.parametrize("known", [0, 1, 2])
async def test_a_reply_is_taken_up_where_it_stands(stage: Stage, unsure: bool, known: int) -> None:
    asked, question = stage.asks()
    with pytest.raises(OSError, match="killed"):
        await stage.tell(question, Sources(citations=CITATIONS), *spread(sentences(50), 1.0), OSError("killed"))
    before = stage.answers(asked)
    assert len(before) == 2
    if not unsure and known < 2:
        for one in before[known:]:
            stage.discord.deletes(one)
    journal = stage.left(question, *before[:known], unsure=unsure)
    await stage.tell(question, *LONG, journal=journal)
    answers = stage.answers(asked)
    whole = "\n".join(one.shown for one in answers)
    assert [whole.count(f"Sentence {at} ") for at in range(60)] == [1] * 60
    assert [one.id for one in answers[:known]] == [one.id for one in before[:known]]
    assert answers[-1].buttons == ["Sources", "👍", "👎", "Ask again"]


async def test_what_is_left_over_of_a_longer_try_goes(stage: Stage) -> None:
    asked, question = stage.asks()
    with pytest.raises(OSError, match="killed"):
        await stage.tell(question, Sources(citations=CITATIONS), *spread(sentences(50), 1.0), OSError("killed"))
    before = stage.answers(asked)
    await stage.tell(question, *AN_ANSWER, journal=stage.left(question, *before))
    (answer,) = stage.answers(asked)
    assert answer == before[0]
    assert "Set OPENAI" in answer.shown


async def test_a_line_about_progress_becomes_the_answer(stage: Stage) -> None:
    asked, question = stage.asks()
    with pytest.raises(OSError, match="killed"):
        await stage.tell(question, Status(doing="searching"), 5.0, OSError("killed"))
    (before,) = stage.answers(asked)
    assert before.content == "-# Searching…"
    await stage.tell(question, *AN_ANSWER, journal=a_journal(question, unsure=True))
    assert stage.answers(asked) == [before]
    assert "Set OPENAI" in before.shown


async def test_a_line_about_progress_goes_where_there_is_no_answer(stage: Stage) -> None:
    asked, question = stage.asks()
    with pytest.raises(OSError, match="killed"):
        await stage.tell(question, Status(doing="searching"), 5.0, OSError("killed"))
    journal = stage.left(question, *stage.answers(asked))
    await stage.tell(question, Ending(answer="a1", verdict="stopped"), journal=journal)
    (answer,) = stage.answers(asked)
    assert answer.content == "-# Stopped."


async def test_a_reply_in_the_channel_is_taken_up_there(stage: Stage) -> None:
    narrow = stage.discord.channel("narrow", stage.guild, without=["create_public_threads"])
    asked, question = stage.asks(channel=narrow)
    with pytest.raises(OSError, match="killed"):
        await stage.tell(question, Sources(citations=CITATIONS), *sentences(3), 5.0, OSError("killed"))
    before = stage.discord.answers(narrow)
    await stage.tell(question, *AN_ANSWER, journal=stage.left(question, *before))
    assert stage.discord.answers(narrow) == before
    assert "Set OPENAI" in before[0].shown
    assert stage.discord.thread_of(asked) is None


async def test_a_command_is_taken_up_by_its_ticket_and_without_one_in_the_channel(stage: Stage) -> None:
    for good in (True, False):
        asked, question = await stage.commands()
        with pytest.raises(OSError, match="killed"):
            await stage.tell(question, Sources(citations=CITATIONS), *sentences(3), 5.0, OSError("killed"))
        original = asked.original
        assert original is not None
        if not good:
            stage.tickets.known.clear()
        await stage.tell(question, *AN_ANSWER, journal=stage.left(question, original))
        assert "Set OPENAI" in original.shown
        assert stage.discord.answers(stage.general)[-1] == original


async def test_a_private_answer_whose_ticket_is_over_is_whole_in_direct_messages(stage: Stage) -> None:
    asked, question = await stage.commands(private=True)
    with pytest.raises(OSError, match="killed"):
        await stage.tell(question, Sources(citations=CITATIONS), *sentences(3), 5.0, OSError("killed"))
    assert asked.original is not None
    stage.tickets.known.clear()
    await stage.tell(question, *AN_ANSWER, journal=stage.left(question, asked.original))
    (answer,) = stage.discord.answers(stage.discord.direct(stage.anna))
    assert "Set OPENAI" in answer.shown
    assert stage.discord.answers(stage.general) == []


@pytest.mark.parametrize("later", [10, 900])
async def test_a_private_answer_in_direct_messages_is_taken_up_in_its_own_message(stage: Stage, later: int) -> None:
    _, question = await stage.commands(private=True)
    stage.tickets.known.clear()  # it is over
    with pytest.raises(OSError, match="killed"):
        await stage.tell(question, Sources(citations=CITATIONS), *sentences(3), 5.0, OSError("killed"))
    direct = stage.discord.direct(stage.anna)
    (before,) = stage.discord.answers(direct)
    stage.discord.clock.move(later)
    journal = a_journal(question, Posted(part=0, message=stage.ref(before)))
    await stage.tell(question, Sources(citations=CITATIONS), *sentences(12), ANSWERED, journal=journal)
    (answer,) = stage.discord.answers(direct)
    assert "Sentence 11 " in answer.shown
    assert "👍" in answer.buttons


async def test_an_offer_is_made_once(stage: Stage) -> None:
    asked, question = stage.asks()
    journal = a_journal(question)
    await stage.tell(question, PrivateOffer(), *AN_ANSWER, journal=journal)
    assert journal.intents == [0, BESIDE]
    (answer,) = stage.answers(asked)
    again = a_journal(
        question, Posted(part=0, message=stage.ref(answer)), *[one for one in journal.outcomes if one.part == BESIDE]
    )
    stage.discord.clock.move(90_000)
    await stage.tell(question, PrivateOffer(), *AN_ANSWER, journal=again)
    assert len(stage.discord.answers(stage.discord.direct(stage.anna))) == 1
