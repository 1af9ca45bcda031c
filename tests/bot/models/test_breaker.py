from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, multiple, rule

from bot.models.breaker import Breaker

if TYPE_CHECKING:
    from bot.models.breaker import Outcome, Permit, State


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def said() -> list[State]:
    return []


@pytest.fixture
def breaker(clock: Clock, said: list[State]) -> Breaker:
    return Breaker(clock, changed=said.append)


def end(breaker: Breaker, outcome: Outcome, times: int = 1) -> None:
    for _ in range(times):
        permit = breaker.admit()
        assert permit is not None
        getattr(permit, outcome)()


def opened(breaker: Breaker) -> None:
    end(breaker, "failed", 5)
    assert breaker.state == "open"


def test_five_failures_in_a_row_open_it(breaker: Breaker, said: list[State]) -> None:
    end(breaker, "failed", 4)
    assert (breaker.state, said) == ("closed", [])
    end(breaker, "failed")
    assert (breaker.state, breaker.wait, breaker.admit(), said) == ("open", 30.0, None, ["open"])


def test_a_success_between_failures_begins_the_count_anew(breaker: Breaker) -> None:
    end(breaker, "failed", 4)
    end(breaker, "succeeded")
    end(breaker, "failed", 4)
    assert breaker.state == "closed"


def test_an_abandoned_try_counts_as_neither(breaker: Breaker) -> None:
    end(breaker, "failed", 4)
    end(breaker, "abandoned", 3)
    end(breaker, "failed")
    assert breaker.state == "open"


def test_after_its_rest_one_try_at_a_time_is_let_through(breaker: Breaker, clock: Clock) -> None:
    opened(breaker)
    clock.now += 29.9
    assert breaker.admit() is None
    clock.now += 0.1
    first = breaker.admit()
    assert first is not None
    assert (breaker.state, breaker.wait, breaker.admit()) == ("half-open", 0.0, None)
    first.succeeded()
    assert breaker.admit() is not None


def test_three_successes_in_a_row_close_it(breaker: Breaker, clock: Clock, said: list[State]) -> None:
    opened(breaker)
    clock.now += 30
    end(breaker, "succeeded", 2)
    assert breaker.state == "half-open"
    end(breaker, "succeeded")
    assert (breaker.state, said) == ("closed", ["open", "closed"])


def test_a_failure_while_half_open_opens_it_again_and_is_no_news(
    breaker: Breaker, clock: Clock, said: list[State]
) -> None:
    opened(breaker)
    clock.now += 30
    end(breaker, "succeeded", 2)
    end(breaker, "failed")
    assert (breaker.state, breaker.wait, said) == ("open", 30.0, ["open"])
    clock.now += 30
    end(breaker, "succeeded", 2)
    assert breaker.state == "half-open"


def test_an_abandoned_try_makes_room_for_the_next(breaker: Breaker, clock: Clock) -> None:
    opened(breaker)
    clock.now += 30
    end(breaker, "abandoned", 2)
    assert breaker.state == "half-open"
    assert breaker.admit() is not None


def test_what_began_before_it_opened_says_nothing_any_more(breaker: Breaker, clock: Clock) -> None:
    early = [breaker.admit() for _ in range(3)]
    opened(breaker)
    clock.now += 30
    probe = breaker.admit()
    for permit, outcome in zip(early, ("failed", "succeeded", "abandoned"), strict=True):
        assert permit is not None
        getattr(permit, outcome)()
    assert (breaker.state, breaker.admit()) == ("half-open", None)
    assert probe is not None


def test_a_permit_speaks_once(breaker: Breaker) -> None:
    permit = breaker.admit()
    assert permit is not None
    for _ in range(5):
        permit.failed()
    end(breaker, "failed", 3)
    assert breaker.state == "closed"
    opens = breaker.admit()
    assert opens is not None
    opens.failed()
    assert breaker.admit() is None


def test_a_block_that_says_nothing_abandons_its_try(breaker: Breaker, clock: Clock) -> None:
    opened(breaker)
    clock.now += 30
    permit = breaker.admit()
    assert permit is not None
    with pytest.raises(KeyError), permit:
        raise KeyError
    assert breaker.admit() is not None


def test_a_block_keeps_what_it_said(breaker: Breaker) -> None:
    end(breaker, "failed", 4)
    permit = breaker.admit()
    assert permit is not None
    with permit:
        permit.failed()
    assert breaker.state == "open"


class Machine(RuleBasedStateMachine):
    """A breaker against the plainest model: the list of all that counted since the last change, read anew each time."""

    permits = Bundle("permits")
    FAILURES, REST, SUCCESSES = 3, 10, 2

    def __init__(self) -> None:
        super().__init__()
        self.clock = Clock()
        self.said: list[State] = []
        self.breaker = Breaker(
            self.clock, failures=self.FAILURES, rest=self.REST, successes=self.SUCCESSES, changed=self.said.append
        )
        self.counted: list[Outcome] = []
        self.opened_at: float | None = None
        self.valid: set[int] = set()
        self.news: list[State] = []
        self.forgotten: list[Permit] = []
        """Kept, so that no other permit gets the identity of one of these."""

    @property
    def state(self) -> State:
        if self.opened_at is None:
            return "closed"
        return "open" if self.clock.now < self.opened_at + self.REST else "half-open"

    @rule(target=permits)
    def admit(self) -> object:
        expected = self.state == "closed" or (self.state == "half-open" and not self.valid)
        permit = self.breaker.admit()
        assert (permit is not None) == expected
        if permit is None:
            return multiple()
        self.valid.add(id(permit))
        return permit

    @rule(permit=permits, outcome=st.sampled_from(["succeeded", "failed", "abandoned"]))
    def end(self, permit: Permit, outcome: Outcome) -> None:
        getattr(permit, outcome)()
        if id(permit) not in self.valid:
            return
        self.valid.discard(id(permit))
        if outcome == "abandoned":
            return
        self.counted.append(outcome)
        if self.opened_at is None and self.counted[-self.FAILURES :] == ["failed"] * self.FAILURES:
            self.change(self.clock.now)
            self.news.append("open")
        elif self.opened_at is not None and outcome == "failed":
            self.change(self.clock.now)
        elif self.opened_at is not None and len(self.counted) == self.SUCCESSES:
            self.change(None)
            self.news.append("closed")

    @rule(permit=consumes(permits))
    def forget(self, permit: Permit) -> None:
        with permit:
            pass
        self.valid.discard(id(permit))
        self.forgotten.append(permit)

    @rule(seconds=st.sampled_from([0.5, 5.0, 9.5, 10.0, 30.0]))
    def wait(self, seconds: float) -> None:
        self.clock.now += seconds

    @invariant()
    def both_say_the_same(self) -> None:
        assert self.breaker.state == self.state
        assert self.said == self.news
        assert (self.breaker.wait > 0) == (self.state == "open")

    def change(self, opened_at: float | None) -> None:
        self.opened_at = opened_at
        self.counted.clear()
        self.valid.clear()


TestMachine = Machine.TestCase
