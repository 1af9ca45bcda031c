"""Keywords in the knowledge file: SQLite's FTS5 with Porter's stemmer, ranked by BM25."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from sqlalchemy import Float, Integer, column, func, select, text

from knowledge import terms
from knowledge.base import Hit, Index
from knowledge.indexes.permission import readable_by
from knowledge.indexes.rarity import LITTLE, Counts, counted
from knowledge.tables import ChunkRow, Edition, Publication

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sqlalchemy import Result
    from sqlalchemy.ext.asyncio import AsyncConnection

    from knowledge.base import EmbeddedChunk, Query, Scope, VectorSpec
    from knowledge.stores.base import Store

_REMEMBERED: Final = 10_000
"""Terms whose frequency is kept in memory, until the next publication."""
_SPARE: Final = 2
"""So many times the hits that are asked for are looked at first, whoever may read them."""
_SCOPES: Final = 1_000
"""Scopes of which is remembered that they see too little for that."""

_BEST = (
    text(
        """
        SELECT rowid AS number, -bm25(words) AS score FROM words WHERE words MATCH :expression
        ORDER BY score DESC, rowid LIMIT :spare
        """
    )
    .columns(column("number", Integer), column("score", Float))
    .subquery("found")
)
"""The best of all, whoever may read them. FTS5's bm25 is better the lower it is, ours the higher."""

_WITHIN = text(
    """
    SELECT chunk.id, found.score FROM (
        SELECT held.number, -bm25(words) AS score
        FROM words CROSS JOIN chunk AS held INDEXED BY ix_chunk_number ON held.number = words.rowid
        WHERE words MATCH :expression AND +held.edition IN (SELECT value FROM json_each(:editions))
        ORDER BY score DESC, held.number LIMIT :most
    ) AS found JOIN chunk ON chunk.number = found.number
    ORDER BY found.score DESC, found.number
    """
)
"""The best of some editions.

Each match asks which edition it is of: from an index that holds nothing else, since chunks themselves fill a page each.
FTS5 comes first (CROSS JOIN), and the plus keeps SQLite from trying every readable edition with every match. At 100,000
chunks that halves the time of a search.
"""

_FREQUENCIES = text(
    """
    SELECT term.value, (SELECT count(*) FROM (SELECT 1 FROM words WHERE words MATCH term.atom LIMIT :most))
    FROM json_each(:terms) AS term
    """
)


class Words(Index):
    """The words of the chunks that answer. Triggers of the file keep them in step with the chunks themselves.

    A chunk therefore is in this index as soon as the catalog holds it, and leaves it in the same transaction.
    """

    name: Literal["words", "vectors"] = "words"

    def __init__(self, store: Store) -> None:
        """Search an open store."""
        self._store = store
        self._frequencies = _Frequencies()
        self._narrow: dict[Scope, None] = {}

    async def prepare(self, spec: VectorSpec, /) -> None:
        """Nothing to prepare: words are the same under every embedder."""

    async def put(self, workspace: str, chunks: Sequence[EmbeddedChunk], /) -> None:
        """Nothing to add: the catalog's triggers did."""

    async def remove(self, workspace: str, editions: Sequence[str], /) -> None:
        """Nothing to forget: chunks leave with their edition."""

    async def search(self, query: Query, /) -> Sequence[Hit]:
        """Find the chunks that say most of the question's terms, among the editions that the permission allows.

        What has one of the rarest terms is looked at first, and scored by all of them; where that is too little, what
        has any.
        """
        asked = terms.telling(query.text)
        if not asked or query.limit < 1:
            return ()
        async with self._store.read() as connection:
            counts = await self._frequencies.of(asked, connection, query.scope.workspace)
            found: Sequence[Hit] = ()
            for search in _searches(*counts.divided()):
                found = await self._found(connection, search, query)
                if len(found) >= query.limit * LITTLE:
                    break
            return found

    async def _found(self, connection: AsyncConnection, search: _Search, query: Query) -> Sequence[Hit]:
        """Ask for the best of all and leave out what may not be read; where too few are left, ask within what may."""
        best: Sequence[Hit] = ()
        if not query.filters and query.scope not in self._narrow:
            best = await _best(connection, search, query)
        if len(best) == query.limit:
            return best
        within = await _within(connection, search, query)
        if len(within) > len(best) and not query.filters:
            self._narrow[query.scope] = None
            while len(self._narrow) > _SCOPES:
                del self._narrow[next(iter(self._narrow))]
        return within

    async def weigh(self, asked: Sequence[str], /, *, workspace: str) -> Mapping[str, float]:
        """Say how much each term tells: its inverse document frequency, in the order that they were asked."""
        async with self._store.read() as connection:
            counts = await self._frequencies.of(asked, connection, workspace)
        return {term: counts.weight(term) for term in asked}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Search:
    """An expression for FTS5, and how many times each of its terms counts in the score."""

    expression: str
    times: int = 1


