from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.models.base import Bound, Heard, Used
from bot.models.hearing import Hearing

BOUND = Bound(prompt_tokens=100, answer_tokens=50)


def hearing(bound: Bound = BOUND) -> Hearing:
    return Hearing(bound=bound, measure=len)


def ended(reason: str = "stop", *said: str) -> Hearing:
    one = hearing()
    for text in said or ("hello",):
        one.said(text)
    one.reason = reason
    return one


def test_a_report_at_the_end_is_believed() -> None:
    one = ended()
    one.reported(90, 12, 102, 64)
    used = one.finished()
    assert (used.prompt_tokens, used.answer_tokens, used.cached_tokens, used.estimated) == (90, 12, 64, False)


def test_reasoning_that_only_the_total_holds_is_counted() -> None:
    one = ended()
    one.reported(90, 12, 142, None)
    assert one.finished().answer_tokens == 52


@pytest.mark.parametrize(
    "report",
    [
        (0, 0, 0, None),
        (90, 0, 90, None),
        (0, 12, 12, None),
        (-1, 12, 11, None),
        (None, None, None, None),
        ("90", "12", "102", None),
        (90.0, 12.5, 102.5, None),
        (True, True, 2, None),
        (90, 10**12, 10**12 + 90, None),
        (10**12, 12, 10**12 + 12, None),
        (90, 12, 10**12, None),
    ],
)
def test_a_report_that_cannot_be_true_is_no_report(report: tuple[int, int, int, int]) -> None:
    one = ended()
    one.reported(*report)
    used = one.finished()
    assert (used.prompt_tokens, used.answer_tokens, used.estimated) == (100, 5, True)


@pytest.mark.parametrize(("cached", "counted"), [(64, 64), (0, 0), (-5, 0), (None, 0), (500, 90), ("64", 0)])
def test_what_was_cached_is_within_the_prompt(cached: object, counted: int) -> None:
    one = ended()
    one.reported(90, 12, 102, cached)
    assert one.finished().cached_tokens == counted


def test_a_report_in_the_middle_is_not_about_the_whole_call() -> None:
    one = hearing()
    one.said("hello")
    one.reported(90, 1, 91, None)
    assert one.heard.reported is None
    assert one.heard.used(BOUND) == Used(prompt_tokens=100, answer_tokens=5, estimated=True)


def test_what_was_thought_is_billed_and_is_no_text() -> None:
    one = hearing()
    one.thought("hmm, well")
    assert not one.text
    assert one.heard.used(BOUND).answer_tokens == 9


def test_a_space_is_no_text() -> None:
    one = hearing()
    one.said(" \n")
    assert not one.text


@pytest.mark.parametrize(
    ("reason", "whole"), [("stop", True), ("length", True), ("content_filter", False), (None, False)]
)
def test_only_the_models_own_end_is_whole(reason: str | None, whole: bool) -> None:
    one = hearing()
    one.reason = reason
    assert one.whole is whole


def test_a_limit_that_was_reached_is_said() -> None:
    assert ended("length").finished().reason == "length"


def test_a_stream_that_keeps_to_its_limit_is_never_left() -> None:
    one = hearing()
    for _ in range(50):
        one.said("eight ch")
    assert not one.endless


@pytest.mark.parametrize("text", ["a", "a" * 900])
def test_one_that_goes_far_beyond_it_is(text: str) -> None:
    one = hearing()
    for _ in range(101 if len(text) == 1 else 1):
        one.said(text)
    assert one.endless


@given(
    said=st.integers(0, 500),
    thought=st.integers(0, 500),
    hidden=st.integers(0, 500),
    limit=st.integers(1, 500),
)
def test_what_did_not_finish_counts_within_its_bound(said: int, thought: int, hidden: int, limit: int) -> None:
    bound = Bound(prompt_tokens=100, answer_tokens=limit + hidden, hidden=hidden)
    used = Heard(said=said, thought=thought).used(bound)
    assert used.estimated
    assert used.prompt_tokens == bound.prompt_tokens
    assert used.answer_tokens <= bound.answer_tokens
    assert used.answer_tokens >= min(bound.answer_tokens, max(said, hidden, thought))


def test_pieces_that_came_count_even_beyond_the_limit() -> None:
    assert Heard(said=70, pieces=70).used(BOUND).answer_tokens == 70
