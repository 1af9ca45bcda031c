from __future__ import annotations

import base64
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.endpoint.answers import Nonsense, tokens, vectors

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=8,
)
NUMBERS = st.lists(st.floats(-1e3, 1e3, width=32), min_size=3, max_size=3).filter(any)


def one(embedding: object, index: object = None) -> SimpleNamespace:
    return SimpleNamespace(embedding=embedding, index=index)


@given(st.lists(st.builds(one, ANYTHING, ANYTHING) | ANYTHING, max_size=4) | ANYTHING, st.integers(0, 4))
def test_whatever_a_server_sends_is_rows_of_unit_length_or_nonsense(data: object, count: int) -> None:
    try:
        found = vectors(data, count)
    except Nonsense:
        return
    assert len(found) == count
    assert np.allclose(np.linalg.norm(found, axis=1), 1, atol=1e-4)


@given(st.lists(NUMBERS, min_size=1, max_size=5), st.randoms())
def test_base64_and_numbers_in_any_order_are_the_same_rows(rows: list[list[float]], random: object) -> None:
    spoken = [one(base64.b64encode(np.array(row, "<f4").tobytes()).decode(), index) for index, row in enumerate(rows)]
    plain = [one(row, index) for index, row in enumerate(rows)]
    random.shuffle(spoken)  # type: ignore[attr-defined]  # it is a Random
    assert np.array_equal(vectors(spoken, len(rows)), vectors(plain, len(rows)))


@pytest.mark.parametrize("huge", [3.5e38, -1e39, float("inf"), float("nan")])
def test_a_number_that_is_none_spoils_the_answer(huge: float) -> None:
    with pytest.raises(Nonsense):
        vectors([one([1.0, huge])], 1)


@pytest.mark.parametrize(
    ("usage", "believed"),
    [
        (SimpleNamespace(prompt_tokens=7, total_tokens=9), 7),
        (SimpleNamespace(prompt_tokens=0, total_tokens=9), 9),
        (SimpleNamespace(prompt_tokens=None), None),
        (SimpleNamespace(prompt_tokens=True, total_tokens="many"), None),
        (SimpleNamespace(prompt_tokens=101), None),
        (None, None),
    ],
)
def test_a_report_of_tokens_is_believed_where_it_can_be_true(usage: object, believed: int | None) -> None:
    assert tokens(usage, 10) == believed
