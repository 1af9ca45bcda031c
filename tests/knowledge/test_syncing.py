from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import event, text

from knowledge.base import PUBLIC, Hit, Scope
from knowledge.catalog import Catalog, Counts
from knowledge.errors import Busy, KnowledgeError, NoSpace, NothingThere, OtherOrigin, Unreachable
from knowledge.stores.sqlite import SqliteStore
from knowledge.syncing import sync
from knowledge.turnstile import alone
from tests.doubles.hashing import Hashing
from tests.doubles.remembering import Remembering
from tests.doubles.serving import serving
from tests.doubles.shelf import TEAM, Shelf, document

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Sequence
    from pathlib import Path

    from knowledge.base import Document, Embedded
    from knowledge.staging import Progress
    from knowledge.syncing import Summary

SCOPE = Scope(workspace=TEAM, principals=frozenset({TEAM}))


class Desk:
    """One knowledge file, an embedder and an index: what a sync needs beside sources."""

    def __init__(self, store: SqliteStore) -> None:
        self.store = store
        self.catalog = Catalog(store)
        self.embedder = Hashing()
        self.index = Remembering()

    async def sync(
        self,
        *sources: Shelf,
        workspace: str = TEAM,
        progress: Callable[[Progress], None] | None = None,
        rebuild: bool = False,
        moved: bool = False,
    ) -> Summary:
        return await sync(
            sources,
            catalog=self.catalog,
            serving=serving(self.store, self.embedder, workspace=workspace, index=self.index),
            progress=progress,
            rebuild=rebuild,
            moved=moved,
        )

    async def answering(self) -> dict[str, str]:
        """The text of every document that answers, by its id."""
        query = text(
            "SELECT document, group_concat(text, ' ') FROM edition JOIN chunk ON chunk.edition = edition.number"
            " WHERE state = 'live' GROUP BY document ORDER BY document",
        )
        async with self.store.read() as connection:
            return {row[0]: row[1] for row in await connection.execute(query)}

    async def states(self) -> dict[str, int]:
        async with self.store.read() as connection:
            rows = await connection.execute(text("SELECT state, count(*) FROM edition GROUP BY state"))
            return {row[0]: row[1] for row in rows}


@asynccontextmanager
async def opened(path: Path) -> AsyncGenerator[Desk]:
    async with SqliteStore(path) as store:
        yield Desk(store)


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncGenerator[Desk]:
    async with opened(tmp_path / "knowledge.db") as made:
        yield made


def shelf(count: int = 3, *, name: str = "shelf") -> Shelf:
    return Shelf(*(document(f"{n:03}", f"Number {n}.", source=name) for n in range(count)), name=name)


async def test_a_first_sync_adds_everything_and_says_so(desk: Desk) -> None:
    summary = await desk.sync(shelf())
    assert (summary.added, summary.changed, summary.unchanged, summary.removed, summary.skipped) == (3, 0, 0, 0, ())
    assert summary.chunks == 3
    assert summary.bytes == sum(len(f"Number {n}.") for n in range(3))
    assert summary.seconds > 0
    assert await desk.catalog.counts(TEAM) == Counts(documents=3, chunks=3)
    assert len(desk.index.chunks) == 3
    assert await desk.store.generation(TEAM) == 1


async def test_what_is_unchanged_is_neither_cut_nor_embedded_nor_published(desk: Desk) -> None:
    await desk.sync(shelf())
    desk.embedder.texts.clear()
    summary = await desk.sync(shelf())
    assert (summary.unchanged, summary.added, summary.chunks) == (3, 0, 0)
    assert desk.embedder.texts == []
    assert await desk.store.generation(TEAM) == 1


async def test_changed_and_gone_documents_are_replaced_and_removed(desk: Desk) -> None:
    on_it = shelf()
    await desk.sync(on_it)
    on_it.put(document("000", "Changed."))
    del on_it.on_it["shelf/001"]
    summary = await desk.sync(on_it)
    assert (summary.added, summary.changed, summary.unchanged, summary.removed) == (0, 1, 1, 1)
    assert await desk.answering() == {"shelf/000": "Changed.", "shelf/002": "Number 2."}
    assert {kept.chunk.text for kept in desk.index.chunks.values()} == {"Changed.", "Number 2."}
    assert await desk.store.generation(TEAM) == 2


