from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answering.gate import SHIPPED, Gate, Outlook, continued, features, topic
from knowledge.base import Signals
from tests.doubles.answering import passage


def _outlook(similarity: float, coverage: float, question: str = "What now?") -> Outlook:
    return Outlook(question=question, signals=Signals(similarity=similarity, coverage=coverage, terms=4))


@pytest.mark.parametrize(
    ("similarity", "coverage"),
    [
        pytest.param(0.61, 1.0, id="the documents' own words"),
        pytest.param(0.56, 0.40, id="other words of the same meaning"),
        pytest.param(0.35, 0.55, id="half the words, another tone"),
        pytest.param(0.26, 0.37, id="the weakest that the manual answers"),
        pytest.param(0.19, 0.57, id="little alike but many words"),
        pytest.param(0.70, 0.0, id="alike without a common word"),
    ],
)
def test_what_may_be_answered_passes(similarity: float, coverage: float) -> None:
    assert SHIPPED.sufficient(_outlook(similarity, coverage))


@pytest.mark.parametrize(
    ("similarity", "coverage"),
    [
        pytest.param(0.0, 0.0, id="nothing found"),
        pytest.param(0.13, 0.0, id="what is the capital of Australia"),
        pytest.param(0.16, 0.16, id="how long do I bake a sourdough bread"),
        pytest.param(0.22, 0.27, id="how much GPU memory does fine-tuning take"),
    ],
)
def test_what_the_documents_are_not_about_is_stopped(similarity: float, coverage: float) -> None:
    assert not SHIPPED.sufficient(_outlook(similarity, coverage))


_SHARES = st.floats(0, 1)


@given(st.floats(-1, 1), _SHARES, st.floats(0, 1), _SHARES)
def test_more_of_either_never_turns_yes_into_no(
    similarity: float, coverage: float, nearer: float, fuller: float
) -> None:
    less = _outlook(similarity, coverage)
    more = _outlook(similarity + nearer, min(1.0, coverage + fuller))
    assert 0 <= SHIPPED.likelihood(less) <= SHIPPED.likelihood(more) <= 1
    assert SHIPPED.sufficient(more) or not SHIPPED.sufficient(less)


@pytest.mark.parametrize(
    ("question", "asks", "closed", "amount"),
    [
        ("Is it open?", 1, 1, 0),
        ("how many keys are there", 0, 0, 1),
        ("Show the island", 0, 0, 0),
        ("When does the night job run?", 1, 0, 1),
    ],
)
def test_the_form_of_a_question_is_read(question: str, asks: int, closed: int, amount: int) -> None:
    said = features(_outlook(0.5, 0.5, question))
    assert (said["asks"], said["closed"], said["amount"]) == (asks, closed, amount)


def test_a_conversation_goes_on_where_the_last_answer_stands_in_a_passage() -> None:
    keys = passage("keys.md", "Keys are rotated every month by the night job.")
    assert continued("The night job rotates the keys monthly. [1]", [keys]) > 0.5
    assert continued("Birds sing.", [keys]) == 0
    assert continued("", [keys]) == continued("Birds sing.", []) == 0


def test_a_search_stays_with_what_the_conversation_is_about() -> None:
    said = frozenset({"key", "rotat", "month"})
    assert topic(["Which keys are rotated?", "And how often?"], said) == 1.0
    assert topic(["Which keys are rotated?", "Where do ferries land?"], said) == pytest.approx(0.5)
    assert topic([], said) == topic(["Which keys?"], frozenset()) == 0.0


@given(st.lists(st.text()), st.frozensets(st.text()))
def test_a_topic_is_a_share(questions: list[str], said: frozenset[str]) -> None:
    assert 0 <= topic(questions, said) <= 1


@given(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6))
def test_no_score_is_too_large_for_a_likelihood(bias: float, weight: float) -> None:
    gate = Gate(bias=bias, weights={"similarity": weight}, least=0.5)
    assert 0 <= gate.likelihood(_outlook(1.0, 0.0)) <= 1
