"""Kills around every call to Slack: no question is lost, none is answered twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.crash.slacking import Plan, campaign

if TYPE_CHECKING:
    from pathlib import Path

    from tests.doubles.postgres import Server

METHODS = (
    "auth.test",
    "agents.sessions.setStatus",
    "assistant.threads.setStatus",
    "chat.startStream",
    "chat.appendStream",
    "chat.stopStream",
    "chat.postMessage",
    "chat.update",
    "conversations.replies",
)


@pytest.mark.crash
@pytest.mark.parametrize("method", METHODS)
async def test_killed_around_a_call_nothing_is_lost_or_doubled(method: str, tmp_path: Path) -> None:
    points = [f"{when} {method}#{times}" for times in (1, 2, 4) for when in ("before", "after")]
    seen = await campaign(Plan(seed=1, questions=20, points=points), tmp_path)
    assert (seen.lost, seen.twice) == ([], [])


@pytest.mark.crash
@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_killed_at_random_nothing_is_lost_or_doubled(seed: int, tmp_path: Path) -> None:
    seen = await campaign(Plan(seed=seed, questions=60, channels=10, kills=12), tmp_path)
    assert seen.died >= 8
    assert (seen.lost, seen.twice) == ([], [])


@pytest.mark.crash
async def test_bots_that_stand_still_for_longer_than_their_lease_say_next_to_nothing_twice(tmp_path: Path) -> None:
    seen = await campaign(Plan(seed=5, questions=100, channels=20, workers=2, pauses=12), tmp_path)
    assert seen.paused >= 8
    assert seen.lost == []
    assert len(seen.twice) <= 1


@pytest.fixture
def shared(server: Server) -> str:
    return server.database()


@pytest.mark.crash
async def test_two_bots_on_one_server_that_are_killed_and_stand_still_lose_and_double_next_to_nothing(
    tmp_path: Path, shared: str
) -> None:
    plan = Plan(seed=6, questions=100, channels=20, workers=2, kills=6, pauses=6)
    seen = await campaign(plan, tmp_path, shared)
    assert seen.paused >= 4
    assert seen.lost == []
    assert len(seen.twice) <= 1


async def test_one_kill_around_a_post_loses_nothing_and_doubles_nothing(tmp_path: Path) -> None:
    """The short form of the above; an answer is posted where it was whole before it was shown, else streamed."""
    points = ["after chat.postMessage|after chat.startStream", "before chat.postMessage|before chat.startStream"]
    seen = await campaign(Plan(seed=1, questions=4, channels=2, points=points), tmp_path)
    assert seen.died >= 1
    assert (seen.lost, seen.twice) == ([], [])
