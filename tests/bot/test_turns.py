from __future__ import annotations

from dataclasses import asdict, replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from adapters.base import Person
from adapters.parts import Verification
from bot.database import Database
from bot.tables import TurnRow
from bot.turns import Turns
from tests.contracts.turns import TurnsContract, a_turn
from tests.doubles.adapters import MARY, NOON, a_question
from tests.doubles.answering import Remembered, earlier

if TYPE_CHECKING:
    from pathlib import Path

    from bot.answering.turns import NewTurn


@pytest.fixture
async def turns(database: Database) -> Turns:
    return Turns(database)


def asked(
    number: int, *, conversation: str = "c1", person: Person = MARY, platform: str = "terminal", minute: int = 0
) -> NewTurn:
    turn = a_turn(number, conversation)
    place = replace(turn.question.place, platform=platform)
    when = NOON + timedelta(minutes=minute)
    return replace(turn, question=replace(turn.question, place=place, asker=person, asked_at=when))


class TestTurnsInSql(TurnsContract):
    pass


class TestRememberedTurns(TurnsContract):
    @pytest.fixture
    def turns(self) -> Remembered:
        return Remembered()


async def test_history_knows_the_answer_to_rate_and_the_time_with_its_zone(turns: Turns) -> None:
    await turns.record(asked(1, minute=1))
    (turn,) = await turns.history(earlier())
    assert (turn.answer, turn.text, turn.asked_at) == ("a1", "answer 1 [1]", NOON + timedelta(minutes=1))
    assert await turns.history(earlier("c3")) == ()


async def test_a_persons_conversations_come_most_recent_first(turns: Turns) -> None:
    for number, conversation in enumerate(["c1", "c2", "c1"]):
        await turns.record(asked(number, conversation=conversation, minute=number))
    await turns.record(asked(8, conversation="c8", person=Person(id="bob", name="Bob")))
    await turns.record(asked(9, conversation="c9", platform="slack"))
    overview = await turns.conversations("mary", "terminal", "terminal:local")
    assert [(past.conversation, past.first_question, past.turns) for past in overview] == [
        ("c1", "question 0", 2),
        ("c2", "question 1", 1),
    ]
    assert overview[0].last_at == NOON + timedelta(minutes=2)


async def test_equal_names_in_two_workspaces_are_two_people(turns: Turns) -> None:
    await turns.record(asked(1))
    assert len(await turns.conversations("mary", "terminal", "terminal:local")) == 1
    assert await turns.conversations("mary", "terminal", "terminal:other") == ()


async def test_a_turn_remembers_to_whom_it_was_private_and_all_that_it_rests_on(turns: Turns) -> None:
    private = replace(a_question().place, private_to="mary")
    turn = replace(a_turn(1), question=a_question(place=private), documents=frozenset({"read.md"}))
    await turns.record(turn)
    (past,), (shown,) = await turns.recent(earlier(), 5), await turns.history(earlier())
    assert past.private_to == shown.private_to == "mary"
    assert (shown.asker, shown.channel) == ("mary", "terminal")
    assert past.documents == shown.documents == {"guide.md", "read.md"}


async def test_turns_survive_a_restart(where: Path | str) -> None:
    async with Database(where) as database:
        await Turns(database).record(asked(1))
    async with Database(where) as database:
        assert len(await Turns(database).recent(earlier(), 5)) == 1


async def test_a_turn_keeps_how_its_answer_was_borne_out(database: Database) -> None:
    record = Verification(found=2, valid_citations=1, contradictions=1, dropped=1, confidence=0.4)
    for turn in (replace(asked(1), verification=record), asked(2)):
        await Turns(database).record(turn)
    statement = select(TurnRow.verification).order_by(TurnRow.number)
    kept = await database.read(lambda connection: connection.execute(statement).scalars().all())
    assert kept == [asdict(record) | {"valid": False}, None]
