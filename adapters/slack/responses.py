"""Where Slack takes answers to a slash command, for half an hour: they show for its asker alone, member or not."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from aiohttp import ClientError
from slack_sdk.errors import SlackClientError
from slack_sdk.webhook.async_client import AsyncWebhookClient

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from adapters.slack.clock import Clock
    from adapters.slack.contents import Content

_KEPT: Final = 1_000
_GOOD: Final = 1_500.0
"""Seconds for which an address is used; Slack takes it for 1,800."""
_POSTS: Final = 4
"""Posts that an address takes, with one to spare for the acknowledgement."""
_PATIENCE: Final = 10
_SLACKS: Final = frozenset({"hooks.slack.com", "hooks.slack-gov.com"})


class Responses:
    """Remembers addresses by question, in memory: they are good for nothing after a restart."""

    def __init__(self, clock: Clock) -> None:
        """Know none."""
        self._clock = clock
        self._known: OrderedDict[str, tuple[str, float]] = OrderedDict()

    def remember(self, question: str, url: str) -> None:
        """Keep an address, and forget the oldest of too many."""
        self._known[question] = (url, self._clock.now() + _GOOD)
        while len(self._known) > _KEPT:
            self._known.popitem(last=False)

    def take(self, question: str) -> str | None:
        """Give a question's address, once."""
        url, until = self._known.pop(question, ("", 0.0))
        return url if url and self._clock.now() < until else None


async def respond(url: str, api: str, contents: Sequence[Content]) -> bool:
    """Say this where ``url`` takes it, and whether Slack took all; ``api`` is the address of Slack's API."""
    if not _slacks(url, api) or not 0 < len(contents) <= _POSTS:
        return False
    for content in contents:
        if not await say(url, api, {"response_type": "ephemeral", "replace_original": False, **content.arguments()}):
            return False
    return True


async def say(url: str, api: str, said: Mapping[str, object]) -> bool:
    """Say one thing where ``url`` takes it, and whether Slack took it."""
    if not _slacks(url, api):
        return False
    client = AsyncWebhookClient(url, timeout=_PATIENCE, retry_handlers=[])
    try:
        answer = await client.send_dict(dict(said))
    except (ClientError, SlackClientError, OSError, TimeoutError, ValueError):
        return False
    return answer.status_code == 200 and answer.body == "ok"  # noqa: PLR2004 - what HTTP calls it


def _slacks(url: str, api: str) -> bool:
    """Whether an address is one of Slack's, or of the server that speaks as Slack does."""
    try:
        asked, ours = urlsplit(url), urlsplit(api)
    except ValueError:
        return False
    if (asked.scheme, asked.netloc) == (ours.scheme, ours.netloc):
        return True
    return asked.scheme == "https" and asked.netloc in _SLACKS
