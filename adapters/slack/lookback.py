"""Looking back for questions that never came: while no process ran, no socket was open, or one was deaf.

It is bounded, slow and polite: threads that the bot answered in and channels that it is in, the newest first, at most
six hours back, because a question that was answered is remembered for a day and must not be answered again. What is
found goes the way of every event. A mention in a thread whose first message is older, and in which the bot never
answered, is not found: Slack's history leaves out what is said in threads.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final, Protocol

import structlog

from adapters.slack.errors import Limited, NotInstalled, Refused, SlackError
from adapters.slack.payload import at, ident, items, moment, text

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence

    from adapters.base import Desk
    from adapters.slack.base import Taken
    from adapters.slack.clock import Clock
    from adapters.slack.workspaces import Workspace, Workspaces

REACH: Final = 6 * 3600.0
"""Seconds that are looked back at most."""
_MARGIN: Final = 300.0
"""Seconds before a gap: what came then may have been lost as well."""
_THREADS: Final = 20
_CHANNELS: Final = 30
_SERVED: Final = timedelta(days=3)
_PAGES: Final = 3
_PAGE: Final = 100
_LISTED: Final = 200
_PAUSE: Final = 2.0
"""Seconds between two calls: Slack allows fifty a minute of each, and answers need some of them."""
_AGAIN: Final = 60.0
"""Seconds until another look, where one did not come to its end."""
_TRIES: Final = 3
_KINDS: Final = "public_channel,private_channel,mpim,im"
_log = structlog.get_logger()


class Missed(Protocol):
    """Takes things in."""

    async def __call__(self, payload: object, *, lately: bool) -> Taken:
        """Take in what was found by looking back. Never raises."""
        ...


class _Unkept(Exception):
    """The desk takes nothing now."""


@dataclass(slots=True, kw_only=True)
class LookBack:
    """Looks when it is told to, one look at a time. Nothing that it comes to is an error of the platform's."""

    desk: Desk
    workspaces: Workspaces
    missed: Missed
    clock: Clock
    _since: float | None = None
    _begins: bool = False
    _wanted: asyncio.Event = field(default_factory=asyncio.Event)

    def since(self, at_: float | None) -> None:
        """Have everything looked for that was said after this, or, at the start of a process, as far as it goes."""
        if at_ is None:
            self._begins = True
        else:
            self._since = at_ if self._since is None else min(self._since, at_)
        self._wanted.set()

    async def run(self) -> None:
        """Look whenever that is wanted, until cancelled."""
        while True:
            await self._wanted.wait()
            self._wanted.clear()
            begins, since = self._begins, self._since
            self._begins, self._since = False, None
            for _ in range(_TRIES):
                if await self._look(None if begins else since):
                    break
                await self.clock.sleep(_AGAIN)

    async def _look(self, since: float | None) -> bool:
        """Look through all workspaces, and say whether that came to an end."""
        whole, found = True, 0
        oldest = self.clock.now() - REACH
        if since is not None:
            oldest = max(oldest, since - _MARGIN)
        try:
            teams = await self.workspaces.teams()
        except Exception as error:  # noqa: BLE001 - the store of installations is away
            _log.warning("not looked back", error=type(error).__name__)
            return False
        for team in teams:
            try:
                async for payload in self._said(await self.workspaces.of(team), oldest):
                    await self._take(payload, lately=since is not None)
                    found += 1
            except (Limited, Refused, NotInstalled) as error:
                _log.info("looked back in part", team=team, why=error.told)
            except (SlackError, _Unkept) as error:
                _log.info("not looked back", team=team, why=str(error))
                whole = False
            except Exception as error:  # noqa: BLE001 - the desk's store is away
                _log.warning("not looked back", team=team, error=type(error).__name__)
                whole = False
        _log.info("looked back", seconds=round(self.clock.now() - oldest), messages=found, whole=whole)
        return whole

    async def _take(self, payload: object, *, lately: bool) -> None:
        if (await self.missed(payload, lately=lately)).status != 200:  # noqa: PLR2004 - what HTTP calls it
            raise _Unkept("the desk takes nothing now")

    async def _said(self, workspace: Workspace, oldest: float) -> AsyncGenerator[object]:
        """Give the messages that may ask something, as events."""
        threads = await self._threads(workspace)
        for channel, thread in threads:
            async for payload in self._replies(workspace, channel, thread, oldest):
                yield payload
        left = _THREADS
        for channel in await self._channels(workspace):
            async for message in self._history(workspace, channel, oldest):
                yield _event(workspace, channel, message)
                stamp = moment(message, "ts")
                alive = float(moment(message, "latest_reply") or 0) > oldest
                if alive and left and (channel, stamp) not in threads:
                    left -= 1
                    async for payload in self._replies(workspace, channel, stamp, oldest):
                        yield payload

    async def _threads(self, workspace: Workspace) -> Sequence[tuple[str, str]]:
        """Give the threads that were answered in, the newest first."""
        since = datetime.fromtimestamp(self.clock.now(), UTC) - _SERVED
        found = [
            (one.channel, one.conversation.rpartition(":")[2])
            for one in await self.desk.served("slack", f"slack:{workspace.team}", since)
            if one.conversation == f"slack:{workspace.team}:{one.channel}:{one.conversation.rpartition(':')[2]}"
        ]
        return [one for one in found if moment({"ts": one[1]}, "ts")][:_THREADS]

    async def _channels(self, workspace: Workspace) -> Sequence[str]:
        """Give the channels that the bot is in: those that something last happened in first, as far as Slack says."""
        answer = await self._ask(workspace, "users.conversations", types=_KINDS, exclude_archived=True, limit=_LISTED)
        known = [one for one in items(answer, "channels") if ident(one, "id")]
        return [ident(one, "id") for one in sorted(known, key=_touched, reverse=True)][:_CHANNELS]

    async def _history(self, workspace: Workspace, channel: str, oldest: float) -> AsyncGenerator[object]:
        """Give what was said in a channel, oldest first."""
        found: list[object] = []
        async for page in self._pages(workspace, "conversations.history", channel=channel, oldest=f"{oldest:.6f}"):
            found += page
        for message in reversed(found):
            yield message

    async def _replies(self, workspace: Workspace, channel: str, thread: str, oldest: float) -> AsyncGenerator[object]:
        """Give what was said in a thread, oldest first."""
        asked = {"channel": channel, "ts": thread, "oldest": f"{oldest:.6f}"}
        async for page in self._pages(workspace, "conversations.replies", **asked):
            for message in page:
                if float(moment(message, "ts") or 0) > oldest:
                    yield _event(workspace, channel, message)

    async def _pages(self, workspace: Workspace, method: str, **asked: str) -> AsyncGenerator[list[object]]:
        """Give some pages of messages. What the bot may not read, or is gone, has none."""
        cursor = ""
        for _ in range(_PAGES):
            more = {"cursor": cursor} if cursor else {}
            try:
                answer = await self._ask(workspace, method, limit=_PAGE, **asked, **more)
            except Refused as error:
                _log.info("not looked back", channel=asked["channel"], why=error.told)
                return
            yield items(answer, "messages")
            cursor = text(answer, "response_metadata", "next_cursor")
            if not cursor:
                return

    async def _ask(self, workspace: Workspace, method: str, **asked: object) -> object:
        """Ask once, slowly; where Slack wants to be left alone, that ends the look."""
        await self.clock.sleep(_PAUSE)
        while method == "conversations.replies" and not workspace.threads.take(self.clock.now()):
            await self.clock.sleep(max(_PAUSE, workspace.threads.ready(self.clock.now())))
        return await workspace.calls.ask(method, within=_PAUSE, **asked)


def _event(workspace: Workspace, channel: str, message: object) -> object:
    """Give a message as the event that it would have come with."""
    said = message if isinstance(message, dict) else {}
    kind = {"channel_type": "im"} if channel.startswith("D") else {}
    return {
        "type": "event_callback",
        "team_id": workspace.team,
        "authorizations": [{"team_id": workspace.team, "user_id": workspace.bot, "is_bot": True}],
        "event": {**said, "type": "message", "channel": channel, **kind},
    }


def _touched(channel: object) -> float:
    found = at(channel, "updated")
    return float(found) if isinstance(found, int | float) else 0.0
