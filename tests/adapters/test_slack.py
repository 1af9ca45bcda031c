"""Slack's adapter, whole, keeps to what every adapter does."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from adapters.base import Place
from bot.app.slack import platform
from bot.settings import Settings
from tests.contracts.adapter import AdapterContract
from tests.doubles.adapters import MARY
from tests.doubles.slack import Clock, Slack
from tests.doubles.slack_team import Ticking

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from pathlib import Path

    from adapters.base import Adapter, Desk


class TestSlack(AdapterContract):
    @pytest.fixture(autouse=True)
    async def _slack(self, tmp_path: Path) -> AsyncGenerator[None]:
        async with Slack(clock=Clock(runs=True)) as slack:
            self.slack = slack
            self.mary = slack.person("Mary")
            del slack.state.users[self.mary.id]
            self.mary.id = MARY.id
            slack.state.users[MARY.id] = self.mary
            self.general = slack.channel("general", self.mary)
            self.root = slack.says(self.mary, self.general, "What now?")
            slack.misbehave(
                "unknown_method", "conversations.history"
            )  # what is looked back at has come as an event too
            self.home = tmp_path
            yield

    def adapter(self) -> Adapter:
        given = {"bot_token": self.slack.token, "app_token": self.slack.app_token, "api_url": self.slack.api_url}
        settings = Settings.model_validate({"home": self.home, "slack": given})
        made = platform(settings, clock=Ticking(self.slack))
        run = made.run

        async def once(desk: Desk, /) -> None:
            """Take in until Mary's direct message was."""
            running = asyncio.get_running_loop().create_task(run(desk))
            await self.slack.until(lambda: self.slack.sockets.open)
            self.slack.says(self.mary, self.slack.direct(self.mary), "How long?")
            await self.slack.heard(self.slack.sent[-1])
            running.cancel()
            with suppress(asyncio.CancelledError):
                await running

        made.run = once  # type: ignore[method-assign]
        return made

    def shown(self) -> str:
        return "\n".join(said.shown for each in self.slack.state.channels.values() for said in each.messages.values())

    def place(self) -> Place:
        team = f"slack:{self.slack.home.id}"
        return Place(platform="slack", workspace=team, channel=self.general.id, thread=self.root.ts)
