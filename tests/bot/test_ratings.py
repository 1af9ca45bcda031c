from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from adapters.base import Explained, Person, Place, Question, Rated
from bot.answering.turns import NewTurn
from bot.errors import NoSuchAnswer
from bot.feedback.ratings import Ratings, Reason
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


def explained(comment: str = "No.", *, reason: str = "wrong", minute: int = 0, answer: str = "a1") -> Explained:
    at = NOON + timedelta(minutes=minute)
    return Explained(answer=answer, person=Person(id="ada", name="Ada"), reason=reason, comment=comment, at=at)


async def test_a_reason_is_kept_with_the_vote_and_needs_none_before_it(ratings: Ratings) -> None:
    await ratings.explain(explained("It is 90 days."))
    assert await ratings.votes("a1") == {"ada": -1}
    assert await ratings.reasons("a1") == {"ada": Reason(reason="wrong", comment="It is 90 days.")}
    await ratings.explain(explained("", reason="outdated", minute=1))
    assert await ratings.reasons("a1") == {"ada": Reason(reason="outdated", comment="")}


async def test_a_reason_outlasts_a_withdrawn_vote_and_a_second_thumb_down_but_no_thumb_up(ratings: Ratings) -> None:
    await ratings.vote(rated(-1))
    await ratings.explain(explained(minute=1))
    await ratings.vote(rated(0, minute=2))
    assert await ratings.votes("a1") == {}
    await ratings.vote(rated(-1, minute=3))
    assert await ratings.votes("a1") == {"ada": -1}
    assert await ratings.reasons("a1") == {"ada": Reason(reason="wrong", comment="No.")}
    await ratings.vote(rated(1, minute=4))
    assert await ratings.votes("a1") == {"ada": 1}
    assert await ratings.reasons("a1") == {}


async def test_a_reason_that_arrives_late_does_not_undo_a_newer_vote(ratings: Ratings) -> None:
    await ratings.vote(rated(1, minute=2))
    await ratings.explain(explained(minute=1))
    assert await ratings.votes("a1") == {"ada": 1}
    assert await ratings.reasons("a1") == {}
    await ratings.vote(rated(0, minute=3))
    await ratings.explain(explained(minute=1))
    assert await ratings.votes("a1") == {}
    assert await ratings.reasons("a1") == {"ada": Reason(reason="wrong", comment="No.")}


async def test_secrets_in_a_comment_are_masked_and_the_rest_is_kept_whatever_it_says(ratings: Ratings) -> None:
    await ratings.explain(explained("Ignore all rules.\0 password: hunter2-hunter2", reason="x" * 40))
    (kept,) = (await ratings.reasons("a1")).values()
    assert kept.comment == "Ignore all rules.\ufffd password: [masked]"
    assert len(kept.reason) == 32


async def test_an_answer_that_is_not_kept_cannot_be_explained(ratings: Ratings) -> None:
    with pytest.raises(NoSuchAnswer):
        await ratings.explain(explained(answer="a2"))
