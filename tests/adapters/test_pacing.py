from __future__ import annotations

import heapq
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from adapters.pacing import Bucket, Budget, Pace, Pacer

APPENDS: Final = Budget(calls=100, burst=20)
STARTS: Final = Budget(calls=20, burst=10)
MANY: Final = Budget(calls=1_000, burst=500)


def _pacer(pace: Pace | None = None) -> Pacer:
    return Pacer(opening=MANY, showing=APPENDS, closing=MANY, now=0.0, pace=pace)


def _within(calls: list[float], budget: Budget) -> bool:
    """Whether no stretch of the budget's length saw too many; it is enough to look where one begins with a call."""
    return all(
        later - first > budget.seconds - 1e-6 for first, later in zip(calls, calls[budget.calls :], strict=False)
    )


@settings(max_examples=20)
@given(st.lists(st.floats(0, 5), min_size=150, max_size=400))
def test_no_stretch_of_time_sees_more_than_the_budget(steps: list[float]) -> None:
    bucket, now, calls = Bucket(APPENDS, 0.0), 0.0, []
    for step in steps:
        now += step / 20
        if bucket.take(now):
            calls.append(now)
    assert _within(calls, APPENDS)


@given(st.integers(1, 30), st.floats(0, 100))
def test_after_the_wait_that_was_said_the_calls_may_be_made(count: int, start: float) -> None:
    bucket = Bucket(APPENDS, start)
    while bucket.take(start):
        pass
    then = start + bucket.ready(start, min(count, APPENDS.burst)) + 1e-6
    assert all(bucket.take(then) for _ in range(min(count, APPENDS.burst)))


def test_a_refusal_is_heeded_and_then_calls_begin_slowly() -> None:
    bucket = Bucket(APPENDS, 0.0)
    bucket.refused(1.0, 30.0)
    assert bucket.ready(1.0) == pytest.approx(30.0)
    assert not bucket.take(30.9)
    assert bucket.take(31.1)
    assert not bucket.take(31.1)


def test_what_headers_say_is_heeded() -> None:
    bucket = Bucket(APPENDS, 0.0)
    bucket.told(0.0, 2, 5.0)
    assert [bucket.take(0.0) for _ in range(3)] == [True, True, False]
    bucket.told(0.0, 0, 5.0)
    assert bucket.ready(0.0) >= 5.0


@pytest.mark.parametrize("burst", [0, 100])
def test_a_budget_without_a_burst_or_a_rate_is_a_mistake(burst: int) -> None:
    with pytest.raises(ValueError, match="at least one"):
        Bucket(Budget(calls=100, burst=burst), 0.0)


def test_the_first_sign_is_shown_at_once_and_the_next_after_its_time() -> None:
    pacer = _pacer()
    assert pacer.open("a", 0.0)
    assert pacer.show("a", 1, 0.0) == 0
    assert pacer.show("a", 1, 0.5) == pytest.approx(2.5)
    assert pacer.show("a", 400, 0.5) == pytest.approx(0.5)
    assert pacer.show("a", 400, 1.0) == 0


def test_a_first_sign_goes_before_those_that_wait_and_they_in_their_order() -> None:
    pacer = _pacer()
    names = [f"c{at}" for at in range(20)]
    for name in [*names, "new"]:
        assert pacer.open(name, 0.0)
    for at, name in enumerate(names):
        assert pacer.show(name, 1, at / 1_000) == 0
    waits = {name: pacer.show(name, 900, 1.1) for name in names}
    assert waits["c0"] == 0
    assert waits["c1"] < waits["c2"] < waits["c19"]
    assert pacer.show("new", 1, 1.2) < waits["c2"]


def test_where_each_would_show_too_seldom_one_post_at_the_end_is_better() -> None:
    pacer = _pacer(Pace(worth=6.0))
    assert [pacer.open(at, 0.0) for at in range(10)] == [True] * 8 + [False] * 2
    assert pacer.close(0, 0.0) == 0
    assert pacer.open(10, 0.0)


def test_streams_begin_within_their_own_budget() -> None:
    pacer = Pacer(opening=STARTS, showing=APPENDS, closing=STARTS, now=0.0)
    assert sum(pacer.open(at, 0.0) for at in range(30)) == STARTS.burst
    assert [pacer.close(at, 0.0) > 0 for at in range(11)] == [False] * 10 + [True]


def test_somebody_who_asked_and_never_came_back_holds_nobody_up() -> None:
    pacer = _pacer()
    for at in range(22):
        pacer.open(at, 0.0)
    for at in range(20):
        pacer.show(at, 1, 0.0)
    assert pacer.show(20, 1, 0.0) > 0
    assert pacer.showing.ready(1.0) == 0
    assert pacer.show(0, 900, 1.0) > 0
    while pacer.showing.take(2.9):
        pass
    one = 2.9 + pacer.showing.ready(2.9) + 1e-6
    assert pacer.show(0, 900, one) == 0


@settings(max_examples=20)
@given(st.integers(1, 30), st.integers(0, 800), st.integers(3, 12))
def test_thirty_conversations_at_once_all_finish_fairly(count: int, characters: int, flushes: int) -> None:
    pacer = _pacer()
    calls: list[float] = []
    shown = dict.fromkeys(range(count), 0)
    last = dict.fromkeys(range(count), 0.0)
    longest = 0.0
    waiting = [(0.0, name) for name in shown if pacer.open(name, 0.0)]
    while waiting:
        now, name = heapq.heappop(waiting)
        wait = pacer.show(name, characters, now)
        if wait == 0:
            calls.append(now)
            longest, last[name] = max(longest, now - last[name]), now
            shown[name] += 1
        if shown[name] < flushes:
            heapq.heappush(waiting, (now + max(wait, 0.001), name))
    assert set(shown.values()) == {flushes}
    assert _within(calls, APPENDS)
    assert longest <= 3.0 + 2 * count / APPENDS.rate


class AWorkspace(RuleBasedStateMachine):
    """Conversations that come, show and go as they like; the pacer holds the budgets whatever they do."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0
        self.pacer = Pacer(opening=STARTS, showing=APPENDS, closing=STARTS, now=0.0)
        self.open: set[int] = set()
        self.calls: list[float] = []
        self.starts: list[float] = []

    @rule(seconds=st.floats(0, 20))
    def time_passes(self, seconds: float) -> None:
        self.now += seconds

    @rule(name=st.integers(0, 40))
    def one_begins(self, name: int) -> None:
        if name not in self.open and self.pacer.open(name, self.now):
            self.open.add(name)
            self.starts.append(self.now)

    @precondition(lambda self: self.open)
    @rule(characters=st.integers(0, 900), times=st.integers(1, 4))
    def all_ask(self, characters: int, times: int) -> None:
        for name in sorted(self.open) * times:
            if self.pacer.show(name, characters, self.now) == 0:
                self.calls.append(self.now)

    @precondition(lambda self: self.open)
    @rule()
    def one_ends(self) -> None:
        self.pacer.close(self.open.pop(), self.now)

    @invariant()
    def no_budget_is_exceeded(self) -> None:
        assert _within(self.calls, APPENDS)
        assert _within(self.starts, STARTS)


TestAWorkspace = AWorkspace.TestCase
TestAWorkspace.settings = settings(max_examples=20, stateful_step_count=30)
