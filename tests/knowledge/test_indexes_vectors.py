from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from knowledge.base import Query, Scope
from knowledge.errors import Damaged
from knowledge.indexes import reading
from knowledge.indexes.vectors import VectorMatrix
from knowledge.stores.sqlite import SqliteStore
from tests.contracts.index import TEAM, VectorsContract
from tests.doubles.hashing import hashed
from tests.doubles.knowledge import A_WORKSPACE, SPEC, an_edition
from tests.doubles.library import StoredLibrary, in_file

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractAsyncContextManager
    from pathlib import Path

    from sqlalchemy import Row
    from sqlalchemy.ext.asyncio import AsyncConnection

    from knowledge.indexes.blocks import Block
    from tests.contracts.index import Library


class TestVectorMatrix(VectorsContract):
    @pytest.fixture(autouse=True)
    def _folder(self, tmp_path: Path) -> None:
        self.path = tmp_path / "knowledge.db"

    def library(self) -> AbstractAsyncContextManager[Library]:
        return in_file(self.path, VectorMatrix)


def _query(asked: str, limit: int = 100, workspace: str = A_WORKSPACE) -> Query:
    scope = Scope(workspace=workspace, principals=frozenset({TEAM}))
    return Query(text=asked, vector=hashed(asked, SPEC.dimensions), scope=scope, limit=limit)


async def _chunks(library: StoredLibrary, asked: str) -> list[str]:
    return [hit.chunk for hit in await library.index.search(_query(asked))]


async def test_what_another_process_publishes_is_found_by_the_next_search(tmp_path: Path) -> None:
    path = tmp_path / "k.db"
    first, second = an_edition("a", "moon"), an_edition("b", "moon and sun")
    async with in_file(path, VectorMatrix) as bot, in_file(path, VectorMatrix) as syncing:
        await bot.index.prepare(SPEC)
        await syncing.index.prepare(SPEC)
        assert await _chunks(bot, "moon") == []
        await syncing.stage(first)
        await syncing.publish(first)
        assert await _chunks(bot, "moon") == ["a@1:0"]
        await syncing.stage(second)
        assert await _chunks(bot, "moon") == ["a@1:0"]
        await syncing.publish(second, instead=(first,))
        assert await _chunks(bot, "moon") == ["b@1:0"]


async def test_following_the_file_gives_what_reading_it_anew_gives(tmp_path: Path) -> None:
    editions = [an_edition(f"d{number}", f"moon {number}", f"sun {number % 3}") for number in range(12)]
    async with in_file(tmp_path / "k.db", VectorMatrix) as library:
        await library.index.prepare(SPEC)
        for number, edition in enumerate(editions):
            await library.stage(edition)
            await library.publish(edition, instead=(editions[number - 4],) if number >= 4 and number % 2 else ())
            followed = await library.index.search(_query("moon sun 1", limit=7))
            anew = VectorMatrix(library.store)
            await anew.prepare(SPEC)
            assert followed == await anew.search(_query("moon sun 1", limit=7))


async def test_equal_vectors_come_in_the_order_of_their_chunks(tmp_path: Path) -> None:
    held = an_edition("a", *(["moon"] * 30))
    async with in_file(tmp_path / "k.db", VectorMatrix) as library:
        await library.index.prepare(SPEC)
        await library.stage(held)
        await library.publish(held)
        hits = await library.index.search(_query("moon", limit=4))
    assert [hit.chunk for hit in hits] == ["a@1:0", "a@1:1", "a@1:2", "a@1:3"]


async def test_vectors_of_a_wrong_length_are_damage(tmp_path: Path) -> None:
    held = an_edition("a", "moon")
    async with in_file(tmp_path / "k.db", VectorMatrix) as library:
        await library.index.prepare(SPEC)
        await library.stage(held)
        await library.publish(held)
        async with library.store.write() as connection:
            await connection.execute(text("UPDATE vector SET data = x'00'"))
        with pytest.raises(Damaged, match="sync --rebuild"):
            await _chunks(library, "moon")


