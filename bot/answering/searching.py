"""The first half of a question's way: its history, and the passages for it, alone or with the question before."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Final, Protocol, TypeAlias

from bot.answering.conversation import joined, leans, previous, search_text, touches
from bot.answering.gate import SHIPPED, Outlook, continued, topic
from bot.answering.prompting import CONTEXT, HISTORY
from bot.answering.turns import at, first_asked
from knowledge.tokens import count

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Sequence

    from adapters.base import Question
    from bot.answering.gate import Sufficient
    from bot.answering.route import Search
    from bot.answering.turns import PastTurn, Turns
    from knowledge.base import Filter, Passage, Retrieved, Scope
    from knowledge.meaning import Paying

_RECENT: Final = 6
"""Earlier turns that are read, at most; what of them fits the budget enters the prompt."""
_PASSAGES: Final = 5
_WHOLE: Final = 0.6
"""Share of a question's telling words in one passage, from which on it needs no earlier question to be understood."""


class Retriever(Protocol):
    """Finds passages; ``knowledge.retriever.Retriever`` does."""

    async def retrieve(  # noqa: PLR0913 -- one search has many sides
        self,
        text: str,
        /,
        *,
        scope: Scope,
        filters: tuple[Filter, ...] = (),
        passages: int = 5,
        tokens: int = 1200,
        asking: str | None = None,
        paying: Paying | None = None,
    ) -> Retrieved:
        """Give the best passages within the scope, and how good the search looks for ``asking``, else for the text."""
        ...


class Catalog(Protocol):
    """Says what may be read now; ``knowledge.catalog.Catalog`` does."""

    async def readable(self, documents: Collection[str], scope: Scope) -> frozenset[str]:
        """Say which of these documents answer now and may be read within the scope."""
        ...


Rewrite: TypeAlias = "Callable[[str], Awaitable[str | None]]"
"""Says a follow-up as a question of its own, or gives None."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What the search brought: ``asked`` is the question as it was searched; not ``enough`` means: abstain.

    ``missed`` says why only keywords were searched. ``around`` are passages of what was said where the question was
    asked, beside those of the knowledge or in their stead; ``around_first`` says that it is about these.
    """

    asked: str
    passages: tuple[Passage, ...]
    outlook: Outlook
    enough: bool
    missed: str | None = None
    around: tuple[Passage, ...] = ()
    around_first: bool = False

    @property
    def read(self) -> tuple[Passage, ...]:
        """Give all passages in the order in which they are numbered."""
        return (*self.around, *self.passages) if self.around_first else (*self.passages, *self.around)

    @property
    def left(self) -> int:
        """Tokens that are left for earlier turns."""
        return HISTORY - sum(count(one.text) for one in self.around) if self.passages else HISTORY

    @property
    def room(self) -> int:
        """Tokens of all passages together."""
        return CONTEXT + HISTORY if self.passages and self.around else CONTEXT


@dataclass(frozen=True, slots=True, kw_only=True)
class Searching:
    """Searches for a question; ``sufficient`` is the gate on what the search says about itself."""

    retriever: Retriever
    catalog: Catalog
    turns: Turns
    sufficient: Sufficient
    recent: int = field(default=_RECENT)

    async def history(self, question: Question, scope: Scope) -> tuple[PastTurn, ...]:
        """Give the newest turns whose every source this audience may read now, oldest first; nobody's private ones.

        Where the question was asked in another conversation before, what its asker had asked there comes first.
        """
        first = first_asked(question)
        before = await self.turns.recent(first, self.recent) if first else ()
        here = await self.turns.recent(at(question.place, question.conversation), self.recent)
        turns = (*before, *here)[-self.recent :]
        turns = tuple(turn for turn in turns if turn.private_to in (None, question.place.private_to))
        cited = {document for turn in turns for document in turn.documents}
        readable = await self.catalog.readable(cited, scope) if cited else frozenset()
        return tuple(turn for turn in turns if turn.documents <= readable)

    async def found(
        self,
        search: Search,
        history: Sequence[PastTurn],
        scope: Scope,
        rewrite: Rewrite | None = None,
        paying: Paying | None = None,
    ) -> Found:
        """Search for the question itself and, where it leans on the one before, for both together.

        Without an earlier question of the conversation, what others said there stands for it.

        The question before must not answer for this one: what both together find counts only where it holds
        something of what this question asks. Where neither finds enough, ``rewrite`` may say the question otherwise.
        """
        tried = partial(self._tried, history=history, scope=scope, paying=paying)
        alone = await tried(search.text, search)
        before = previous(history) or search.before
        leaning = leans(search.text)
        if before is None or leaning == "not" or (leaning == "weakly" and _whole(alone.outlook)):
            return alone
        together = await tried(joined(search.text, before), search)
        leant = SHIPPED.sufficient(together.outlook) and touches(search.text, together.passages)
        best = together if leant else alone
        said = await rewrite(search.text) if rewrite is not None and not best.enough else None
        if said is None:
            return best
        again = await tried(said, replace(search, text=said))
        return again if again.enough else best

    async def _tried(
        self, asked: str, search: Search, *, history: Sequence[PastTurn], scope: Scope, paying: Paying | None
    ) -> Found:
        retrieved = await self.retriever.retrieve(
            search_text(asked),
            scope=scope,
            filters=search.filters,
            passages=_PASSAGES,
            tokens=CONTEXT,
            asking=search_text(search.text),
            paying=paying,
        )
        outlook = Outlook(
            question=search.text,
            signals=retrieved.signals,
            continued=continued(history[-1].answer, retrieved.passages) if history else 0.0,
            topic=topic([turn.question for turn in history], retrieved.signals.said),
        )
        enough = bool(retrieved.passages) and self.sufficient(outlook)
        return Found(asked=asked, passages=retrieved.passages, outlook=outlook, enough=enough, missed=retrieved.missed)


def _whole(outlook: Outlook) -> bool:
    """Whether a question found most of what it asks by itself; by the shipped bar, however strict the own one is."""
    return SHIPPED.sufficient(outlook) and outlook.signals.coverage >= _WHOLE
