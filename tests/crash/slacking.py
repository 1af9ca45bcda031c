"""People in Slack's double whose bots are killed or paused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.crash.crowds import Crowd, Plan, Seen, harmed
from tests.doubles.slack import Clock, Slack

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tests.doubles.slack import Channel, Message

__all__ = ["Plan", "campaign"]


class _Crowd(Crowd):
    def __init__(self, slack: Slack, plan: Plan) -> None:
        self.told = {
            "team": f"slack:{slack.home.id}",
            "slack": {"bot_token": slack.token, "app_token": slack.app_token, "api_url": slack.api_url},
        }
        self._slack = slack
        self._anna = slack.person("Anna")
        self._channels = [slack.channel(f"c{number}", self._anna) for number in range(plan.channels)]
        self._asked: list[tuple[Channel, Message]] = []

    async def ready(self) -> None:
        await self._slack.until(lambda: self._slack.sockets.open, within=60)

    def ask(self, number: int) -> None:
        channel = self._channels[number % len(self._channels)]
        self._asked.append((channel, self._slack.says(self._anna, channel, f"{self._slack.mention} Answer {number}:")))

    def text(self, number: int) -> str:
        return "\n".join(said.shown for said in self._slack.answers(*self._asked[number]))

    def finished(self, number: int) -> bool:
        answers = self._slack.answers(*self._asked[number])
        return any(button["action_id"] == "rate" for said in answers for button in said.buttons)

    def order(self) -> Sequence[str]:
        return ()  # each mention is a thread of its own

    def passes(self) -> None:
        self._slack.clock.move(5)


async def campaign(plan: Plan, folder: Path, database_url: str | None = None) -> Seen:
    """Run a plan to its end."""
    async with Slack(clock=Clock(runs=True)) as slack:
        slack.rates.enforced = False
        return await harmed(plan, _Crowd(slack, plan), folder, database_url)
