from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from adapters.base import Person, Place, Question, Rated
from bot.answering.turns import NewTurn
from bot.errors import NoSuchAnswer
from bot.feedback.ratings import Ratings
from bot.turns import Turns

if TYPE_CHECKING:
    from adapters.base import Vote
    from bot.database import Database

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)


@pytest.fixture
async def ratings(database: Database) -> Ratings:
    question = Question(
        id="q1",
        conversation="c1",
        place=Place(platform="terminal", workspace="terminal:local", channel="terminal"),
        asker=Person(id="ada", name="Ada"),
        text="Why?",
        asked_at=NOON,
    )
    await Turns(database).record(NewTurn(answer="a1", question=question, text="So.", verdict="answered"))
    return Ratings(database)


def rated(vote: Vote, *, person: str = "ada", minute: int = 0, answer: str = "a1") -> Rated:
    return Rated(target=answer, person=Person(id=person, name=person), vote=vote, at=NOON + timedelta(minutes=minute))


async def test_a_person_has_one_vote_and_the_last_one_counts(ratings: Ratings) -> None:
    await ratings.vote(rated(1))
    await ratings.vote(rated(-1, minute=1))
    await ratings.vote(rated(1, person="bob"))
    assert await ratings.votes("a1") == {"ada": -1, "bob": 1}


async def test_a_vote_can_be_withdrawn_and_given_again(ratings: Ratings) -> None:
    await ratings.vote(rated(1))
    await ratings.vote(rated(0, minute=1))
    assert await ratings.votes("a1") == {}
    await ratings.vote(rated(-1, minute=2))
    assert await ratings.votes("a1") == {"ada": -1}


async def test_a_vote_that_arrives_late_does_not_undo_a_newer_one(ratings: Ratings) -> None:
    await ratings.vote(rated(0, minute=1))
    await ratings.vote(rated(1))
    assert await ratings.votes("a1") == {}


async def test_of_two_votes_at_the_same_instant_the_later_to_arrive_counts(ratings: Ratings) -> None:
    await ratings.vote(rated(1))
    await ratings.vote(rated(-1))
    assert await ratings.votes("a1") == {"ada": -1}


async def test_an_answer_that_is_not_kept_cannot_be_rated(ratings: Ratings) -> None:
    with pytest.raises(NoSuchAnswer) as caught:
        await ratings.vote(rated(1, answer="a2"))
    assert "Ask again" in caught.value.told
