"""Says on Discord what the bot does now, where its answer will stand: a line of small text with a button to stop it."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from adapters.clock import waited
from adapters.discord import answers
from adapters.discord.contents import Content
from adapters.discord.errors import DiscordError
from adapters.discord.origins import origin

if TYPE_CHECKING:
    from collections.abc import Callable

    from adapters.discord.calls import Calls
    from adapters.discord.posting import Posting
    from adapters.parts import Status

SOON: Final = 1.5
"""Seconds that an answer may take before anything is said of it."""
_EVERY: Final = 1.0
_PATIENCE: Final = 5.0


class Progress:
    """One reply's. The line is the message of its first part, which the answer takes over."""

    def __init__(self, posting: Posting, head: str, hides: Callable[[], bool]) -> None:
        """Say nothing yet, and never as long as it ``hides``."""
        self._posting = posting
        self._head = head
        self._hides = hides
        self._status: Status | None = None
        self._closed = False
        self._changed = asyncio.Event()

    def show(self, status: Status) -> None:
        """Say this next."""
        self._status = status
        self._changed.set()

    def close(self) -> None:
        """Begin nothing more."""
        self._closed = True
        self._changed.set()

    async def run(self, group: asyncio.TaskGroup) -> None:
        """Say what there is to say until it is closed. Raises LeaseLost, and what the journal raises."""
        clock, told, due = self._posting.clock, "", self._posting.clock.now() + SOON
        while not self._closed:
            words = answers.progress(self._status)
            if (left := due - clock.now()) > 0:
                await waited(clock, self._changed, group, left)
            elif words == told or self._hides():
                await waited(clock, self._changed, group, None)
            else:
                told, due = words, clock.now() + _EVERY
                if not await self._said(words):
                    return

    async def _said(self, words: str) -> bool:
        rows = answers.stopping(self._posting.question.id)
        try:
            await self._posting.post(0, Content(head=self._head, lines=[words], rows=rows))
        except DiscordError:
            return False  # the answer itself may meet the same, and says so
        return True


async def typing(calls: Calls, posting: Posting) -> None:
    """Show at once, for ten seconds, that the bot types where it was asked."""
    asked = origin(posting.question)
    with suppress(DiscordError):
        await calls.ask("POST", "/channels/{channel_id}/typing", within=_PATIENCE, channel_id=asked.channel)
