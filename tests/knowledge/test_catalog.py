from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import event, select

from knowledge.base import PUBLIC, Hit, Scope
from knowledge.catalog import Catalog, Counts
from knowledge.stores.sqlite import SqliteStore
from knowledge.syncing import sync
from knowledge.tables import ChunkRow, Edition
from tests.doubles.hashing import Hashing
from tests.doubles.library import store_at
from tests.doubles.serving import serving
from tests.doubles.shelf import TEAM, Shelf, document

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from pathlib import Path

DATED = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)
OURS = Scope(workspace=TEAM, principals=frozenset({TEAM}))
EVERYONES = Scope(workspace=TEAM, principals=frozenset({PUBLIC}))
NOBODYS = Scope(workspace=TEAM, principals=frozenset())
SHELF = Shelf(
    document(
        "keys.md",
        "# Keys\n\n## Rotation\n\nRotate a key every 90 days.",
        publisher="Acme",
        year=2026,
        updated_at=DATED,
    ),
    document("welcome.md", "# Welcome\n\nGood to see you.", readers=frozenset({PUBLIC})),
    document("alpha.md", "# alpha\n\nThe first letter."),
)


@pytest.fixture
async def catalog(place: Path | str) -> AsyncGenerator[Catalog]:
    async with store_at(place) as store:
        catalog = Catalog(store)
        await sync([SHELF], catalog=catalog, serving=serving(store, Hashing()))
        yield catalog


async def hits(catalog: Catalog) -> dict[str, Hit]:
    """One hit on every document."""
    query = select(Edition.document, ChunkRow.id).join(ChunkRow).order_by(ChunkRow.ordinal)
    async with catalog.store.read() as connection:
        rows = (await connection.execute(query)).all()
    return {row[0]: Hit(chunk=row[1], score=1 / number) for number, row in enumerate(rows, 1)}


async def test_a_passage_carries_its_documents_particulars(catalog: Catalog) -> None:
    hit = (await hits(catalog))["shelf/keys.md"]
    [passage] = await catalog.passages([hit], OURS)
    assert (passage.chunk, passage.document, passage.score) == (hit.chunk, "shelf/keys.md", hit.score)
    assert passage.title == "Keys"
    assert passage.heading[-1] == "Rotation"
    assert "Rotate a key every 90 days." in passage.text
    assert (passage.publisher, passage.year, passage.updated_at, passage.source) == ("Acme", 2026, DATED, "shelf")


async def test_the_hits_order_is_kept_and_what_is_unknown_is_left_out(catalog: Catalog) -> None:
    found = await hits(catalog)
    asked = [found["shelf/keys.md"], Hit(chunk="gone:0", score=0.9), found["shelf/alpha.md"]]
    for order in (asked, asked[::-1]):
        passages = await catalog.passages(order, OURS)
        assert [passage.chunk for passage in passages] == [hit.chunk for hit in order if hit.chunk != "gone:0"]
    assert await catalog.passages([], OURS) == ()


async def test_the_scope_is_checked_whatever_an_index_found(catalog: Catalog) -> None:
    found = list((await hits(catalog)).values())
    assert {one.document for one in await catalog.passages(found, OURS)} == {"shelf/keys.md", "shelf/alpha.md"}
    assert [one.document for one in await catalog.passages(found, EVERYONES)] == ["shelf/welcome.md"]
    assert await catalog.passages(found, NOBODYS) == ()


async def test_readable_names_what_may_be_read_now(catalog: Catalog) -> None:
    asked = ["shelf/keys.md", "shelf/welcome.md", "shelf/gone.md"]
    assert await catalog.readable(asked, OURS) == {"shelf/keys.md"}
    assert await catalog.readable(asked, EVERYONES) == {"shelf/welcome.md"}
    assert await catalog.readable([], OURS) == frozenset()


async def test_documents_are_listed_by_title_within_the_scope(catalog: Catalog) -> None:
    assert [listed.title for listed in await catalog.documents(OURS)] == ["alpha", "Keys"]
    assert [listed.document for listed in await catalog.documents(OURS, limit=1)] == ["shelf/alpha.md"]
    assert await catalog.documents(NOBODYS) == ()


async def test_counts_are_of_what_answers(catalog: Catalog) -> None:
    assert await catalog.counts(TEAM) == Counts(documents=3, chunks=3)
    assert await catalog.counts("slack:T9") == Counts(documents=0, chunks=0)


async def test_passages_are_looked_up_by_their_chunks_and_not_through_every_document(tmp_path: Path) -> None:
    statements: list[tuple[str, Any]] = []
    async with SqliteStore(tmp_path / "k.db") as store:
        event.listen(store.engine.sync_engine, "before_cursor_execute", lambda *said: statements.append(said[2:4]))
        await Catalog(store).passages([Hit(chunk=f"a@1:{number}", score=1.0) for number in range(15)], OURS)
        statement, parameters = statements[-1]
        async with store.read() as connection:
            plan = (await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)).all()
    steps = [row[-1] for row in plan]
    assert any(step.startswith("SEARCH chunk USING INDEX") and "(id=?)" in step for step in steps), steps
    assert any(step.startswith("SEARCH edition USING INTEGER PRIMARY KEY") for step in steps), steps
