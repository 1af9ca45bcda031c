from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.base import Filter, Query, Scope
from knowledge.errors import Refused
from knowledge.indexes import rarity
from knowledge.indexes.fulltext import FullText
from knowledge.indexes.vectors import VectorMatrix
from knowledge.indexes.words import Words
from tests.contracts.index import TEAM, IndexContract, VectorsContract
from tests.doubles.knowledge import A_WORKSPACE, SPEC, an_edition
from tests.doubles.library import in_file, on_server

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractAsyncContextManager
    from pathlib import Path

    from knowledge.base import Index
    from tests.contracts.index import Library
    from tests.doubles.knowledge import Held
    from tests.doubles.library import StoredLibrary
    from tests.doubles.postgres import Server


@pytest.fixture
def address(server: Server) -> str:
    return server.cleared()


class TestFullText(IndexContract):
    @pytest.fixture(autouse=True)
    def _address(self, address: str) -> None:
        self.address = address

    def library(self) -> AbstractAsyncContextManager[Library]:
        return on_server(self.address, FullText)


class TestVectorMatrixOnAServer(VectorsContract):
    @pytest.fixture(autouse=True)
    def _address(self, address: str) -> None:
        self.address = address

    def library(self) -> AbstractAsyncContextManager[Library]:
        return on_server(self.address, VectorMatrix)


async def _published(library: StoredLibrary, *held: Held) -> None:
    await library.index.prepare(SPEC)
    await library.stage(*held)
    await library.publish(*held)


def _query(
    text: str, *, limit: int = 100, filters: tuple[Filter, ...] = (), readers: frozenset[str] = frozenset({TEAM})
) -> Query:
    scope = Scope(workspace=A_WORKSPACE, principals=readers)
    return Query(text=text, vector=None, scope=scope, filters=filters, limit=limit)


async def _chunks(index: Index, text: str, limit: int = 100) -> list[str]:
    return [hit.chunk for hit in await index.search(_query(text, limit=limit))]


async def test_words_are_found_by_their_stem_and_without_accents(address: str) -> None:
    async with on_server(address, FullText) as library:
        await _published(library, an_edition("a", "The cafés configured their settings", "Straßen in Köln", "to be"))
        assert await _chunks(library.index, "configure setting") == ["a@1:0"]
        assert await _chunks(library.index, "CAFE") == ["a@1:0"]
        assert await _chunks(library.index, "koln straßen") == ["a@1:1"]
        assert await _chunks(library.index, "to be or not to be?") == ["a@1:2"]


async def test_another_language_makes_the_stems_anew_and_searches_follow(address: str) -> None:
    async with on_server(address, FullText) as library, on_server(address, FullText) as running:
        await _published(library, an_edition("a", "Alle Häuser sind neu"))
        assert await _chunks(running.index, "Haus") == []
        german = FullText(library.store, language="german")
        await german.prepare(SPEC)
        later = an_edition("b", "Das Haus ist alt")
        await library.stage(later)
        await library.publish(later)
        for index in (german, running.index):
            assert set(await _chunks(index, "hauses")) == {"a@1:0", "b@1:0"}
        await running.index.prepare(SPEC)
        assert await _chunks(german, "Haus") == ["b@1:0"]


async def test_a_language_that_the_server_does_not_know_is_refused_with_those_that_it_does(address: str) -> None:
    async with on_server(address, FullText) as library:
        await _published(library, an_edition("a", "backups"))
        with pytest.raises(Refused, match=r"cannot stem klingon.* one of porter, simple, arabic"):
            await FullText(library.store, language="klingon").prepare(SPEC)
        assert await _chunks(library.index, "backup") == ["a@1:0"]


async def test_words_without_a_stemmer_are_found_as_they_are(address: str) -> None:
    async with on_server(address, lambda store: FullText(store, language="simple")) as library:
        await _published(library, an_edition("a", "backups", "backup"))
        assert await _chunks(library.index, "Backup") == ["a@1:1"]


async def test_before_anything_was_put_nothing_is_found_and_all_weighs_the_same(address: str) -> None:
    async with on_server(address, FullText) as library:
        index = FullText(library.store)
        assert await _chunks(index, "moon") == []
        weights = await index.weigh(["moon", "sun"], workspace=A_WORKSPACE)
        assert weights["moon"] == weights["sun"]


