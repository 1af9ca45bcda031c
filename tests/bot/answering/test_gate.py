from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answering.gate import likelihood, sufficient
from knowledge.base import Signals


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
    assert sufficient(Signals(similarity=similarity, coverage=coverage, terms=4))


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
    assert not sufficient(Signals(similarity=similarity, coverage=coverage, terms=4))


_SHARES = st.floats(0, 1)


@given(st.floats(-1, 1), _SHARES, st.floats(0, 1), _SHARES)
def test_more_of_either_never_turns_yes_into_no(
    similarity: float, coverage: float, nearer: float, fuller: float
) -> None:
    less = Signals(similarity=similarity, coverage=coverage)
    more = Signals(similarity=similarity + nearer, coverage=min(1.0, coverage + fuller))
    assert 0 <= likelihood(less) <= likelihood(more) <= 1
    assert sufficient(more) or not sufficient(less)
