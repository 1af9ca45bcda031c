"""What of a conversation may be shown where somebody asks for it: rights may be fewer than when it was answered."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

from adapters.audience import NOBODY
from adapters.plain import rendered
from bot.answering import replies
from bot.answering.permission import audience_of
from bot.answering.turns import at

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence

    from adapters.base import Adapter, Audience, Principal, Turn
    from adapters.parts import Citation
    from adapters.wishes import History, Quoted
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
        """Give a conversation's turns, oldest first, as far as they belong at the place where they are asked for.

        Where an answer may not be read now, a sentence stands for it; and for its question, which may say as much,
        unless whoever looks back asked it.
        """
        kept = await self.turns.history(at(wish.place, wish.conversation))
        turns = [turn for turn in kept if _belongs(turn, wish)]
        resting = frozenset[str]().union(*(turn.documents for turn in turns))
        audience = await self._audience(wish)
        readable = await self.readable(resting, audience.everyone) if resting else frozenset[str]()
        return tuple(_as_readable(turn, readable, wish.person.id) for turn in turns)

    async def quoted(self, wish: Quoted, /) -> Sequence[Citation]:
        """Give what an answer cites; nothing where it does not belong, or rests on what not everyone there may read."""
        kept = await self.turns.answered(wish.answer)
        if kept is None or (kept.platform, kept.workspace) != (wish.place.platform, wish.place.workspace):
            return ()
        if not (kept.citations and _belongs(kept.turn, wish)):
            return ()
        audience = await self._audience(wish)
        readable = await self.readable(kept.turn.documents, audience.everyone)
        return kept.citations if kept.turn.documents <= readable else ()

    async def _audience(self, wish: History | Quoted) -> Audience:
        adapter = self.adapters.get(wish.place.platform)
        return await audience_of(lambda: adapter.audience(wish.place, wish.person)) if adapter else NOBODY


def _belongs(turn: Turn, wish: History | Quoted) -> bool:
    """Whether it was said in the channel and thread where it is to be shown, or is shown to its own asker alone."""
    person, alone = wish.person.id, wish.place.private_to == wish.person.id
    if turn.private_to is not None and not (alone and turn.private_to == person):
        return False
    here = turn.channel == wish.place.channel and turn.thread in (None, wish.place.thread)
    return here or (alone and turn.asker == person)


def _as_readable(turn: Turn, readable: frozenset[str], person: str) -> Turn:
    return replace(turn if turn.documents <= readable else _withheld(turn, person), documents=frozenset())


def _withheld(turn: Turn, person: str) -> Turn:
    question = turn.question if turn.asker == person else rendered(replies.withheld_question())
    return replace(turn, question=question, text=rendered(replies.withheld()))
