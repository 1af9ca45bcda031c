"""A made-up knowledge file of any size, alike everywhere: words as frequent as in language, vectors in topics.

Ranks of words follow Zipf and Mandelbrot (1/(rank + 2.7)^1.07). The first are English stopwords and, among them, words
of the house, as "policy" is in a documentation of policies; a quarter of a chunk's words is its topic's own. The terms
of a question then are about as frequent as real ones: the rarest in 1 % of the chunks, the fifth in 10 %, some in half.
Rows go straight into the store's tables.

    python -m tests.benchmarks.corpus FILE CHUNKS DIMENSIONS FIRST LAST     publishes some documents of a file anew
"""

from __future__ import annotations

import argparse
import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from sqlalchemy import bindparam, delete, insert, update

from knowledge.base import Filter, Scope, VectorSpec
from knowledge.stores.sqlite import SqliteStore
from knowledge.tables import Attribute, ChunkRow, Edition, Publication, Reader, VectorModel, VectorRow
from knowledge.terms import STOPWORDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import numpy.typing as npt

    from knowledge.base import Vectors

WORKSPACE: Final = "bench:search"
SCOPE: Final = Scope(workspace=WORKSPACE, principals=frozenset({WORKSPACE}))
ONE_PERCENT: Final = (Filter(field="tag", values=frozenset({"seldom"})),)
_VOCABULARY: Final = 60_000
_OWN: Final = 120
"""Words of a topic."""
_CHUNKS_OF_DOCUMENT: Final = 8
_FIRST: Final = 12
"""Stopwords before the first word of the house."""
_BATCH: Final = 500
"""Documents of one transaction."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A text, and the vector that an embedder would make of it."""

    text: str
    vector: Vectors


