from __future__ import annotations

import pytest

from bot.answering.gate import SHIPPED
from bot.answering.route import Search
from bot.answering.searching import Found, Searching
from bot.answering.turns import PastTurn
from knowledge.base import Scope
from tests.doubles.answering import Passages, Remembered, passage

SCOPE = Scope(workspace="terminal:local", principals=frozenset({"terminal:local"}))
SWITCH = passage("embedders.md", "To switch to another embedder, rebuild the index.")
LATER = passage("start.md", "Every later start is quick.")
BEFORE = PastTurn(question="Which embedder does it come with?", answer="", verdict="answered")


async def found(question: str, *before: PastTurn) -> Found:
    shelf = Passages(LATER, SWITCH)
    searching = Searching(retriever=shelf, catalog=shelf, turns=Remembered(), sufficient=SHIPPED.sufficient)
    return await searching.found(Search(text=question, filters=()), before, SCOPE)


async def test_a_short_question_that_finds_half_of_itself_is_searched_with_the_one_before() -> None:
    follow_up = await found("can I switch later?", BEFORE)
    assert follow_up.asked == "can I switch later?\nWhich embedder does it come with?"
    assert follow_up.passages[0].document == "embedders.md"


@pytest.mark.parametrize("question", ["what is an index?", "what is another embedder?"])
async def test_a_short_question_that_finds_all_of_itself_stands_alone(question: str) -> None:
    assert (await found(question, BEFORE)).asked == question


async def test_the_first_question_stands_alone() -> None:
    assert (await found("can I switch later?")).asked == "can I switch later?"
