"""Every index, asked the same 2,000 things: the same sets come back, and nearly the same order."""

from __future__ import annotations

import asyncio
import random
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pytest
from sqlalchemy import select

from knowledge.base import PUBLIC, Filter, Query, Scope
from knowledge.catalog import Catalog
from knowledge.indexes.fulltext import FullText
from knowledge.indexes.pgvector.index import PgVectors
from knowledge.indexes.pgvector.patience import Patience
from knowledge.indexes.pinecone.index import PineconeVectors
from knowledge.indexes.vectors import VectorMatrix
from knowledge.indexes.words import Words
from knowledge.stores.postgres import PostgresStore
from knowledge.stores.server import Server
from knowledge.stores.sqlite import SqliteStore
from knowledge.syncing import sync
from knowledge.tables import Edition
from knowledge.whole import wholes
from tests.doubles.hashing import Hashing, hashed
from tests.doubles.pinecone.index import Index as PineconeIndex
from tests.doubles.pinecone.server import KEY, Pinecone
from tests.doubles.serving import serving
from tests.doubles.shelf import Shelf, document

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping, Sequence
    from pathlib import Path

    from knowledge.base import Document, Hit, Index, VectorIndex
    from knowledge.stores.base import Store
    from tests.doubles import postgres

SEED: Final = 20_261_126
WORKSPACES: Final = ("slack:T1", "slack:T2")
CHANNELS: Final = tuple(f"slack:T1:channel:C{number}" for number in range(6))
PEOPLE: Final = tuple(f"slack:T1:person:U{number}" for number in range(4))
PRINCIPALS: Final = (PUBLIC, *WORKSPACES, *CHANNELS, *PEOPLE, "slack:T1:group:S'1")
WORDS: Final = (  # noqa: SIM905 - they read better so
    "rotate rotates rotated keys key signing backups backup nightly running runs café naïve policies policy relational "
    "university organisation happily hopping v1.2.3 3.5 e-mail o'clock übergröße 2024 state-of-the-art generously"
).split()


@dataclass(frozen=True)
class Asked:
    """One question of an index."""

    text: str
    workspace: str
    principals: frozenset[str]
    filters: tuple[Filter, ...]

    def query(self, limit: int) -> Query:
        scope = Scope(workspace=self.workspace, principals=self.principals)
        return Query(text=self.text, vector=hashed(self.text, 64), scope=scope, filters=self.filters, limit=limit)


@dataclass(frozen=True)
class Compared:
    """Indexes over the same documents; the first of each kind is what the others are held against."""

    words: Mapping[str, Index]
    vectors: Mapping[str, Index]


@pytest.fixture
async def compared(tmp_path: Path, server: postgres.Server) -> AsyncGenerator[Compared]:
    async with AsyncExitStack() as stack:
        service = stack.enter_context(Pinecone(PineconeIndex(dimension=64)))
        database = Server(await asyncio.to_thread(server.empty))
        stack.push_async_callback(database.close)
        file = await stack.enter_async_context(SqliteStore(tmp_path / "k.db"))
        pinecone = await stack.enter_async_context(PineconeVectors(service.url, KEY, Catalog(file)))
        vectors = {
            "embedded": VectorMatrix(file),
            "pinecone": pinecone,
            "postgres": PgVectors(database, Catalog(file), patience=Patience(question=30.0)),
        }
        await filled(file, list(vectors.values()))
        service.catch_up()
        catalog = PostgresStore(Server(await asyncio.to_thread(server.empty)))
        there = await stack.enter_async_context(catalog)
        words, matrix = FullText(there), VectorMatrix(there)
        await words.prepare(Hashing().spec)
        await filled(there, [matrix], words)
        yield Compared(
            words={"embedded": Words(file), "postgres": words},
            vectors={**vectors, "embedded, on a server": matrix},
        )


async def filled(store: Store, indexes: Sequence[VectorIndex], words: Index | None = None) -> None:
    """Sync both workspaces, whose documents have the same names, into a store and its indexes."""
    chance = random.Random(SEED)  # noqa: S311 - documents, no secret
    for workspace in WORKSPACES:
        shelf = Shelf(*(_document(chance, number) for number in range(300)))
        for index in indexes:
            await index.prepare(Hashing().spec)
        served = serving(store, Hashing(), workspace=workspace, index=indexes[0])
        await sync([shelf], catalog=Catalog(store), serving=served, words=words)
        await _copied(store, workspace, indexes)


