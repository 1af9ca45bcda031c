"""A store that misbehaves in the middle of a sync or of a question, through the whole of the composition."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from dataclasses import asdict
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from adapters.base import Audience, Person, Question
from adapters.base import Place as At
from adapters.markup import joined
from adapters.parts import Ending, Text
from adapters.plain import rendered
from bot import app, database
from bot.app import embedding
from bot.app.knowing import opened
from knowledge.base import Scope
from knowledge.errors import Refused, Unreachable
from knowledge.indexes.pgvector import index as pgvector
from knowledge.indexes.pgvector.patience import Patience as PgPatience
from knowledge.indexes.pinecone import index
from knowledge.indexes.pinecone.patience import Patience
from tests.doubles import postgres
from tests.doubles.audiences import always
from tests.doubles.hashing import Hashing
from tests.doubles.places import placed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from adapters.markup import Tree
    from bot.answering.engine import Engine
    from knowledge.staging import Progress
    from tests.doubles.pinecone.faults import Fault
    from tests.doubles.places import Place

TEAM = "terminal:local"
SCOPE = Scope(workspace=TEAM, principals=frozenset({TEAM}))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(embedding, "embedder_of", lambda *_: Hashing())
    pages = tmp_path / "pages"
    pages.mkdir()
    for number in range(120):
        (pages / f"d{number}.md").write_text(f"# Page {number}\n\nThe wombat of page {number} sleeps until noon.\n")
    return pages


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with placed(tmp_path / "home", "embedded", "pinecone") as place:
        yield place


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """How long Pinecone is waited for: a test makes it short while nothing comes, and a busy machine needs the rest."""
    patient = Patience(question=30.0, start=30.0, sync=60.0, tries=4, wait=0.01)
    found = SimpleNamespace(**asdict(patient))
    monkeypatch.setattr(index, "Patience", lambda: found)
    monkeypatch.setattr(database, "_PAUSES", (0.05, 0.1))
    monkeypatch.setattr(pgvector, "Patience", lambda: PgPatience(question=30.0, pauses=(0.1,)))
    return found


async def _synced(place: Place, folder: Path) -> None:
    await app.synced(place.settings, [app.files(folder, readers=frozenset({TEAM}))])


async def _whole(place: Place) -> tuple[int, int]:
    """How many documents answer, and how many vectors the index holds."""
    place.catch_up()
    async with opened(place.settings) as known:
        counts = await known.catalog.counts(TEAM)
        return counts.documents, await (await known.serving.now()).index.count(TEAM)


@pytest.mark.parametrize("fault", [429, 500, 503, "dropped", "dropped after", "slow"])
async def test_a_sync_gets_over_what_passes(
    place: Place, folder: Path, fault: Fault, patience: SimpleNamespace
) -> None:
    assert place.pinecone is not None
    if fault == "slow":
        patience.sync = 5.0  # half for the first try, and half for the next
    place.pinecone.misbehave(fault, "upsert", "delete", times=1)
    await _synced(place, folder)
    assert await _whole(place) == (120, 120)


@pytest.mark.parametrize("fault", [429, 503, "slow", "gone"])
@pytest.mark.parametrize("kind", ["upsert", "delete"])
async def test_what_does_not_pass_leaves_what_answered_and_the_next_sync_completes_it(
    place: Place, folder: Path, fault: Fault, kind: str, patience: SimpleNamespace
) -> None:
    assert place.pinecone is not None
    await _synced(place, folder)
    for number in range(60):
        (folder / f"d{number}.md").unlink()
    (folder / "new.md").write_text("# New\n\nA new wombat.\n")
    patience.sync = 1.0
    place.pinecone.misbehave(fault, kind)  # type: ignore[arg-type]  # one of its kinds
    try:
        await _synced(place, folder)
    except (Refused, Unreachable):
        patience.sync = 60.0
        documents, _ = await _recovered(place)
        assert documents == 120  # nothing was published
    else:
        patience.sync = 60.0
        documents, vectors = await _recovered(place)
        assert documents == 61  # it was, and what is gone still has to be removed
        assert vectors > 61
    await _synced(place, folder)
    assert await _whole(place) == (61, 61)


@pytest.mark.parametrize("fault", [429, 500, "slow", "dropped", "garbage", "gone"])
async def test_a_question_ends_visibly_by_keywords_and_says_so(
    place: Place, folder: Path, fault: Fault, patience: SimpleNamespace
) -> None:
    assert place.pinecone is not None
    await _synced(place, folder)
    place.catch_up()
    async with app.answering(place.settings) as (engine, _):
        patience.question = 1.0
        place.pinecone.misbehave(fault, "query")
        said, ending = await _asked(engine, "Until when does the wombat of page 7 sleep?")
        place.pinecone.recover()
        patience.question = 30.0
        again, _ = await _asked(engine, "Until when does the wombat of page 8 sleep?")
    assert ending.verdict == "answered"
    assert "page 7 sleeps until noon" in said
    assert "Only keywords were searched." in said
    assert "page 8 sleeps until noon" in again
    assert "keywords" not in again


async def _recovered(place: Place) -> tuple[int, int]:
    assert place.pinecone is not None
    place.pinecone.recover()
    return await _whole(place)


async def _asked(engine: Engine, text: str) -> tuple[str, Ending]:
    question = Question(
        id=text,
        conversation="c1",
        place=At(platform="terminal", workspace=TEAM, channel="c1"),
        asker=Person(id="ann", name="Ann"),
        text=text,
        asked_at=datetime(2026, 1, 2, tzinfo=UTC),
    )
    audience = Audience(everyone=frozenset({TEAM}), asker=frozenset({TEAM}))
    tree: Tree = ()
    ending: Ending | None = None
    async with aclosing(engine.answer(question, always(audience), asyncio.Event())) as parts:
        async for part in parts:
            if isinstance(part, Text):
                tree = joined(tree, part.block, continues=part.continues)
            elif isinstance(part, Ending):
                ending = part
    assert ending is not None
    return rendered(tree), ending


@pytest.fixture(scope="module")
def fragile() -> Iterator[postgres.Server]:
    """A server that tests may end."""
    with postgres.running() as server:
        yield server


@pytest.mark.parametrize("words", ["embedded", "postgres"])
async def test_while_postgresql_is_gone_questions_end_visibly_and_go_on_when_it_is_back(
    tmp_path: Path, folder: Path, fragile: postgres.Server, words: str
) -> None:
    with placed(tmp_path / "home", words, "postgres", fragile) as place:
        await _synced(place, folder)
        async with app.answering(place.settings) as (engine, _), app.knowledge(place.settings) as known:
            await known.retriever.retrieve("wombat", scope=SCOPE)
            await asyncio.to_thread(fragile.stop)
            try:
                said, ending = await _asked(engine, "Until when does the wombat of page 7 sleep?")
                if words == "embedded":  # the account of money is gone, but what is known can be searched
                    found = await known.retriever.retrieve("the wombat of page 7", scope=SCOPE)
                    assert found.passages[0].document == "pages/d7.md"
                    assert "PostgreSQL does not answer" in (found.missed or "")
            finally:
                await asyncio.to_thread(fragile.start)
            again, after = await _asked(engine, "Until when does the wombat of page 8 sleep?")
    assert ending.verdict == "failed"
    assert "PostgreSQL does not answer" in said
    assert (after.verdict, "page 8 sleeps until noon" in again) == ("answered", True)
    assert "keywords" not in again


@pytest.mark.parametrize(
    ("words", "stage"), [("embedded", "staged"), ("postgres", "embedded"), ("postgres", "publishing")]
)
async def test_a_sync_during_which_postgresql_ends_publishes_nothing_and_the_next_completes_it(
    tmp_path: Path, folder: Path, fragile: postgres.Server, words: str, stage: str
) -> None:
    def ended(progress: Progress) -> None:
        if progress.stage == stage:
            fragile.stop()

    sources = [app.files(folder, readers=frozenset({TEAM}))]
    with placed(tmp_path / "home", words, "postgres", fragile) as place:
        await _synced(place, folder)
        (folder / "d0.md").unlink()
        for number in range(1, 80):
            (folder / f"d{number}.md").write_text(f"# Page {number}\n\nThe wombat of page {number} is awake.\n")
        try:
            with pytest.raises(Unreachable):
                await app.synced(place.settings, sources, progress=ended)
        finally:
            await asyncio.to_thread(fragile.start)
        assert (await _whole(place))[0] == 120
        await _synced(place, folder)
        assert await _whole(place) == (119, 119)
