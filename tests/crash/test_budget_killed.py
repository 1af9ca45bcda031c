"""Not a millionth of a dollar over the budget, whoever is killed or paused between reserving and settling.

``--seed N`` makes another plan, or replays the one that a failure names.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from tests.crash.spender import POINTS
from tests.crash.spending import Run, Spending
from tests.crash.spending_limits import BUDGET

if TYPE_CHECKING:
    from pathlib import Path

    from tests.crash.spending import Spent
    from tests.doubles.postgres import Server

ROUNDS = 10


@pytest.fixture
def seed(request: pytest.FixtureRequest) -> int:
    """The seed of this run's plans."""
    return int(request.config.getoption("--seed"))


def assert_kept(plan: Spending, spent: Spent) -> None:
    """Nothing overspent by the model's own count, nothing open, and all but a tenth usable before a refusal."""
    assert (max(0, spent.served - BUDGET), max(0, spent.booked - BUDGET), plan) == (0, 0, plan)
    assert (spent.open, spent.reserved, plan) == (0, 0, plan)
    assert spent.served <= spent.booked, plan
    assert len(spent.done | spent.refused.keys()) == plan.questions, plan
    assert min(spent.refused.values()) >= 0.9 * BUDGET, plan
    if plan.engine:  # a worker that starts late may find the money spent before it reaches its point
        assert len(spent.died) + spent.harmed >= 3, plan
    else:
        assert sorted(spent.died) == sorted(plan.points), plan


# --- a short form, in every run of the tests


async def test_a_budget_is_kept_whoever_dies_on_the_way(where: Path | str, seed: int) -> None:
    plan = Spending(seed=seed, workers=2, kills=1, pauses=0, points=("reserved", "answered"))
    assert_kept(plan, await Run(plan, str(where)).run())


# --- make crash


@pytest.mark.crash
@pytest.mark.parametrize("number", range(ROUNDS))
async def test_two_hundred_questions_by_four_processes_keep_a_budget_of_five_dollars(
    where: Path | str, seed: int, number: int
) -> None:
    plan = Spending(seed=seed + number, points=POINTS)
    assert_kept(plan, await Run(plan, str(where)).run())


@pytest.mark.crash
@pytest.mark.parametrize("number", range(ROUNDS))
async def test_the_whole_engine_keeps_it_too(where: Path | str, seed: int, number: int) -> None:
    plan = Spending(seed=seed + number, points=("reserved", "answered", "settled"), latest=2, engine=True)
    assert_kept(plan, await Run(plan, str(where)).run())


@pytest.mark.crash
async def test_the_campaign_finds_a_ledger_that_looks_first_and_adds_later(server: Server, seed: int) -> None:
    plan = Spending(seed=seed, kills=0, pauses=0, points=(), careless=True)
    assert (await Run(plan, await asyncio.to_thread(server.database)).run()).served > BUDGET
