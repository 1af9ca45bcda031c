"""Questions that are owed an answer: put, claim, finish. In this process only; a durable one keeps the verbs."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from bot.errors import Stopping

if TYPE_CHECKING:
    from adapters.base import Question

REMEMBERED: Final = 10_000
"""Question ids that are known as duplicates when they come again."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Owed:
    """A question, and the event that is set when a person wants its answer to end."""

    question: Question
    stop: asyncio.Event = field(default_factory=asyncio.Event)


class Inbox:
    """Gives each conversation's questions in their order, one at a time; conversations do not wait for each other."""

    def __init__(self) -> None:
        """Begin open and empty."""
        self._seen: dict[str, None] = {}
        self._owed: dict[str, Owed] = {}
        self._waiting: dict[str, deque[Owed]] = {}
        self._ready: asyncio.Queue[Owed] = asyncio.Queue()
        self._empty = asyncio.Event()
        self._empty.set()
        self._closed = False

    def put(self, question: Question, /) -> bool:
        """Take a question in; False where it was taken in before. Raises Stopping once closed."""
        if question.id in self._seen:
            return False
        if self._closed:
            raise Stopping("Footnote is being stopped and takes no more questions. Ask again in a minute.")
        self._remember(question.id)
        self._owed[question.id] = owed = Owed(question=question)
        self._empty.clear()
        if question.conversation in self._waiting:
            self._waiting[question.conversation].append(owed)
        else:
            self._waiting[question.conversation] = deque()
            self._ready.put_nowait(owed)
        return True

    async def claim(self) -> Owed:
        """Wait for the oldest question of a conversation in which none is being answered."""
        return await self._ready.get()

    def finish(self, owed: Owed, /) -> None:
        """Owe a claimed question no longer; its conversation's next one can be claimed."""
        question = owed.question
        del self._owed[question.id]
        if waiting := self._waiting[question.conversation]:
            self._ready.put_nowait(waiting.popleft())
        else:
            del self._waiting[question.conversation]
        if not self._owed:
            self._empty.set()

    def stop(self, question: str, /) -> bool:
        """Ask for the end of an answer, begun or not; False where none is owed to that question."""
        if owed := self._owed.get(question):
            owed.stop.set()
        return owed is not None

    def close(self) -> None:
        """Take in nothing more."""
        self._closed = True

    async def emptied(self) -> None:
        """Wait until nothing is owed."""
        await self._empty.wait()

    def _remember(self, question: str) -> None:
        self._seen[question] = None
        if len(self._seen) > REMEMBERED:
            del self._seen[next(iter(self._seen))]
