from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select

from knowledge.base import Query, Scope
from knowledge.catalog import Catalog, ListedSource
from knowledge.editions import Editions
from knowledge.errors import Busy, NoSuchSource
from knowledge.forgetting import forget
from knowledge.indexes.vectors import VectorMatrix
from knowledge.stores.sqlite import SqliteStore
from knowledge.syncing import sync
from knowledge.tables import Attribute, ChunkRow, Edition, Origin, Reader, VectorRow
from tests.doubles.hashing import Hashing, hashed
from tests.doubles.library import store_at, words_of
from tests.doubles.serving import serving
from tests.doubles.shelf import TEAM, Shelf, document

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from pathlib import Path

    from knowledge.base import Index
    from knowledge.stores.base import Store

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
MORNING = datetime(2026, 11, 21, 8, tzinfo=UTC)


class Desk:
    """A knowledge file with both indexes, and a second opening of it that stands for a running bot."""

    def __init__(self, store: Store, elsewhere: Store) -> None:
        self.store = store
        self.other = elsewhere
        self.catalog = Catalog(store)
        self.embedder = Hashing()
        self.words = words_of(store)
        self.elsewhere: tuple[Index, ...] = (words_of(elsewhere), VectorMatrix(elsewhere))

    async def sync(self, *sources: Shelf, workspace: str = TEAM) -> None:
        vectors = serving(self.store, self.embedder, workspace=workspace)
        await sync(sources, catalog=self.catalog, serving=vectors, words=self.words)

    async def forget(self, *names: str) -> int:
        return await forget(names, catalog=self.catalog, serving=serving(self.store, self.embedder))

    async def found(self, words: str) -> set[str]:
        """The documents that any index of the running bot finds."""
        scope = Scope(workspace=TEAM, principals=frozenset({TEAM, "public"}))
        query = Query(
            text=words, vector=hashed(words, self.embedder.spec.dimensions), scope=scope, filters=(), limit=50
        )
        hits = [hit for index in self.elsewhere for hit in await index.search(query)]
        return {passage.document for passage in await self.catalog.passages(hits, scope)}

    async def rows(self) -> dict[str, int]:
        """How many rows each table holds."""
        tables = (Edition, Reader, Attribute, ChunkRow, VectorRow, Origin)
        async with self.store.read() as connection:
            return {
                table.__tablename__: (await connection.execute(select(func.count()).select_from(table))).scalar_one()
                for table in tables
            }


@pytest.fixture
async def desk(place: Path | str) -> AsyncGenerator[Desk]:
    async with store_at(place) as store, store_at(place) as elsewhere:
        desk = Desk(store, elsewhere)
        for index in desk.elsewhere:
            await index.prepare(desk.embedder.spec)
        await desk.sync(
            Shelf(
                document("a", "Wombats dig burrows.", source="wiki", updated_at=MORNING),
                document("b", "Wombats sleep by day.", source="wiki", updated_at=NOON, readers=frozenset({"public"})),
                name="wiki",
                origin="/srv/wiki",
            )
        )
        await desk.sync(Shelf(document("a", "Wombats bite.", source="manual"), name="manual", origin="/srv/manual"))
        yield desk


async def test_the_sources_that_answer_are_listed_by_name(desk: Desk) -> None:
    assert await desk.catalog.sources(TEAM) == (
        ListedSource(name="manual", place="/srv/manual", documents=1, chunks=1, newest=None, readers=frozenset({TEAM})),
        ListedSource(
            name="wiki",
            place="/srv/wiki",
            documents=2,
            chunks=2,
            newest=NOON,
            readers=frozenset({TEAM, "public"}),
        ),
    )


async def test_another_workspaces_sources_are_not_listed(desk: Desk) -> None:
    await desk.sync(Shelf(document("a", "Secret.", source="wiki"), name="wiki", origin="/srv/x"), workspace="slack:T1")
    assert [source.documents for source in await desk.catalog.sources(TEAM)] == [1, 2]


async def test_what_is_forgotten_is_found_no_more_by_a_bot_that_runs(desk: Desk) -> None:
    assert await desk.found("wombats") == {"manual/a", "wiki/a", "wiki/b"}
    assert await desk.forget("manual") == 1
    assert await desk.found("wombats") == {"wiki/a", "wiki/b"}
    assert [source.name for source in await desk.catalog.sources(TEAM)] == ["wiki"]


async def test_forgetting_is_one_publication_and_leaves_no_row(desk: Desk) -> None:
    generation = await desk.store.generation(TEAM)
    assert await desk.forget("manual", "wiki") == 3
    assert await desk.store.generation(TEAM) == generation + 1
    assert set((await desk.rows()).values()) == {0}


async def test_another_workspaces_source_of_that_name_stays(desk: Desk) -> None:
    await desk.sync(Shelf(document("a", "Secret.", source="wiki"), name="wiki", origin="/srv/x"), workspace="slack:T1")
    await desk.forget("wiki")
    assert [source.place for source in await desk.catalog.sources("slack:T1")] == ["/srv/x"]


async def test_an_unknown_name_is_refused_with_the_known_ones_and_nothing_is_forgotten(desk: Desk) -> None:
    with pytest.raises(NoSuchSource) as refused:
        await desk.forget("wiki", "wikki")
    assert refused.value.told == "There is no source called wikki; the sources are manual, wiki."
    assert await desk.found("wombats") == {"manual/a", "wiki/a", "wiki/b"}


async def test_of_an_empty_file_it_is_said_that_nothing_is_synced(tmp_path: Path) -> None:
    async with SqliteStore(tmp_path / "empty.db") as store:
        with pytest.raises(NoSuchSource, match="nothing is synced yet"):
            await forget({"wiki"}, catalog=Catalog(store), serving=serving(store, Hashing()))


async def test_while_a_sync_is_at_work_nothing_is_forgotten(desk: Desk) -> None:
    async with desk.other.alone():
        with pytest.raises(Busy, match="run the command again"):
            await desk.forget("wiki")
    assert len(await desk.catalog.sources(TEAM)) == 2
    if isinstance(desk.store, SqliteStore):
        assert desk.store.path.with_name("knowledge.db.lock").stat().st_mode & 0o777 == 0o600


async def test_what_a_killed_sync_staged_of_a_source_is_forgotten_too(desk: Desk) -> None:
    def killed(_: object) -> None:
        raise asyncio.CancelledError

    grown = Shelf(*(document(f"{n}", f"Wombat {n}.", source="wiki") for n in range(3)), name="wiki", origin="/srv/wiki")
    with pytest.raises(asyncio.CancelledError):
        await sync(
            [grown],
            catalog=desk.catalog,
            serving=serving(desk.store, desk.embedder),
            progress=lambda progress: killed(progress) if progress.stage == "publishing" else None,
        )
    assert any(held.state == "staged" for held in await Editions(desk.store, TEAM).held())
    assert await desk.forget("wiki") == 2
    assert {held.source for held in await Editions(desk.store, TEAM).held()} == {"manual"}


async def test_a_forgotten_name_is_free_for_another_place(desk: Desk) -> None:
    await desk.forget("wiki")
    await desk.sync(Shelf(document("z", "Wombats.", source="wiki"), name="wiki", origin="/elsewhere"))
    assert [source.place for source in await desk.catalog.sources(TEAM)] == ["/srv/manual", "/elsewhere"]
