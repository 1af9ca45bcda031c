from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from bot.errors import BadCollection
from bot.evaluation import retrieval
from bot.evaluation.collection import questions
from bot.evaluation.retrieval import WAYS, Evaluation
from knowledge.base import PUBLIC, Scope
from knowledge.catalog import Catalog
from knowledge.indexes.words import Words
from knowledge.retriever import Retriever
from knowledge.sentences import Sentences
from knowledge.sources.rows import Rows
from knowledge.stores.sqlite import SqliteStore
from knowledge.syncing import sync
from tests.doubles.collections import QUERIES, a_collection
from tests.doubles.hashing import Hashing
from tests.doubles.serving import serving

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence
    from pathlib import Path

    from bot.evaluation.retrieval import Way

WORKSPACE = "terminal:local"
SCOPE = Scope(workspace=WORKSPACE, principals=frozenset({PUBLIC}))


@asynccontextmanager
async def evaluating(folder: Path, *, ways: Sequence[Way] = WAYS) -> AsyncGenerator[Evaluation]:
    async with SqliteStore(folder / "k.db") as store:
        embedder, catalog = Hashing(), Catalog(store)
        vectors = serving(store, embedder)
        rows = Rows(folder / "corpus.jsonl", name="set", readers=frozenset({PUBLIC}), pages=False)
        await sync([rows], catalog=catalog, serving=vectors)
        sentences = Sentences(embedder)
        retriever = Retriever(words=Words(store), vectors=vectors, catalog=catalog, sentences=sentences)
        yield Evaluation(retriever=retriever, catalog=catalog, scope=SCOPE, ways=ways)


async def test_every_way_is_measured_over_the_judged_questions(tmp_path: Path) -> None:
    asked = questions(a_collection(tmp_path))
    async with evaluating(tmp_path) as evaluation:
        found = await evaluation.measured(asked)
    assert (found.questions, found.judged, tuple(found.ways)) == (4, 2, WAYS)
    assert found.ways["default"].ndcg_at_10 == pytest.approx(1.0)
    assert found.ways["keywords"].recall_at_20 == pytest.approx(1.0)
    assert found.median_ms > 0


async def test_what_was_said_before_finds_a_follow_up_and_may_be_left_out(tmp_path: Path) -> None:
    asked = questions(a_collection(tmp_path, queries=[QUERIES[1]]))
    async with evaluating(tmp_path, ways=["keywords"]) as evaluation:
        told = await evaluation.measured(asked)
        untold = await evaluation.measured(asked, history=False)
    assert told.ways["keywords"].mrr_at_10 == 1.0
    assert untold.ways["keywords"].recall_at_5 <= told.ways["keywords"].recall_at_5


async def test_the_gate_is_judged_where_there_are_questions_without_an_answer(tmp_path: Path) -> None:
    asked = questions(a_collection(tmp_path))
    async with evaluating(tmp_path) as evaluation:
        gate = (await evaluation.measured(asked)).gate
        assert (await evaluation.measured(asked[:2])).gate is None
    assert gate is not None
    assert (gate.answerable, gate.others) == (2, 2)
    assert 0 <= gate.shipped.auc <= 1
    assert gate.shipped.stopped > 0


async def test_small_talk_and_endless_questions_find_nothing_and_end_nothing(tmp_path: Path) -> None:
    rows = [{"_id": "q1", "text": "Thanks!"}, {"_id": "q2", "text": "why " * 4_000}]
    asked = questions(a_collection(tmp_path, queries=rows, qrels="q1\tkeys\t1\nq2\tkeys\t1\n"))
    async with evaluating(tmp_path) as evaluation:
        found = await evaluation.measured(asked)
    assert found.ways["default"].recall_at_20 == 0
    assert found.median_ms == 0


async def test_progress_counts_the_questions(tmp_path: Path) -> None:
    asked = questions(a_collection(tmp_path))
    said: list[int] = []
    async with evaluating(tmp_path, ways=[]) as evaluation:
        labelled = await evaluation.labelled(asked, progress=said.append)
        await evaluation.measured(asked, progress=said.append)
    assert said == [1, 2, 3, 4, 1, 2, 3, 4]
    assert [one.answerable for one in labelled] == [True, True, False, False]


async def test_without_judgements_the_scores_are_nothing(tmp_path: Path) -> None:
    asked = questions(a_collection(tmp_path, qrels="query-id\tcorpus-id\tscore\n"))
    async with evaluating(tmp_path) as evaluation:
        found = await evaluation.measured(asked)
    assert found.judged == 0
    assert found.ways["default"].ndcg_at_10 == 0


async def test_relevant_documents_that_the_corpus_lacks_are_counted_each_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retrieval, "_LOOKED_UP", 2)
    asked = questions(a_collection(tmp_path, qrels="q1\tkeys\t1\nq1\tx\t1\nq1\ty\t1\nq2\tships\t1\nq2\tx\t1\n"))
    async with evaluating(tmp_path) as evaluation:
        assert (await evaluation.measured(asked)).missing == 2


async def test_a_corpus_that_holds_no_relevant_document_is_refused_before_anything_is_asked(tmp_path: Path) -> None:
    asked = questions(a_collection(tmp_path, qrels="q1\t1.0\t1\nq2\t2.0\t1\n"))
    said: list[int] = []
    async with evaluating(tmp_path) as evaluation:
        with pytest.raises(BadCollection, match=r"No relevant document is in corpus.jsonl: qrels name 1.0,"):
            await evaluation.measured(asked, progress=said.append)
    assert said == []
