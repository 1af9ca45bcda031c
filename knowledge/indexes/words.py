"""Keywords in the knowledge file: SQLite's FTS5 with Porter's stemmer, ranked by BM25."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from sqlalchemy import func, select, text

from knowledge import terms
from knowledge.base import Hit, Index
from knowledge.indexes.permission import readable_by
from knowledge.tables import ChunkRow, Edition, Publication

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

    from knowledge.base import EmbeddedChunk, Query, VectorSpec
    from knowledge.store import Store

_MOST_TERMS: Final = 12
"""Terms in one search, the rarest of the question's: past them the ranking hardly changes and the time does."""
_COMMON: Final = 0.2
"""A term in more of the chunks than this share is left out: it costs most and tells least (99.3 % the same top ten)."""
_FEW: Final = 1_000
"""Up to so many chunks every term is searched."""
_COUNTED: Final = 20_000
"""Chunks up to which a term's are counted; beyond, it is common enough."""
_REMEMBERED: Final = 10_000
"""Terms whose frequency is kept in memory, until the next publication."""

_SEARCH = text(
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
"""FTS5's bm25 is better the lower it is, ours the higher.

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

    async def prepare(self, spec: VectorSpec, /) -> None:
        """Nothing to prepare: words are the same under every embedder."""

    async def put(self, workspace: str, chunks: Sequence[EmbeddedChunk], /) -> None:
        """Nothing to add: the catalog's triggers did."""

    async def remove(self, workspace: str, editions: Sequence[str], /) -> None:
        """Nothing to forget: chunks leave with their edition."""

    async def search(self, query: Query, /) -> Sequence[Hit]:
        """Find chunks with any of the question's rarest terms, among the editions that the permission allows."""
        asked = terms.telling(query.text)
        if not asked:
            return ()
        async with self._store.read() as connection:
            counts = await self._frequencies.of(asked, connection, query.scope.workspace)
            expression = terms.match(counts.searched())
            if not expression:
                return ()
            readable = select(func.json_group_array(Edition.number)).where(readable_by(query.scope, query.filters))
            asked_for = {"expression": expression, "editions": await connection.scalar(readable), "most": query.limit}
            rows = await connection.execute(_SEARCH, asked_for)
            return tuple(Hit(chunk=row.id, score=row.score) for row in rows)

    async def weigh(self, asked: Sequence[str], /, *, workspace: str) -> Mapping[str, float]:
        """Say how much each term tells: its inverse document frequency, in the order that they were asked."""
        async with self._store.read() as connection:
            counts = await self._frequencies.of(asked, connection, workspace)
        return {term: counts.weight(term) for term in asked}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Counts:
    """How many chunks there are, and in how many of them each term of a question occurs."""

    chunks: int
    terms: Mapping[str, int]

    def searched(self) -> list[str]:
        """Choose the terms to search: those that occur, the rarest first, and at least one."""
        rarest = sorted((term for term in self.terms if self.terms[term]), key=self.terms.__getitem__)[:_MOST_TERMS]
        most = self.chunks * _COMMON if self.chunks > _FEW else self.chunks
        return [term for place, term in enumerate(rarest) if not place or self.terms[term] <= most]

    def weight(self, term: str) -> float:
        """BM25's inverse document frequency, which is positive for every term (Lucene's form)."""
        found = self.terms[term]
        return math.log1p((max(self.chunks, found) - found + 0.5) / (found + 0.5))


class _Frequencies:
    """Counts terms, and remembers the counts until a search sees another publication."""

    def __init__(self) -> None:
        self._seen: tuple[str, int | None] | None = None
        self._chunks = 0
        self._terms: dict[str, int] = {}

    async def of(self, asked: Sequence[str], connection: AsyncConnection, workspace: str) -> _Counts:
        """Count the terms that are not known yet. Other searches may do the same meanwhile, on the same dictionary."""
        published = select(Publication.generation).where(Publication.workspace == workspace)
        seen = (workspace, await connection.scalar(published))
        if seen != self._seen or len(self._terms) > _REMEMBERED:
            chunks = await connection.scalar(select(func.count()).select_from(ChunkRow)) or 0
            self._seen, self._chunks, self._terms = seen, chunks, {}
        chunks, known = self._chunks, self._terms
        if unknown := {terms.match([term]): term for term in asked if term not in known}:
            given = {"terms": json.dumps(list(unknown)), "most": _COUNTED}
            rows = await connection.execute(_FREQUENCIES, given)
            known |= {unknown[expression]: count for expression, count in rows}
        return _Counts(chunks=chunks, terms={term: known[term] for term in asked})
