"""What is lost by visiting only the chunks with a question's rarest terms, over folders in BEIR format.

``visiting as 100,000 chunks`` has a set searched as if it were so large: the same share of its chunks is visited.
"""

from __future__ import annotations

import asyncio
import statistics
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from bot.app import rows
from bot.evaluation.collection import questions
from bot.evaluation.retrieval import Evaluation
from knowledge.base import PUBLIC, Query, Scope
from knowledge.catalog import Catalog
from knowledge.indexes import rarity
from knowledge.indexes.words import Words
from knowledge.retriever import Retriever
from knowledge.stores.sqlite import SqliteStore
from knowledge.syncing import sync
from tests.benchmarks.figures import Figure
from tests.benchmarks.retrieval import PAGES
from tests.doubles.hashing import Hashing
from tests.doubles.serving import serving

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

_WORKSPACE = "bench:data"
_SCOPE = Scope(workspace=_WORKSPACE, principals=frozenset({PUBLIC}))
_SETTINGS = {
    "all": (10**9, 10**9),
    "as it is": (rarity._FEW, rarity._ENOUGH),
    "as 100,000 chunks": (0, 0),
}
"""Chunks that are visited always, and those after which it is enough."""


def figures(data: Path) -> Sequence[Figure]:
    """Measure every set in the folder, by keywords alone."""
    with tempfile.TemporaryDirectory() as kept:
        return [
            figure
            for folder in sorted({path.parent.parent for path in data.glob("*/qrels/*.tsv")})
            for figure in asyncio.run(_measured(folder, Path(kept)))
        ]


async def _measured(folder: Path, kept: Path) -> Sequence[Figure]:
    found: list[Figure] = []
    async with SqliteStore(kept / f"{folder.name}.db") as store:
        catalog = Catalog(store)
        source = rows(folder, pages=folder.name in PAGES)
        await sync([source], catalog=catalog, serving=serving(store, Hashing(), workspace=_WORKSPACE))
        asked = questions(folder)
        best: dict[str, list[set[str]]] = {}
        for name, (few, enough) in _SETTINGS.items():
            index = Words(store)
            retriever = Retriever(words=index, vectors=None, catalog=catalog)
            evaluation = Evaluation(retriever=retriever, catalog=catalog, scope=_SCOPE, ways=("keywords",))
            with _visiting(few, enough):
                ndcg = (await evaluation.measured(asked, history=False)).ways["keywords"].ndcg_at_10
                best[name] = [await _top(index, question.text) for question in asked]
            same = statistics.mean(
                len(one & other) / len(other) for one, other in zip(best[name], best["all"], strict=True) if other
            )
            found += [
                Figure(name=f"{folder.name}, visiting {name}: nDCG@10", value=ndcg, unit=""),
                Figure(name=f"{folder.name}, visiting {name}: same top ten", value=same, unit=""),
            ]
    return found


async def _top(index: Words, text: str) -> set[str]:
    hits = await index.search(Query(text=text, vector=None, scope=_SCOPE, limit=100))
    return {hit.chunk for hit in hits[:10]}


@contextmanager
def _visiting(few: int, enough: int) -> Generator[None]:
    """Search with other limits for a while; they are the module's own, so that nobody else has them as settings."""
    before = rarity._FEW, rarity._ENOUGH
    rarity._FEW, rarity._ENOUGH = few, enough  # type: ignore[misc]
    try:
        yield
    finally:
        rarity._FEW, rarity._ENOUGH = before  # type: ignore[misc]