class Corpus:
    """Makes documents by their numbers, the same ones in any order and process."""

    def __init__(self, chunks: int, *, dimensions: int = 384, seed: int = 20_261_125) -> None:
        """Documents have eight chunks each, topics about 3,000."""
        self.documents = max(1, chunks // _CHUNKS_OF_DOCUMENT)
        self.dimensions = dimensions
        self.spec = VectorSpec(model="made up", dimensions=dimensions)
        self._seed = seed
        chance = np.random.default_rng(seed)
        topics = max(4, chunks // 3_000)
        self._words = _vocabulary(chance)
        weights = (np.arange(_VOCABULARY) + 2.7) ** -1.07
        self._often = np.cumsum(weights) / weights.sum()
        self._own = np.exp(chance.uniform(np.log(250), np.log(30_000), (topics, _OWN))).astype(np.intp)
        self._common = np.array([rank for rank, word in enumerate(self._words[:1_500]) if word not in STOPWORDS])
        self._centres = _unit(chance.standard_normal((topics, dimensions)))

    def questions(self, count: int) -> list[Question]:
        """Ask for the own words of some documents, and for common ones, as people do."""
        chance = np.random.default_rng(self._seed + 1)
        return [self._question(int(number), chance) for number in chance.integers(0, self.documents, count)]

    def texts(self, document: int, version: int) -> tuple[list[str], Vectors]:
        """Give the chunks of a document: their texts and their vectors (8, d)."""
        chance = np.random.default_rng((self._seed, document, version))
        topic = self._topic(document)
        middle = _unit(self._centres[topic] + 0.9 * _unit(chance.standard_normal(self.dimensions)))
        noise = _unit(chance.standard_normal((_CHUNKS_OF_DOCUMENT, self.dimensions)))
        lengths = np.clip(chance.lognormal(4.75, 0.5, _CHUNKS_OF_DOCUMENT), 20, 260).astype(int)
        spoken = self._spoken(topic, int(lengths.sum()), chance)
        ends = np.cumsum(lengths)
        texts = [" ".join(spoken[end - length : end]) for end, length in zip(ends, lengths, strict=True)]
        return texts, _unit(middle + 0.9 * noise)

    def _topic(self, document: int) -> int:
        return document * 31 % len(self._own)

    def _spoken(self, topic: int, count: int, chance: np.random.Generator) -> list[str]:
        ranks = np.searchsorted(self._often, chance.random(count))
        own = chance.random(count) < 0.25
        ranks[own] = self._own[topic][(_OWN * chance.random(own.sum()) ** 2).astype(np.intp)]
        spoken: list[str] = self._words[ranks].tolist()
        return spoken

    def _question(self, document: int, chance: np.random.Generator) -> Question:
        own = self._words[self._own[self._topic(document)][(_OWN * chance.random(3)).astype(np.intp)]]
        common = self._words[self._common[(len(self._common) ** chance.random(3)).astype(np.intp)]]
        _, vectors = self.texts(document, 0)
        near = _unit(vectors[0] + 0.9 * _unit(chance.standard_normal(self.dimensions)))
        text = f"How do I {common[0]} the {own[0]} {own[1]} with {common[1]} {own[2]} in {common[2]}?"
        return Question(text=text, vector=near)


async def build(store: SqliteStore, corpus: Corpus, progress: Callable[[int], None] = lambda _: None) -> None:
    """Write every document, as live editions of one publication."""
    for first in range(0, corpus.documents, _BATCH):
        numbers = range(first, min(first + _BATCH, corpus.documents))
        await _write(store, corpus, numbers, version=0)
        progress(numbers.stop * _CHUNKS_OF_DOCUMENT)
    async with store.write() as connection:
        await connection.execute(insert(Publication), [{"workspace": WORKSPACE, "generation": 1}])


async def publish_anew(store: SqliteStore, corpus: Corpus, documents: range) -> None:
    """Replace some documents by their next version: staged in batches, then published at once, as a sync does."""
    for first in range(documents.start, documents.stop, _BATCH):
        await _write(store, corpus, range(first, min(first + _BATCH, documents.stop)), version=1, state="staged")
    old = [{"of_id": _edition(number, 0)} for number in documents]
    new = [{"of_id": _edition(number, 1)} for number in documents]
    async with store.write() as connection:
        await connection.execute(delete(Edition).where(Edition.id == bindparam("of_id")), old)
        await connection.execute(update(Edition).where(Edition.id == bindparam("of_id")).values(state="live"), new)
        await connection.execute(update(Publication).values(generation=Publication.generation + 1))


_MODEL = 1
"""The number of the one model in the file."""


async def _write(store: SqliteStore, corpus: Corpus, numbers: range, *, version: int, state: str = "live") -> None:
    rows: dict[type, list[dict[str, Any]]] = {Edition: [], Reader: [], Attribute: [], ChunkRow: [], VectorRow: []}
    for number in numbers:
        for table, row in _rows(corpus, number, version, state):
            rows[table].append(row)
    model = {"number": _MODEL, "model": corpus.spec.model, "dimensions": corpus.spec.dimensions}
    async with store.write() as connection:
        first = store.insert(VectorModel).values(**model, metric=corpus.spec.metric)
        await connection.execute(first.on_conflict_do_nothing())
        for table, listed in rows.items():
            if listed:
                await connection.execute(insert(table), listed)


def _rows(corpus: Corpus, number: int, version: int, state: str) -> Iterator[tuple[type, dict[str, Any]]]:
    row = 1 + number + version * corpus.documents
    name = _edition(number, version)
    yield (
        Edition,
        {
            "number": row,
            "id": name,
            "workspace": WORKSPACE,
            "source": "made up",
            "document": f"made up/{number}.md",
            "digest": name,
            "state": state,
            "kind": "markdown",
            "title": f"Page {number}",
            "year": 2015 + number % 10,
        },
    )
    yield Reader, {"edition": row, "principal": WORKSPACE}
    yield Attribute, {"edition": row, "field": "year", "value": str(2015 + number % 10)}
    yield Attribute, {"edition": row, "field": "tag", "value": "often" if number % 100 else "seldom"}
    texts, vectors = corpus.texts(number, version)
    for ordinal, (text, vector) in enumerate(zip(texts, vectors, strict=True)):
        chunk = 1 + (row - 1) * _CHUNKS_OF_DOCUMENT + ordinal
        searched = f"Page {number}\n{text}"
        told = {"text": text, "searched": searched, "heading": "[]", "ordinal": ordinal, "edition": row}
        yield ChunkRow, {"number": chunk, "id": f"{name}:{ordinal}", **told}
        yield VectorRow, {"chunk": chunk, "model": _MODEL, "data": vector.astype("<f4").tobytes()}


def _edition(number: int, version: int) -> str:
    return f"{number:024x}{version:08x}"


def _vocabulary(chance: np.random.Generator) -> npt.NDArray[np.object_]:
    """Make words of two to four syllables, each once, among the stopwords and behind them."""
    syllables = [first + vowel for first in "bdfgklmnprstvz" for vowel in "aeiou"]
    made: dict[str, None] = {}
    for place, stopword in enumerate(sorted(STOPWORDS)):
        if place > _FIRST and place % 5 == 0:
            made[_word(chance, syllables)] = None
        made[stopword] = None
    while len(made) < _VOCABULARY:
        made[_word(chance, syllables)] = None
    return np.array(list(made), dtype=object)


def _word(chance: np.random.Generator, syllables: list[str]) -> str:
    picked = chance.integers(0, len(syllables), chance.integers(2, 5))
    return "".join(syllables[place] for place in picked) + "k"


def _unit(vectors: npt.NDArray[np.float64]) -> Vectors:
    unit: Vectors = (vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)).astype(np.float32)
    return unit


async def _main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("file", type=Path)
    for name in ("chunks", "dimensions", "first", "last"):
        parser.add_argument(name, type=int)
    asked = parser.parse_args()
    corpus = Corpus(asked.chunks, dimensions=asked.dimensions)
    async with SqliteStore(asked.file) as store:
        await publish_anew(store, corpus, range(asked.first, asked.last))


if __name__ == "__main__":
    asyncio.run(_main())
