from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from adapters.base import LeaseLost, Rated
from bot.feedback.ratings import Ratings
from bot.inbox import Inbox
from bot.journal import SqlJournal, Unkept, post_key
from bot.turns import Turns
from tests.contracts.journal import JournalContract, posted
from tests.doubles.adapters import MARY, NOON, a_question
from tests.doubles.journal import Remembering

if TYPE_CHECKING:
    from bot.database import Database
    from bot.inbox import Owed


def held() -> None:
    """The lease is held as far as this process knows."""


class Desk:
    """An inbox with one question, and journals of each claim of it."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.inbox = Inbox(database, Turns(database))

    async def claim(self) -> Owed:
        (owed,) = await self.inbox.claim(1, {"terminal"})
        return owed

    async def journal(self, owed: Owed) -> SqlJournal:
        journal = SqlJournal(self.database, self.inbox, owed, held)
        await journal.load()
        return journal

    async def again(self, owed: Owed) -> SqlJournal:
        """The journal of the next claim."""
        await self.inbox.fail(owed.claim, -1.0)
        return await self.journal(await self.claim())


@pytest.fixture
async def desk(database: Database) -> Desk:
    desk = Desk(database)
    await desk.inbox.put(a_question())
    return desk


class TestSqlJournal(JournalContract):
    @pytest.fixture
    async def journal(self, desk: Desk) -> SqlJournal:
        return await desk.journal(await desk.claim())


class TestRemembering(JournalContract):
    @pytest.fixture
    def journal(self) -> Remembering:
        return Remembering()


class TestUnkept(JournalContract):
    @pytest.fixture
    def journal(self) -> Unkept:
        return Unkept()


async def test_the_next_try_knows_what_was_posted_and_that_nothing_is_unsure(desk: Desk) -> None:
    owed = await desk.claim()
    journal = await desk.journal(owed)
    for part in (0, 1):
        await journal.before(part)
        await journal.after(posted(part, f"m{part}"))
    again = await desk.again(owed)
    assert list(again.earlier) == [posted(0, "m0"), posted(1, "m1")]
    assert not again.unsure


async def test_an_intent_without_an_outcome_is_unsure_and_its_key_is_the_same(desk: Desk) -> None:
    owed = await desk.claim()
    key = await (await desk.journal(owed)).before(0)
    again = await desk.again(owed)
    assert again.unsure
    assert again.earlier == ()
    assert await again.before(0) == key
    await again.after(posted(0))
    assert not (await desk.journal(owed)).unsure


async def test_whoever_was_overtaken_notes_nothing(desk: Desk) -> None:
    owed = await desk.claim()
    journal = await desk.journal(owed)
    await journal.before(0)
    again = await desk.again(owed)
    with pytest.raises(LeaseLost):
        await journal.before(1)
    with pytest.raises(LeaseLost):
        await journal.after(posted(0, "late"))
    await again.after(posted(0, "m1"))


async def test_a_process_that_must_take_its_lease_for_lost_asks_nobody(desk: Desk) -> None:
    owed = await desk.claim()

    def lost() -> None:
        raise LeaseLost

    journal = SqlJournal(desk.database, desk.inbox, owed, lost)
    with pytest.raises(LeaseLost):
        await journal.before(0)
    assert not (await desk.again(owed)).unsure


async def test_a_vote_on_a_message_means_the_answer_that_it_shows(desk: Desk) -> None:
    owed = await desk.claim()
    journal = await desk.journal(owed)
    await journal.before(0)
    await journal.after(posted(0, "m1"))
    ratings = Ratings(desk.database)
    await ratings.vote(Rated(target=posted(0, "m1").message, person=MARY, vote=1, at=NOON))
    assert await ratings.votes(owed.answer) == {"mary": 1}


def test_keys_differ_by_question_and_part() -> None:
    keys = {post_key(question, part) for question in ("q", "q1", "1:q") for part in range(12)}
    assert len(keys) == 36
    assert max(map(len, keys)) <= 25
