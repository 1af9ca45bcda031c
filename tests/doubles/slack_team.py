"""A whole bot in Slack's double."""

from __future__ import annotations

from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING, Literal

from bot.app.slack import platform
from bot.ops.http import application, listening
from bot.ops.readiness import Readiness
from bot.settings import Settings
from tests.doubles.whole_bot import ANSWER, HANDBOOK, QUESTION, Slowly, Team, at_work, taught

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping, Sequence
    from pathlib import Path

    from adapters.policies import Policies
    from knowledge.base import Principal
    from tests.doubles.slack import Message, Slack

__all__ = ["ANSWER", "HANDBOOK", "QUESTION", "Slowly", "Team", "Ticking", "Transport", "known", "team", "whole"]

Transport = Literal["socket", "http"]


class Ticking:
    """The double's clock as the adapter's: time passes for both alike."""

    def __init__(self, slack: Slack) -> None:
        self._clock = slack.clock

    def now(self) -> float:
        return self._clock.now()

    async def sleep(self, seconds: float, /) -> None:
        await self._clock.until(self._clock.now() + seconds)


async def known(home: Path, slack: Slack, documents: Mapping[frozenset[Principal], Mapping[str, str]]) -> Settings:
    """Sync documents by their readers, as a team does."""
    return await taught(settings_of(home, slack), documents)


def settings_of(home: Path, slack: Slack) -> Settings:
    return Settings.model_validate(
        {
            "home": home,
            "team": f"slack:{slack.home.id}",
            "embedder": "lite",
            "max_in_flight": 64,
            "drain_seconds": 5.0,
            "slack": {
                "bot_token": slack.token,
                "app_token": slack.app_token,
                "signing_secret": slack.signing_secret,
                "api_url": slack.api_url,
            },
        }
    )


@asynccontextmanager
async def team(
    slack: Slack,
    settings: Settings,
    transport: Transport = "socket",
    *,
    model: Slowly | None = None,
    policies: Policies | None = None,
) -> AsyncGenerator[Team]:
    """Serve Slack with what is known, until the body is left; answers under way have five seconds then."""
    gone = {"app_token": None} if transport == "http" else {"signing_secret": None}
    settings = settings.model_copy(update={"slack": settings.slack.model_copy(update=gone)})
    adapter = platform(settings, policies=policies, clock=Ticking(slack))
    async with AsyncExitStack() as opened:
        bot = await opened.enter_async_context(at_work(settings, adapter, model))
        readiness = Readiness()
        readiness.phase = "serving"
        served = application(readiness, list(bot.adapter.routes))
        port = await opened.enter_async_context(listening(served, "127.0.0.1", 0))
        if transport == "http":
            await slack.deliver_to(f"http://127.0.0.1:{port}/slack/events")
        else:
            await slack.until(lambda: slack.sockets.open, within=30)
        yield bot


def whole(answers: Sequence[Message]) -> bool:
    """Whether an answer stands that is not growing any more: its thumbs are there."""
    return any(button["action_id"] == "rate" for said in answers for button in said.buttons)
