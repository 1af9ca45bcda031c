"""Says on Slack what the bot does now, beside its answer and never in its way; a session brings Slack's own Stop."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Final, NamedTuple

from adapters.clock import waited
from adapters.doing import doing
from adapters.slack.answers import session_title
from adapters.slack.errors import SlackError
from adapters.slack.sharing import SESSION

if TYPE_CHECKING:
    from adapters.parts import Status
    from adapters.slack.posting import Posting

_PATIENCE: Final = 5.0
_AFTER: Final = 0.5
"""Seconds that an answer may take without a session."""
_AGAIN: Final = 3.0
_NEVER: Final = float("inf")


class _End(NamedTuple):
    """What a reply came to: ``shown`` at all, and whether that ``ended`` the session."""

    shown: bool
    ended: bool


class Progress:
    """One reply's. ``stoppable`` says whether Slack shows a Stop of its own; ``changed`` is set when there is news.

    A session is begun only for what takes a while: nobody stops an answer that is there already.
    """

    def __init__(self, posting: Posting, *, begun: bool) -> None:
        """Say nothing yet; ``begun`` says that a killed process may have."""
        self._posting = posting
        self._status = ""
        self._settled = -_NEVER  # when the answer was all there
        self._saying = False
        self._late = False  # what was said last may arrive after the answer
        self._closed = False
        self._end: _End | None = None
        self.changed = asyncio.Event()
        self.stoppable = begun

    def show(self, status: Status) -> None:
        """Say this next."""
        self._status = f"is {doing(status)}"
        self.changed.set()

    async def run(self) -> None:
        """Say what there is to say until it is ``close``d, and then that it is over; no reply waits for that."""
        async with asyncio.TaskGroup() as group:
            await self._run(group)
        if self._end is not None:
            await self._over(*self._end)

    async def _run(self, group: asyncio.TaskGroup) -> None:
        clock, told, due = self._posting.clock, "", _NEVER
        while not self._closed:
            soon = self._settled + _AFTER
            late = due if self._settled < 0 else _NEVER
            if self._status != told and clock.now() >= soon:
                told = self._status
                due = min(due, clock.now() + _AFTER)
                await self._say(told)
            elif clock.now() >= late:
                due = await self._begun()
            else:
                left = (soon if self._status != told else late) - clock.now()
                await waited(self._posting.clock, self.changed, group, None if left == _NEVER else left)

    async def _begun(self) -> float:
        """Begin a session, where there is budget to end it too; give when to look again, which may be never."""
        sharing = self._posting.sharing
        if sharing.ready(SESSION, count=2) > 0 or not (sharing.take(SESSION) and sharing.take(SESSION)):
            return self._posting.clock.now() + _AGAIN
        title, person = session_title(self._posting.question.text), self._posting.question.asker.id
        self.stoppable = await self._tell(SESSION, status="processing", title=title, initiator_user_id=person)
        return _NEVER

    def settle(self) -> None:
        """Say nothing more unless showing the answer takes a while: it is all there."""
        self._settled = self._posting.clock.now()
        self._late = self._saying

    def close(self) -> None:
        """Begin nothing more; what is under way comes to its end, since it may be carried out anyway."""
        self._closed = True
        self.changed.set()

    def end(self, *, shown: bool, ended: bool) -> None:
        """Let nothing say any longer that the bot is at work, where what was ``shown`` or ``ended`` does not."""
        self._end = _End(shown, ended)
        self.close()

    async def _over(self, shown: bool, ended: bool) -> None:  # noqa: FBT001 - a named tuple's
        if self._status and (self._late or not shown):
            await self._say("")
        if self.stoppable and not ended:
            await self._tell(SESSION, status="active")

    async def _say(self, status: str) -> None:
        self._saying = True
        await self._tell("assistant.threads.setStatus", status=status)
        self._saying = False

    async def _tell(self, method: str, **arguments: object) -> bool:
        where = {"channel_id": self._posting.where, "thread_ts": self._posting.thread}
        with suppress(SlackError, TimeoutError):
            async with asyncio.timeout(_PATIENCE):
                await self._posting.workspace.calls.ask(method, within=_PATIENCE, **where, **arguments)
            return True
        return False