async def test_an_emptied_source_is_forgotten_and_others_stay(desk: Desk) -> None:
    await desk.sync(shelf(), shelf(name="wiki"))
    summary = await desk.sync(Shelf())
    assert summary.removed == 3
    assert all(name.startswith("wiki/") for name in await desk.answering())


async def test_another_workspace_is_not_touched(desk: Desk) -> None:
    await desk.sync(shelf())
    await desk.sync(shelf(1), workspace="slack:T1")
    await desk.sync(Shelf(), workspace="slack:T1")
    assert await desk.catalog.counts(TEAM) == Counts(documents=3, chunks=3)
    assert (await desk.store.generation(TEAM), await desk.store.generation("slack:T1")) == (1, 2)


async def test_other_readers_or_particulars_alone_make_a_new_edition(desk: Desk) -> None:
    await desk.sync(Shelf(document("a", "Same.")))
    summary = await desk.sync(Shelf(document("a", "Same.", readers=frozenset({PUBLIC}))))
    assert summary.changed == 1
    outside = Scope(workspace=TEAM, principals=frozenset({PUBLIC}))
    assert await desk.catalog.readable(["shelf/a"], outside) == {"shelf/a"}
    assert await desk.catalog.readable(["shelf/a"], SCOPE) == frozenset()


async def test_a_touched_document_is_unchanged_and_shows_its_new_date(desk: Desk) -> None:
    then, now = datetime(2025, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)
    await desk.sync(Shelf(document("a", "Same.", updated_at=then)))
    summary = await desk.sync(Shelf(document("a", "Same.", updated_at=now)))
    assert (summary.unchanged, summary.chunks) == (1, 0)
    assert [listed.updated_at for listed in await desk.catalog.documents(SCOPE)] == [now]


async def test_a_documents_own_date_outlives_a_touch(desk: Desk) -> None:
    own = "---\nupdated: 2024-05-06\n---\nSame."
    for year in (2025, 2026):
        await desk.sync(Shelf(document("a", own, updated_at=datetime(year, 1, 1, tzinfo=UTC))))
    [listed] = await desk.catalog.documents(SCOPE)
    assert listed.updated_at == datetime(2024, 5, 6, tzinfo=UTC)


async def test_a_document_without_words_is_unchanged_the_next_time(desk: Desk) -> None:
    empty = Shelf(document("a", ""))
    first, second = await desk.sync(empty), await desk.sync(empty)
    assert first.added + len(first.skipped) == 1
    assert second.unchanged == first.added


async def test_an_unreadable_document_is_skipped_with_a_sentence_and_its_earlier_edition_stays(desk: Desk) -> None:
    on_it = shelf()
    await desk.sync(on_it)
    on_it.torn.add("shelf/000")
    broken = document("001", "\0\0\0 binary \0\xff")
    on_it.put(broken)
    summary = await desk.sync(on_it)
    assert [skipped.document for skipped in summary.skipped] == ["shelf/001", "shelf/000"]
    assert all(skipped.told.endswith(".") for skipped in summary.skipped)
    assert (summary.removed, summary.unchanged) == (0, 1)
    assert len(await desk.answering()) == 3


async def test_a_source_that_fails_publishes_nothing(desk: Desk) -> None:
    await desk.sync(shelf())

    class Torn(Shelf):
        async def documents(self) -> AsyncGenerator[Document]:
            yield document("000", "Changed.")
            told = "The network is gone."
            raise ConnectionError(told)

    with pytest.raises(ConnectionError, match="gone"):
        await desk.sync(Torn())
    assert (await desk.answering())["shelf/000"] == "Number 0."
    assert await desk.store.generation(TEAM) == 1


async def test_nothing_answers_before_everything_does(desk: Desk) -> None:
    seen: list[int] = []

    class Watching(Remembering):
        async def put(self, workspace: str, chunks: Sequence[object], /) -> None:
            seen.append((await desk.catalog.counts(TEAM)).documents)

    desk.index = Watching()
    await desk.sync(shelf(300))
    assert len(seen) >= 4
    assert set(seen) == {0}
    assert (await desk.catalog.counts(TEAM)).documents == 300


