from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from knowledge.base import Query, Scope
from knowledge.carrying import Carried, carry
from knowledge.catalog import Catalog
from knowledge.errors import Busy, Unreachable
from knowledge.forgetting import forget
from knowledge.indexes.vectors import VectorMatrix
from knowledge.indexes.words import Words
from knowledge.retriever import Retriever
from knowledge.serving import Serving
from knowledge.stores.sqlite import SqliteStore
from knowledge.syncing import sync
from tests.doubles.hashing import Hashing
from tests.doubles.remembering import Remembering
from tests.doubles.serving import Opened
from tests.doubles.shelf import TEAM, Shelf, document

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable
    from pathlib import Path

    from knowledge.base import VectorIndex
    from knowledge.staging import Progress
    from knowledge.syncing import Summary

SCOPE = Scope(workspace=TEAM, principals=frozenset({TEAM}))
PAGES = [document(f"{n}.md", f"# Page {n}\n\nWombat {n} sleeps.") for n in range(150)]


class Team:
    """A catalog, an index beside it and one elsewhere, two embedders, and what the settings want of these."""

    def __init__(self, store: SqliteStore) -> None:
        self.store = store
        self.catalog = Catalog(store)
        self.elsewhere = Remembering()
        self.embedders = {"small": Hashing(model="small"), "large": Hashing(model="large", dimensions=128)}
        stores: dict[str, Callable[[], VectorIndex]] = {
            "embedded": lambda: VectorMatrix(store),
            "elsewhere": lambda: self.elsewhere,
        }
        self.opened = Opened(stores, dict(self.embedders))

    def wants(self, store: str, embedder: str) -> Serving:
        return Serving(self.store, TEAM, self.opened.kept(store, embedder), self.opened)

    async def sync(self, serving: Serving, *shelves: Shelf) -> Summary:
        return await sync(shelves or [Shelf(*PAGES)], catalog=self.catalog, serving=serving)

    async def found(self, serving: Serving, asked: str = "wombat 7") -> set[str]:
        retriever = Retriever(words=Words(self.store), vectors=serving, catalog=self.catalog)
        found = await retriever.ranked(asked, scope=SCOPE)
        assert found.missed is None
        vectors = next(ranking for ranking in found.rankings if ranking.name == "vectors")
        passages = await self.catalog.passages(vectors.hits, SCOPE)
        return {passage.document for passage in passages}


@pytest.fixture
async def team(tmp_path: Path) -> AsyncGenerator[Team]:
    async with SqliteStore(tmp_path / "knowledge.db") as store:
        yield Team(store)


async def test_where_what_is_wanted_serves_nothing_is_carried(team: Team) -> None:
    small = team.wants("embedded", "small")
    assert await carry(small, team.store) is None
    await team.sync(small)
    assert await carry(small, team.store) is None


async def test_another_model_serves_once_it_has_everything_and_the_old_one_is_cleared(team: Team) -> None:
    small, large = team.wants("embedded", "small"), team.wants("embedded", "large")
    await team.sync(small)
    assert "shelf/7.md" in await team.found(small)
    assert await carry(large, team.store) == Carried(embedded=150)
    for serving in (small, large):  # a running bot that wants the old one still searches what serves
        assert (await serving.now()).kept == large.wanted
        assert "shelf/7.md" in await team.found(serving)
    assert await (await small.index(small.wanted)).count(TEAM) == 0
    assert [one.state for one in await large.sets.all()] == ["serving"]


async def test_another_place_gets_the_same_vectors_without_embedding(team: Team) -> None:
    here, there = team.wants("embedded", "small"), team.wants("elsewhere", "small")
    await team.sync(here)
    embedded = list(team.embedders["small"].texts)
    old = await (await here.index(here.wanted)).vectors(TEAM, list(await _chunks(team)))
    assert await carry(there, team.store) == Carried(copied=150)
    assert team.embedders["small"].texts == embedded
    assert {name: one.vector.tolist() for name, one in team.elsewhere.chunks.items()} == {
        name: vector.tolist() for name, vector in old.items()
    }
    assert {one.readers for one in team.elsewhere.chunks.values()} == {frozenset({TEAM})}
    assert {frozenset(one.attributes["source"]) for one in team.elsewhere.chunks.values()} == {frozenset({"shelf"})}
    assert team.elsewhere.settlings == 1


