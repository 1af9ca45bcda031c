"""The benchmark of searching runs, in its smallest form: what it says of time is not looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from knowledge.stores.sqlite import SqliteStore
from tests.benchmarks.abstention import seconds
from tests.benchmarks.corpus import SCOPE, Corpus, publish_anew
from tests.benchmarks.search import made
from tests.benchmarks.searching import Size, measured

if TYPE_CHECKING:
    from pathlib import Path

SIZE = Size(chunks=800, dimensions=16, questions=3, seconds=0.05)


async def test_every_kind_of_search_is_measured_and_a_publication_followed(tmp_path: Path) -> None:
    await made(tmp_path / "k.db", Corpus(SIZE.chunks, dimensions=SIZE.dimensions))
    figures = {figure.name: figure.value for figure in await measured(tmp_path / "k.db", SIZE, None)}
    kinds = ("reading the same bytes", "vectors", "keywords", "both, embedded and fused", "both, 1 % filter")
    assert {f"{kind}, p{share}" for kind in kinds for share in (50, 95)} < figures.keys()
    assert all(figures[f"{kind}, p50"] > 0 for kind in kinds)
    assert figures["searches of both from 16 tasks"] > 0
    assert figures["a tenth published anew: slowest vector search meanwhile"] > 0
    assert figures["  vectors, by their arrays"] > 0


async def test_what_is_made_up_is_found_as_real_text_is(tmp_path: Path) -> None:
    corpus = Corpus(SIZE.chunks, dimensions=SIZE.dimensions)
    await made(tmp_path / "k.db", corpus)
    async with SqliteStore(tmp_path / "k.db") as store:
        await publish_anew(store, corpus, range(3))
        assert await store.generation(SCOPE.workspace) == 2
    texts, vectors = corpus.texts(7, 0)
    again, _ = Corpus(SIZE.chunks, dimensions=SIZE.dimensions).texts(7, 0)
    assert texts == again
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-5)
    assert [question.text for question in corpus.questions(2)] == [question.text for question in corpus.questions(2)]


async def test_abstaining_is_measured_through_the_engine(tmp_path: Path) -> None:
    corpus = Corpus(SIZE.chunks, dimensions=SIZE.dimensions)
    await made(tmp_path / "k.db", corpus)
    assert len(await seconds(tmp_path, corpus, None, 3)) == 3
