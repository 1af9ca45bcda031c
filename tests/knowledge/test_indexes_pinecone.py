from __future__ import annotations

import random
from typing import TYPE_CHECKING, Final

import pytest

from knowledge.base import PUBLIC, Filter, Query, Scope
from knowledge.indexes.vectors import VectorMatrix
from tests.contracts.index import CHANNEL, TEAM, VectorsContract
from tests.doubles.hashing import hashed
from tests.doubles.knowledge import A_WORKSPACE, SPEC, an_edition
from tests.doubles.pinecone.index import Index
from tests.doubles.pinecone.library import Hasty, in_pinecone
from tests.doubles.pinecone.server import KEY, Pinecone

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractAsyncContextManager
    from pathlib import Path

    from knowledge.base import Field
    from tests.contracts.index import Library
    from tests.doubles.knowledge import Held
    from tests.doubles.pinecone.index import Metric


@pytest.fixture(scope="module")
def running() -> Iterator[Pinecone]:
    with Pinecone(Index(dimension=SPEC.dimensions)) as service:
        yield service


class TestPineconeVectors(VectorsContract):
    """What is written is seen a few requests later only."""

    metric: Metric = "cosine"
    tells_positions = True
    deletes_by_filter = True

    @pytest.fixture(autouse=True)
    def _service(self, running: Pinecone, tmp_path: Path) -> None:
        self.path = tmp_path / "knowledge.db"
        self.service = running
        running.forget(
            Index(
                dimension=SPEC.dimensions,
                metric=self.metric,
                lag=3,
                tells_positions=self.tells_positions,
                deletes_by_filter=self.deletes_by_filter,
            )
        )

    def library(self) -> AbstractAsyncContextManager[Library]:
        return in_pinecone(self.path, self.service.url, KEY, clock=Hasty())


class TestWithEuclideanDistancesAndNoPositions(TestPineconeVectors):
    metric = "euclidean"
    tells_positions = False


class TestWithDotProductsAndNoDeletionByMetadata(TestPineconeVectors):
    metric = "dotproduct"
    deletes_by_filter = False


WORDS: Final = ("backups", "restores", "keys", "printers", "Köln", "leave", "rota")
READERS: Final = (PUBLIC, TEAM, CHANNEL, "slack:T1:person:U9", "slack:T1:group:S1")
VALUES: Final[dict[Field, tuple[str, ...]]] = {
    "year": ("2019", "2020", "2024"),
    "tag": ("ops", "Security", "größe", "a, b"),
    "publisher": ("Acme Ltd", "acme"),
}


def _some(chance: random.Random, of: tuple[str, ...], least: int = 0) -> list[str]:
    return chance.sample(of, chance.randint(least, min(3, len(of))))


def _edition(chance: random.Random, number: int) -> Held:
    texts = [" ".join(chance.choices(WORDS, k=3)) + f" {number}.{ordinal}" for ordinal in range(chance.randint(1, 4))]
    attributes: dict[Field, list[str]] = {"tag": _some(chance, VALUES["tag"])}
    attributes |= {name: [chance.choice(VALUES[name])] for name in ("year", "publisher") if chance.random() < 0.7}
    readers = frozenset(_some(chance, READERS, 1))
    held = {name: values for name, values in attributes.items() if values}
    return an_edition(f"d{number}", *texts, readers=readers, attributes=held)


def _query(chance: random.Random) -> Query:
    names = chance.sample(list(VALUES), chance.randint(0, 2))
    filters = tuple(Filter(field=name, values=frozenset(_some(chance, VALUES[name], 1))) for name in names)
    text = " ".join(chance.choices(WORDS, k=2))
    scope = Scope(workspace=A_WORKSPACE, principals=frozenset(_some(chance, READERS)))
    limit = chance.choice((1, 5, 1_000))
    return Query(text=text, vector=hashed(text, SPEC.dimensions), scope=scope, filters=filters, limit=limit)


async def test_it_finds_what_the_matrix_finds(running: Pinecone, tmp_path: Path) -> None:
    chance = random.Random(6)  # noqa: S311 - a plan, no secret
    running.forget(Index(dimension=SPEC.dimensions, lag=3))
    held = [_edition(chance, number) for number in range(80)]
    async with in_pinecone(tmp_path / "knowledge.db", running.url, KEY, clock=Hasty()) as library:
        matrix = VectorMatrix(library.store)
        for index in (library.index, matrix):
            await index.prepare(SPEC)
        await library.stage(*held)
        await matrix.put(A_WORKSPACE, [item for each in held for item in each.chunks])
        await library.publish(*held[:60])
        found = 0
        for query in [_query(chance) for _ in range(400)]:
            expected, hits = await matrix.search(query), await library.index.search(query)
            assert [hit.score for hit in hits] == pytest.approx([hit.score for hit in expected], abs=1e-5)
            if query.limit == 1_000:
                assert {hit.chunk for hit in hits} == {hit.chunk for hit in expected}
            found += bool(hits)
    assert found > 200
