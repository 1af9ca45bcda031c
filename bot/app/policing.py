"""What every platform is given: what the bot does in which channel, and the time of day."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from adapters.policies import Policies
    from bot.settings import Settings


def policies_of(settings: Settings) -> Policies:
    """Give what the bot does in which channel."""
    from adapters.policies import Policies, Policy

    everywhere = Policy(answers=settings.everywhere.answers, files=settings.everywhere.files)
    return Policies(
        everywhere=everywhere,
        channels={
            one.channel: Policy(
                answers=one.answers or everywhere.answers, files=everywhere.files if one.files is None else one.files
            )
            for one in settings.channels
        },
    )


def now() -> datetime:
    """Give the time of day."""
    return datetime.now(UTC)
