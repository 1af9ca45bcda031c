"""The desk that adapters talk to: it takes events in, and shows what is kept to whoever may see it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, assert_never

import structlog

from adapters.base import (
    Again,
    Deleted,
    Desk,
    Edited,
    Explained,
    Halted,
    Question,
    Rated,
    Stopped,
    Wanted,
    WantedPrivately,
)
from adapters.spending import Spending
from adapters.wishes import Served
from bot.anew import anew
from bot.answering.turns import Earlier
from bot.asides import aside
from bot.errors import NotYours
from bot.inbox import principal
from bot.ops.logs import referenced
from bot.turns import SERVED

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Sequence
    from datetime import datetime

    from adapters.base import Event, MessageRef, Principal, Turn
    from adapters.parts import Citation
    from adapters.wishes import Conversations, History, Past, Quoted, Used
    from bot.feedback.ratings import Ratings
    from bot.inbox import Inbox
    from bot.recall import Recall
    from bot.turns import Turns

_NOT_YOURS: Final = "Only who asked can stop an answer."
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
        recall: Recall,
        ratings: Ratings,
        usage: Callable[[Used], Awaitable[Spending]] = unlimited,
    ) -> None:
        """Questions go to ``inbox``; votes go to ``ratings``.

        Conversations are listed from ``turns``, and read through ``recall``, which knows what may be shown of them.
        ``usage`` knows what is used of a person's limits.
        """
        self._inbox = inbox
        self._turns = turns
        self._recall = recall
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
                _log.info("deleted", found=await self._inbox.delete(event.question))
            case Stopped():
                await self._stop(event)
            case Halted():
                await self._halt(event)
            case Wanted():
                _log.info("wanted", found=await self._inbox.want(event.question, by=_who(event)))
            case WantedPrivately():
                await self._ask(aside(await self._inbox.asked(event.question), event))
            case Again():
                asked = await self._inbox.behind(event.answer)
                await self._ask(anew(await self._turns.answered(event.answer), asked, event))
            case Rated() | Explained():
                await self._rate(event)
            case _:
                assert_never(event)

    async def history(self, wish: History, /) -> Sequence[Turn]:
        """Give a conversation's turns, oldest first, as far as they may be read at that place now."""
        return await self._recall.history(wish)

    async def conversations(self, wish: Conversations, /) -> Sequence[Past]:
        """Give a person's conversations in a workspace, most recent first."""
        return await self._turns.conversations(wish.person.id, wish.platform, wish.workspace)

    async def usage(self, wish: Used, /) -> Spending:
        """Give what is used of a person's limits. Raises StoreError where that cannot be read."""
        return await self._usage(wish)

    async def quoted(self, wish: Quoted, /) -> Sequence[Citation]:
        """Give what an answer cites, as far as everybody may read it who reads at that place now."""
        return await self._recall.quoted(wish)

    async def served(self, platform: str, workspace: Principal, since: datetime, /) -> Sequence[Served]:
        """Give the conversations of a workspace that were asked in since then, answered or not yet."""
        owed = await self._inbox.owed_since(platform, workspace, since)  # first: what is owed no more has a turn
        answered = await self._turns.served(platform, workspace, since)
        return _newest((*answered, *map(_owed, owed)))

    async def answers_in(self, platform: str, workspace: Principal, conversation: str, /) -> datetime | None:
        """Give when something that was answered, or is owed an answer, was first asked in a conversation; or None."""
        earlier = Earlier(platform=platform, workspace=workspace, conversation=conversation)
        owed = await self._inbox.owed_in(platform, workspace, conversation)  # first: what is owed no more has a turn
        answered = await self._turns.first_asked(earlier)
        return min((*owed, *([answered] if answered else ())), default=None)

    async def conversation_below(self, first: MessageRef, /) -> str | None:
        """Give the conversation of the question whose reply begins with this message, where there is one."""
        return await self._turns.conversation_below(first)

    async def _rate(self, event: Rated | Explained) -> None:
        if isinstance(event, Rated):
            await self._ratings.vote(event)
            _log.info("rated", vote=event.vote)
        else:
            await self._ratings.explain(event)
            _log.info("explained", reason=event.reason)

    async def _stop(self, event: Stopped) -> None:
        found = await self._inbox.stop(event.question, by=_who(event))
        _log.info("stop", found=found)
        asked = None if found else await self._inbox.asked(event.question)
        if asked and asked.place.workspace == event.workspace and asked.asker.id != event.person.id:
            raise NotYours(_NOT_YOURS)

    async def _halt(self, event: Halted) -> None:
        found = await self._inbox.halt(event.conversation, by=_who(event))
        _log.info("halt", found=found)
        platform = event.workspace.partition(":")[0]
        if not found and await self._inbox.owed_in(platform, event.workspace, event.conversation):
            raise NotYours(_NOT_YOURS)
        if not found and event.ask is not None:
            await self._ask(event.ask)

    async def _ask(self, question: Question) -> None:
        with referenced(question.id):
            fresh = await self._inbox.put(question)
            _log.info("accepted" if fresh else "known already", platform=question.place.platform)


def _owed(question: Question) -> Served:
    return Served(conversation=question.conversation, channel=question.place.channel, last_at=question.asked_at)


def _newest(served: Iterable[Served]) -> Sequence[Served]:
    """Give each conversation once, most recent first."""
    oldest_first = sorted(served, key=lambda one: one.last_at)
    last = {one.conversation: one for one in oldest_first}
    return tuple(sorted(last.values(), key=lambda one: one.last_at, reverse=True)[:SERVED])


def _who(event: Stopped | Halted | Wanted) -> Principal:
    """By whom it is wished: the inbox holds them to be its asker."""
    return principal(event.workspace, event.person)
