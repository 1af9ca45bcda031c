"""From a question to the few passages that may answer it, and how good that search looks."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final, Literal, Protocol, runtime_checkable

from knowledge import terms, tokens
from knowledge.base import Query, Retrieved, Signals
from knowledge.choosing import chosen
from knowledge.fusion import Ranking, fused

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from knowledge.base import Embedder, Filter, Hit, Index, Passage, Scope
    from knowledge.catalog import Catalog

_CANDIDATES: Final = 100
"""Hits that each index gives: what the fused scores were measured with."""
_READ: Final = 3
"""Passages are chosen from so many times their number."""
_JUDGED: Final = 3
"""The best passages, by which the search is judged."""
_SEARCH_TEXT: Final = 150
"""Tokens of a question that are searched; of a longer one its most telling terms."""


@runtime_checkable
class Weigher(Protocol):
    """An index that knows how rare its words are."""

    async def weigh(self, asked: Sequence[str], /, *, workspace: str) -> Mapping[str, float]:
        """Say how much each term tells, in the order that they were asked."""
        ...


class Retriever:
    """Searches every index at once. ``vector_share`` takes the place of the embedder's own, to measure others."""

    def __init__(
        self,
        *,
        indexes: Sequence[Index],
        embedder: Embedder,
        catalog: Catalog,
        vector_share: float | None = None,
    ) -> None:
        """The first index that can weigh terms does; without one all terms weigh the same."""
        self._indexes = indexes
        self._embedder = embedder
        self._catalog = catalog
        self._weigher = next((index for index in indexes if isinstance(index, Weigher)), None)
        share = embedder.vector_share if vector_share is None else vector_share
        self._weights = {"vectors": share, "words": 1 - share}

    async def retrieve(
        self,
        text: str,
        /,
        *,
        scope: Scope,
        filters: tuple[Filter, ...] = (),
        passages: int = 5,
        tokens: int = 1200,
    ) -> Retrieved:
        """Give at most so many passages within so many tokens, titles and headings included, best first.

        Raises KnowledgeError where an index or the embedder does.
        """
        asked = terms.telling(text)
        weights = await self._weigh(asked, scope)
        rankings = await self._search(_searched(text, weights), scope, filters)
        candidates = fused(rankings)[: passages * _READ]
        found = await self._catalog.passages(candidates, scope)
        return Retrieved(
            passages=chosen(found, weights, passages=passages, tokens=tokens, count=_count),
            signals=_signals(rankings, found, weights),
        )

    async def _weigh(self, asked: Sequence[str], scope: Scope) -> Mapping[str, float]:
        if self._weigher is None:
            return dict.fromkeys(asked, 1.0)
        return await self._weigher.weigh(asked, workspace=scope.workspace)

    async def _search(self, text: str, scope: Scope, filters: tuple[Filter, ...]) -> list[Ranking]:
        """Run all searches at once; the first error ends the others."""
        try:
            async with asyncio.TaskGroup() as searches:
                tasks = [
                    (index.name, searches.create_task(self._find(index, text, scope, filters)))
                    for index in self._indexes
                ]
        except ExceptionGroup as group:
            raise group.exceptions[0] from group
        return [
            Ranking(name=name, hits=task.result(), weight=self._weights[name], scale=_scale(name))
            for name, task in tasks
        ]

    async def _find(self, index: Index, text: str, scope: Scope, filters: tuple[Filter, ...]) -> Sequence[Hit]:
        vector = None
        if index.name == "vectors":
            vector = (await self._embedder.embed([text], purpose="question")).vectors[0]
        return await index.search(Query(text=text, vector=vector, scope=scope, filters=filters, limit=_CANDIDATES))


def _count(text: str) -> int:
    return tokens.count(text)


def _searched(text: str, weights: Mapping[str, float]) -> str:
    return terms.shortened(text, weights, limit=_SEARCH_TEXT, count=_count)


def _scale(name: Literal["words", "vectors"]) -> Literal["best", "range"]:
    return "best" if name == "words" else "range"


def _signals(rankings: Sequence[Ranking], found: Sequence[Passage], weights: Mapping[str, float]) -> Signals:
    nearest = [hit.score for ranking in rankings if ranking.name == "vectors" for hit in ranking.hits]
    read = ["\n".join((passage.title, *passage.heading, passage.text)) for passage in found[:_JUDGED]]
    return Signals(
        similarity=max(nearest, default=0.0),
        coverage=max((terms.coverage(weights, text) for text in read), default=0.0),
        terms=len(weights),
    )
