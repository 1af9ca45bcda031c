from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import delete

from adapters.base import Again, Halted, MessageRef, Person, Place, Posted
from adapters.parts import Citation
from adapters.showing import BESIDE
from adapters.wishes import Quoted, Served
from bot.answering.turns import Earlier, NewTurn
from bot.errors import NoSuchAnswer, NotYours
from bot.inbox import Inbox
from bot.journal import SqlJournal
from bot.tables import InboxRow
from tests.bot.test_desk import Reception, claimed
from tests.doubles.adapters import MARY, NOON, a_question

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from adapters.base import Question
    from bot.database import Database

PLACE = a_question().place
EVE = Person(id="eve", name="Eve")
CITED = (
    Citation(number=1, title="Guide", url="https://x", quote="so", document="g", section=("A", "B"), dated=NOON),
    Citation(number=3, title="Guide", url=None, quote="too", document="g"),
)


@pytest.fixture
async def reception(database: Database) -> Reception:
    return Reception(database)


def asked(
    name: str,
    conversation: str = "c1",
    *,
    minute: int = 0,
    place: Place = PLACE,
    asker: Person = MARY,
) -> Question:
    question = replace(a_question(f"{name}?", place), id=name, conversation=conversation, asker=asker)
    return replace(question, asked_at=NOON + timedelta(minutes=minute))


async def answered(reception: Reception, question: Question, *citations: Citation) -> None:
    turn = NewTurn(answer=f"a {question.id}", question=question, text="So.", verdict="answered", citations=citations)
    await reception.turns.record(turn)


def halted(conversation: str = "c1", person: Person = MARY, workspace: str = "terminal:local") -> Halted:
    return Halted(conversation=conversation, person=person, workspace=workspace)


async def test_a_halt_ends_all_that_its_person_is_owed_in_that_conversation(reception: Reception) -> None:
    for question in (asked("q1"), asked("q2"), asked("q3", asker=EVE), asked("q4", "c2")):
        await reception.desk.accept(question)
    first, other = await reception.inbox.claim(5, {"terminal"})
    await reception.desk.accept(halted())
    assert {one.stop for one in (await reception.inbox.wishes([first.claim])).values()} == {"stopped"}
    assert not await reception.inbox.wishes([other.claim])
    await reception.inbox.finish(first.claim)
    second = await claimed(reception)
    assert (second.question.id, second.stop) == ("q2", "stopped")
    await reception.inbox.finish(second.claim)
    third = await claimed(reception)
    assert (third.question.id, third.stop) == ("q3", None)


async def test_a_halt_that_finds_nothing_asks_what_it_brings(reception: Reception) -> None:
    await reception.desk.accept(a_question())
    await reception.desk.accept(replace(halted(), ask=replace(a_question(), id="q2")))
    assert await reception.inbox.asked("q2") is None
    await reception.desk.accept(replace(halted("c2"), ask=replace(a_question(), id="q2")))
    assert await reception.inbox.asked("q2") is not None


async def test_a_halt_reaches_what_another_process_answers(reception: Reception, database: Database) -> None:
    await reception.desk.accept(asked("q1"))
    elsewhere = Inbox(database, reception.turns)
    (owed,) = await elsewhere.claim(1, {"terminal"})
    await reception.desk.accept(halted())
    assert (await elsewhere.wishes([owed.claim]))[owed.claim].stop == "stopped"


async def test_a_halt_ends_what_was_only_offered_at_once(reception: Reception) -> None:
    await reception.desk.accept(asked("q1"))
    await reception.inbox.offered((await claimed(reception)).claim)
    await reception.desk.accept(halted())
    assert not await reception.inbox.want("q1")


@pytest.mark.parametrize(
    "event", [halted(person=EVE), halted(workspace="terminal:other"), halted("c2"), halted("long ago")]
)
async def test_nobody_halts_what_others_asked_or_what_was_asked_elsewhere(reception: Reception, event: Halted) -> None:
    await reception.desk.accept(asked("q1"))
    with suppress(NotYours):
        await reception.desk.accept(event)
    assert (await claimed(reception)).stop is None


def again(place: Place = PLACE, person: Person = EVE, answer: str = "a q1") -> Again:
    return Again(answer=answer, question="q1 again", person=person, place=place, at=NOON + timedelta(hours=1))


