from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING, TypedDict

import pytest

from adapters.base import Deleted, Edited, Halted, Person, Rated, Stopped, Wanted
from adapters.spending import Spending
from adapters.wishes import Conversations, History, Used
from bot.answering.turns import NewTurn
from bot.desk import FrontDesk
from bot.errors import NoSuchAnswer, NotYours, Stopping
from bot.feedback.ratings import Ratings
from bot.inbox import Inbox, Owed
from bot.turns import Turns
from tests.doubles.adapters import MARY, NOON, a_question
from tests.doubles.audiences import recall

if TYPE_CHECKING:
    from adapters.base import Vote
    from bot.database import Database


class Who(TypedDict):
    person: Person
    workspace: str


OTHERS = [
    Who(person=Person(id="eve", name="Mary"), workspace="terminal:local"),
    Who(person=MARY, workspace="terminal:other"),
]


class Reception:
    def __init__(self, database: Database) -> None:
        self.turns = Turns(database)
        self.inbox = Inbox(database, self.turns)
        self.ratings = Ratings(database)
        self.desk = FrontDesk(inbox=self.inbox, turns=self.turns, recall=recall(self.turns), ratings=self.ratings)


@pytest.fixture
async def reception(database: Database) -> Reception:
    reception = Reception(database)
    await reception.turns.record(NewTurn(answer="a1", question=a_question(), text="So.", verdict="answered"))
    return reception


async def claimed(reception: Reception) -> Owed:
    (owed,) = await reception.inbox.claim(5, {"terminal"})
    return owed


def rated(answer: str, vote: Vote = 1) -> Rated:
    return Rated(target=answer, person=MARY, vote=vote, at=NOON)


async def test_a_question_is_owed_once_however_often_it_comes(reception: Reception) -> None:
    await reception.desk.accept(a_question())
    await reception.desk.accept(a_question())
    await reception.inbox.finish((await claimed(reception)).claim)
    assert await reception.inbox.owed() == 0


async def test_a_stop_reaches_the_answer(reception: Reception) -> None:
    await reception.desk.accept(a_question())
    await reception.desk.accept(Stopped(question="q1", person=MARY, workspace="terminal:local"))
    assert (await claimed(reception)).stop == "stopped"


@pytest.mark.parametrize("other", OTHERS)
async def test_nobody_but_its_asker_stops_an_answer(reception: Reception, other: Who) -> None:
    await reception.desk.accept(a_question())
    with suppress(NotYours):
        await reception.desk.accept(Stopped(question="q1", **other))
    assert (await claimed(reception)).stop is None


async def test_who_would_stop_what_somebody_else_asked_is_told_so(reception: Reception) -> None:
    asked, eve = a_question(), OTHERS[0]
    await reception.desk.accept(Halted(conversation=asked.conversation, **eve))  # nothing is under way
    await reception.desk.accept(asked)
    for stop in (Stopped(question="q1", **eve), Halted(conversation=asked.conversation, **eve)):
        with pytest.raises(NotYours):
            await reception.desk.accept(stop)
    for _ in range(2):
        mine = Who(person=MARY, workspace="terminal:local")
        await reception.desk.accept(Halted(conversation=asked.conversation, **mine))
        await reception.desk.accept(Stopped(question="q1", **mine))


@pytest.mark.parametrize("other", OTHERS)
async def test_nobody_but_its_asker_still_wants_an_old_question(reception: Reception, other: Who) -> None:
    await reception.desk.accept(a_question())
    await reception.inbox.offered((await claimed(reception)).claim)
    await reception.desk.accept(Wanted(question="q1", **other))
    assert await reception.inbox.claim(5, {"terminal"}) == ()
    await reception.desk.accept(Wanted(question="q1", person=MARY, workspace="terminal:local"))
    assert (await claimed(reception)).wanted


async def test_what_a_platform_says_of_a_message_is_heeded_whoever_asked_there(reception: Reception) -> None:
    await reception.desk.accept(a_question())
    await reception.desk.accept(Edited(question="q1", text="Newer?"))
    owed = await claimed(reception)
    assert owed.question.text == "Newer?"
    await reception.desk.accept(Deleted(question="q1"))
    assert (await reception.inbox.wishes([owed.claim]))[owed.claim].stop == "deleted"


async def test_a_stop_after_the_end_is_no_error(reception: Reception) -> None:
    await reception.desk.accept(Stopped(question="long ago", person=MARY, workspace="terminal:local"))


async def test_a_vote_is_kept(reception: Reception) -> None:
    await reception.desk.accept(rated("a1", -1))
    assert await reception.ratings.votes("a1") == {"mary": -1}


async def test_a_vote_on_an_answer_that_is_not_kept_is_told(reception: Reception) -> None:
    with pytest.raises(NoSuchAnswer):
        await reception.desk.accept(rated("a2"))


async def test_a_question_after_the_end_of_intake_is_told_and_not_taken(reception: Reception) -> None:
    reception.inbox.close()
    with pytest.raises(Stopping) as caught:
        await reception.desk.accept(a_question())
    assert "Ask again" in caught.value.told


async def test_the_desk_shows_what_is_kept(reception: Reception) -> None:
    (turn,) = await reception.desk.history(History(conversation="c1", person=MARY, place=a_question().place))
    assert (turn.answer, turn.text) == ("a1", "So.")
    (past,) = await reception.desk.conversations(
        Conversations(person=MARY, platform="terminal", workspace="terminal:local")
    )
    assert (past.conversation, past.turns, past.last_at - NOON) == ("c1", 1, timedelta())


async def test_usage_is_asked_of_whoever_knows_it(reception: Reception) -> None:
    wish, asked = Used(person=MARY, place=a_question().place), []

    async def usage(used: Used) -> Spending:
        asked.append(used)
        return Spending(answers="thrifty")

    desk = FrontDesk(
        inbox=reception.inbox,
        turns=reception.turns,
        recall=recall(reception.turns),
        ratings=reception.ratings,
        usage=usage,
    )
    assert await desk.usage(wish) == Spending(answers="thrifty")
    assert asked == [wish]
    assert await reception.desk.usage(wish) == Spending()
