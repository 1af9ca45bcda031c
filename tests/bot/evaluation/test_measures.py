from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.evaluation.measures import auc, ndcg, quantile, recall, reciprocal_rank, stopped

RANKED = ["a", "b", "c", "d"]


def test_recall_is_the_share_of_the_relevant_among_the_first() -> None:
    assert recall(RANKED, {"a": 1, "d": 1, "z": 1}, at=3) == pytest.approx(1 / 3)


def test_ndcg_is_one_only_for_the_best_order() -> None:
    assert ndcg(RANKED, {"a": 2, "b": 1}, at=10) == pytest.approx(1.0)
    # (1 + 2 / log2(3)) / (2 + 1 / log2(3)): the two are swapped.
    assert ndcg(RANKED, {"a": 1, "b": 2}, at=10) == pytest.approx(0.8597186998521972)
    assert ndcg(RANKED, {"z": 1}, at=10) == 0


def test_ndcg_compares_with_as_many_as_fit() -> None:
    assert ndcg(["a"], {"a": 1, "b": 1, "c": 1}, at=1) == pytest.approx(1.0)


def test_the_reciprocal_rank_is_that_of_the_first_relevant_one() -> None:
    assert reciprocal_rank(RANKED, {"c": 1, "d": 1}, at=10) == pytest.approx(1 / 3)
    assert reciprocal_rank(RANKED, {"d": 1}, at=3) == 0


def test_auc_counts_pairs_in_the_right_order_and_equals_half() -> None:
    assert auc([0.9, 0.5], [0.5, 0.1]) == pytest.approx(3.5 / 4)
    assert auc([], [0.5]) is None
    assert auc([0.5], []) is None


def test_what_is_stopped_lies_below_the_bar_of_the_answered() -> None:
    yes = [0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.35, 0.3, 0.2, 0.1]
    assert stopped(yes, [0.05, 0.15, 0.25], answered=0.9) == pytest.approx(2 / 3)
    assert stopped(yes, [0.05, 0.15, 0.25], answered=1.0) == pytest.approx(1 / 3)


def test_quantiles_are_values_that_were_there() -> None:
    assert quantile([3.0, 1.0, 2.0], 0.5) == 2.0
    assert quantile([3.0, 1.0, 2.0], 1.0) == 3.0
    assert quantile([], 0.95) == 0.0


_SCORES = st.lists(st.floats(0, 1), min_size=1, max_size=30)


@given(_SCORES, _SCORES)
def test_auc_of_the_swapped_question_is_the_rest(yes: list[float], no: list[float]) -> None:
    forth, back = auc(yes, no), auc(no, yes)
    assert forth is not None
    assert back is not None
    assert forth + back == pytest.approx(1.0)


@given(st.permutations("abcdef"), st.dictionaries(st.sampled_from("abcdefgh"), st.integers(1, 3), min_size=1))
def test_every_measure_lies_between_nothing_and_all(ranked: list[str], relevant: dict[str, int]) -> None:
    for measure in (recall, ndcg, reciprocal_rank):
        assert 0 <= measure(ranked, relevant, at=5) <= 1 + 1e-12
    best = sorted(ranked, key=lambda document: -relevant.get(document, 0))
    assert ndcg(best, relevant, at=6) >= ndcg(ranked, relevant, at=6) - 1e-12
