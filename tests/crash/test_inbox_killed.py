"""No question is lost and none is answered twice, whoever is killed, paused or told to end, and whenever.

``--seed N`` makes another plan, or replays the one that a failure names.
"""

from __future__ import annotations

import asyncio
import signal
from typing import TYPE_CHECKING

import pytest

from tests.crash.campaign import Plan, campaign
from tests.crash.worker import POINTS

if TYPE_CHECKING:
    from pathlib import Path

    from tests.crash.campaign import Campaign, Happened
    from tests.doubles.postgres import Server

NOTHING = (frozenset[str](),) * 3
UNDER_LOAD = tuple(point for point in POINTS if point != "migration")


@pytest.fixture
def seed(request: pytest.FixtureRequest) -> int:
    """The seed of this run's plans."""
    return int(request.config.getoption("--seed"))


async def happened(plan: Plan, where: Path | str) -> Happened:
    async with campaign(plan, str(where)) as running:
        return await running.run()


def assert_good(plan: Plan, came: Happened) -> None:
    """Nothing lost, nothing twice, nothing out of order, and everybody died where they were told to."""
    assert (str(came.judged), plan) == ("lost 0, short 0, visible twice 0, out of order 0", plan)
    assert sorted(came.died) == sorted(plan.points), plan


# --- a short form, in every run of the tests


@pytest.mark.parametrize("keys", [True, False], ids=["keys", "look-up"])
async def test_a_few_deaths_lose_nothing_and_repeat_nothing(where: Path | str, seed: int, *, keys: bool) -> None:
    points = ("claim", "post accepted") if keys else ("insert", "intent")
    plan = Plan(seed=seed, questions=60, conversations=12, kills=1, points=points, keys=keys, lease=1.0)
    assert_good(plan, await happened(plan, where))


async def test_a_death_while_the_tables_are_made_leaves_them_to_the_next_start(
    tmp_path: Path, server: Server, seed: int
) -> None:
    plan = Plan(seed=seed, questions=10, conversations=5, kills=0, points=("migration",) * 2, lease=1.0)
    for where in (tmp_path / "fresh.db", await asyncio.to_thread(server.empty)):
        assert_good(plan, await happened(plan, where))


# --- make crash


@pytest.mark.crash
@pytest.mark.parametrize("keys", [True, False], ids=["keys", "look-up"])
async def test_twenty_deaths_at_random_and_one_at_each_point_lose_and_repeat_nothing(
    where: Path | str, seed: int, *, keys: bool
) -> None:
    plan = Plan(seed=seed, points=UNDER_LOAD, keys=keys)
    assert_good(plan, await happened(plan, where))


@pytest.mark.crash
async def test_four_workers_of_whom_some_die_and_some_stand_still_lose_and_repeat_nothing(
    server: Server, seed: int
) -> None:
    where = await asyncio.to_thread(server.database)
    plan = Plan(seed=seed, workers=4, pauses=20, points=UNDER_LOAD, keys=True)
    came = await happened(plan, where)
    assert (came.judged.lost, came.judged.twice, came.judged.disordered) == NOTHING, plan
    assert len(came.judged.short) <= 1, plan


@pytest.mark.crash
async def test_a_platform_without_keys_shows_one_in_a_thousand_twice_at_most(server: Server, seed: int) -> None:
    where = await asyncio.to_thread(server.database)
    plan = Plan(seed=seed, workers=4, pauses=20, points=UNDER_LOAD, keys=False)
    judged = (await happened(plan, where)).judged
    assert (judged.lost, judged.disordered) == NOTHING[:2], plan
    assert len(judged.twice) <= 1, plan
    assert len(judged.short) <= 1, plan


@pytest.mark.crash
@pytest.mark.parametrize("keys", [True, False], ids=["keys", "look-up"])
async def test_a_platform_that_dies_itself_gets_each_answer_once(where: Path | str, seed: int, *, keys: bool) -> None:
    plan = Plan(seed=seed, questions=300, kills=2, sink_kills=5, keys=keys)
    assert_good(plan, await happened(plan, where))


@pytest.mark.crash
async def test_told_to_end_ten_times_under_load_it_does_in_time_and_loses_nothing(where: Path | str, seed: int) -> None:
    plan = Plan(seed=seed, questions=500, kills=0, ends=10, pause=1.0, conversations=50, rate=0.5)
    came = await happened(plan, where)
    assert_good(plan, came)
    assert len(came.ended) == 10
    assert max(came.ended) < 30


@pytest.mark.crash
async def test_a_server_that_restarts_three_times_under_load_loses_nothing(server: Server, seed: int) -> None:
    where = await asyncio.to_thread(server.database)
    plan = Plan(seed=seed, questions=600, workers=2, kills=0, rate=0.3, keys=True)

    async with campaign(plan, where) as running:
        came = await running.run(lambda: _restarts(server, running, plan))
    assert_good(plan, came)


async def _restarts(server: Server, running: Campaign, plan: Plan) -> None:
    """Crash it, end it, and crash it again, each for a second."""
    for time, how in enumerate((signal.SIGQUIT, signal.SIGINT, signal.SIGQUIT), 1):
        while running.lines() < plan.questions * time:
            await asyncio.sleep(0.05)
        await asyncio.to_thread(server.stop, how)
        await asyncio.sleep(1.0)
        await asyncio.to_thread(server.start)


# --- the campaign finds what is wrong: each fault is planted, and seen


@pytest.mark.crash
async def test_the_campaign_finds_an_acknowledgement_that_comes_too_early(tmp_path: Path, seed: int) -> None:
    points = ("insert",) * 5
    plan = Plan(seed=seed, questions=200, kills=0, points=points, fault="early acknowledgement", lease=1.0)
    assert (await happened(plan, tmp_path / "footnote.db")).judged.lost


@pytest.mark.crash
async def test_the_campaign_finds_that_nobody_looked(tmp_path: Path, seed: int) -> None:
    points = ("post accepted",) * 8
    plan = Plan(seed=seed, questions=200, kills=0, points=points, fault="no look-up", lease=1.0)
    assert (await happened(plan, tmp_path / "footnote.db")).judged.twice


@pytest.mark.crash
async def test_the_campaign_finds_a_missing_fence(server: Server, seed: int) -> None:
    where = await asyncio.to_thread(server.database)
    plan = Plan(seed=seed, questions=400, workers=4, kills=0, pauses=15, fault="no fence", lease=1.0, pause=0.3)
    judged = (await happened(plan, where)).judged
    assert judged.twice | judged.disordered | judged.short
