"""Answers what the inbox owes: conversations side by side within a bound, and every task with an owner."""

from __future__ import annotations

import asyncio
from contextlib import aclosing, asynccontextmanager
from typing import TYPE_CHECKING, Final, Protocol

import structlog

from adapters.base import Audience
from bot.ops.logs import referenced
from bot.ops.redaction import text_hash

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping

    from adapters.base import Adapter, Part, Question
    from bot.inbox import Inbox, Owed

_NOBODY: Final = Audience(everyone=frozenset(), asker=frozenset())
_log = structlog.get_logger()


class Answering(Protocol):
    """Turns a question into the parts of its reply; ``bot.answering.engine.Engine.answer``."""

    def __call__(self, question: Question, audience: Audience, stop: asyncio.Event, /) -> AsyncGenerator[Part]:
        """Give the parts, an ``Ending`` last; ends soon after ``stop`` is set."""
        ...


class Dispatcher:
    """Claims, has answered, has shown, finishes."""

    def __init__(
        self,
        *,
        inbox: Inbox,
        adapters: Mapping[str, Adapter],
        answer: Answering,
        max_in_flight: int = 8,
        drain_seconds: float = 25.0,
    ) -> None:
        """``adapters`` by platform; at most ``max_in_flight`` answers at a time."""
        self._inbox = inbox
        self._adapters = adapters
        self._answer = answer
        self._slots = asyncio.Semaphore(max_in_flight)
        self._drain_seconds = drain_seconds

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        """Answer while the body runs. Afterwards nothing more is taken in, and what is owed has its time to finish."""
        failed: Exception | None = None
        async with asyncio.TaskGroup() as owner:
            serving = owner.create_task(self._serve())
            try:
                yield
            except Exception as error:  # noqa: BLE001 - raised below, as itself and not in a group
                failed = error
            finally:
                self._inbox.close()
                await self._drain()
                serving.cancel()
        if failed is not None:
            raise failed

    async def _serve(self) -> None:
        async with asyncio.TaskGroup() as answers:
            while True:
                await self._slots.acquire()
                answers.create_task(self._settle(await self._inbox.claim()))

    async def _drain(self) -> None:
        try:
            async with asyncio.timeout(self._drain_seconds):
                await self._inbox.emptied()
        except TimeoutError:
            _log.warning("answers were cut short: the time to finish them is over", seconds=self._drain_seconds)

    async def _settle(self, owed: Owed) -> None:
        """Answer one question; whatever fails concerns this question alone."""
        question = owed.question
        with referenced(question.id):
            try:
                await self._reply(question, owed.stop)
            except Exception:  # noqa: BLE001 - a platform's library may raise anything
                _log.exception("the reply failed", platform=question.place.platform)
            except asyncio.CancelledError:
                _log.warning("left without a whole answer", platform=question.place.platform)
                raise
            finally:
                self._inbox.finish(owed)
                self._slots.release()

    async def _reply(self, question: Question, stop: asyncio.Event) -> None:
        adapter = self._adapters[question.place.platform]
        _log.info("answering", conversation=text_hash(question.conversation), text=text_hash(question.text))
        audience = await _audience(adapter, question)
        async with aclosing(self._answer(question, audience, stop)) as parts:
            await adapter.reply(question, parts)
        _log.info("replied")


async def _audience(adapter: Adapter, question: Question) -> Audience:
    """Ask who will read the answer; where that cannot be found out, nothing but small talk may be said."""
    try:
        return await adapter.audience(question.place, question.asker)
    except Exception:  # noqa: BLE001 - a platform's library may raise anything
        _log.exception("the audience is not known, so nobody's knowledge is searched")
        return _NOBODY
