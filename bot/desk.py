"""The desk that adapters talk to: it takes events in and shows what is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

import structlog

from adapters.base import Desk, Question, Rated, Stopped
from bot.ops.logs import referenced

if TYPE_CHECKING:
    from collections.abc import Sequence

    from adapters.base import Conversations, Event, History, Past, Turn
    from bot.feedback.ratings import Ratings
    from bot.inbox import Inbox
    from bot.turns import Turns

_log = structlog.get_logger()


class FrontDesk(Desk):
    """One desk for all platforms."""

    def __init__(self, *, inbox: Inbox, turns: Turns, ratings: Ratings) -> None:
        """Questions go to ``inbox``; conversations are read from ``turns``; votes go to ``ratings``."""
        self._inbox = inbox
        self._turns = turns
        self._ratings = ratings

    async def accept(self, event: Event, /) -> None:
        """Take an event in. Raises BotError, whose ``told`` may be shown; a known question is no error."""
        match event:
            case Question():
                self._ask(event)
            case Stopped():
                found = self._inbox.stop(event.question)
                _log.info("stop", found=found)
            case Rated():
                await self._ratings.vote(event)
                _log.info("rated", answer=event.answer, vote=event.vote)
            case _:
                assert_never(event)

    async def history(self, wish: History, /) -> Sequence[Turn]:
        """Give a conversation's turns, oldest first."""
        return await self._turns.history(wish.conversation)

    async def conversations(self, wish: Conversations, /) -> Sequence[Past]:
        """Give a person's conversations on a platform, most recent first."""
        return await self._turns.conversations(wish.person.id, wish.platform)

    def _ask(self, question: Question) -> None:
        with referenced(question.id):
            fresh = self._inbox.put(question)
            _log.info("accepted" if fresh else "known already", platform=question.place.platform)