async def test_a_workspace_keeps_its_own_matrix(tmp_path: Path) -> None:
    held = an_edition("a", "moon")
    other = an_edition("b", "moon")
    async with SqliteStore(tmp_path / "k.db") as store:
        index = VectorMatrix(store)
        await index.prepare(SPEC)
        for library, edition in (
            (StoredLibrary(store, index, VectorMatrix), held),
            (StoredLibrary(store, index, VectorMatrix, "slack:T2"), other),
        ):
            await library.stage(edition)
            await library.publish(edition)
        assert [hit.chunk for hit in await index.search(_query("moon"))] == ["a@1:0"]
        assert [hit.chunk for hit in await index.search(_query("moon", workspace="slack:T2"))] == ["b@1:0"]


async def test_a_search_before_prepare_is_a_mistake(tmp_path: Path) -> None:
    async with in_file(tmp_path / "k.db", VectorMatrix) as library:
        with pytest.raises(ValueError, match="prepare"):
            await _chunks(library, "moon")


@pytest.fixture
def chunks_read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The ids of all chunks that are read from the file, in the order of their reading."""
    read: list[str] = []
    taken = reading._block

    def noting(rows: Sequence[Row[str, int, int, bytes]], dimensions: int, name: str) -> Block:
        read.extend(row[0] for row in rows)
        return taken(rows, dimensions, name)

    monkeypatch.setattr(reading, "_block", noting)
    return read


async def test_only_what_is_new_is_read_however_much_that_is(tmp_path: Path, chunks_read: list[str]) -> None:
    first = [an_edition(f"a{number}", "moon") for number in range(5)]
    second = [an_edition(f"b{number}", "moon") for number in range(700)]
    async with in_file(tmp_path / "k.db", VectorMatrix) as library:
        await library.index.prepare(SPEC)
        await library.stage(*first)
        await library.publish(*first)
        assert len(await _chunks(library, "moon")) == 5
        await library.stage(*second)
        await library.publish(*second, instead=(first[0],))
        assert len(await library.index.search(_query("moon", limit=1_000))) == 704
    assert sorted(chunks_read) == sorted(edition.chunks[0].chunk.id for edition in (*first, *second))


async def test_what_was_read_ahead_is_not_read_by_a_search(tmp_path: Path, chunks_read: list[str]) -> None:
    held = an_edition("a", "moon")
    async with in_file(tmp_path / "k.db", VectorMatrix) as library:
        assert isinstance(library.index, VectorMatrix)
        await library.index.prepare(SPEC)
        await library.stage(held)
        await library.publish(held)
        await library.index.read_ahead(A_WORKSPACE)
        assert chunks_read == ["a@1:0"]
        assert await _chunks(library, "moon") == ["a@1:0"]
        assert chunks_read == ["a@1:0"]


async def test_a_publication_while_a_search_looks_up_what_may_be_read_starts_it_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new = an_edition("a", "moon"), an_edition("a", "moon", version=2)
    async with in_file(tmp_path / "k.db", VectorMatrix) as bot, in_file(tmp_path / "k.db", VectorMatrix) as syncing:
        await bot.index.prepare(SPEC)
        await syncing.index.prepare(SPEC)
        await syncing.stage(old)
        await syncing.publish(old)
        await syncing.stage(new)
        looked_up = reading.generation

        async def publishing(connection: AsyncConnection, workspace: str) -> int:
            if await bot.store.generation(workspace) == 1 and bot.index._held:  # type: ignore[attr-defined]
                await syncing.publish(new, instead=(old,))
            return await looked_up(connection, workspace)

        monkeypatch.setattr(reading, "generation", publishing)
        assert await _chunks(bot, "moon") == ["a@2:0"]


async def test_removing_what_still_answers_is_seen_by_the_next_search(tmp_path: Path) -> None:
    held, other = an_edition("a", "moon"), an_edition("b", "moon")
    async with in_file(tmp_path / "k.db", VectorMatrix) as library:
        await library.index.prepare(SPEC)
        await library.stage(held, other)
        await library.publish(held, other)
        assert await _chunks(library, "moon") == ["a@1:0", "b@1:0"]
        await library.index.remove(A_WORKSPACE, ["a@1", "unknown@1"])
        assert await _chunks(library, "moon") == ["b@1:0"]
