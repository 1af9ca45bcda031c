"""The desk that adapters talk to: it takes events in and shows what is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

import structlog

from adapters.base import Deleted, Desk, Edited, Question, Rated, Spending, Stopped, Wanted
from bot.ops.logs import referenced

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from adapters.base import Conversations, Event, History, Past, Turn, Used
    from bot.feedback.ratings import Ratings
    from bot.inbox import Inbox
    from bot.turns import Turns

_log = structlog.get_logger()


async def unlimited(_: Used) -> Spending:
    """Give no limits at all, as where no model costs anything."""
    return Spending()


class FrontDesk(Desk):
    """One desk for all platforms."""

    def __init__(
        self,
        *,
        inbox: Inbox,
        turns: Turns,
        ratings: Ratings,
        usage: Callable[[Used], Awaitable[Spending]] = unlimited,
    ) -> None:
        """Questions go to ``inbox``; conversations are read from ``turns``; votes go to ``ratings``.

        ``usage`` knows what is used of a person's limits.
        """
        self._inbox = inbox
        self._turns = turns
        self._ratings = ratings
        self._usage = usage

    async def accept(self, event: Event, /) -> None:
        """Return once an event is on the disk, or known. Raises BotError, whose ``told`` may be shown."""
        match event:
            case Question():
                await self._ask(event)
            case Edited():
                _log.info("edited", found=await self._inbox.edit(event.question, event.text))
            case Deleted():
                _log.info("deleted", found=await self._inbox.stop(event.question, wish="deleted"))
            case Stopped():
                _log.info("stop", found=await self._inbox.stop(event.question))
            case Wanted():
                _log.info("wanted", found=await self._inbox.want(event.question))
            case Rated():
                await self._ratings.vote(event)
                _log.info("rated", vote=event.vote)
            case _:
                assert_never(event)

    async def history(self, wish: History, /) -> Sequence[Turn]:
        """Give a conversation's turns, oldest first."""
        return await self._turns.history(wish.conversation)

    async def conversations(self, wish: Conversations, /) -> Sequence[Past]:
        """Give a person's conversations on a platform, most recent first."""
        return await self._turns.conversations(wish.person.id, wish.platform)

    async def usage(self, wish: Used, /) -> Spending:
        """Give what is used of a person's limits. Raises StoreError where that cannot be read."""
        return await self._usage(wish)

    async def _ask(self, question: Question) -> None:
        with referenced(question.id):
            fresh = await self._inbox.put(question)
            _log.info("accepted" if fresh else "known already", platform=question.place.platform)
