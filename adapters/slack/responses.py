"""Where Slack takes answers to a slash command, for half an hour: they show for its asker alone, member or not."""

from __future__ import annotations

import json
from collections import OrderedDict
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from aiohttp import ClientError
from slack_sdk.errors import SlackClientError
from slack_sdk.webhook.async_client import AsyncWebhookClient

if TYPE_CHECKING:
    from collections.abc import Sequence

    from adapters.clock import Clock
    from adapters.slack.contents import Arguments, Content

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


async def respond(url: str, api: str, contents: Sequence[Content]) -> int:
    """Say this where ``url`` takes it, and give how much was taken; ``api`` is the address of Slack's API."""
    if not _slacks(url, api) or len(contents) > _POSTS:
        return 0
    client = AsyncWebhookClient(url, timeout=_PATIENCE, retry_handlers=[])
    for taken, content in enumerate(contents):
        if not await _took(client, content.arguments()):
            return taken
    return len(contents)


async def _took(client: AsyncWebhookClient, said: Arguments) -> bool:
    try:
        answer = await client.send_dict({"response_type": "ephemeral", "replace_original": False, **said})
    except (ClientError, SlackClientError, OSError, TimeoutError, ValueError):
        return False
    return 200 <= answer.status_code < 300 and not _refusing(answer.body)  # noqa: PLR2004 - what HTTP calls success


def _refusing(body: str) -> bool:
    """Whether an answer says that nothing was done; most are the word "ok", some are JSON, some are empty."""
    try:
        found: object = json.loads(body)
    except ValueError:
        return False
    return isinstance(found, dict) and found.get("ok") is False


async def say(url: str, api: str, said: Arguments) -> bool:
    """Say one thing where ``url`` takes it, and whether Slack took it."""
    return _slacks(url, api) and await _took(AsyncWebhookClient(url, timeout=_PATIENCE, retry_handlers=[]), said)


def _slacks(url: str, api: str) -> bool:
    """Whether an address is one of Slack's, or of the server that speaks as Slack does."""
    try:
        asked, ours = urlsplit(url), urlsplit(api)
    except ValueError:
        return False
    if (asked.scheme, asked.netloc) == (ours.scheme, ours.netloc):
        return True
    return asked.scheme == "https" and asked.netloc in _SLACKS
