"""The first half of a question's way: its history, and the passages for it, alone or with the question before."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Protocol

from bot.answering.conversation import joined, leans, previous, search_text, touches
from bot.answering.prompting import CONTEXT

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from bot.answering.route import Search
    from bot.answering.turns import PastTurn, Turns
    from knowledge.base import Filter, Passage, Retrieved, Scope, Signals

_RECENT: Final = 6
"""Earlier turns that are read, at most; what of them fits the budget enters the prompt."""
_PASSAGES: Final = 5
_WHOLE: Final = 0.6
"""Share of a question's telling words in one passage, from which on it needs no earlier question to be understood."""


class Retriever(Protocol):
    """Finds passages; ``knowledge.retriever.Retriever`` does."""

    async def retrieve(
        self, text: str, /, *, scope: Scope, filters: tuple[Filter, ...] = (), passages: int = 5, tokens: int = 1200
    ) -> Retrieved:
        """Give the best passages within the scope, and how good the search looks."""
        ...


class Catalog(Protocol):
    """Says what may be read now; ``knowledge.catalog.Catalog`` does."""

    async def readable(self, documents: Collection[str], scope: Scope) -> frozenset[str]:
        """Say which of these documents answer now and may be read within the scope."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What the search brought: ``asked`` is the question as it was searched; not ``enough`` means: abstain."""

    asked: str
    passages: tuple[Passage, ...]
    enough: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Searching:
    """Searches for a question; ``sufficient`` is the gate on what the search says about itself."""

    retriever: Retriever
    catalog: Catalog
    turns: Turns
    sufficient: Callable[[Signals], bool]
    recent: int = field(default=_RECENT)

    async def history(self, conversation: str, scope: Scope) -> tuple[PastTurn, ...]:
        """Give the newest turns whose every source this audience may read now, oldest first."""
        turns = await self.turns.recent(conversation, self.recent)
        cited = {document for turn in turns for document in turn.documents}
        readable = await self.catalog.readable(cited, scope) if cited else frozenset()
        return tuple(turn for turn in turns if turn.documents <= readable)

    async def found(self, search: Search, history: Sequence[PastTurn], scope: Scope) -> Found:
        """Search for the question itself and, where it leans on the one before, for both together.

        The question before must not answer for this one: what both together find counts only where it holds
        something of what this question asks.
        """
        alone = await self._retrieved(search.text, search, scope)
        before = previous(history)
        leaning = leans(search.text)
        if before is None or leaning == "not" or (leaning == "weakly" and self._whole(alone.signals)):
            return self._judged(search.text, alone)
        both = joined(search.text, before)
        together = await self._retrieved(both, search, scope)
        if self.sufficient(together.signals) and touches(search.text, together.passages):
            return self._judged(both, together)
        return self._judged(search.text, alone)

    def _whole(self, signals: Signals) -> bool:
        """Whether a question found most of what it asks by itself."""
        return self.sufficient(signals) and signals.coverage >= _WHOLE

    async def _retrieved(self, text: str, search: Search, scope: Scope) -> Retrieved:
        return await self.retriever.retrieve(
            search_text(text), scope=scope, filters=search.filters, passages=_PASSAGES, tokens=CONTEXT
        )

    def _judged(self, asked: str, retrieved: Retrieved) -> Found:
        enough = bool(retrieved.passages) and self.sufficient(retrieved.signals)
        return Found(asked=asked, passages=retrieved.passages, enough=enough)
