from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from bot.money.base import Rate
from bot.money.windows import Windows
from tests.contracts.rates import ANN, MINUTE, RatesContract, ask, fill, refusal
from tests.doubles.rates import Clock, Model

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bot.money.base import Rates

DAY = 86_400


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def forward(clock: Clock) -> Callable[[float], None]:
    return clock.forward


class TestWindows(RatesContract):
    @pytest.fixture
    def rates(self, clock: Clock) -> Rates:
        return Windows(clock)


async def test_after_exactly_the_wait_there_is_room(clock: Clock) -> None:
    windows = Windows(clock)
    await fill(windows, 3)
    clock.forward(0.123_456)
    found = await refusal(windows, 1)
    clock.forward(found.wait - 0.000_001)
    assert await ask(windows, 2) is not None
    clock.forward(0.000_001)
    assert await ask(windows, 2) is None


async def test_who_asks_nothing_for_a_day_is_forgotten(clock: Clock) -> None:
    windows = Windows(clock)
    for number in range(1_000):
        await windows.admit(f"slack:T1:person:U{number}", "q", MINUTE)
    clock.forward(DAY - 1)
    await windows.admit(ANN, "q", MINUTE)
    assert len(windows) == 1_000
    clock.forward(1)
    for number in range(300):
        await windows.admit(ANN, f"q{number}", MINUTE)
    assert len(windows) == 1


async def test_a_question_that_was_admitted_elsewhere_counts_and_is_known(clock: Clock) -> None:
    windows = Windows(clock)
    for name in ("qa", "qb", "qb", "qc"):
        windows.note(ANN, name)
    assert await ask(windows, "b") is None
    assert (await refusal(windows, "d")).first
    clock.forward(DAY)
    windows.note(ANN, "qa")
    await fill(windows, 2)
    assert await ask(windows, "d") is not None


async def test_without_a_clock_it_takes_the_machine_s() -> None:
    windows = Windows()
    await fill(windows, 3)
    assert 0 < (await refusal(windows, 1)).wait <= 60


LIMITS = st.lists(
    st.builds(Rate, most=st.integers(0, 4), seconds=st.sampled_from([1, 60, 3_600, DAY])), min_size=0, max_size=3
)


class SameAsTheModel(RuleBasedStateMachine):
    """Whatever is asked, whenever and under whatever limits: the windows say what the list of all tries says."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = Clock()
        self.windows = Windows(self.clock)
        self.model = Model()
        self.people: set[str] = set()

    @rule(person=st.sampled_from("AB"), question=st.integers(0, 12), limits=LIMITS)
    def ask(self, person: str, question: int, limits: Sequence[Rate]) -> None:
        found = asyncio.run(self.windows.admit(person, str(question), limits))
        assert found == self.model.admit(person, str(question), limits, self.clock.now)
        self.people.add(person)
        assert len(self.windows) <= len(self.people)

    @rule(seconds=st.sampled_from([0.000_001, 0.5, 1, 59.5, 60, 600, 3_600, DAY - 0.000_001, DAY]))
    def wait(self, seconds: float) -> None:
        self.clock.forward(seconds)


SameAsTheModel.TestCase.settings = settings(max_examples=150, stateful_step_count=60)
TestSameAsTheModel = SameAsTheModel.TestCase