async def test_an_answer_is_asked_for_anew_in_its_conversation_by_whoever_wishes_it(reception: Reception) -> None:
    await answered(reception, asked("q1"))
    await reception.desk.accept(again())
    await reception.desk.accept(again())
    owed = await claimed(reception)
    question = owed.question
    assert (question.id, question.conversation, question.text) == ("q1 again", "c1", "q1?")
    assert (question.asker, question.place, question.asked_at) == (EVE, PLACE, NOON + timedelta(hours=1))
    await reception.inbox.finish(owed.claim)
    assert await reception.inbox.owed() == 0


@pytest.mark.parametrize(
    "wish",
    [
        again(answer="a2"),
        again(replace(PLACE, channel="another")),
        again(replace(PLACE, workspace="terminal:other")),
        again(replace(PLACE, platform="slack")),
        again(replace(PLACE, private_to="mary")),
    ],
)
async def test_an_answer_that_is_not_of_this_place_reads_like_one_that_is_not_kept(
    reception: Reception, wish: Again
) -> None:
    await answered(reception, asked("q1"))
    with pytest.raises(NoSuchAnswer, match="not kept here"):
        await reception.desk.accept(wish)
    assert await reception.inbox.owed() == 0


async def test_what_was_answered_in_a_thread_is_asked_anew_there_alone(reception: Reception) -> None:
    within = replace(PLACE, thread="T7")
    await answered(reception, asked("q1", place=within))
    for wish in (again(), again(replace(PLACE, thread="T8")), again(replace(PLACE, private_to="eve"))):
        with pytest.raises(NoSuchAnswer):
            await reception.desk.accept(wish)
    await reception.desk.accept(again(within))
    assert (await claimed(reception)).question.place == within


async def test_an_answer_that_still_grows_in_a_thread_is_asked_anew_there_alone(reception: Reception) -> None:
    within = replace(PLACE, thread="T7")
    await reception.desk.accept(asked("q1", place=within))
    owed = await claimed(reception)
    with pytest.raises(NoSuchAnswer):
        await reception.desk.accept(again(answer=owed.answer))
    await reception.desk.accept(again(within, answer=owed.answer))


async def test_an_answer_to_what_a_thread_begins_with_is_asked_anew_in_the_channel_too(reception: Reception) -> None:
    await answered(reception, asked("chat:7", place=replace(PLACE, thread="7")))
    await reception.desk.accept(again(answer="a chat:7"))
    assert (await claimed(reception)).question.place == PLACE


async def test_what_was_answered_in_private_is_asked_anew_by_its_own_person_in_private_alone(
    reception: Reception,
) -> None:
    alone = replace(PLACE, private_to="mary")
    await answered(reception, asked("q1", place=alone))
    for wish in (again(), again(alone), again(person=MARY), again(replace(PLACE, private_to="eve"))):
        with pytest.raises(NoSuchAnswer):
            await reception.desk.accept(wish)
    await reception.desk.accept(again(replace(alone, channel="their direct messages"), MARY))
    assert (await claimed(reception)).question.place.private_to == "mary"


async def test_what_an_answer_cites_comes_back_as_it_was(reception: Reception) -> None:
    await answered(reception, asked("q1"), *CITED)
    assert await reception.desk.quoted(Quoted(answer="a q1", person=EVE, place=PLACE)) == CITED
    assert await reception.desk.quoted(Quoted(answer="a q2", person=EVE, place=PLACE)) == ()


async def test_each_conversation_was_served_once_and_the_latest_comes_first(reception: Reception) -> None:
    await answered(reception, asked("q1", minute=1))
    await answered(reception, asked("q2", minute=9))
    await answered(reception, asked("q3", "c2", minute=5))
    await answered(reception, asked("q4", "long ago", minute=-60))
    await answered(reception, asked("q5", "elsewhere", place=replace(PLACE, workspace="terminal:other")))
    await reception.desk.accept(asked("q6", "c2", minute=10))
    await reception.desk.accept(asked("q7", "owed", minute=7))
    await reception.desk.accept(asked("q8", "owed long ago", minute=-60))
    await reception.desk.accept(asked("q9", "owed elsewhere", place=replace(PLACE, workspace="terminal:other")))
    served = await reception.desk.served("terminal", "terminal:local", NOON)
    assert served == (
        Served(conversation="c2", channel="terminal", last_at=NOON + timedelta(minutes=10)),
        Served(conversation="c1", channel="terminal", last_at=NOON + timedelta(minutes=9)),
        Served(conversation="owed", channel="terminal", last_at=NOON + timedelta(minutes=7)),
    )
    assert await reception.desk.served("slack", "terminal:local", NOON) == ()


