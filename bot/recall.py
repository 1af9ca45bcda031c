"""What of a conversation may be shown where somebody asks for it: rights may be fewer than when it was answered."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

from adapters.audience import NOBODY
from adapters.plain import rendered
from bot.answering import replies
from bot.answering.permission import audience_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence

    from adapters.base import Adapter, Audience, History, Principal, Turn
    from bot.turns import Turns

Readable: TypeAlias = "Callable[[Collection[str], frozenset[Principal]], Awaitable[frozenset[str]]]"
"""Says which documents answer now and may be read by who holds these principals."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recall:
    """Reads turns back, as far as everyone may read them who reads at the place where they are asked for."""

    turns: Turns
    adapters: Mapping[str, Adapter]
    readable: Readable

    async def history(self, wish: History, /) -> Sequence[Turn]:
        """Give a conversation's turns, oldest first; an answer that may not be read now is replaced by a sentence.

        Turns that are private to somebody are shown to them alone.
        """
        private = (None, wish.place.private_to)
        turns = [turn for turn in await self.turns.history(wish.conversation) if turn.private_to in private]
        resting = frozenset[str]().union(*(turn.documents for turn in turns))
        audience = await self._audience(wish)
        readable = await self.readable(resting, audience.everyone) if resting else frozenset[str]()
        return tuple(_as_readable(turn, readable) for turn in turns)

    async def _audience(self, wish: History) -> Audience:
        adapter = self.adapters.get(wish.place.platform)
        return await audience_of(lambda: adapter.audience(wish.place, wish.person)) if adapter else NOBODY


def _as_readable(turn: Turn, readable: frozenset[str]) -> Turn:
    shown = turn if turn.documents <= readable else replace(turn, text=rendered(replies.withheld()))
    return replace(shown, documents=frozenset())
