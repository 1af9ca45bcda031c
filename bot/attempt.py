"""One try at a question that this process has claimed: its lease, what people wish of it meanwhile, and its parts."""

from __future__ import annotations

import asyncio
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Final, Protocol

from adapters.base import LeaseLost
from adapters.parts import Ending, Text
from adapters.plain import rendered
from bot.answering import replies
from bot.answering.turns import NewTurn
from bot.ops.logs import reference

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable

    from adapters.base import Question
    from adapters.markup import Tree
    from adapters.parts import AnswerId, Part, Verdict
    from bot.answering.around import Around
    from bot.answering.permission import Readers
    from bot.inbox import Owed, Wished


_BEGINNINGS: Final = 4
"""Times that one question is begun, as edits wish it: each may ask a model, and they count as one question."""


class Answering(Protocol):
    """Turns a question into the parts of its reply; ``bot.answering.engine.Engine.answer``."""

    def __call__(  # noqa: PLR0913 - as the engine's
        self,
        question: Question,
        readers: Readers,
        stop: asyncio.Event,
        /,
        *,
        answer: AnswerId,
        keep: Callable[[NewTurn], Awaitable[None]],
        around: Around | None,
    ) -> AsyncGenerator[Part]:
        """Give the parts, an ``Ending`` last, and the turn to ``keep``; ends soon after ``stop`` is set.

        ``readers`` says who reads now, each time that it is asked, and ``around`` what was said there.
        """
        ...


class Attempt:
    """``deadline`` is by the event loop's clock, which goes on when the database cannot be reached."""

    def __init__(self, owed: Owed, deadline: float) -> None:
        """Begin nothing yet."""
        self.owed = owed
        self.question = owed.question
        self.turn: NewTurn | None = None
        self._deadline = deadline
        self._scope: asyncio.Timeout | None = None
        self._stopped = owed.stop is not None
        self._newer: str | None = None
        self._shown = False
        self._begun = 1
        self._cut = asyncio.Event()

    @asynccontextmanager
    async def leased(self) -> AsyncGenerator[None]:
        """Cancel the body when the lease is lost, or could not be renewed in time; raises LeaseLost then."""
        scope = asyncio.timeout_at(self._deadline)
        try:
            async with scope:
                self._scope = scope
                try:
                    yield
                finally:
                    self._scope = None
        except TimeoutError:
            if not scope.expired():
                raise
            raise LeaseLost from None

    def held(self) -> None:
        """Raise LeaseLost once the lease must be taken for lost, whether or not anybody could say so."""
        if asyncio.get_running_loop().time() >= self._deadline:
            raise LeaseLost

    def renewed(self, deadline: float) -> None:
        """Go on until this time."""
        self._deadline = deadline
        if self._scope is not None and not self._scope.expired():
            self._scope.reschedule(deadline)

    def lost(self) -> None:
        """End at once: another process has it."""
        self.renewed(asyncio.get_running_loop().time())

    def hear(self, wished: Wished) -> None:
        """Heed a stop, and an edit unless something was shown already."""
        self._stopped = self._stopped or wished.stop is not None
        if wished.newer is not None and not self._shown:
            self._newer = wished.newer
        if self._stopped or self._edited():
            self._cut.set()

    async def answered(self, answer: Answering, readers: Readers, around: Around | None = None) -> AsyncGenerator[Part]:
        """Give the parts of the answer; begin anew for an edit that comes before the first sentence is shown."""
        again = True
        while again:
            if self._stopped:
                self._cut.set()
            parts = answer(self.question, readers, self._cut, answer=self.owed.answer, keep=self._keep, around=around)
            async with aclosing(parts):
                async for part in parts:
                    if self._edited():
                        continue  # the answer to what is asked no more; it ends soon, being cut
                    self._shown = self._shown or isinstance(part, Text | Ending)
                    yield part
            again = self._edited()
            if again:
                self._begin_anew()

    async def said(self, tree: Tree, verdict: Verdict) -> AsyncGenerator[Part]:
        """Give a reply of our own instead of an answer."""
        for block in tree:
            yield Text(block=block)
        mark = reference(self.question.id) if verdict == "failed" else None
        yield Ending(answer=self.owed.answer, verdict=verdict, reference=mark)

    async def apology(self) -> AsyncGenerator[Part]:
        """Say that there is no answer, and keep that as the turn."""
        tree = replies.apology(reference(self.question.id))
        await self._keep(
            NewTurn(answer=self.owed.answer, question=self.question, text=rendered(tree), verdict="failed")
        )
        async with aclosing(self.said(tree, "failed")) as parts:
            async for part in parts:
                yield part

    def _edited(self) -> bool:
        newer = self._newer
        heeded = not self._shown and not self._stopped and self._begun < _BEGINNINGS
        return heeded and newer is not None and newer != self.question.text

    def _begin_anew(self) -> None:
        self._begun += 1
        self.question = replace(self.question, text=self._newer or self.question.text)
        self._cut = asyncio.Event()
        self.turn = None

    async def _keep(self, turn: NewTurn) -> None:
        self.turn = turn
