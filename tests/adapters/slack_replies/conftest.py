"""A stage on Slack's double."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.doubles.slack import Slack
from tests.doubles.slack_stage import Stage

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator


@pytest.fixture
async def stage() -> AsyncGenerator[Stage]:
    async with Slack() as slack:
        yield Stage(slack)