def _searches(rare: list[str], others: list[str]) -> Iterator[_Search]:
    """Ask for what has one of the rare terms, scored by all; then for what has any.

    BM25 counts every term of an expression where it stands. The rare ones stand twice, so the others do too.
    """
    if rare and others:
        expression = f"({terms.match(rare)}) AND ({terms.match([*rare, *others, *others])})"
        yield _Search(expression=expression, times=2)
    if rare:
        yield _Search(expression=terms.match([*rare, *others]))


async def _best(connection: AsyncConnection, search: _Search, query: Query) -> Sequence[Hit]:
    readable = (
        select(ChunkRow.id, _BEST.c.score)
        .join(ChunkRow, ChunkRow.number == _BEST.c.number)
        .join(Edition, Edition.number == ChunkRow.edition)
        .where(readable_by(query.scope))
        .order_by(_BEST.c.score.desc(), _BEST.c.number)
        .limit(query.limit)
    )
    asked = {"expression": search.expression, "spare": query.limit * _SPARE}
    return _hits(await connection.execute(readable, asked), search)


async def _within(connection: AsyncConnection, search: _Search, query: Query) -> Sequence[Hit]:
    readable = select(func.json_group_array(Edition.number)).where(readable_by(query.scope, query.filters))
    editions = await connection.scalar(readable)
    asked = {"expression": search.expression, "editions": editions, "most": query.limit}
    return _hits(await connection.execute(_WITHIN, asked), search)


def _hits(rows: Result[str, float], search: _Search) -> Sequence[Hit]:
    return tuple(Hit(chunk=chunk, score=score / search.times) for chunk, score in rows)


class _Frequencies:
    """Counts terms, and remembers the counts until a search sees another publication."""

    def __init__(self) -> None:
        self._seen: tuple[str, int | None] | None = None
        self._chunks = 0
        self._terms: dict[str, int] = {}

    async def of(self, asked: Sequence[str], connection: AsyncConnection, workspace: str) -> Counts:
        """Count the terms that are not known yet. Other searches may do the same meanwhile, on the same dictionary."""
        published = select(Publication.generation).where(Publication.workspace == workspace)
        seen = (workspace, await connection.scalar(published))
        if seen != self._seen or len(self._terms) > _REMEMBERED:
            chunks = await connection.scalar(select(func.count()).select_from(ChunkRow)) or 0
            self._seen, self._chunks, self._terms = seen, chunks, {}
        chunks, known = self._chunks, self._terms
        if unknown := {terms.match([term]): term for term in asked if term not in known}:
            most = counted(chunks)
            given = {"terms": json.dumps(list(unknown)), "most": most}
            rows = await connection.execute(_FREQUENCIES, given)
            known |= {unknown[expression]: count for expression, count in rows}
        return Counts(chunks=chunks, terms={term: known[term] for term in asked})
