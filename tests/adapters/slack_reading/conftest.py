"""Slack with a bot that looks things up there, in a workspace that it was given a token for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from adapters.policies import Policies
from adapters.slack.facts import Facts
from adapters.slack.reading import Reading
from tests.adapters.slack_reading.workspaces import OneWorkspace
from tests.doubles.slack import Slack

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from tests.doubles.slack import Channel, User


@pytest.fixture
async def slack() -> AsyncGenerator[Slack]:
    async with Slack() as slack:
        yield slack


@pytest.fixture
def workspaces(slack: Slack) -> OneWorkspace:
    return OneWorkspace(slack)


@pytest.fixture
def facts(workspaces: OneWorkspace) -> Facts:
    return Facts(workspaces, workspaces.clock)


@pytest.fixture
def anna(slack: Slack) -> User:
    return slack.person("Anna")


@pytest.fixture
def general(slack: Slack, anna: User) -> Channel:
    return slack.channel("general", anna)


@pytest.fixture
def reading(workspaces: OneWorkspace, facts: Facts) -> Reading:
    return Reading(workspaces, facts, Policies(), workspaces.clock, patience=30)
