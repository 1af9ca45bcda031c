"""Says on Slack what the bot does now, beside its answer and never in its way; a session brings Slack's own Stop."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from adapters.slack.answers import doing, session_title
from adapters.slack.errors import SlackError
from adapters.slack.sharing import SESSION

if TYPE_CHECKING:
    from adapters.parts import Status
    from adapters.slack.posting import Posting

_PATIENCE: Final = 5.0


class Progress:
    """One reply's. ``stoppable`` says whether Slack shows a Stop of its own."""

    def __init__(self, posting: Posting) -> None:
        """Say nothing yet."""
        self._posting = posting
        self._status = ""
        self._changed = asyncio.Event()
        self._closed = False
        self.stoppable = False

    def show(self, status: Status) -> None:
        """Say this next."""
        self._status = doing(status)
        self._changed.set()

    async def run(self) -> None:
        """Say what there is to say until it is ``close``d; refusals are nobody's business."""
        begun = False
        while await self._more():
            await self._tell("assistant.threads.setStatus", status=self._status)
            if not begun and not self._closed and self._posting.sharing.take(SESSION):
                begun = True
                title, person = session_title(self._posting.question.text), self._posting.question.asker.id
                self.stoppable = await self._tell(SESSION, status="processing", title=title, initiator_user_id=person)

    async def _more(self) -> bool:
        await self._changed.wait()
        self._changed.clear()
        return not self._closed

    def close(self) -> None:
        """Begin nothing more; what is under way is let come to its end, since it may be carried out anyway."""
        self._closed = True
        self._changed.set()

    async def end(self, *, shown: bool, ended: bool) -> None:
        """Let nothing say any longer that the bot is at work, where what was ``shown`` or ``ended`` does not."""
        if self._status and not shown:
            await self._tell("assistant.threads.setStatus", status="")
        if self.stoppable and not ended:
            await self._posting.sharing.turn(SESSION)
            await self._tell(SESSION, status="active")

    async def _tell(self, method: str, **arguments: object) -> bool:
        where = {"channel_id": self._posting.channel, "thread_ts": self._posting.thread}
        with suppress(SlackError, TimeoutError):
            async with asyncio.timeout(_PATIENCE):
                await self._posting.workspace.calls.ask(method, within=_PATIENCE, **where, **arguments)
            return True
        return False
