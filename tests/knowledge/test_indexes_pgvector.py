from __future__ import annotations

import asyncio
import random
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import asyncpg
import numpy as np
import pytest
from sqlalchemy import text

from knowledge.base import Chunk, EmbeddedChunk, Filter, Query, Scope, VectorSpec
from knowledge.catalog import Catalog
from knowledge.errors import WrongVectors
from knowledge.indexes.pgvector.index import PgVectors
from knowledge.indexes.pgvector.patience import Patience
from knowledge.indexes.pgvector.tables import SCHEMA, Tuning
from knowledge.indexes.vectors import VectorMatrix
from knowledge.stores.server import Server
from tests.contracts.index import CHANNEL, TEAM, VectorsContract
from tests.doubles.hashing import hashed
from tests.doubles.knowledge import A_WORKSPACE, SPEC, an_edition
from tests.doubles.library import in_file

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Collection, Sequence
    from pathlib import Path

    from knowledge.base import Field, Metric, Vectors
    from knowledge.stores.base import Store
    from tests.contracts.index import Library
    from tests.doubles import postgres
    from tests.doubles.knowledge import Held

NARROW = Tuning(few=5)
"""More than five rows are searched by HNSW."""
SAID = [f"word{number}" for number in range(60)]
READERS = (TEAM, CHANNEL, "public", "slack:T1:person:U1", "slack:T1:group:S1")
TAGS = ("ops", "Security", "a=b", "naïve")
YEARS = ("2019", "2023", "2024")

UNHURRIED = Patience(question=30.0)
"""For a server that is healthy on a machine that is busy."""


@pytest.fixture(scope="module")
def address(server: postgres.Server) -> str:
    """One database for all of these tests, since making one takes long."""
    return server.empty()


