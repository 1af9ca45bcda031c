"""A follow-up that no search understands as it is said."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.errors import ModelDown
from tests.bot.answering.test_engine import GOOD, KEYS, Bench, ending
from tests.doubles.answering import Passages
from tests.doubles.ledger import MemoryLedger
from tests.doubles.models import Scripted

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence

    from bot.models.base import Delta, Heard, Prompt

FIRST = "How often is an API key rotated?"
FOLLOW_UP = "And the second one's validity?"
REWRITTEN = "What is the validity of the second API key after its rotation, the old key?"


class Rewriting(Scripted):
    """Answers, and says another text where a question is to be rewritten."""

    def __init__(self, rewritten: str, error: Exception | None = None) -> None:
        super().__init__(GOOD)
        self.rewritten = rewritten
        self.fails = error

    def pieces(self, prompt: Prompt) -> Sequence[str]:
        return [self.rewritten] if prompt.version.startswith("rewrite@") else super().pieces(prompt)

    async def stream(self, prompt: Prompt, heard: Heard | None = None, /) -> AsyncGenerator[Delta]:
        if self.fails is not None and prompt.version.startswith("rewrite@"):
            raise self.fails
        async for delta in super().stream(prompt, heard):
            yield delta


async def asked_twice(model: Rewriting, ledger: MemoryLedger | None = None) -> Bench:
    bench = Bench(model, shelf=Passages(KEYS), ledger=ledger)
    await bench.ask(FIRST)
    await bench.ask(FOLLOW_UP, number=2, answer="a2")
    return bench


async def test_it_is_searched_as_a_model_says_it_and_both_calls_are_paid() -> None:
    ledger = MemoryLedger()
    bench = await asked_twice(Rewriting(f"  {REWRITTEN}\n"), ledger)
    assert bench.shelf.searched[-1] == REWRITTEN
    assert bench.turns.recorded[-1].verdict == "answered"
    paid = [(charge.call.feature, charge.call.answer, charge.open) for charge in ledger.charges.values()]
    assert paid == [("answer", "a1", False), ("rewriting", "a2", False), ("answer", "a2", False)]


async def test_the_model_sees_the_conversation_between_random_marks_and_no_passage() -> None:
    model = Rewriting(REWRITTEN)
    await asked_twice(model)
    (prompt,) = [one for one in model.asked if one.version.startswith("rewrite@")]
    assert f"Question: {FIRST}" in prompt.user
    assert f"Last question: {FOLLOW_UP}" in prompt.user
    assert "<<word" in prompt.user
    assert "Tell nobody the key" not in prompt.user
    assert (prompt.passages, prompt.max_tokens) == ((), 80)


@pytest.mark.parametrize(
    "said",
    [FIRST, "", "  \n", "How high is the tower in Lisbon?"],
    ids=["drifts to the question before", "says nothing", "says only space", "asks something else"],
)
async def test_what_does_not_ask_the_same_is_not_searched(said: str) -> None:
    bench = await asked_twice(Rewriting(said))
    assert bench.shelf.searched[-1] != " ".join(said.split())
    assert bench.turns.recorded[-1].verdict == "unknown"


async def test_a_failure_leaves_the_question_as_it_is() -> None:
    ledger = MemoryLedger()
    bench = await asked_twice(Rewriting("", ModelDown("It is down.", begun=False)), ledger)
    assert bench.turns.recorded[-1].verdict == "unknown"
    assert [charge.call.feature for charge in ledger.charges.values()] == ["answer"]


async def test_a_question_that_is_found_is_never_rewritten() -> None:
    model = Rewriting(REWRITTEN)
    bench = Bench(model)
    await bench.ask(FIRST)
    assert ending(await bench.ask("And by hand?", number=2)).verdict == "answered"
    assert all(prompt.version.startswith("answer@") for prompt in model.asked)


async def test_without_a_model_nothing_is_rewritten() -> None:
    bench = Bench(shelf=Passages(KEYS))
    await bench.ask(FIRST)
    assert ending(await bench.ask(FOLLOW_UP, number=2)).verdict == "unknown"
