"""Keywords on a PostgreSQL server: its full text search finds the chunks, and BM25 puts them in order."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal

from knowledge import terms
from knowledge.base import Index
from knowledge.indexes import lexicon
from knowledge.indexes.bm25 import Term, best
from knowledge.indexes.occurring import quoted
from knowledge.indexes.rarity import LITTLE, Counts, counted
from knowledge.indexes.stems import PORTER, Stems
from knowledge.unaccented import plain_words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

    from knowledge.base import EmbeddedChunk, Hit, Query, VectorSpec
    from knowledge.indexes.lexicon import Seen
    from knowledge.stores.base import Store

_REMEMBERED: Final = 10_000
"""Terms whose frequency is kept in memory, until the next publication."""


class FullText(Index):
    """The words of the chunks of a ``PostgresStore``, by their stems in one language.

    Words are put as vectors are, since the server cannot cut a text as SQLite does; they go with their chunk, by the
    server itself. ``prepare`` makes the stems anew where they are of another language. Searches follow whatever
    language they are of, so a running bot goes on while another process changes it.
    """

    name: Literal["words", "vectors"] = "words"

    def __init__(self, store: Store, *, language: str = PORTER) -> None:
        """``language`` is a stemmer of the server; PORTER's stems are those of the knowledge file."""
        self._store = store
        self._language = language
        self._stems = Stems(language)
        self._known: _Known | None = None

    async def prepare(self, spec: VectorSpec, /) -> None:  # noqa: ARG002 - words are the same under every embedder
        """Make the stems those of the language; raises Refused where the server does not know it."""
        await lexicon.speak(self._store, self._language)

    async def put(
        self,
        workspace: str,  # noqa: ARG002 - the catalog knows which workspace a chunk is of
        chunks: Sequence[EmbeddedChunk],
        /,
    ) -> None:
        """Add the words of chunks that the catalog has staged."""
        if chunks:
            async with self._store.write() as connection:
                await lexicon.put(connection, chunks, self._of(await lexicon.spoken(connection)))

    async def remove(self, workspace: str, editions: Sequence[str], /) -> None:
        """Nothing to forget: words leave with their chunk, and chunks with their edition."""

    async def search(self, query: Query, /) -> Sequence[Hit]:
        """Find the chunks that say most of the question's terms.

        What has one of the rarest terms is looked at first, and scored by all of them; where that is too little, what
        has any.
        """
        asked = terms.telling(query.text)
        if not asked or query.limit < 1:
            return ()
        async with self._store.read() as connection:
            known = await self._counted(asked, connection, query.scope.workspace)
            counts = known.of(asked)
            rare, others = counts.divided()
            rarest = [known.term(word, counts) for word in rare if known.queries.get(word)]
            every = [*rarest, *(known.term(word, counts) for word in others)]
            found: Sequence[Hit] = ()
            for visited in _visits(rarest, every):
                found = await best(connection, every, visited, query, known.average)
                if len(found) >= query.limit * LITTLE:
                    break
            return found

    async def weigh(self, asked: Sequence[str], /, *, workspace: str) -> Mapping[str, float]:
        """Say how much each term tells: its inverse document frequency, in the order that they were asked."""
        async with self._store.read() as connection:
            counts = (await self._counted(asked, connection, workspace)).of(asked)
        return {term: counts.weight(term) for term in asked}

    async def _counted(self, asked: Sequence[str], connection: AsyncConnection, workspace: str) -> _Known:
        """Count what is not known yet. Other searches may do the same meanwhile, on the same dictionaries."""
        seen = await lexicon.seen(connection, workspace)
        known = self._known
        if known is None or known.seen != seen or len(known.frequencies) > _REMEMBERED:
            chunks, average = await lexicon.counts(connection)
            known = self._known = _Known(seen=seen, chunks=chunks, average=average)
        if seen.language and (unknown := [word for word in dict.fromkeys(asked) if word not in known.frequencies]):
            await known.learn(unknown, connection, self._of(seen.language))
        return known

    def _of(self, language: str) -> Stems:
        if self._stems.language != language:
            self._stems = Stems(language)
        return self._stems


def _visits(rarest: Sequence[Term], every: Sequence[Term]) -> Sequence[Sequence[Term]]:
    """Give the terms by which chunks are visited, and where these bring little, all of them."""
    if not rarest:
        return ()
    return (rarest,) if len(rarest) == len(every) else (rarest, every)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """What was counted in one publication: by word its query, and in how many chunks it holds."""

    seen: Seen
    chunks: int
    average: float
    queries: dict[str, str] = field(default_factory=dict)
    frequencies: dict[str, int] = field(default_factory=dict)

    async def learn(self, words: Sequence[str], connection: AsyncConnection, stems: Stems) -> None:
        """Stem and count the words."""
        cut = {word: plain_words(word) for word in words}
        stem = await stems.of({one for parts in cut.values() for one in parts}, connection)
        queries = {word: " & ".join(quoted(stem[one]) for one in parts) for word, parts in cut.items()}
        there = [word for word in words if queries[word]]
        found = await lexicon.frequencies(connection, [queries[word] for word in there], counted(self.chunks))
        self.queries.update(queries)
        self.frequencies.update(dict.fromkeys(words, 0) | dict(zip(there, found, strict=True)))

    def of(self, asked: Sequence[str]) -> Counts:
        """Give the counts of these words."""
        return Counts(chunks=self.chunks, terms={word: self.frequencies.get(word, 0) for word in asked})

    def term(self, word: str, counts: Counts) -> Term:
        """Give a word as a search asks for it."""
        return Term(query=self.queries[word], weight=counts.weight(word))
