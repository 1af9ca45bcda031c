"""How these tests ask: what is refused, and pieces of what is said."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pytest
from slack_sdk.errors import SlackApiError

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from tests.doubles.slack import Message, Slack, User

LABEL: Final = {"type": "plain_text", "text": "x"}


async def error(asked: Awaitable[object]) -> str:
    with pytest.raises(SlackApiError) as refused:
        await asked
    found: str = refused.value.response["error"]
    return found


def stream_to(slack: Slack, user: User, question: Message) -> dict[str, Any]:
    return {
        "channel": question.channel,
        "thread_ts": question.ts,
        "recipient_team_id": slack.home.id,
        "recipient_user_id": user.id,
    }


def section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}
