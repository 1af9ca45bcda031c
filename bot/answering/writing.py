"""Writes one answer: asks model after model, each call reserved and settled, until something of an answer is shown.

A model that fails before that is followed by the next one of the chain, and the last of all quotes the passages and
costs nothing. Once a unit was shown, nothing is tried anew: two models never write one answer.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import aclosing
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Final

import structlog

from bot.answering import replies
from bot.answering.billing import called, owed, reserved, settled
from bot.answering.drafting import Drafting
from bot.answering.stopping import unless
from bot.errors import ModelDown, ModelResting, OverBudget, StoreError
from bot.models.base import Heard

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Iterator

    from adapters.parts import AnswerId, Text
    from bot.answering.admitting import Admitted
    from bot.answering.checking import Checks
    from bot.errors import ModelError
    from bot.models.base import Difficulty, LanguageModel, Prompt, Used
    from bot.models.chain import Chain, Link
    from bot.money.base import Ledger, Reservation

_PATIENCE: Final = 60.0
"""Seconds after which no further model is asked: whoever waits so long is better served with quotes at once."""
_PAUSE: Final = 0.5
"""Seconds until a model that failed in passing is asked once more, where its server names no other time."""
_LONGEST_PAUSE: Final = 3.0
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What is to be written and for whom. ``canary`` and ``unanswered`` are the prompt's."""

    answer: AnswerId
    prompt: Prompt
    checker: Checks
    canary: str
    unanswered: str
    admitted: Admitted
    difficulty: Difficulty


@dataclass(slots=True, kw_only=True)
class Writing:
    """One answer in the making.

    ``draft`` is the last one, by ``model``, which ``used`` so many tokens; ``why`` says why it is only quoted.
    """

    chain: Chain
    ledger: Ledger
    task: Task
    failing: dict[str, str]
    """What was wrong with each model when it was asked last, so that it is not said again for each answer."""
    seconds: Callable[[], float] = time.monotonic
    draft: Drafting | None = None
    model: str | None = None
    used: Used | None = None
    why: str | None = None
    _shown: bool = False
    _failed: dict[Link, ModelError] = field(default_factory=dict)

    async def parts(self, stop: asyncio.Event) -> AsyncGenerator[Text]:
        """Give what is verified of the first draft that comes to something; a stop ends it all. Raises nothing paid."""
        until = self.seconds() + _PATIENCE
        for link in self._links():
            await self._rest(link, stop)
            if self._ended(stop) or self.seconds() > until:
                break
            async with aclosing(self._paid(link, stop)) as parts:
                async for part in parts:
                    yield part
        if not self._ended(stop):
            self.why = self.why or (replies.RESTING if self.chain.links else None)
            async with aclosing(self._drafted(self.chain.last, stop)) as parts:
                async for part in parts:
                    yield part

    def _links(self) -> Iterator[Link]:
        """Give the chain in its order but for what rests, then once more the first link that failed only in passing."""
        order = self.chain.order(self.task.difficulty, small_only=self.task.admitted.small_only)
        yield from (link for link in order if not link.resting)
        yield from islice((link for link, error in self._failed.items() if _passes(error)), 1)

    async def _rest(self, link: Link, stop: asyncio.Event) -> None:
        if (error := self._failed.get(link)) is not None and not self._ended(stop):
            await unless(stop, asyncio.sleep(min(_LONGEST_PAUSE, error.retry_after or _PAUSE)))

    def _ended(self, stop: asyncio.Event) -> bool:
        """Whether there is nothing more to try: something was shown, or a draft came to its own end."""
        return self._shown or stop.is_set() or (self.draft is not None and self.draft.error is None)

    async def _paid(self, link: Link, stop: asyncio.Event) -> AsyncGenerator[Text]:
        """Ask one model, for money that was set apart before and is settled however this ends."""
        reservation = await self._reserved(link, stop)
        if reservation is None:
            return
        self.why = None
        try:
            async with aclosing(self._drafted(link, stop)) as parts:
                async for part in parts:
                    yield part
        finally:
            await settled(self.ledger, reservation, link.price, self.used)
        if self.draft is not None and self.draft.error is not None and not self._shown:
            self._fail(link, self.draft.error)
        else:
            self.failing.pop(link.name, None)

    def _fail(self, link: Link, error: ModelError) -> None:
        """Remember a failure, and warn of it the first time; one that rests was told of when it began to."""
        self._failed[link] = error
        known = isinstance(error, ModelResting) or self.failing.get(link.name) == error.told
        log = _log.info if known else _log.warning
        log("a model failed", model=link.name, why=error.told)
        if not isinstance(error, ModelResting):
            self.failing[link.name] = error.told

    async def _reserved(self, link: Link, stop: asyncio.Event) -> Reservation | None:
        """Set the worst cost apart; None where a limit does not allow it, a stop came, or nobody can keep account."""
        task = self.task
        call = called(link, task.prompt, answer=task.answer, payer=task.admitted.payer, feature="answer")
        try:
            return await reserved(self.ledger, call, stop, waits=self.why is None)
        except OverBudget as error:
            self.why = replies.quoted_instead(error.told)
        except StoreError as error:
            _log.warning("nothing can be set apart, so no model is asked", why=error.told)
            self.why = replies.UNACCOUNTED
        return None

    async def _drafted(self, model: LanguageModel, stop: asyncio.Event) -> AsyncGenerator[Text]:
        """Let one model write, and give what of it is verified."""
        task, heard = self.task, Heard()
        self.model, self.used = model.name, None
        self.draft = draft = Drafting(
            stream=model.stream(task.prompt, heard),
            checker=task.checker,
            canary=task.canary,
            unanswered=task.unanswered,
        )
        try:
            async with aclosing(draft.parts(stop)) as parts:
                async for part in parts:
                    self._shown = True
                    yield part
        finally:
            free = model is self.chain.last
            self.used = None if free else owed(model, task.prompt, draft.finished, heard, begun=draft.begun)


def _passes(error: ModelError) -> bool:
    """Whether a failure may be over in a moment: a fault of the server, or a rate that has room again soon."""
    if isinstance(error, ModelDown):
        return not error.begun and (error.retry_after or 0) <= _LONGEST_PAUSE
    return error.retry_after is not None and error.retry_after <= _LONGEST_PAUSE