async def test_what_was_carried_before_an_interruption_is_not_carried_again(team: Team) -> None:
    await team.sync(team.wants("embedded", "small"))
    team.elsewhere.fails, team.elsewhere.fails_at = Unreachable("It is gone."), 100
    there = team.wants("elsewhere", "large")
    with pytest.raises(Unreachable):
        await carry(there, team.store)
    assert (await there.now()).kept.store == "embedded"
    first = len(team.elsewhere.chunks)
    team.elsewhere.fails = None
    carried = await carry(there, team.store)
    assert carried == Carried(embedded=150 - first)
    assert 100 <= first < 150
    assert len(team.elsewhere.chunks) == 150


async def test_while_it_is_carried_no_sync_is_at_work(team: Team) -> None:
    await team.sync(team.wants("embedded", "small"))
    async with team.store.alone():
        with pytest.raises(Busy):
            await carry(team.wants("embedded", "large"), team.store)


async def test_a_sync_writes_what_serves_whatever_is_wanted(team: Team) -> None:
    await team.sync(team.wants("embedded", "small"))
    large = team.wants("embedded", "large")
    more = Shelf(*PAGES, document("new.md", "# New\n\nA new wombat."))
    assert (await team.sync(large, more)).added == 1
    assert (await large.now()).kept.embedder == "small"
    assert team.embedders["large"].texts == []


async def test_what_was_coming_leaves_when_something_else_is_wanted(team: Team) -> None:
    small = team.wants("embedded", "small")
    await team.sync(small)
    team.elsewhere.fails, team.elsewhere.fails_at = Unreachable("It is gone."), 50
    with pytest.raises(Unreachable):
        await carry(team.wants("elsewhere", "small"), team.store)
    assert len(team.elsewhere.chunks) == 64
    assert await carry(small, team.store) is None
    assert team.elsewhere.chunks == {}
    assert [one.state for one in await small.sets.all()] == ["serving"]


async def test_what_is_gone_leaves_every_index_also_one_that_could_not_be_reached_then(team: Team) -> None:
    there = team.wants("elsewhere", "small")
    await team.sync(there)
    team.opened.fails["elsewhere"] = Unreachable("It is gone.")
    assert await forget({"shelf"}, catalog=team.catalog, serving=there) == 150
    assert len(team.elsewhere.chunks) == 150
    assert (await team.catalog.counts(TEAM)).documents == 0
    del team.opened.fails["elsewhere"]
    await team.sync(there, Shelf(PAGES[0]))
    assert len(team.elsewhere.chunks) == 1
    assert await there.sets.leaving() == ()


async def test_a_sync_that_cannot_remove_what_is_gone_publishes_and_says_so(team: Team) -> None:
    class Stuck(Remembering):
        stuck = False

        async def remove(self, workspace: str, editions: object, /) -> None:
            if self.stuck:
                raise Unreachable("It removes nothing now.")
            await super().remove(workspace, editions)  # type: ignore[arg-type]

    team.elsewhere = stuck = Stuck()
    there = team.wants("elsewhere", "small")
    await team.sync(there)
    stuck.stuck = True
    summary = await team.sync(there, Shelf(*PAGES[:100]))
    assert (summary.removed, summary.remaining) == (50, "It removes nothing now.")
    assert (await team.catalog.counts(TEAM)).documents == 100
    stuck.stuck = False
    assert (await team.sync(there, Shelf(*PAGES[:100]))).remaining is None
    assert len(stuck.chunks) == 100


async def test_an_embedder_that_is_there_no_more_keeps_nothing_from_being_carried(team: Team) -> None:
    small = team.wants("embedded", "small")
    await team.sync(small)
    del team.opened.embedders["small"]
    large = team.wants("embedded", "large")
    with pytest.raises(Unreachable):
        await large.now()
    assert await carry(large, team.store) == Carried(embedded=150)
    assert len(await team.found(team.wants("embedded", "large"))) == 100


async def test_what_could_not_be_opened_is_not_tried_again_at_once(team: Team) -> None:
    now = [0.0]
    kept = team.opened.kept("elsewhere", "small")
    there = Serving(team.store, TEAM, kept, team.opened, clock=lambda: now[0])
    team.opened.fails["elsewhere"] = Unreachable("It is away.")
    with pytest.raises(Unreachable):
        await there.now()
    del team.opened.fails["elsewhere"]
    with pytest.raises(Unreachable):
        await there.now()
    now[0] = 15.0
    assert (await there.now()).kept == kept


