"""From a question to the few passages that may answer it, and how good that search looks."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from statistics import fmean
from typing import TYPE_CHECKING, Final, Protocol, runtime_checkable

from knowledge import terms, tokens
from knowledge.base import Hit, Query, Retrieved
from knowledge.choosing import chosen
from knowledge.fusion import Ranking, fused, scaled
from knowledge.meaning import Meaning
from knowledge.reranking import Evidence, Nearest, held, reranked
from knowledge.signals import Asked, signals

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from knowledge.base import Filter, Index, Passage, Scope, Signals
    from knowledge.catalog import Catalog
    from knowledge.meaning import Paying, Serves
    from knowledge.reranking import Read
    from knowledge.sentences import Sentences

_CANDIDATES: Final = 100
"""Hits that each index gives: what the fused scores were measured with."""
_REREAD: Final = 24
"""The best fused hits, which are read again and ordered anew."""
_READ: Final = 3
"""Passages are chosen from so many times their number, at least."""
_SEARCH_TEXT: Final = 150
"""Tokens of a question that are searched; of a longer one its most telling terms."""
_TRIES: Final = 3
"""Searches again while the knowledge is being published under them."""


@runtime_checkable
class Weigher(Protocol):
    """An index that knows how rare its words are."""

    async def weigh(self, asked: Sequence[str], /, *, workspace: str) -> Mapping[str, float]:
        """Say how much each term tells, in the order that they were asked."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """All that a search found. ``hits`` is the whole order, of which the first were read: ``passages``.

    ``evidence`` is by chunk what those were ordered by that were read sentence by sentence.
    """

    hits: tuple[Hit, ...]
    passages: tuple[Passage, ...]
    rankings: tuple[Ranking, ...]
    evidence: Mapping[str, Evidence]
    weights: Mapping[str, float]
    signals: Signals
    missed: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    """What one search is for: ``asking`` is the part of the text that it is judged by."""

    text: str
    asking: str
    scope: Scope
    filters: tuple[Filter, ...]
    read: int


class Retriever:
    """Searches keywords and vectors at once. ``vector_share`` replaces the embedder's own, to measure others.

    With ``sentences`` the best fused passages are read again; without, they stay in the fused order. Where vectors
    cannot be had, a question is served by its keywords alone, and ``missed`` says so.
    """

    def __init__(
        self,
        *,
        words: Index | None,
        vectors: Serves | None,
        catalog: Catalog,
        sentences: Sentences | None = None,
        vector_share: float | None = None,
    ) -> None:
        """Without ``words`` that can weigh terms all terms weigh the same."""
        self._words = words
        self._vectors = vectors
        self._catalog = catalog
        self._sentences = sentences
        self._weigher: Weigher | None = words if isinstance(words, Weigher) else None
        self._share = vector_share

    async def retrieve(  # noqa: PLR0913 - one search has many sides
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
        """Give at most so many passages within so many tokens, titles and headings included, best first.

        The search is judged by how well it serves ``asking``, where only that part of the text is the question.
        ``paying`` is for embedders that cost something. Raises KnowledgeError where keywords or the catalog do.
        """
        read = passages * _READ
        found = await self.ranked(text, scope=scope, filters=filters, read=read, asking=asking, paying=paying)
        return await asyncio.to_thread(within, found, passages=passages, tokens=tokens)

    async def ranked(  # noqa: PLR0913 - the same
        self,
        text: str,
        /,
        *,
        scope: Scope,
        filters: tuple[Filter, ...] = (),
        read: int = 0,
        asking: str | None = None,
        paying: Paying | None = None,
    ) -> Ranked:
        """Give everything in its order, the best ``read`` at least as passages.

        All of it is of one publication: where another comes between the searches, they are done again.
        """
        wanted = _Wanted(text=text, asking=asking or text, scope=scope, filters=filters, read=read)
        meaning = Meaning(serves=self._vectors, paying=paying) if self._vectors else None
        for _ in range(_TRIES - 1):
            before = await self._catalog.generation(scope.workspace)
            found = await self._ranked(wanted, meaning)
            if await self._catalog.generation(scope.workspace) == before:
                return found
        return await self._ranked(wanted, meaning)

    async def _ranked(self, wanted: _Wanted, meaning: Meaning | None) -> Ranked:
        if meaning:
            meaning.begin()
        asked = await self._asked(wanted.text, wanted.scope, meaning)
        same = wanted.asking == wanted.text
        asking = asked if same else await self._asked(wanted.asking, wanted.scope, meaning)
        rankings = await self._search(asked, wanted, meaning)
        hits = fused(rankings)
        best = await self._catalog.passages(hits[: max(_REREAD, wanted.read)], wanted.scope)
        reads = await self._sentences.read(best[:_REREAD]) if self._sentences else {}
        found = await asyncio.to_thread(_judged, asked, asking, rankings, hits, best, reads)
        return replace(found, missed=meaning.missed if meaning else None)

    async def _asked(self, text: str, scope: Scope, meaning: Meaning | None) -> Asked:
        weights = await self._weigh(terms.telling(text), scope)
        text = await asyncio.to_thread(_shortened, text, weights)
        vector = await meaning.vector(text) if meaning else None
        near = vector
        if self._sentences and (vector is None or meaning is None or meaning.spec != self._sentences.spec):
            near = await self._sentences.asked(text)
        return Asked(text=text, weights=weights, vector=vector, near=near)

    async def _weigh(self, asked: Sequence[str], scope: Scope) -> Mapping[str, float]:
        if self._weigher is None:
            return dict.fromkeys(asked, 1.0)
        return await self._weigher.weigh(asked, workspace=scope.workspace)

    async def _search(self, asked: Asked, wanted: _Wanted, meaning: Meaning | None) -> tuple[Ranking, ...]:
        """Run both searches at once; an error of the keywords ends the other."""
        query = Query(
            text=asked.text, vector=asked.vector, scope=wanted.scope, filters=wanted.filters, limit=_CANDIDATES
        )
        try:
            async with asyncio.TaskGroup() as searches:
                words = searches.create_task(_found(self._words, query)) if self._words else None
                vectors = searches.create_task(meaning.found(query)) if meaning else None
        except ExceptionGroup as group:
            raise group.exceptions[0] from group
        share = self._share if self._share is not None else meaning.share if meaning else 0.0
        rankings = []
        if words is not None:
            rankings.append(Ranking(name="words", hits=words.result(), weight=1 - share, scale="best"))
        if vectors is not None:
            rankings.append(Ranking(name="vectors", hits=vectors.result(), weight=share, scale="range"))
        return tuple(rankings)


def within(found: Ranked, *, passages: int, tokens: int) -> Retrieved:
    """Choose at most so many passages within so many tokens from all that was found."""
    return Retrieved(
        passages=chosen(found.passages, found.weights, passages=passages, tokens=tokens, count=_count),
        signals=found.signals,
        missed=found.missed,
    )


def _judged(  # noqa: PLR0913, PLR0917 - all that was found
    asked: Asked,
    asking: Asked,
    rankings: tuple[Ranking, ...],
    hits: tuple[Hit, ...],
    best: tuple[Passage, ...],
    reads: Mapping[str, Read],
) -> Ranked:
    """Put everything in order: tens of thousands of words, so not on the event loop."""
    evidence = _evidence((asked,) if asking is asked else (asked, asking), rankings, best, reads)
    again = reranked(best[:_REREAD], evidence) if evidence else best[:_REREAD]
    passages = (*again, *_below(again, best[_REREAD:]))
    return Ranked(
        hits=_whole(passages, hits),
        passages=passages,
        rankings=rankings,
        evidence=evidence,
        weights=asked.weights,
        signals=signals(rankings, passages, reads, asked=asked, asking=asking),
    )


async def _found(index: Index, query: Query) -> Sequence[Hit]:
    return await index.search(query)


def _count(text: str) -> int:
    return tokens.count(text)


def _shortened(text: str, weights: Mapping[str, float]) -> str:
    """Keep what is searched of a question. The first one loads the table of tokens, which takes half a second."""
    return terms.shortened(text, weights, limit=_SEARCH_TEXT, count=_count)


def _evidence(
    wanted: Sequence[Asked], rankings: Sequence[Ranking], passages: Sequence[Passage], reads: Mapping[str, Read]
) -> dict[str, Evidence]:
    """Weigh by chunk what was read: its sentences, its words, and the order of the words.

    A follow-up wants two things, the question with what went before and the question alone; they count alike.
    """
    scores = {ranking.name: scaled(ranking) for ranking in rankings}
    sides = [(one, near, terms.telling_pairs(one.text)) for one in wanted if (near := one.near) is not None]
    if not sides:
        return {}

    def of(passage: Passage) -> Evidence:
        said = [held(passage, one.weights, following) for one, _, following in sides]
        near = [reads[passage.chunk].nearest(vector) for _, vector, _ in sides]
        return Evidence(
            words=scores.get("words", {}).get(passage.chunk, 0.0),
            vectors=scores.get("vectors", {}).get(passage.chunk, 0.0),
            nearest=Nearest(
                sentence=fmean(one.sentence for one in near),
                two=fmean(one.two for one in near),
            ),
            coverage=fmean(coverage for coverage, _ in said),
            pairs=fmean(pairs for _, pairs in said),
        )

    return {passage.chunk: of(passage) for passage in passages if passage.chunk in reads}


def _below(upper: Sequence[Passage], lower: Sequence[Passage]) -> tuple[Passage, ...]:
    """Give those that were not read again their place behind the others, in their own order."""
    least = min((passage.score for passage in upper), default=1.0)
    best = max((passage.score for passage in lower), default=0.0) or 1.0
    return tuple(replace(passage, score=least * passage.score / best) for passage in lower)


def _whole(passages: Sequence[Passage], hits: Sequence[Hit]) -> tuple[Hit, ...]:
    """Put what was read in front of what was only found."""
    read = {passage.chunk for passage in passages}
    first = (Hit(chunk=passage.chunk, score=passage.score) for passage in passages)
    return (*first, *(hit for hit in hits if hit.chunk not in read))
