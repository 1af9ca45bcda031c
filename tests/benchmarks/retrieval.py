"""How well the knowledge finds, over folders in BEIR format: through the same store, indexes and fusion that answer.

Run alone it keeps what it synced in a folder, so that a second run measures at once:
``python -m tests.benchmarks.retrieval DATA KEPT [--embedder lite]``.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import math
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any

from knowledge import embedders
from knowledge.base import PUBLIC, Document, Scope
from knowledge.catalog import Catalog
from knowledge.fusion import fused
from knowledge.indexes.vectors import VectorMatrix
from knowledge.indexes.words import Words
from knowledge.retriever import Retriever
from knowledge.store import Store
from knowledge.syncing import sync
from tests.benchmarks.figures import Figure
from tests.doubles.shelf import Shelf

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from knowledge.base import Embedder

AIMS = {"squad2": 0.91, "mtrag": 0.76, "awsdocs": 0.90}
PART = {"awsdocs": 4_000_000}
"""Characters of a corpus that are enough: all documents that answer, and others up to this size.

The whole of awsdocs (19 MB, 17,930 chunks) gave nDCG@10 .816 and recall@5 .910.
"""
_TOP = 10
_RECALLED = 5
_WORKSPACE = "bench:data"
SCOPE = Scope(workspace=_WORKSPACE, principals=frozenset({PUBLIC}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question, the documents that answer it with their grades, and whether anything does at all."""

    text: str
    relevant: Mapping[str, int]
    answerable: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """Means over the questions that have relevant documents."""

    ndcg: float
    recall: float
    milliseconds: float


def figures(data: Path) -> Sequence[Figure]:
    """Measure every set in the folder, each in a fresh store."""
    with tempfile.TemporaryDirectory() as kept:
        return asyncio.run(_figures(data, Path(kept), embedder="minilm"))


async def _figures(data: Path, kept: Path, *, embedder: str) -> Sequence[Figure]:
    found: list[Figure] = []
    for folder in sorted(path.parent.parent for path in data.glob("*/qrels/test.tsv")):
        if folder.name in AIMS:
            found += await _measured(folder, kept, embedder=embedder)
    return found


async def _measured(folder: Path, kept: Path, *, embedder: str) -> Sequence[Figure]:
    file = kept / f"{folder.name}-{embedder}.db"
    async with Store(file) as store:
        retriever, speed = await known(folder, store, embedders.load(embedder, kept / "cache"))
        measured = await measure(retriever, questions(folder))
    name = folder.name if embedder == "minilm" else f"{folder.name}, {embedder}"
    return [
        Figure(name=f"{name}: nDCG@{_TOP}", value=measured.ndcg, unit="", aim=f"at least {AIMS[folder.name]:.2f}"),
        Figure(name=f"{name}: recall@{_RECALLED}", value=measured.recall, unit=""),
        Figure(name=f"{name}: a question", value=measured.milliseconds, unit="ms"),
        *speed,
    ]


async def known(folder: Path, store: Store, embedder: Embedder) -> tuple[Retriever, Sequence[Figure]]:
    """Sync a corpus into a store, or find it there; give what searches it, and how fast it was synced."""
    catalog = Catalog(store)
    indexes = (Words(store), VectorMatrix(store))
    summary = await sync(
        [Shelf(*_documents(folder), name=folder.name)],
        workspace=_WORKSPACE,
        catalog=catalog,
        indexes=indexes,
        embedder=embedder,
    )
    retriever = Retriever(indexes=indexes, embedder=embedder, catalog=catalog)
    rate = Figure(name=f"{folder.name}: synced", value=summary.chunks / summary.seconds, unit="chunks/s")
    return retriever, [rate] if summary.chunks else []


async def measure(retriever: Retriever, asked: Sequence[Asked]) -> Measured:
    """Rank documents by their best chunk, and compare with what is relevant."""
    ndcgs, recalls, took = [], [], []
    for question in asked:
        if not question.relevant:
            continue
        started = time.perf_counter()
        rankings = await retriever._search(question.text, SCOPE, ())
        took.append((time.perf_counter() - started) * 1_000)
        passages = await retriever._catalog.passages(fused(rankings)[:100], SCOPE)
        ranked = list(dict.fromkeys(passage.document for passage in passages))
        ndcgs.append(_ndcg(ranked, question.relevant))
        found = len(question.relevant.keys() & set(ranked[:_RECALLED]))
        recalls.append(found / len(question.relevant))
    return Measured(ndcg=statistics.mean(ndcgs), recall=statistics.mean(recalls), milliseconds=statistics.median(took))


def questions(folder: Path) -> list[Asked]:
    """Read a set's questions."""
    relevant: dict[str, dict[str, int]] = {}
    for line in (folder / "qrels" / "test.tsv").read_text().splitlines()[1:]:
        asked, document, grade = line.split("\t")
        relevant.setdefault(asked, {})[document] = int(grade)
    return [
        Asked(
            text=row["text"],
            relevant=relevant.get(row["_id"], {}),
            answerable=row["metadata"].get("answerable", True),
        )
        for row in _lines(folder / "queries.jsonl")
    ]


def _part(folder: Path) -> Iterator[dict[str, Any]]:
    """Give what answers a question, then others in an order that is the same everywhere, up to the set's size."""
    wanted = {document for question in questions(folder) for document in question.relevant}
    rows = sorted(_lines(folder / "corpus.jsonl"), key=lambda row: (row["_id"] not in wanted, _digest(row["_id"])))
    room = PART.get(folder.name, sys.maxsize)
    for row in rows:
        if room > 0 or row["_id"] in wanted:
            room -= len(row["text"])
            yield row


def _digest(name: str) -> bytes:
    return blake2b(name.encode(), digest_size=8).digest()


def _documents(folder: Path) -> Iterator[Document]:
    for row in _part(folder):
        yield Document(
            id=row["_id"],
            source=folder.name,
            kind="markdown",
            content=row["text"].encode(),
            title=row["title"],
            readers=frozenset({PUBLIC}),
        )


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open() as lines:
        yield from map(json.loads, lines)


def _ndcg(ranked: Sequence[str], relevant: Mapping[str, int]) -> float:
    """Normalised discounted cumulative gain (Järvelin and Kekäläinen 2002) of the first ten."""
    gains = [relevant.get(document, 0) for document in ranked[:_TOP]]
    return _discounted(gains) / _discounted(sorted(relevant.values(), reverse=True)[:_TOP])


def _discounted(gains: Sequence[int]) -> float:
    return sum(gain / math.log2(place + 2) for place, gain in enumerate(gains))


def main() -> None:
    """Measure from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("kept", type=Path)
    parser.add_argument("--embedder", choices=embedders.names(), default="minilm")
    asked = parser.parse_args()
    for figure in asyncio.run(_figures(asked.data, asked.kept, embedder=asked.embedder)):
        sys.stdout.write(f"{figure.name:40} {figure.value:10.3f} {figure.unit} {figure.aim}\n")


if __name__ == "__main__":
    main()