async def test_below_the_first_message_of_a_reply_goes_on_what_it_answers(
    reception: Reception, database: Database
) -> None:
    def message(number: int, workspace: str = "terminal:local") -> MessageRef:
        return MessageRef(platform="terminal", workspace=workspace, channel="terminal", message=f"m{number}")

    below = reception.desk.conversation_below
    await reception.desk.accept(asked("q1", "c7"))
    owed = await claimed(reception)
    journal = SqlJournal(database, reception.inbox, owed, lambda: None)
    for part in (0, 1, BESIDE):
        await journal.before(part)
        await journal.after(Posted(part=part, message=message(part)))
    assert await below(message(0)) == "c7"
    assert [await below(message(part)) for part in (1, BESIDE)] == [None, None]
    assert await below(message(0, "terminal:other")) is None
    await answered(reception, owed.question)
    await database.write(lambda connection: connection.execute(delete(InboxRow)))
    assert await below(message(0)) == "c7"


async def test_no_more_than_two_hundred_conversations_were_served(reception: Reception) -> None:
    for number in range(205):
        await answered(reception, asked(f"q{number}", f"c{number}", minute=number))
    served = await reception.desk.served("terminal", "terminal:local", NOON)
    assert [one.conversation for one in served] == [f"c{number}" for number in range(204, 4, -1)]


async def test_the_bot_answers_in_a_conversation_from_when_it_is_asked_there(reception: Reception) -> None:
    async def answers_in(conversation: str = "c1", workspace: str = "terminal:local") -> datetime | None:
        return await reception.desk.answers_in("terminal", workspace, conversation)

    assert await answers_in() is None
    await reception.desk.accept(asked("q1", minute=5))
    await reception.desk.accept(asked("q0", minute=3))
    assert await answers_in() == NOON + timedelta(minutes=3)
    assert await answers_in("c2") is None
    assert await answers_in(workspace="terminal:other") is None
    assert await answers_in(workspace="terminal:loca_") is None
    await reception.inbox.delete("q1")
    await reception.inbox.delete("q0")
    assert await answers_in() is None
    await answered(reception, asked("q3", minute=9))
    await answered(reception, asked("q2", minute=7))
    await reception.desk.accept(asked("q4", minute=11))
    assert await answers_in() == NOON + timedelta(minutes=7)
    assert await answers_in(workspace="terminal:other") is None


async def test_what_was_overheard_is_asked_anew_as_a_question(reception: Reception) -> None:
    await reception.desk.accept(replace(asked("q1"), overheard=True))
    owed = await claimed(reception)
    await reception.desk.accept(again(answer=owed.answer))
    await reception.inbox.finish(owed.claim)
    assert owed.question.overheard
    assert not (await claimed(reception)).question.overheard


async def test_an_answer_that_ends_while_it_is_looked_for_is_not_missed(
    reception: Reception, monkeypatch: pytest.MonkeyPatch
) -> None:
    question = asked("q1", minute=5)
    await reception.desk.accept(question)
    owed = await claimed(reception)
    turn = NewTurn(answer=owed.answer, question=question, text="So.", verdict="answered")
    first_asked, owed_in = reception.turns.first_asked, reception.inbox.owed_in
    ended = False

    async def end() -> None:
        nonlocal ended
        if not ended:
            ended = True
            await reception.inbox.finish(owed.claim, turn)

    async def of_turns(earlier: Earlier, /) -> datetime | None:
        found = await first_asked(earlier)
        await end()
        return found

    async def of_inbox(*of: str) -> Sequence[datetime]:
        found = await owed_in(*of)
        await end()
        return found

    monkeypatch.setattr(reception.turns, "first_asked", of_turns)
    monkeypatch.setattr(reception.inbox, "owed_in", of_inbox)
    assert await reception.desk.answers_in("terminal", "terminal:local", "c1") == NOON + timedelta(minutes=5)
