from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.due import OLD, TRIES, Case, ago, pause, step

NOW = 1_000_000.0
CASES = st.builds(
    Case,
    attempts=st.integers(1, 30),
    asked_at=st.floats(0, NOW),
    begun=st.booleans(),
    wanted=st.booleans(),
    stopped=st.booleans(),
    paused=st.booleans(),
)


def case(
    *, attempts: int = 1, age: float = 0, begun: bool = False, wanted: bool = False, stopped: bool = False
) -> Case:
    return Case(attempts=attempts, asked_at=NOW - age, begun=begun, wanted=wanted, stopped=stopped)


def test_a_fresh_question_is_answered() -> None:
    assert step(case(), NOW) == "answer"


def test_an_old_one_is_asked_about_first() -> None:
    assert step(case(age=OLD), NOW) == "answer"
    assert step(case(age=OLD + 1), NOW) == "offer"


@pytest.mark.parametrize("told", ["begun", "wanted", "stopped"])
def test_an_old_one_that_was_begun_or_is_wanted_or_was_stopped_is_not_asked_about(told: str) -> None:
    assert step(case(age=OLD + 1, **{told: True}), NOW) == "answer"


def test_after_its_tries_there_is_an_apology_and_after_as_many_again_nothing() -> None:
    steps = [step(case(attempts=number), NOW) for number in range(1, 2 * TRIES + 2)]
    assert steps == ["answer"] * TRIES + ["apologise"] * TRIES + ["give up"]


@given(CASES, st.integers(1, 10))
def test_tries_are_bounded_whatever_else_is_known(one: Case, tries: int) -> None:
    assert (step(one, NOW, tries=tries) in {"answer", "offer", "hold"}) == (one.attempts <= tries)


@given(CASES)
def test_nobody_is_asked_twice_about_what_they_want(one: Case) -> None:
    if one.wanted or one.begun or one.stopped:
        assert step(one, NOW) != "offer"


@given(CASES)
def test_at_a_paused_place_only_what_was_begun_or_stopped_is_answered(one: Case) -> None:
    if one.paused and step(one, NOW) in {"answer", "offer"}:
        assert one.begun or one.stopped
    if not one.paused:
        assert step(one, NOW) != "hold"


@given(st.integers(1, 1_000))
def test_pauses_grow_to_a_bound(attempts: int) -> None:
    assert 0 < pause(attempts) <= pause(attempts + 1) <= 300


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (-5, "just now"),
        (59, "just now"),
        (60, "1 minute ago"),
        (7_199, "1 hour ago"),
        (7_200, "2 hours ago"),
        (3 * 86_400, "3 days ago"),
    ],
)
def test_how_long_ago_is_said_in_the_largest_whole_unit(seconds: float, said: str) -> None:
    assert ago(seconds) == said
