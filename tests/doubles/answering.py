"""What the engine talks to, in memory: a shelf that finds passages by their words, and turns in a list."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.answering.turns import Earlier, NewTurn, PastTurn, at
from bot.reading.claims import claim
from knowledge.base import Passage, Retrieved, Signals
from tests.doubles.adapters import a_question

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from adapters.base import Question
    from bot.answering.gate import Outlook
    from knowledge.base import Filter, Scope
    from knowledge.meaning import Paying


def passage(
    document: str, text: str, *, title: str = "", heading: tuple[str, ...] = (), url: str | None = None
) -> Passage:
    """Make a passage with the least that it needs."""
    return Passage(
        chunk=f"{document}:0",
        document=document,
        title=title or document,
        text=text,
        heading=heading,
        url=url,
        source="docs",
        score=1.0,
    )


class Passages:
    """Retriever and catalog over a few passages; ``hidden`` documents may not be read any more."""

    def __init__(self, *passages: Passage, error: Exception | None = None) -> None:
        self.passages = passages
        self.error = error
        self.hidden: set[str] = set()
        self.searched: list[str] = []
        self.scopes: list[Scope] = []
        self.filters: list[tuple[Filter, ...]] = []
        self.missed: str | None = None

    async def retrieve(  # noqa: PLR0913 -- as the retriever's
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
        """Find passages that share words with the text; coverage is the share of its words that the best one holds."""
        if self.error is not None:
            raise self.error
        self.searched.append(text)
        self.scopes.append(scope)
        self.filters.append(filters)
        asked = claim(text).words
        shares = [
            (len(asked & claim(f"{one.title} {one.text}").words) / max(1, len(asked)), one) for one in self.passages
        ]
        best = sorted(shares, key=lambda share: -share[0])[:passages]
        coverage = best[0][0] if best else 0.0
        found = tuple(one for _, one in best if one.document not in self.hidden)
        signals = Signals(similarity=coverage, coverage=coverage, terms=len(asked))
        return Retrieved(passages=found, signals=signals, missed=self.missed)

    async def readable(self, documents: Collection[str], scope: Scope) -> frozenset[str]:
        """Give those that are not hidden."""
        return frozenset(documents) - self.hidden


class Remembered:
    """Turns in a list; those that it begins with are of every conversation."""

    def __init__(self, *past: PastTurn, error: Exception | None = None) -> None:
        self.past = list(past)
        self.error = error
        self.recorded: list[NewTurn] = []

    async def recent(self, earlier: Earlier, limit: int, /) -> Sequence[PastTurn]:
        """Give the newest."""
        own = [_past(turn) for turn in self.recorded if _meant(turn.question, earlier)]
        return [*self.past, *own][-limit:]

    async def record(self, turn: NewTurn, /) -> None:
        """Keep it, once a question, and answer from it later."""
        if self.error is not None:
            raise self.error
        if all(turn.question.id != kept.question.id for kept in self.recorded):
            self.recorded.append(turn)


def earlier(conversation: str = "c1") -> Earlier:
    """Mean all turns of a conversation in the workspace of ``a_question``."""
    return at(a_question().place, conversation)


def _meant(question: Question, earlier: Earlier) -> bool:
    conversation = at(question.place, question.conversation)
    by_them = earlier.asker in (None, question.asker.id)
    in_time = earlier.before is None or question.asked_at < earlier.before
    return conversation == replace(earlier, asker=None, before=None) and by_them and in_time


def _past(turn: NewTurn) -> PastTurn:
    return PastTurn(
        question=turn.question.text,
        answer=turn.text,
        verdict=turn.verdict,
        documents=turn.documents.union(line.document for line in turn.citations if not line.said),
        private_to=turn.question.place.private_to,
    )


def covered(outlook: Outlook) -> bool:
    """A gate for these doubles."""
    return outlook.signals.coverage >= 0.5
