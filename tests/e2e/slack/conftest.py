from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.doubles.slack import Clock, Slack
from tests.doubles.slack_team import HANDBOOK, known, team

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from pathlib import Path

    from bot.settings import Settings
    from tests.doubles.slack_team import Team


@pytest.fixture
async def slack() -> AsyncGenerator[Slack]:
    async with Slack(clock=Clock(runs=True)) as slack:
        yield slack


@pytest.fixture
async def settings(slack: Slack, tmp_path: Path) -> Settings:
    return await known(tmp_path, slack, {frozenset({f"slack:{slack.home.id}"}): {"deploying.md": HANDBOOK}})


@pytest.fixture(params=["socket", "http"])
async def bot(slack: Slack, settings: Settings, request: pytest.FixtureRequest) -> AsyncGenerator[Team]:
    async with team(slack, settings, request.param) as bot:
        yield bot
    assert not slack.rates.violations
