from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from adapters.base import Citation, Person, Place, Question, Usage
from bot.answering.turns import NewTurn
from bot.database import Database
from bot.turns import Turns

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from pathlib import Path

    from adapters.base import Verdict

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)


@pytest.fixture
async def turns(tmp_path: Path) -> AsyncGenerator[Turns]:
    async with Database(tmp_path / "footnote.db") as database:
        yield Turns(database)


def turn(
    number: int,
    *,
    conversation: str = "c1",
    asker: str = "ada",
    platform: str = "terminal",
    verdict: Verdict = "answered",
) -> NewTurn:
    question = Question(
        id=f"q{number}",
        conversation=conversation,
        place=Place(platform=platform, workspace="terminal:local", channel="terminal"),
        asker=Person(id=asker, name=asker.title()),
        text=f"question {number}",
        asked_at=NOON + timedelta(minutes=number),
    )
    return NewTurn(
        answer=f"a{number}",
        question=question,
        text=f"answer {number} [1]",
        verdict=verdict,
        citations=(
            Citation(number=1, title="Guide", url=None, quote="so", document="guide.md", dated=NOON),
            Citation(number=3, title="Guide", url=None, quote="too", document="guide.md"),
        ),
        usage=Usage(prompt_tokens=7, answer_tokens=2),
        model="extractive",
        took_ms=12,
    )


async def test_recent_turns_come_oldest_first_with_what_they_cited(turns: Turns) -> None:
    for number in range(4):
        await turns.record(turn(number))
    recent = await turns.recent("c1", 2)
    assert [(past.question, past.answer) for past in recent] == [
        ("question 2", "answer 2 [1]"),
        ("question 3", "answer 3 [1]"),
    ]
    assert recent[0].documents == {"guide.md"}
    assert recent[0].verdict == "answered"


async def test_conversations_do_not_mix(turns: Turns) -> None:
    await turns.record(turn(1))
    await turns.record(turn(2, conversation="c2"))
    assert [past.question for past in await turns.recent("c1", 5)] == ["question 1"]
    assert [past.question for past in await turns.history("c2")] == ["question 2"]
    assert await turns.history("c3") == ()


async def test_a_question_is_kept_once(turns: Turns) -> None:
    await turns.record(turn(1))
    await turns.record(turn(1, verdict="unknown"))
    assert [past.verdict for past in await turns.history("c1")] == ["answered"]


async def test_history_knows_the_answer_to_rate_and_the_time_with_its_zone(turns: Turns) -> None:
    await turns.record(turn(1))
    (past,) = await turns.history("c1")
    assert (past.answer, past.asked_at) == ("a1", NOON + timedelta(minutes=1))


async def test_a_persons_conversations_come_most_recent_first(turns: Turns) -> None:
    for number, conversation in enumerate(["c1", "c2", "c1"]):
        await turns.record(turn(number, conversation=conversation))
    await turns.record(turn(8, conversation="c8", asker="bob"))
    await turns.record(turn(9, conversation="c9", platform="slack"))
    overview = await turns.conversations("ada", "terminal")
    assert [(past.conversation, past.first_question, past.turns) for past in overview] == [
        ("c1", "question 0", 2),
        ("c2", "question 1", 1),
    ]
    assert overview[0].last_at == NOON + timedelta(minutes=2)


async def test_turns_survive_a_restart(tmp_path: Path) -> None:
    async with Database(tmp_path / "footnote.db") as database:
        await Turns(database).record(turn(1))
    async with Database(tmp_path / "footnote.db") as database:
        assert len(await Turns(database).recent("c1", 5)) == 1
