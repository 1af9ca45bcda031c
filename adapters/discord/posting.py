"""Posts and edits the messages of one reply: each stands there once, whatever becomes of the calls.

The journal is asked right before each call, so that whoever lost the lease says nothing more.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Final

import structlog

from adapters.base import MessageRef, Posted
from adapters.discord import kit
from adapters.discord.errors import Away, DiscordError, Limited, Refused, Unsure
from adapters.discord.ways import UNKNOWN_MESSAGE, Withdrawn, shut

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from adapters.base import Journal, Question
    from adapters.clock import Clock
    from adapters.discord.contents import Content
    from adapters.discord.ways import Way

_TRIES: Final = 4
_PAUSE: Final = 1.0
_REMEMBERED: Final = 120.0
"""Seconds for which Discord surely knows a nonce."""
_KEY: Final = 24
_SOME_KEY: Final = "-" * _KEY
_log: structlog.stdlib.BoundLogger = structlog.get_logger()


class Posting:
    """One reply's messages. They go out in the first of its ``ways`` that works; all go on together in the next."""

    def __init__(self, question: Question, journal: Journal, ways: Sequence[Way], clock: Clock) -> None:
        """Say nothing yet."""
        self.question = question
        self.journal = journal
        self.clock = clock
        self.stands: dict[int, str] = {}
        """The message of each part that stands where the reply goes out now."""
        self.doubtful: set[int] = set()
        """The parts of which nobody knows whether they stand, and that cannot be found."""
        self._ways = [*ways]
        self._said: dict[int, Content] = {}
        self._turns: dict[int, int] = {}
        self._tried: set[int] = set()
        self._lock = asyncio.Lock()

    @property
    def way(self) -> Way:
        """The way in which the messages go out now."""
        return self._ways[0]

    @property
    def _taken_up(self) -> bool:
        """Whether an earlier try may have posted what is looked at."""
        return self.journal.unsure or bool(self.journal.earlier)

    async def begins(self, channels: Sequence[str]) -> None:
        """Begin with the way to where messages of an earlier try stand, if one leads there. Raises DiscordError."""
        for at, way in enumerate(self._ways if channels else ()):
            with suppress(Refused):
                await way.open()
            if way.channel and way.channel in channels:
                self._ways = self._ways[at:]
                return

    async def post(self, part: int, content: Content, /) -> str:
        """Let the message of a part say this, and give it. Raises DiscordError, Withdrawn and LeaseLost."""
        async with self._lock:
            self._said[part] = content
            parts = [part]
            while True:
                try:
                    for one in parts:
                        await self._carried(one, self._said[one])
                except Refused as refused:
                    if not shut(refused) or len(self._ways) == 1:
                        raise
                    _log.info("a reply goes on elsewhere", why=refused.told)
                    parts = self._moved(part)
                else:
                    return self.stands[part]

    async def edit(self, part: int, message: str, content: Content, /) -> str:  # noqa: ARG002 - it is known
        """Let the message of a part say this. Raises as ``post`` does."""
        return await self.post(part, content)

    async def remove(self, part: int) -> None:
        """Take the message of a part away; one that cannot be is left. Raises LeaseLost."""
        async with self._lock:
            message = self.stands.pop(part, "")
            self._said.pop(part, None)
            if message:
                with suppress(DiscordError):
                    await self.way.remove(self.held(part), message)
                self._turns[part] = self._turns.get(part, 0) + 1

    async def settle(self) -> None:
        """Take the buttons off what stands, where it may say no more than it does. Raises LeaseLost."""
        for part, message in self.stands.items():
            if message:
                with suppress(DiscordError):
                    await self.way.edit(self.held(part), part, message, {"components": []})

    async def sought(self, part: int) -> bool:
        """Say whether a part that may have been posted stands there. Raises DiscordError and LeaseLost."""
        if part not in self.stands:
            self._tried.add(part)
            found = await self._found(await self.journal.before(part))
            if found:
                await self.noted(part, found)
        return part in self.stands

    def doubted(self, part: int) -> bool:
        """Let a part be that may have been posted, where it can neither be found nor posted once more."""
        if self.way.sure(part):
            return False
        self.stands[part] = ""
        self.doubtful.add(part)
        return True

    async def noted(self, part: int, message: str) -> None:
        """Note in the journal where a part stands."""
        self.stands[part] = message
        await self.beside(part, message)

    async def beside(self, part: int, message: str) -> None:
        """Note in the journal what is no page, and is not written again."""
        workspace = self.question.place.workspace
        ref = MessageRef(platform="discord", workspace=workspace, channel=self.way.channel, message=message)
        await self.journal.after(Posted(part=part, message=ref))

    def held(self, part: int) -> Callable[[], Awaitable[object]]:
        """Give what asks the journal whether this process may still say a part."""
        return partial(self.journal.before, part)

    def _moved(self, part: int) -> list[int]:
        """Turn to the next way, and give the parts that are to be said there: those that stand there already stay."""
        before = self._ways.pop(0)
        if before.channel and before.channel == self.way.channel:
            return [part]
        self.stands.clear()
        self.doubtful.clear()
        for one in self._said:
            self._turns[one] = self._turns.get(one, 0) + 1
        return sorted(self._said)

    async def _carried(self, part: int, content: Content) -> None:
        message = self.stands.get(part)
        if message is not None and await self._edited(part, message, content):
            return
        await self._posted(part, content)

    async def _edited(self, part: int, message: str, content: Content) -> bool:
        """Edit a message; give whether it is there.

        One that goes while its reply is shown was taken away by somebody who does not want it, and nothing replaces it.
        """
        if not message:
            return True  # it may stand there, and cannot be found
        try:
            await self._insisted(lambda: self.way.edit(self.held(part), part, message, content.body()))
        except Refused as refused:
            if refused.code != UNKNOWN_MESSAGE:
                raise
            if not self._taken_up:
                raise Withdrawn from refused
            self.stands.pop(part)
            self._turns[part] = self._turns.get(part, 0) + 1
            return False
        return True

    async def _posted(self, part: int, content: Content) -> None:
        key, turn = await self.journal.before(part), self._turns.get(part, 0)
        nonce = f"{key[:_KEY]}{turn}" if turn else key
        body = {**content.body(key), "nonce": nonce, "enforce_nonce": True}
        first = self.clock.now()
        for last in (*[False] * (_TRIES - 1), True):
            try:
                message, says = await self.way.post(self.held(part), part, body)
            except Unsure:
                if self.doubted(part):
                    return
                if last:
                    raise
                self._tried.add(part)
                await self.clock.sleep(_PAUSE)
                if self.clock.now() - first > _REMEMBERED and (found := await self._found(key)):
                    await self.noted(part, found)
                    return
            except (Limited, Away) as error:
                await self._rested(error, last=last)
            else:
                await self.noted(part, message)
                await self._cleared(part, content, says)
                return

    async def _cleared(self, part: int, content: Content, says: str) -> None:
        """Take away what only held the key of a message that is noted now, and what an earlier try had posted."""
        message = self.stands[part]
        if (part in self._tried or self._taken_up) and says and says.split() != content.text.split():
            await self._edited(part, message, content)
        elif kit.spare(kit.keyed(content.rows, _SOME_KEY)) and self.way.sure(part):
            with suppress(DiscordError):
                await self.way.edit(self.held(part), part, message, content.body())

    async def _insisted(self, call: Callable[[], Awaitable[None]]) -> None:
        """Do what comes to the same twice, until it is known to be done."""
        for last in (*[False] * (_TRIES - 1), True):
            try:
                await call()
            except (Unsure, Limited, Away) as error:
                await self._rested(error, last=last)
            else:
                return

    async def _rested(self, error: DiscordError, *, last: bool) -> None:
        """Wait before something is tried again, unless that is of no use."""
        if last:
            raise error
        await self.clock.sleep(error.seconds if isinstance(error, Limited) else _PAUSE)

    async def _found(self, key: str) -> str | None:
        """Look for a message; an answer that may stand there twice is better than none."""
        try:
            return await self.way.found(key, self.question.asked_at)
        except Refused:
            return None