@pytest.fixture
async def database(address: str) -> AsyncGenerator[Server]:
    """The database, without any vectors."""
    opened = Server(address)
    async with opened.write() as connection:
        await connection.execute(text(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE"))
    yield opened
    await opened.close()


class TestPgVectors(VectorsContract):
    @pytest.fixture(autouse=True)
    def _place(self, tmp_path: Path, database: Server) -> None:
        self.path = tmp_path / "knowledge.db"
        self.database = database

    @asynccontextmanager
    async def library(self) -> AsyncGenerator[Library]:
        async with in_file(self.path, _on(self.database)) as library:
            yield library


def _on(database: Server, tuning: Tuning | None = None) -> Callable[[Store], PgVectors]:
    return lambda store: PgVectors(database, Catalog(store), tuning=tuning, patience=UNHURRIED)


class Everything:
    """A catalog in which every edition answers."""

    async def answering(self, editions: Collection[str], /, *, workspace: str) -> frozenset[str]:
        return frozenset(editions)


async def _index(database: Server, spec: VectorSpec = SPEC, tuning: Tuning | None = None) -> PgVectors:
    index = PgVectors(database, Everything(), tuning=tuning, patience=UNHURRIED)
    await index.prepare(spec)
    return index


def _chunks(
    vectors: Vectors,
    edition: str = "a@1",
    readers: Sequence[str] = (TEAM,),
    attributes: dict[Field, frozenset[str]] | None = None,
) -> list[EmbeddedChunk]:
    return [
        EmbeddedChunk(
            chunk=Chunk(id=f"{edition}:{number}", edition=edition, ordinal=number, text="", searched=""),
            vector=vector,
            readers=frozenset(readers),
            attributes=attributes or {},
        )
        for number, vector in enumerate(vectors)
    ]


def _unit(count: int, dimensions: int = SPEC.dimensions, seed: int = 1) -> Vectors:
    vectors = np.random.default_rng(seed).standard_normal((count, dimensions))
    unit: Vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    return unit


def _query(
    vector: Vectors, *, limit: int = 100, principals: Sequence[str] = (TEAM,), filters: tuple[Filter, ...] = ()
) -> Query:
    scope = Scope(workspace=A_WORKSPACE, principals=frozenset(principals))
    return Query(text="", vector=vector, scope=scope, filters=filters, limit=limit)


async def test_it_finds_in_a_catalog_of_another_kind_what_another_process_put(database: Server, tmp_path: Path) -> None:
    held = an_edition("a", "moon")
    async with in_file(tmp_path / "k.db", _on(database)) as syncing:
        await syncing.index.prepare(SPEC)
        bot = syncing.beside()
        await bot.prepare(SPEC)
        await syncing.stage(held)
        asked = _query(hashed("moon", SPEC.dimensions))
        assert await bot.search(asked) == ()
        await syncing.publish(held)
        assert [hit.chunk for hit in await bot.search(asked)] == ["a@1:0"]


@pytest.mark.parametrize("metric", ["cosine", "dot", "euclidean"])
async def test_scores_are_cosines_whatever_the_metric(database: Server, metric: Metric) -> None:
    spec = VectorSpec(model="m", dimensions=64, metric=metric)
    index, vectors = await _index(database, spec, NARROW), _unit(40)
    await index.put(A_WORKSPACE, _chunks(vectors))
    await index.settled(A_WORKSPACE)
    hits = await index.search(_query(vectors[7], limit=3))
    cosines = vectors @ vectors[7]
    assert [hit.chunk for hit in hits] == [f"a@1:{number}" for number in np.argsort(-cosines)[:3]]
    assert [hit.score for hit in hits] == pytest.approx(sorted(cosines, reverse=True)[:3], abs=1e-3)


@pytest.mark.parametrize("tuning", [Tuning(), NARROW])
async def test_equal_scores_come_in_the_order_of_their_ids(database: Server, tuning: Tuning) -> None:
    index, vectors = await _index(database, tuning=tuning), np.repeat(_unit(1), 12, axis=0)
    await index.put(A_WORKSPACE, _chunks(vectors)[::-1])
    await index.settled(A_WORKSPACE)
    hits = await index.search(_query(vectors[0]))
    assert [hit.chunk for hit in hits] == sorted(f"a@1:{number}" for number in range(12))
    assert len({hit.score for hit in hits}) == 1


async def test_the_index_is_made_once_there_is_much(database: Server) -> None:
    index, other = await _index(database, tuning=NARROW), await _index(database, tuning=NARROW)
    await index.put(A_WORKSPACE, _chunks(_unit(5)))
    await index.settled(A_WORKSPACE)
    assert "compared one by one" in await _told(index)
    await index.put(A_WORKSPACE, _chunks(_unit(3), edition="b@1"))
    async with asyncio.TaskGroup() as both:
        both.create_task(index.settled(A_WORKSPACE))
        both.create_task(other.settled(A_WORKSPACE))
    assert "8 vectors of hashing are searched by an HNSW index" in await _told(index)
    assert len(await other.search(_query(_unit(1)[0]))) == 8


async def test_an_index_whose_making_was_broken_off_is_made_anew(database: Server) -> None:
    index = await _index(database, tuning=NARROW)
    await index.put(A_WORKSPACE, _chunks(_unit(9)))
    await index.settled(A_WORKSPACE)
    async with database.write() as connection:
        await connection.execute(
            text("UPDATE pg_index SET indisvalid = false WHERE indexrelid::regclass::text LIKE '%_nearest'")
        )
    assert "compared one by one" in await _told(index)
    await index.settled(A_WORKSPACE)
    assert "searched by an HNSW index" in await _told(index)


async def test_an_index_that_was_made_since_we_looked_is_left_alone(database: Server) -> None:
    index = await _index(database, tuning=NARROW)
    await index.put(A_WORKSPACE, _chunks(_unit(9)))
    shelf = index._shelf
    made = "SELECT to_regclass($1)::oid"
    waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = to_regclass($1)"
    other, spy = await asyncpg.connect(database.address), await asyncpg.connect(database.address)
    async with asyncio.TaskGroup() as both, other.transaction():
        await other.execute(f"LOCK TABLE {shelf.table.fullname} IN ACCESS EXCLUSIVE MODE")
        both.create_task(index.settled(A_WORKSPACE))
        while not await spy.fetchval(waiting, shelf.table.fullname):
            pass  # until it has seen no index, and waits to count the rows
        await other.execute(shelf.index.replace("CONCURRENTLY", ""))
        first = await other.fetchval(made, shelf.nearest)
    assert await spy.fetchval(made, shelf.nearest) == first
    await other.close()
    await spy.close()


async def _told(index: PgVectors) -> str:
    return [finding async for finding in index.check(SPEC)][-1].told


@pytest.fixture
async def by_hnsw(database: Server) -> AsyncGenerator[Server]:
    """The same database, by connections whose planner takes HNSW for a few rows too."""
    opened = Server(f"{database.address}&enable_seqscan=off&enable_bitmapscan=off&enable_sort=off", size=1)
    yield opened
    await opened.close()


async def test_hnsw_finds_the_nearest_of_much(by_hnsw: Server) -> None:
    index, vectors = await _index(by_hnsw, tuning=NARROW), _unit(400)
    await index.put(A_WORKSPACE, _chunks(vectors))
    await index.settled(A_WORKSPACE)
    for _ in range(2):  # once it is found out how much is allowed, and once it is known
        hits = await index.search(_query(vectors[0], limit=10))
        assert [hit.chunk for hit in hits] == [f"a@1:{number}" for number in np.argsort(-(vectors @ vectors[0]))[:10]]
    assert await _scans(by_hnsw) == 2


async def _scans(database: Server) -> int:
    """Say how often HNSW was asked."""
    async with database.write() as connection:  # there is but this one connection
        await connection.execute(text("SELECT pg_stat_force_next_flush()"))
    async with database.write() as connection:
        counted = text("SELECT idx_scan FROM pg_stat_all_indexes WHERE indexrelname LIKE '%_nearest'")
        return await connection.scalar(counted) or 0


async def test_what_few_may_read_is_found_whole_where_all_else_is_nearer(by_hnsw: Server) -> None:
    index, vectors = await _index(by_hnsw, tuning=Tuning(few=5, candidates=10)), _unit(400)
    ordered = vectors[np.argsort(-(vectors @ vectors[0]))]
    await index.put(A_WORKSPACE, _chunks(ordered[:-30]))
    shown = _chunks(ordered[-30:], edition="b@1", readers=(CHANNEL,))
    await index.put(A_WORKSPACE, shown)
    await index.settled(A_WORKSPACE)
    found = [hit.chunk for hit in await index.search(_query(vectors[0], principals=(CHANNEL,), limit=20))]
    assert found == [each.chunk.id for each in shown[:20]]
    await index.remove(A_WORKSPACE, ["a@1"])
    found = [hit.chunk for hit in await index.search(_query(vectors[0], principals=(CHANNEL,), limit=100))]
    assert found == [each.chunk.id for each in shown]


async def test_hnsw_finds_as_many_within_any_scope_as_the_embedded_index(by_hnsw: Server, tmp_path: Path) -> None:
    chance = random.Random(20_261_126)  # noqa: S311 - documents and questions, no secret
    held = [_any_edition(chance, number) for number in range(150)]
    chunks = [chunk for each in held for chunk in each.chunks]
    near = found = 0
    async with in_file(tmp_path / "k.db", _on(by_hnsw, NARROW)) as library:
        index, exact = library.beside(), VectorMatrix(library.store)
        for each in (library.index, index, exact):
            await each.prepare(SPEC)
        await library.stage(*held)
        await exact.put(A_WORKSPACE, chunks)
        await index.settled(A_WORKSPACE)
        await library.publish(*held[20:])
        for _ in range(200):
            asked = _any_query(chance)
            all_of_them = await exact.search(replace(asked, limit=len(chunks)))
            hits = await index.search(asked)
            assert {hit.chunk for hit in hits} <= {hit.chunk for hit in all_of_them}, asked
            assert len(hits) == min(asked.limit, len(all_of_them)), asked
            found += len(hits)
            near += sum(hit.score > all_of_them[len(hits) - 1].score - 2e-3 for hit in hits)
    assert near > 0.97 * found > 500
    assert await _scans(by_hnsw) > 50


def _any_edition(chance: random.Random, number: int) -> Held:
    return an_edition(
        f"d{number}",
        *(" ".join(chance.choices(SAID, k=8)) for _ in range(chance.randint(1, 4))),
        readers=set(chance.sample(READERS, chance.randint(1, 3))),
        attributes={"tag": chance.sample(TAGS, chance.randint(1, 2)), "year": [chance.choice(YEARS)]},
    )


def _any_query(chance: random.Random) -> Query:
    filters = (
        Filter(field="tag", values=frozenset(chance.sample(TAGS, 2))),
        Filter(field="year", values=frozenset(chance.sample(YEARS, 2))),
    )
    return _query(
        hashed(" ".join(chance.choices(SAID, k=4)), SPEC.dimensions),
        limit=chance.choice((1, 5, 20, 60)),
        principals=chance.sample(READERS, chance.randint(1, 4)),
        filters=tuple(chance.sample(filters, chance.choice((0, 0, 1, 2)))),
    )


@pytest.mark.parametrize("dimensions", [1, 3_072, 4_000])
async def test_vectors_may_be_long(database: Server, dimensions: int) -> None:
    spec = VectorSpec(model="long", dimensions=dimensions)
    index, vectors = await _index(database, spec, NARROW), _unit(30, dimensions)
    await index.put(A_WORKSPACE, _chunks(vectors))
    await index.settled(A_WORKSPACE)
    (hit,) = await index.search(_query(vectors[3], limit=1))
    assert hit.score == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize("dimensions", [0, 4_001])
async def test_vectors_may_not_be_longer_than_can_be_indexed(database: Server, dimensions: int) -> None:
    with pytest.raises(WrongVectors, match=r"up to 4,000 dimensions.*FOOTNOTE_EMBEDDING_DIMENSIONS"):
        await _index(database, VectorSpec(model="too long", dimensions=dimensions))


async def test_several_processes_may_prepare_at_once(server: postgres.Server) -> None:
    address = await asyncio.to_thread(server.empty)
    opened = [Server(address) for _ in range(6)]
    async with asyncio.TaskGroup() as all_of_them:
        for each in opened:
            all_of_them.create_task(_index(each))
    for each in opened:
        await each.close()


async def test_workspaces_with_equal_editions_are_apart(database: Server) -> None:
    index, vectors = await _index(database), _unit(2)
    await index.put(A_WORKSPACE, _chunks(vectors))
    await index.put("slack:T2", _chunks(vectors[:1]))
    await index.remove("slack:T2", ["a@1"])
    assert (await index.count(A_WORKSPACE), await index.count("slack:T2")) == (2, 0)
    await index.put("slack:T2", _chunks(vectors[:1]))
    await index.clear(A_WORKSPACE)
    assert (await index.count(A_WORKSPACE), await index.count("slack:T2")) == (0, 1)


@pytest.mark.parametrize(
    "said", ["'; DROP SCHEMA footnote_vectors CASCADE; --", '{"', "\x00", "\ud800", "$1", "%s", ":x"]
)
async def test_whatever_is_asked_is_data(database: Server, said: str) -> None:
    index, vectors = await _index(database), _unit(1)
    await index.put(A_WORKSPACE, _chunks(vectors, attributes={"tag": frozenset({"ops"})}))
    filtered = (Filter(field="tag", values=frozenset({said})),)
    assert await index.search(_query(vectors[0], principals=(said,))) == ()
    assert await index.search(_query(vectors[0], filters=filtered)) == ()
    elsewhere = Scope(workspace=said, principals=frozenset({TEAM}))
    assert await index.search(Query(text="", vector=vectors[0], scope=elsewhere)) == ()
    assert await index.vectors(A_WORKSPACE, [said]) == {}
    await index.remove(A_WORKSPACE, [said])
    assert len(await index.search(_query(vectors[0], principals=(said, TEAM)))) == 1


LONG = np.random.default_rng(2).bytes(5_000).hex()


@pytest.mark.parametrize("said", ["'; DROP SCHEMA footnote_vectors CASCADE; --", '{"a', "x,y", "%s", LONG])
async def test_whatever_is_put_is_data(database: Server, said: str) -> None:
    index, vectors = await _index(database), _unit(1)
    chunks = _chunks(
        vectors, edition=said[:40], readers=(said, "\x00"), attributes={"tag": frozenset({said, "\ud800"})}
    )
    await index.put(A_WORKSPACE, chunks)
    filtered = (Filter(field="tag", values=frozenset({said})),)
    assert [hit.chunk for hit in await index.search(_query(vectors[0], principals=(said,), filters=filtered))] == [
        f"{said[:40]}:0"
    ]
    other = (said[:-1] + "!",)
    assert await index.search(_query(vectors[0], principals=other)) == ()


async def test_a_search_before_prepare_is_a_mistake(database: Server) -> None:
    with pytest.raises(ValueError, match="prepare"):
        await PgVectors(database, Everything()).search(_query(_unit(1)[0]))
