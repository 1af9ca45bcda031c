"""Slack with somebody in a channel, and the SDK's client; nothing here tries again by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from tests.doubles.slack import Slack

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from tests.doubles.slack import Channel, Message, User


@pytest.fixture
async def slack() -> AsyncGenerator[Slack]:
    async with Slack() as slack:
        yield slack


@pytest.fixture
def client(slack: Slack) -> AsyncWebClient:
    return AsyncWebClient(slack.token, base_url=slack.api_url, retry_handlers=[])


@pytest.fixture
def anna(slack: Slack) -> User:
    return slack.person("Anna")


@pytest.fixture
def general(slack: Slack, anna: User) -> Channel:
    return slack.channel("general", anna)


@pytest.fixture
async def question(slack: Slack, anna: User, general: Channel) -> Message:
    return slack.says(anna, general, f"{slack.mention} how long?")
