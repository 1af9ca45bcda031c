"""Kills around every call to Discord: no question is lost, none is answered twice or before an earlier one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.crash.discording import Plan, campaign

if TYPE_CHECKING:
    from pathlib import Path

    from tests.crash.crowds import Seen
    from tests.doubles.postgres import Server

CALLS = (
    "POST /channels/{channel_id}/messages",
    "PATCH /channels/{channel_id}/messages/{message_id}",
    "POST /channels/{channel_id}/messages/{message_id}/threads",
    "POST /channels/{channel_id}/typing",
    "GET /channels/{channel_id}/messages",
)


def harms(seen: Seen) -> tuple[list[str], list[str], list[str]]:
    return seen.lost, seen.twice, seen.disordered


@pytest.mark.crash
@pytest.mark.parametrize("call", CALLS)
async def test_killed_around_a_call_nothing_is_lost_doubled_or_out_of_order(call: str, tmp_path: Path) -> None:
    points = [f"{when} {call}#{times}" for times in (1, 2, 4) for when in ("before", "after")]
    assert harms(await campaign(Plan(seed=1, questions=20, points=points), tmp_path)) == ([], [], [])


@pytest.mark.crash
@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_killed_at_random_nothing_is_lost_doubled_or_out_of_order(seed: int, tmp_path: Path) -> None:
    seen = await campaign(Plan(seed=seed, questions=60, channels=10, kills=12), tmp_path)
    assert seen.died >= 8
    assert harms(seen) == ([], [], [])


@pytest.mark.crash
async def test_bots_that_stand_still_for_longer_than_their_lease_say_nothing_twice(tmp_path: Path) -> None:
    seen = await campaign(Plan(seed=5, questions=100, channels=20, workers=2, pauses=12), tmp_path)
    assert seen.paused >= 8
    assert harms(seen) == ([], [], [])


@pytest.fixture
def shared(server: Server) -> str:
    return server.database()


@pytest.mark.crash
async def test_two_bots_on_one_server_that_are_killed_and_stand_still_lose_and_double_nothing(
    tmp_path: Path, shared: str
) -> None:
    plan = Plan(seed=6, questions=100, channels=20, workers=2, kills=6, pauses=6)
    seen = await campaign(plan, tmp_path, shared)
    assert seen.paused >= 4
    assert harms(seen) == ([], [], [])


async def test_one_kill_around_a_post_loses_nothing_and_doubles_nothing(tmp_path: Path) -> None:
    """The short form of the above."""
    points = [f"{when} {CALLS[0]}" for when in ("after", "before")]
    seen = await campaign(Plan(seed=1, questions=4, channels=2, points=points, listening=6.0), tmp_path)
    assert seen.died >= 1
    assert harms(seen) == ([], [], [])
