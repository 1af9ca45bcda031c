"""Looking back for questions that never came: while no process ran, no socket was open, or one was deaf.

It is bounded and polite: channels and threads that the bot answered in, the newest first, and other channels that it is
in, at most six hours back, because a question that was answered is remembered for a day and must not be answered again.
At a start nothing may be remembered, where the database is new or a backup; what the bot's own messages stand beneath
is let be then. What is found goes the way of every event. A mention in a thread in which the bot never answered is not
found where a hundred messages of the channel are newer than its first: Slack's history leaves out what is in threads.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Protocol

import structlog

from adapters.pacing import Bucket
from adapters.slack.errors import Limited, NotInstalled, Refused, SlackError
from adapters.slack.finding import BUDGET, Finding

if TYPE_CHECKING:
    from adapters.base import Desk
    from adapters.clock import Clock
    from adapters.slack.base import Taken
    from adapters.slack.workspaces import Workspaces

REACH: Final = 6 * 3600.0
"""Seconds that are looked back at most."""
_MARGIN: Final = 300.0
"""Seconds before a gap: what came then may have been lost as well."""
_AGAIN: Final = 60.0
"""Seconds until another look, where one did not come to its end."""
_TRIES: Final = 3
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
    _buckets: dict[str, Bucket] = field(default_factory=dict)

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
            now = self.clock.now()
            for _ in range(_TRIES):
                if await self._look(None if begins else since, now):
                    break
                await self.clock.sleep(_AGAIN)

    async def _look(self, since: float | None, began: float) -> bool:
        """Look through all workspaces, and say whether that came to an end.

        What the bot wrote after that ``began`` answers questions that came meanwhile, and says nothing of older ones.
        """
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
                finding = Finding(
                    workspace=await self.workspaces.of(team),
                    desk=self.desk,
                    clock=self.clock,
                    bucket=self._buckets.setdefault(team, Bucket(BUDGET, self.clock.now())),
                    oldest=oldest,
                    answered=began if since is None else None,
                )
                async for payload in finding.said():
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