async def _copied(store: Store, workspace: str, indexes: Sequence[VectorIndex]) -> None:
    async with store.read() as connection:
        numbers = (await connection.scalars(select(Edition.number).where(Edition.workspace == workspace))).all()
        editions = await wholes(connection, numbers)
    vectors = await indexes[0].vectors(workspace, [chunk.id for one in editions for chunk in one.chunks])
    for index in indexes[1:]:
        await index.put(workspace, [chunk for one in editions for chunk in one.embedded(vectors)])


def _document(chance: random.Random, number: int) -> Document:
    said = " ".join(chance.choices(WORDS, k=chance.randint(4, 30)))
    return document(
        f"d{number}.md",
        f"# {chance.choice(WORDS)}\n\n{said}.",
        readers=frozenset(chance.sample(PRINCIPALS, chance.randint(1, 4))),
        publisher=chance.choice((None, "Acme Ltd", "Bolt")),
        year=chance.choice((None, 2019, 2023, 2024)),
        tags=tuple(chance.sample(("Security", "ops", "a=b", "naïve"), chance.randint(0, 3))),
        version=chance.choice((None, "1.2", "2.0")),
    )


def _asked(chance: random.Random) -> Asked:
    fields = {
        "tag": ("security", "OPS", "a=b", "naïve", "nothing"),
        "year": ("2019", "2023", "2024"),
        "publisher": ("acme ltd", "bolt"),
        "version": ("1.2", "2.0"),
        "kind": ("markdown", "general", "plain", "technical"),
    }
    chosen = chance.sample(sorted(fields), chance.choice((0, 0, 1, 1, 2)))
    return Asked(
        text=" ".join(chance.choices(WORDS, k=chance.randint(1, 5))),
        workspace=chance.choice((*WORKSPACES, WORKSPACES[0], "slack:T")),
        principals=frozenset(chance.sample(PRINCIPALS, chance.randint(0, 5))),
        filters=tuple(
            Filter(field=name, values=frozenset(chance.sample(fields[name], chance.randint(0, 2))))  # type: ignore[arg-type]
            for name in chosen
        ),
    )


async def test_every_index_finds_the_same_chunks(compared: Compared) -> None:
    await _compared(compared, questions=200, seed=SEED + 1)


@pytest.mark.crash
async def test_every_index_finds_the_same_chunks_for_2000_questions(compared: Compared) -> None:
    await _compared(compared, questions=2_000, seed=SEED + 2)


async def _compared(compared: Compared, *, questions: int, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - questions, no secret
    found, alike = 0, list[float]()
    for _ in range(questions):
        asked = _asked(chance)
        for indexes in (compared.words, compared.vectors):
            (_, first), *others = [(name, await index.search(asked.query(1_000))) for name, index in indexes.items()]
            found += len(first)
            for name, hits in others:
                assert {hit.chunk for hit in hits} == {hit.chunk for hit in first}, (name, asked)
                if indexes is compared.vectors:
                    _nearly(first, hits, asked)
                elif first:
                    alike.append(_alike(first, hits))
    assert found > 50 * questions
    assert sum(alike) / len(alike) > 0.7  # of these few words, most chunks hold most


def _alike(first: Sequence[Hit], hits: Sequence[Hit]) -> float:
    """Give how much of the best ten is the same: both rank by BM25, which each counts in its own way."""
    return len({hit.chunk for hit in first[:10]} & {hit.chunk for hit in hits[:10]}) / len(first[:10])


def _nearly(first: Sequence[Hit], hits: Sequence[Hit], asked: Asked) -> None:
    """The score of each chunk is the same but for rounding, and so is the order but for what is nearly equal."""
    scores = {hit.chunk: hit.score for hit in first}
    ours = np.array([scores[hit.chunk] for hit in hits])
    theirs = np.array([hit.score for hit in hits])
    np.testing.assert_allclose(ours, theirs, rtol=0.02, atol=3e-3, err_msg=str(asked))
    assert (np.diff(ours) < 0.02 * np.abs(ours[:-1]) + 3e-3).all(), asked
