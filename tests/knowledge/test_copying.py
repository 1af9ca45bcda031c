from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from knowledge.catalog import Catalog
from knowledge.copying import Copied, Side, copy
from knowledge.errors import Busy
from knowledge.notes import Notes
from knowledge.stores.sqlite import SqliteStore
from knowledge.syncing import sync
from tests.doubles.hashing import Hashing
from tests.doubles.serving import serving
from tests.doubles.shelf import TEAM, Shelf, document

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from pathlib import Path

PAGES = [
    document(
        f"{n}.md",
        f"# Page {n}\n\nWombat {n} sleeps.\n\n## More\n\nIt dreams of page {n}.",
        readers=frozenset({TEAM, "public"} if n % 3 else {"slack:T1:channel:C1"}),
        year=2000 + n,
        tags=("zoo", f"t{n % 4}"),
        publisher="Acme" if n % 2 else None,
    )
    for n in range(150)
]
TABLES = {
    "edition": "id, workspace, source, document, digest, state, kind, title, url, publisher, year, owner",
    "reader": "(SELECT id FROM edition WHERE number = edition), principal",
    "attribute": "(SELECT id FROM edition WHERE number = edition), field, value",
    "chunk": "id, (SELECT id FROM edition WHERE number = edition), ordinal, text, searched, heading, anchor",
    "vector": "(SELECT id FROM chunk WHERE number = chunk), data",
    "origin": "workspace, source, place",
}


class Two:
    """A catalog that knows something, and another one."""

    def __init__(self, here: SqliteStore, there: SqliteStore) -> None:
        self.stores = {"here": here, "there": there}
        self.embedder = Hashing()

    def side(self, name: str) -> Side:
        return Side(store=self.stores[name], serving=serving(self.stores[name], self.embedder))

    async def copy(self, **how: object) -> Copied:
        return await copy(self.side("here"), self.side("there"), ["gate"], **how)  # type: ignore[arg-type]

    async def sync(self, name: str, *pages: object) -> None:
        side = self.side(name)
        await sync([Shelf(*pages)], catalog=Catalog(side.store), serving=side.serving)  # type: ignore[arg-type]

    async def rows(self, name: str) -> dict[str, set[object]]:
        found: dict[str, set[object]] = {}
        async with self.stores[name].read() as connection:
            for table, columns in TABLES.items():
                found[table] = set(await connection.execute(text(f"SELECT {columns} FROM {table}")))  # noqa: S608
        return found


@pytest.fixture
async def two(tmp_path: Path) -> AsyncGenerator[Two]:
    async with SqliteStore(tmp_path / "here.db") as here, SqliteStore(tmp_path / "there.db") as there:
        yield Two(here, there)


@asynccontextmanager
async def _held(two: Two, name: str) -> AsyncGenerator[None]:
    async with two.stores[name].alone():
        yield


async def test_the_other_catalog_then_holds_the_same_without_anything_being_embedded(two: Two) -> None:
    await two.sync("here", *PAGES)
    await Notes(two.stores["here"]).write("gate", "a bar")
    made = len(two.embedder.texts)
    assert await two.copy() == Copied(documents=150, chunks=150, embedded=0, removed=0)
    assert len(two.embedder.texts) == made
    assert await two.rows("there") == await two.rows("here")
    assert await Notes(two.stores["there"]).read("gate") == "a bar"


async def test_a_sync_of_the_same_sources_then_finds_nothing_changed(two: Two) -> None:
    await two.sync("here", *PAGES)
    await two.copy()
    before = await two.rows("there")
    await two.sync("there", *PAGES)
    assert await two.rows("there") == before


async def test_a_second_copy_brings_what_is_new_and_removes_what_is_gone(two: Two) -> None:
    await two.sync("here", *PAGES)
    await two.copy()
    changed = document("1.md", "# Page 1\n\nThe wombat is awake.")
    await two.sync("here", changed, *PAGES[2:])
    assert await two.copy() == Copied(documents=1, chunks=1, embedded=0, removed=2)
    assert await two.rows("there") == await two.rows("here")
    assert await two.copy() == Copied(documents=0, chunks=0, embedded=0, removed=0)


async def test_what_was_copied_before_an_interruption_is_not_copied_again(two: Two) -> None:
    def stop(_: object) -> None:
        raise asyncio.CancelledError

    await two.sync("here", *PAGES)
    with pytest.raises(asyncio.CancelledError):
        await two.copy(progress=stop)
    assert (await Catalog(two.stores["there"]).counts(TEAM)).documents == 0
    copied = await two.copy()
    assert copied.documents == 150
    assert 0 < copied.chunks < 150
    assert await two.rows("there") == await two.rows("here")


async def test_another_model_there_has_everything_embedded(two: Two) -> None:
    await two.sync("here", *PAGES)
    here, other = two.side("here"), Hashing(model="other")
    there = Side(store=two.stores["there"], serving=serving(two.stores["there"], other))
    assert (await copy(here, there, [])).embedded == 150
    assert len(other.texts) == 150


@pytest.mark.parametrize("name", ["here", "there"])
async def test_while_a_sync_is_at_work_nothing_is_copied(two: Two, name: str) -> None:
    await two.sync("here", *PAGES[:3])
    async with _held(two, name):
        with pytest.raises(Busy):
            await two.copy()


async def test_a_second_copy_brings_new_dates(two: Two) -> None:
    day = datetime(2026, 1, 2, tzinfo=UTC)
    await two.sync("here", document("a.md", "# A\n\nWombats.", updated_at=day))
    await two.copy()
    await two.sync("here", document("a.md", "# A\n\nWombats.", updated_at=day.replace(day=3)))
    assert await two.copy() == Copied(documents=0, chunks=0, embedded=0, removed=0)
    (source,) = await Catalog(two.stores["there"]).sources(TEAM)
    assert source.newest == day.replace(day=3)
