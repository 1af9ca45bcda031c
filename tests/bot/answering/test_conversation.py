from __future__ import annotations

import pytest

from bot.answering.conversation import SEARCHED, leans, previous, search_text, touches
from bot.answering.turns import PastTurn
from knowledge.tokens import count
from tests.doubles.answering import passage


@pytest.mark.parametrize(
    "question",
    ["And on Windows?", "Why?", "What about Discord?", "on Windows?", "How long does it take?", "the lite one"],
)
def test_a_follow_up_leans(question: str) -> None:
    assert leans(question) == "strongly"


@pytest.mark.parametrize("question", ["Which file formats can it read?", "How do I tell it that an answer was bad?"])
def test_a_full_question_that_points_somewhere_leans_a_little(question: str) -> None:
    assert leans(question) == "weakly"


@pytest.mark.parametrize("question", ["can I switch later?", "What is a chunk?", "What does sync do?"])
def test_a_short_question_leans_a_little(question: str) -> None:
    assert leans(question) == "weakly"


@pytest.mark.parametrize("question", ["How do I install Footnote on Linux?", "Which files are read by a sync?"])
def test_a_question_of_its_own_does_not_lean(question: str) -> None:
    assert leans(question) == "not"


def test_the_previous_question_is_the_last_real_one() -> None:
    turns = [
        PastTurn(question="one", answer="", verdict="answered"),
        PastTurn(question="two", answer="", verdict="unknown"),
        PastTurn(question="thanks", answer="", verdict="told"),
    ]
    assert previous(turns) == "two"
    assert previous([]) is None


def test_search_text_stays_within_its_budget_and_keeps_the_telling_words() -> None:
    assert search_text("short question?") == "short question?"
    long = "please tell me about the rotation of keys and also of the certificates " * 40
    assert count(search_text(long)) <= SEARCHED
    assert "certificates" in search_text(long)


def test_passages_touch_a_question_by_any_of_its_words() -> None:
    keys = passage("k", "A key is rotated.")
    assert touches("And rotation?", [keys])
    assert touches("Why?", [keys])
    assert not touches("And the weather?", [keys])