async def test_rare_words_weigh_more_and_unknown_ones_most(address: str) -> None:
    async with on_server(address, FullText) as library:
        await _published(library, an_edition("a", "server sun", "server moon", "server sun"))
        weights = await FullText(library.store).weigh(["moon", "server", "unknown"], workspace=A_WORKSPACE)
    assert list(weights) == ["moon", "server", "unknown"]
    assert 0 < weights["server"] < weights["moon"] < weights["unknown"]


async def test_in_a_large_index_what_has_a_rare_word_comes_first(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rarity, "_FEW", 15)
    monkeypatch.setattr(rarity, "_ENOUGH", 1)
    texts = ["server " + "moon " * (number % 5 == 0) + "other " * (number % 4) for number in range(60)]
    async with on_server(address, FullText) as library:
        await _published(library, an_edition("a", *texts, "moonless server", "moon"))
        best = await _chunks(library.index, "server moon", 13)
        everything = await _chunks(library.index, "server moon", 100)
    assert {f"a@1:{number}" for number in (*range(0, 60, 5), 61)} == set(best)
    assert len(everything) == 62


async def test_a_title_counts_twice(address: str) -> None:
    title, body = an_edition("a", "runs nightly"), an_edition("b", "backups runs nightly")
    [chunk] = title.chunks
    titled = replace(title, chunks=(replace(chunk, chunk=replace(chunk.chunk, searched="Backups\nruns nightly")),))
    async with on_server(address, FullText) as library:
        await _published(library, body, titled)
        assert await _chunks(library.index, "backups") == ["a@1:0", "b@1:0"]


async def test_a_passage_of_any_size_is_taken(address: str) -> None:
    long = " ".join(f"word{number}" for number in range(60_000)) + " " + "x" * 5_000
    async with on_server(address, FullText) as library:
        await _published(library, an_edition("a", f"needle needle {long}"))
        assert await _chunks(library.index, "needle") == ["a@1:0"]


_WORDS = (
    "backup",
    "backups",
    "running",
    "runs",
    "policies",
    "policy",
    "café",
    "cafe",
    "Köln",
    "generalization",
    "x2",
    "to",
)
_PRINCIPALS = (TEAM, "public", f"{TEAM}:channel:C1")
_TAGS = ("ops", "Security", "straße")


@st.composite
def _editions(draw: st.DrawFn, number: int) -> Held:
    texts = draw(
        st.lists(st.lists(st.sampled_from(_WORDS), min_size=1, max_size=6).map(" ".join), min_size=1, max_size=3)
    )
    readers = draw(st.sets(st.sampled_from(_PRINCIPALS), min_size=1))
    tags = draw(st.lists(st.sampled_from(_TAGS), unique=True, max_size=2))
    attributes = {"tag": tags} if tags else {}
    return an_edition(f"d{number}", *texts, readers=readers, attributes=attributes)  # type: ignore[arg-type]  # a Field


_QUERIES = st.lists(
    st.builds(
        _query,
        st.lists(st.sampled_from((*_WORDS, "unknown", "(", "OR")), max_size=5).map(" ".join),
        readers=st.frozensets(st.sampled_from(_PRINCIPALS)),
        filters=st.lists(
            st.builds(Filter, field=st.just("tag"), values=st.frozensets(st.sampled_from(_TAGS))), max_size=2
        ).map(tuple),
    ),
    min_size=20,
    max_size=20,
)


@settings(max_examples=8)
@given(held=st.tuples(*(_editions(number) for number in range(10))), queries=_QUERIES)
def test_the_server_finds_the_same_sets_as_the_file(
    server: Server, tmp_path_factory: pytest.TempPathFactory, held: tuple[Held, ...], queries: Sequence[Query]
) -> None:
    path, address = tmp_path_factory.mktemp("same") / "k.db", server.cleared()
    asyncio.run(_finds_the_same(path, address, held, queries))


async def _finds_the_same(path: Path, address: str, held: tuple[Held, ...], queries: Sequence[Query]) -> None:
    async with in_file(path, Words) as file, on_server(address, FullText) as server:
        for library in (file, server):
            await _published(library, *held)
        for query in queries:
            here, there = [await library.index.search(query) for library in (file, server)]
            assert {hit.chunk for hit in here} == {hit.chunk for hit in there}, query
