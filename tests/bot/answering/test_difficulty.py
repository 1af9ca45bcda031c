from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answering.difficulty import COVERED, NEAR, difficulty
from bot.answering.gate import Outlook
from knowledge.base import Signals

SHARES = st.floats(0, 1)


def outlook(question: str, coverage: float = 0.9, similarity: float = 0.6) -> Outlook:
    return Outlook(question=question, signals=Signals(coverage=coverage, similarity=similarity))


@pytest.mark.parametrize(
    "question",
    [
        "How often is an API key rotated?",
        "when do deploys happen",
        "Who approves a deploy?",
        "Which port does the server listen on?",
        "what is the default embedder?",
        "How many days of holiday do I have?",
        "Where are the logs and traces?",
        "Is FTS5 used?",
        "What was the revenue in 2023?",
    ],
)
def test_one_thing_that_a_passage_says_is_easy(question: str) -> None:
    assert difficulty(outlook(question)) == "easy"


@pytest.mark.parametrize(
    "question",
    [
        "Why are keys rotated?",
        "How do I deploy?",
        "how does the gate decide",
        "Explain the retention policy.",
        "What is the difference between minilm and e5?",
        "Is PostgreSQL better than SQLite?",
        "compare plans",
        "Redis vs. Valkey",
        "How did revenue change since 2020?",
        "revenue in 2020 and 2023",
        "What happened from March 2 to March 9?",
        "What is the port? And who chose it?",
        "What is the port and who chose it?",
        "the port\nthe host",
        "Which formats can all readers read?",
        "What happens when the lease is lost?",
        "Which of the regions Frankfurt, Dublin, Ohio, Oregon, Tokyo, Sydney, Mumbai, London has a read replica?",
    ],
)
def test_reasons_comparisons_spans_and_several_things_are_hard(question: str) -> None:
    assert difficulty(outlook(question)) == "hard"


@given(question=st.text(max_size=200), coverage=SHARES, similarity=SHARES)
def test_what_the_passages_hardly_cover_is_hard_whatever_it_is(
    question: str, coverage: float, similarity: float
) -> None:
    judged = difficulty(outlook(question, coverage, similarity))
    assert judged == "hard" or (coverage >= COVERED and similarity >= NEAR)


@given(question=st.text(max_size=200), coverage=SHARES, similarity=SHARES)
def test_more_coverage_never_makes_a_question_harder(question: str, coverage: float, similarity: float) -> None:
    if difficulty(outlook(question, coverage, similarity)) == "easy":
        assert difficulty(outlook(question, 1.0, 1.0)) == "easy"


def test_a_question_with_little_coverage_is_hard_and_with_much_it_is_easy() -> None:
    question = "Who approves a deploy?"
    assert difficulty(outlook(question, coverage=COVERED - 0.01)) == "hard"
    assert difficulty(outlook(question, similarity=NEAR - 0.01)) == "hard"
    assert difficulty(outlook(question, coverage=COVERED, similarity=NEAR)) == "easy"