async def test_what_was_staged_before_a_failure_is_not_embedded_again(desk: Desk) -> None:
    desk.index.fails, desk.index.fails_at = NoSpace("The disk is full."), 128
    with pytest.raises(NoSpace):
        await desk.sync(shelf(300))
    staged = (await desk.states())["staged"]
    assert staged == 128
    desk.index.fails = None
    desk.embedder.texts.clear()
    summary = await desk.sync(shelf(300))
    assert (summary.added, summary.resumed, summary.chunks) == (300, staged, 300 - staged)
    assert len(desk.embedder.texts) == 300 - staged
    assert await desk.states() == {"live": 300}
    assert len(desk.index.chunks) == 300


async def test_what_was_staged_in_vain_is_cleared_away(desk: Desk) -> None:
    desk.index.fails, desk.index.fails_at = NoSpace("The disk is full."), 128
    with pytest.raises(NoSpace):
        await desk.sync(shelf(300))
    desk.index.fails = None
    await desk.sync(shelf(2))
    assert await desk.states() == {"live": 2}
    assert len(desk.index.chunks) == 2


async def test_a_cancelled_sync_leaves_what_answered_and_the_next_one_goes_on(desk: Desk) -> None:
    await desk.sync(shelf(1))
    staged = asyncio.Event()

    def noticed(progress: Progress) -> None:
        if progress.stage == "staged":
            staged.set()

    async with asyncio.TaskGroup() as tasks:
        task = tasks.create_task(desk.sync(shelf(300), progress=noticed))
        await staged.wait()
        task.cancel()
    assert task.cancelled()
    assert list(await desk.answering()) == ["shelf/000"]
    summary = await desk.sync(shelf(300))
    assert summary.resumed > 0
    assert await desk.states() == {"live": 300}


async def test_a_full_disk_publishes_nothing_and_the_next_sync_completes(tmp_path: Path) -> None:
    async with opened(tmp_path / "knowledge.db") as desk:
        await desk.sync(shelf(1))
        limit = "PRAGMA max_page_count = 60"
        event.listen(desk.store.engine.sync_engine, "begin", lambda connection: connection.exec_driver_sql(limit))
        with pytest.raises(NoSpace, match="free some space"):
            await desk.sync(shelf(2000))
        assert list(await desk.answering()) == ["shelf/000"]
    async with opened(tmp_path / "knowledge.db") as desk:
        await desk.sync(shelf(2000))
        assert await desk.states() == {"live": 2000}


async def test_a_second_sync_of_the_same_file_is_refused_at_once(desk: Desk) -> None:
    with alone(desk.store.path), pytest.raises(Busy, match="Another sync"):
        await desk.sync(shelf())
    await desk.sync(shelf())


async def test_another_models_vectors_are_refused_and_a_rebuild_replaces_them(desk: Desk) -> None:
    await desk.sync(shelf(), shelf(name="wiki"))
    desk.embedder = Hashing(model="other")
    with pytest.raises(Unreachable):
        await desk.sync(shelf())
    assert len(await desk.answering()) == 6
    summary = await desk.sync(shelf(), rebuild=True)
    assert summary.added == 3
    assert len(await desk.answering()) == len(desk.index.chunks) == 3
    assert await desk.store.generation(TEAM) == 3


async def test_a_document_that_moves_to_another_source_answers_once(desk: Desk) -> None:
    moved = document("a", "Same.")
    await desk.sync(Shelf(moved))
    taken = Shelf(document("a", "Same."), name="wiki")
    taken.on_it = {"shelf/a": document("a", "Same and more.")}
    await desk.sync(taken)
    assert await desk.answering() == {"shelf/a": "Same and more."}


async def test_two_folders_of_one_name_are_never_taken_for_one(desk: Desk) -> None:
    await desk.sync(Shelf(document("a.md", "Alpha."), origin="/one/shelf"))
    with pytest.raises(OtherOrigin, match=r"/one/shelf.*--name.*--moved"):
        await desk.sync(Shelf(document("b.md", "Beta."), origin="/two/shelf"))
    assert await desk.answering() == {"shelf/a.md": "Alpha."}


