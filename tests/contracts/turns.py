"""What keeps turns for the engine keeps to this, fakes included. Subclass it, and give the fixture ``turns``."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from adapters.base import Person
from adapters.parts import Citation
from bot.answering.turns import NewTurn
from tests.doubles.adapters import MARY, NOON, a_question
from tests.doubles.answering import earlier

if TYPE_CHECKING:
    from bot.answering.turns import Turns


def a_turn(number: int, conversation: str = "c1") -> NewTurn:
    """An answer that cites two passages of one document."""
    return NewTurn(
        answer=f"a{number}",
        question=replace(a_question(f"question {number}"), id=f"q{number}", conversation=conversation),
        text=f"answer {number} [1]",
        verdict="answered",
        citations=(
            Citation(number=1, title="Guide", url=None, quote="so", document="guide.md", dated=NOON),
            Citation(number=3, title="Guide", url=None, quote="too", document="guide.md"),
        ),
    )


class TurnsContract:
    """The rules of ``bot.answering.turns.Turns``."""

    async def test_the_newest_turns_come_oldest_first(self, turns: Turns) -> None:
        for number in range(4):
            await turns.record(a_turn(number))
        recent = await turns.recent(earlier(), 2)
        assert [(turn.question, turn.answer) for turn in recent] == [
            ("question 2", "answer 2 [1]"),
            ("question 3", "answer 3 [1]"),
        ]

    async def test_a_turn_comes_back_with_its_verdict_and_the_documents_it_cited(self, turns: Turns) -> None:
        await turns.record(a_turn(1))
        (turn,) = await turns.recent(earlier(), 5)
        assert (turn.verdict, turn.documents) == ("answered", frozenset({"guide.md"}))

    async def test_conversations_do_not_mix(self, turns: Turns) -> None:
        await turns.record(a_turn(1))
        await turns.record(a_turn(2, "c2"))
        assert [turn.question for turn in await turns.recent(earlier(), 5)] == ["question 1"]
        assert list(await turns.recent(earlier("c3"), 5)) == []

    async def test_equal_names_in_two_workspaces_and_on_two_platforms_do_not_mix(self, turns: Turns) -> None:
        await turns.record(a_turn(1))
        here = earlier()
        for elsewhere in (replace(here, workspace="terminal:other"), replace(here, platform="slack")):
            assert list(await turns.recent(elsewhere, 5)) == []

    async def test_what_somebody_asked_there_until_then_can_be_meant_alone(self, turns: Turns) -> None:
        for number, asker in enumerate((MARY, Person(id="eve", name="Eve"), MARY, MARY)):
            turn = a_turn(number)
            asked_at = NOON + timedelta(minutes=number)
            await turns.record(replace(turn, question=replace(turn.question, asker=asker, asked_at=asked_at)))
        meant = replace(earlier(), asker="mary", before=NOON + timedelta(minutes=3))
        assert [turn.question for turn in await turns.recent(meant, 5)] == ["question 0", "question 2"]
        assert [turn.question for turn in await turns.recent(meant, 1)] == ["question 2"]

    async def test_a_question_is_kept_once(self, turns: Turns) -> None:
        await turns.record(a_turn(1))
        await turns.record(replace(a_turn(1), answer="a9", text="another"))
        assert [turn.answer for turn in await turns.recent(earlier(), 5)] == ["answer 1 [1]"]
