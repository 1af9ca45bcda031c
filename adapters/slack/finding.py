"""One look through a workspace for what was said there lately, where it is likeliest first, within Slack's budget."""

from __future__ import annotations

from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

import structlog

from adapters.pacing import Budget
from adapters.payload import at, items, text
from adapters.slack.errors import Refused
from adapters.slack.payload import ident, moment

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterable, Sequence

    from adapters.base import Desk
    from adapters.clock import Clock
    from adapters.pacing import Bucket
    from adapters.slack.workspaces import Workspace

BUDGET: Final = Budget(calls=45, burst=15)
"""Slack allows fifty calls a minute of each kind, and answers need some of them."""
_THREADS: Final = 20
_CHANNELS: Final = 30
_SERVED: Final = timedelta(days=3)
_PAGES: Final = 3
_PAGE: Final = 100
_LISTED: Final = 200
_WITHIN: Final = 2.0
_KINDS: Final = "public_channel,private_channel,mpim,im"
_log = structlog.get_logger()


@dataclass(slots=True, kw_only=True)
class Finding:
    """Finds what was said after ``oldest``.

    Where ``answered`` is given, what the bot answered until then is left out, whatever is remembered of that: a message
    that one of its own stands beneath, or comes after in its thread.
    """

    workspace: Workspace
    desk: Desk
    clock: Clock
    bucket: Bucket
    oldest: float
    answered: float | None
    _left: int = field(default=_THREADS, init=False)

    async def said(self) -> AsyncGenerator[object]:
        """Give the messages that may ask something, as events. Raises SlackError."""
        served = await self._served()
        channels = list(dict.fromkeys(channel for channel, _ in served))
        for channel in channels:
            async for payload in self._in(channel, [thread for one, thread in served if one == channel]):
                yield payload
        for channel in [one for one in await self._channels() if one not in channels][:_CHANNELS]:
            async for payload in self._in(channel, ()):
                yield payload

    async def _served(self) -> Sequence[tuple[str, str]]:
        """Give the threads that were answered in, with their channels, the newest first."""
        since = datetime.fromtimestamp(self.clock.now(), UTC) - _SERVED
        team = f"slack:{self.workspace.team}"
        found = [
            (one.channel, one.conversation.rpartition(":")[2])
            for one in await self.desk.served("slack", team, since)
            if one.conversation == f"{team}:{one.channel}:{one.conversation.rpartition(':')[2]}"
        ]
        return [one for one in found if moment({"ts": one[1]}, "ts")][:_THREADS]

    async def _channels(self) -> Sequence[str]:
        """Give the channels that the bot is in: those that something last happened in first, as far as Slack says."""
        answer = await self._ask("users.conversations", types=_KINDS, exclude_archived=True, limit=_LISTED)
        known = [one for one in items(answer, "channels") if ident(one, "id")]
        return [ident(one, "id") for one in sorted(known, key=_touched, reverse=True)]

    async def _in(self, channel: str, served: Sequence[str]) -> AsyncGenerator[object]:
        """Give what was said in a channel, and then what was in its threads; each oldest first."""
        history = {moment(one, "ts"): one for one in await self._history(channel)}
        threads = [stamp for stamp in served if stamp not in history or self._alive(history[stamp])]
        others = [stamp for stamp, one in history.items() if self._alive(one) and stamp not in threads][: self._left]
        self._left -= len(others)
        threads += others
        for stamp, message in history.items():
            if stamp not in threads and self._late(stamp) and not (self.answered and self._answers(message)):
                yield self._event(channel, message)
        for stamp in threads:
            for message in await self._unanswered(channel, stamp, history.get(stamp)):
                yield self._event(channel, message)

    async def _history(self, channel: str) -> Sequence[object]:
        """Give what was said in a channel, and what stands before that on the same page: its threads may go on."""
        found: list[object] = []
        async with aclosing(self._pages("conversations.history", channel=channel)) as pages:
            async for page in pages:
                found += page
                if page and not self._late(moment(page[-1], "ts")):
                    break
        return found[::-1]

    async def _unanswered(self, channel: str, thread: str, root: object) -> Iterable[object]:
        """Give what was said in a thread and is not answered."""
        found = {thread: root} if root is not None and self._late(thread) else {}
        asked = {"channel": channel, "ts": thread, "oldest": f"{self.oldest:.6f}"}
        async for page in self._pages("conversations.replies", **asked):
            found |= {stamp: one for one in page if self._late(stamp := moment(one, "ts"))}
        mine = [float(stamp) for stamp, one in found.items() if ident(one, "user") == self.workspace.bot]
        last = max((stamp for stamp in mine if self.answered and stamp <= self.answered), default=0.0)
        return [one for stamp, one in found.items() if float(stamp) > last]

    def _late(self, stamp: str) -> bool:
        return float(stamp or 0) > self.oldest

    def _alive(self, message: object) -> bool:
        return self._late(moment(message, "latest_reply"))

    def _answers(self, message: object) -> bool:
        """Whether the bot is among those who wrote beneath a message, of whom Slack names some."""
        return self.workspace.bot in items(message, "reply_users")

    async def _pages(self, method: str, **asked: str) -> AsyncGenerator[list[object]]:
        """Give some pages of messages. What the bot may not read, or is gone, has none."""
        cursor = ""
        for _ in range(_PAGES):
            more = {"cursor": cursor} if cursor else {}
            try:
                answer = await self._ask(method, limit=_PAGE, **asked, **more)
            except Refused as error:
                _log.info("not looked back", channel=asked["channel"], why=error.told)
                return
            yield items(answer, "messages")
            cursor = text(answer, "response_metadata", "next_cursor")
            if not cursor:
                return

    async def _ask(self, method: str, **asked: object) -> object:
        """Ask once, when the budget allows it; where Slack wants to be left alone, that ends the look."""
        while not self.bucket.take(self.clock.now()):
            await self.clock.sleep(max(0.01, self.bucket.ready(self.clock.now())))
        threads = self.workspace.threads  # which are read for questions too
        while method == "conversations.replies" and not threads.take(self.clock.now()):
            await self.clock.sleep(max(0.01, threads.ready(self.clock.now())))
        return await self.workspace.calls.ask(method, within=_WITHIN, **asked)

    def _event(self, channel: str, message: object) -> object:
        """Give a message as the event that it would have come with."""
        said = message if isinstance(message, dict) else {}
        kind = {"channel_type": "im"} if channel.startswith("D") else {}
        team, bot = self.workspace.team, self.workspace.bot
        return {
            "type": "event_callback",
            "team_id": team,
            "authorizations": [{"team_id": team, "user_id": bot, "is_bot": True}],
            "event": {**said, "type": "message", "channel": channel, **kind},
        }


def _touched(channel: object) -> float:
    found = at(channel, "updated")
    return float(found) if isinstance(found, int | float) else 0.0