async def test_where_the_old_vectors_are_lost_they_are_made_anew_and_nothing_waits_for_them(team: Team) -> None:
    there, here = team.wants("elsewhere", "small"), team.wants("embedded", "small")
    await team.sync(there)
    team.opened.fails["elsewhere"] = Unreachable("It is gone for ever.")
    with pytest.raises(Unreachable):
        await carry(here, team.store)
    assert await carry(here, team.store, anew=True) == Carried(embedded=150)
    summary = await team.sync(here, Shelf(*PAGES[:100]))
    assert (summary.removed, summary.remaining) == (50, "It is gone for ever.")
    assert await (await here.index(here.wanted)).count(TEAM) == 100


async def test_a_document_that_comes_back_is_not_forgotten_by_an_index_that_is_told_late(team: Team) -> None:
    there, here = team.wants("elsewhere", "small"), team.wants("embedded", "small")
    await team.sync(there)
    await carry(here, team.store)  # and the other one has to be cleared, but cannot be
    team.opened.fails["elsewhere"] = Unreachable("It is gone.")
    lost = Shelf(*PAGES[1:])
    async with team.store.write() as connection:
        await connection.execute(
            text(
                "INSERT INTO vector_set (workspace, store, embedder, model, dimensions, metric, state) "
                "SELECT workspace, 'elsewhere', embedder, model, dimensions, metric, 'leaving' FROM vector_set"
            )
        )
    await team.sync(here, lost)
    assert len(await here.sets.leaving()) == 1
    await team.sync(here)
    assert await here.sets.leaving() == ()
    del team.opened.fails["elsewhere"]
    await team.sync(here)
    assert await (await here.index(here.wanted)).count(TEAM) == 150


async def test_carrying_may_be_cancelled_anywhere(team: Team) -> None:
    await team.sync(team.wants("embedded", "small"))
    large = team.wants("embedded", "large")
    for stop in range(1, 4):
        with pytest.raises(asyncio.CancelledError):
            await carry(large, team.store, progress=_after(stop))
        assert (await large.now()).kept.embedder == "small"
    assert await carry(large, team.store) is not None
    assert (await large.now()).kept.embedder == "large"


def _after(reports: int) -> Callable[[Progress], None]:
    left = [reports]

    def report(_: Progress) -> None:
        left[0] -= 1
        if not left[0]:
            raise asyncio.CancelledError

    return report


async def _chunks(team: Team) -> list[str]:
    hits = await Words(team.store).search(_everything())
    return [hit.chunk for hit in hits]


def _everything() -> Query:
    return Query(text="wombat", vector=None, scope=SCOPE, limit=1_000)


async def test_vectors_that_serve_and_are_lost_are_made_again_where_that_is_asked(team: Team) -> None:
    there = team.wants("elsewhere", "small")
    await team.sync(there)
    team.elsewhere.chunks.clear()
    assert await carry(there, team.store) is None
    assert await carry(there, team.store, anew=True) == Carried(embedded=150)
    assert len(team.elsewhere.chunks) == 150
    assert [one.state for one in await there.sets.all()] == ["serving"]


async def test_what_is_only_compared_otherwise_is_copied(team: Team) -> None:
    small = team.wants("embedded", "small")
    await team.sync(small)
    dot = replace(small.wanted, spec=replace(small.wanted.spec, metric="dot"))
    team.embedders["small"].spec = team.opened.embedders["small"].spec = dot.spec
    assert await carry(Serving(team.store, TEAM, dot, team.opened), team.store) == Carried(copied=150)


async def test_what_a_killed_sync_staged_and_the_index_does_not_show_is_embedded_again(team: Team) -> None:
    there = team.wants("elsewhere", "small")
    with pytest.raises(asyncio.CancelledError):
        await sync([Shelf(*PAGES)], catalog=team.catalog, serving=there, progress=_after_publishing)
    assert len(team.elsewhere.chunks) == 150
    lost = sorted(team.elsewhere.chunks)[:7]
    for name in lost:
        del team.elsewhere.chunks[name]
    summary = await team.sync(there)
    assert (summary.resumed, summary.chunks) == (143, 7)
    assert len(team.elsewhere.chunks) == 150


def _after_publishing(progress: Progress) -> None:
    if progress.stage == "publishing":
        raise asyncio.CancelledError
