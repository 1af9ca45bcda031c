from __future__ import annotations

from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.base import Hit
from knowledge.fusion import Ranking, fused


def _ranking(name: Literal["words", "vectors"], weight: float, **scores: float) -> Ranking:
    hits = [Hit(chunk=chunk, score=score) for chunk, score in scores.items()]
    return Ranking(
        name=name,
        hits=sorted(hits, key=lambda hit: -hit.score),
        weight=weight,
        scale="best" if name == "words" else "range",
    )


@st.composite
def _rankings(draw: st.DrawFn) -> list[Ranking]:
    scores = st.dictionaries(st.sampled_from("abcdefgh"), st.floats(-1, 1), max_size=8)
    bm25 = st.dictionaries(st.sampled_from("abcdefgh"), st.floats(0, 40), max_size=8)
    return [_ranking("vectors", 0.35, **draw(scores)), _ranking("words", 0.65, **draw(bm25))]


def test_scores_are_scaled_weighted_and_added() -> None:
    vectors = _ranking("vectors", 0.35, a=0.8, b=0.5, c=0.4)
    words = _ranking("words", 0.65, b=10.0, d=5.0)
    found = {hit.chunk: hit.score for hit in fused([vectors, words])}
    assert found == pytest.approx({"b": 0.35 * 0.25 + 0.65, "a": 0.35, "d": 0.325, "c": 0.0})


def test_the_best_of_both_is_first() -> None:
    vectors = _ranking("vectors", 0.35, a=0.9, b=0.85, c=0.1)
    words = _ranking("words", 0.65, b=9.0, c=8.0)
    assert [hit.chunk for hit in fused([vectors, words])] == ["b", "c", "a"]


def test_equal_scores_are_all_the_best() -> None:
    assert {hit.score for hit in fused([_ranking("vectors", 0.5, a=0.3, b=0.3)])} == {0.5}


def test_nothing_found_gives_nothing() -> None:
    assert fused([]) == ()
    assert fused([_ranking("words", 0.65), _ranking("vectors", 0.35)]) == ()


@given(_rankings())
def test_every_chunk_comes_once_in_falling_order_within_bounds(rankings: list[Ranking]) -> None:
    found = fused(rankings)
    assert {hit.chunk for hit in found} == {hit.chunk for ranking in rankings for hit in ranking.hits}
    assert len({hit.chunk for hit in found}) == len(found)
    assert [hit.score for hit in found] == sorted((hit.score for hit in found), reverse=True)
    assert all(0 <= hit.score <= 1 + 1e-9 for hit in found)


@given(_rankings())
def test_the_order_of_the_rankings_is_of_no_matter(rankings: list[Ranking]) -> None:
    forth = {hit.chunk: hit.score for hit in fused(rankings)}
    assert forth == pytest.approx({hit.chunk: hit.score for hit in fused(rankings[::-1])})


@given(_rankings(), st.floats(0.1, 100))
def test_the_unit_of_bm25_is_of_no_matter(rankings: list[Ranking], unit: float) -> None:
    vectors, words = rankings
    scaled = _ranking("words", words.weight, **{hit.chunk: hit.score * unit for hit in words.hits})
    forth = {hit.chunk: hit.score for hit in fused([vectors, words])}
    assert forth == pytest.approx({hit.chunk: hit.score for hit in fused([vectors, scaled])})