async def test_a_folder_that_moved_takes_its_old_place_when_told_so(desk: Desk) -> None:
    await desk.sync(Shelf(document("a.md", "Alpha."), origin="/one/shelf"))
    moved = Shelf(document("b.md", "Beta."), origin="/two/shelf")
    summary = await desk.sync(moved, moved=True)
    assert (summary.added, summary.removed) == (1, 1)
    assert (await desk.sync(moved)).unchanged == 1
    assert await desk.answering() == {"shelf/b.md": "Beta."}


async def test_a_name_that_answers_nothing_any_more_is_free(desk: Desk) -> None:
    await desk.sync(Shelf(document("a.md", "Alpha."), origin="/one/shelf"))
    await desk.sync(Shelf(origin="/one/shelf"))
    assert (await desk.sync(Shelf(document("b.md", "Beta."), origin="/two/shelf"))).added == 1


async def test_progress_counts_up_to_what_is_published(desk: Desk) -> None:
    reports: list[Progress] = []
    await desk.sync(shelf(200), progress=reports.append)
    assert {report.stage for report in reports} == {"reading", "embedded", "staged", "publishing", "published"}
    for earlier, later in pairwise(reports):
        assert earlier.documents <= later.documents
        assert earlier.ready <= later.ready
        assert earlier.embedded <= later.embedded <= later.chunks
    last = reports[-1]
    assert (last.stage, last.documents, last.ready, last.embedded) == ("published", 200, 200, 200)


async def test_batches_reach_across_documents_and_a_long_one_is_embedded_in_parts(desk: Desk) -> None:
    sizes: list[int] = []

    class Counting(Hashing):
        batch = 48

        async def embed(self, texts: Sequence[str], /, *, purpose: object) -> Embedded:
            sizes.append(len(texts))
            return await super().embed(texts, purpose="passage")

    desk.embedder = Counting()
    long = "\n\n".join(f"# Part {n}\n\n" + f"Words of part {n}. " * 60 for n in range(150))
    await desk.sync(Shelf(*shelf(130).on_it.values(), document("zzz", long)))
    assert max(sizes) == 48
    assert sizes.count(48) >= 4


async def test_passages_of_a_replaced_edition_are_no_longer_given(desk: Desk) -> None:
    on_it = Shelf(document("a", "Old."))
    await desk.sync(on_it)
    hits = [Hit(chunk=name, score=1.0) for name in desk.index.chunks]
    assert [passage.text for passage in await desk.catalog.passages(hits, SCOPE)] == ["Old."]
    on_it.put(document("a", "New."))
    await desk.sync(on_it)
    assert await desk.catalog.passages(hits, SCOPE) == ()


async def test_nothing_is_forgotten_for_an_embedder_that_does_not_work(tmp_path: Path) -> None:
    class Missing(Hashing):
        async def embed(self, texts: Sequence[str], /, *, purpose: str) -> Embedded:
            raise KnowledgeError("The embedder is not installed.")

    async with SqliteStore(tmp_path / "k.db") as store:
        catalog = Catalog(store)
        await sync([Shelf(document("keys.md", "# Keys"))], catalog=catalog, serving=serving(store, Hashing()))
        with pytest.raises(KnowledgeError, match=r"not installed. Nothing was forgotten"):
            await sync(
                [Shelf(document("keys.md", "# Keys"))],
                catalog=catalog,
                serving=serving(store, Missing()),
                rebuild=True,
            )
        assert (await catalog.counts(TEAM)).documents == 1


async def test_nothing_is_forgotten_for_a_folder_with_nothing_to_read(tmp_path: Path) -> None:
    async with SqliteStore(tmp_path / "k.db") as store:
        catalog = Catalog(store)
        await sync([Shelf(document("keys.md", "# Keys"))], catalog=catalog, serving=serving(store, Hashing()))
        with pytest.raises(NothingThere, match="nothing was forgotten"):
            await sync([Shelf()], catalog=catalog, serving=serving(store, Hashing()), rebuild=True)
        assert (await catalog.counts(TEAM)).documents == 1
