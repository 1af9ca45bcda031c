"""Slack with somebody in a channel, and both ways in which it tells an app of what happens."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.doubles.slack import Slack

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from tests.doubles.slack import Channel, User


@pytest.fixture
async def slack() -> AsyncGenerator[Slack]:
    async with Slack() as slack:
        yield slack


@pytest.fixture(params=["sockets", "signed"])
def transport(request: pytest.FixtureRequest) -> str:
    found: str = request.param
    return found


@pytest.fixture
def anna(slack: Slack) -> User:
    return slack.person("Anna")


@pytest.fixture
def general(slack: Slack, anna: User) -> Channel:
    return slack.channel("general", anna)
