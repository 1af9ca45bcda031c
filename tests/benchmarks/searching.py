"""Searches one made-up knowledge file in a process of its own, so that its memory is that of a bot which answers.

    python -m tests.benchmarks.searching FILE CHUNKS DIMENSIONS CACHE     prints figures as JSON

Questions are embedded by MiniLM, for what that costs; their vectors are those of the corpus.
"""

from __future__ import annotations

import argparse
import asyncio
import dataclasses
import json
import math
import statistics
import sys
import time
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from knowledge.base import Embedded, Embedder, Query
from knowledge.catalog import Catalog
from knowledge.embedders.minilm import MiniLm
from knowledge.following import following
from knowledge.fusion import fused
from knowledge.indexes.vectors import VectorMatrix
from knowledge.indexes.words import Words
from knowledge.meaning import Meaning
from knowledge.retriever import Retriever, _Wanted
from knowledge.sentences import Sentences
from knowledge.stores.sqlite import SqliteStore
from tests.benchmarks.corpus import ONE_PERCENT, SCOPE, WORKSPACE, Corpus
from tests.benchmarks.figures import Figure
from tests.doubles.serving import serving

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from knowledge.base import Filter, VectorSpec
    from knowledge.serving import Serving
    from tests.benchmarks.corpus import Question

ROOT: Final = Path(__file__).parents[2]
TASKS: Final = 16
SLOWEST: Final = 2.5
"""Times that reading the same bytes may take a search of vectors."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How much is measured."""

    chunks: int
    dimensions: int = 384
    questions: int = 100
    seconds: float = 5.0
    """For which many tasks search at once."""


class Known(Embedder):
    """Has a text embedded for what it costs, and gives the vector that the corpus has for it; else always the same."""

    vector_share = 0.35
    batch = 64

    def __init__(self, questions: Sequence[Question], spec: VectorSpec, inner: Embedder | None) -> None:
        self.spec = spec
        self._known = {question.text: question.vector for question in questions}
        self._other = questions[0].vector
        self._inner = inner

    async def embed(self, texts: Sequence[str], /, *, purpose: Literal["question", "passage"]) -> Embedded:
        if self._inner is not None:
            await self._inner.embed(texts, purpose=purpose)
        return Embedded(vectors=np.stack([self._known.get(text, self._other) for text in texts]), tokens=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Searched:
    """An open file, and all that searches it."""

    file: Path
    size: Size
    store: SqliteStore
    words: Words
    vectors: VectorMatrix
    served: Serving
    retriever: Retriever
    sentences: Sentences
    questions: Sequence[Question]

    async def by_words(self, question: Question, *filters: Filter) -> None:
        await self.words.search(self._query(question, filters))

    async def by_vectors(self, question: Question, *filters: Filter) -> None:
        await self.vectors.search(self._query(question, filters))

    async def by_both(self, question: Question, *filters: Filter) -> None:
        wanted = _Wanted(text=question.text, asking=question.text, scope=SCOPE, filters=filters, read=0)
        meaning = Meaning(serves=self.served)
        asked = await self.retriever._asked(question.text, SCOPE, meaning)
        fused(await self.retriever._search(asked, wanted, meaning))

    async def whole(self, question: Question, *filters: Filter) -> None:
        await self.retriever.retrieve(question.text, scope=SCOPE, filters=filters)

    async def afresh(self, question: Question) -> None:
        """Retrieve as after a start: no passage was read sentence by sentence before."""
        self.sentences._known.clear()
        await self.whole(question)

    async def bytes_alone(self, question: Question) -> None:
        """Read what a scan reads, eight bytes at a time."""
        for block in self.vectors._held[WORKSPACE].matrix.blocks:
            np.bitwise_xor.reduce(block.high.view(np.uint64), axis=None)

    def _query(self, question: Question, filters: tuple[Filter, ...]) -> Query:
        return Query(text=question.text, vector=question.vector, scope=SCOPE, filters=filters, limit=100)


@dataclass(slots=True)
class Taken:
    """Wall-clock and processor milliseconds of one kind of search."""

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    async def of(self, work: Awaitable[None]) -> None:
        wall, cpu = time.perf_counter(), time.process_time()
        await work
        self.wall.append((time.perf_counter() - wall) * 1_000)
        self.cpu.append((time.process_time() - cpu) * 1_000)


async def measured(file: Path, size: Size, inner: Embedder | None) -> list[Figure]:
    """Open, search one by one and at once, and follow a publication; the memory at each step."""
    corpus = Corpus(size.chunks, dimensions=size.dimensions)
    questions = corpus.questions(size.questions)
    held = {"Python, libraries, the questions": resident()}
    embedder = Known(questions, corpus.spec, inner)
    began, spent = time.perf_counter(), time.process_time()
    async with SqliteStore(file) as store:
        words, vectors = Words(store), VectorMatrix(store)
        served = serving(store, embedder, workspace=WORKSPACE, index=vectors)
        await served.now()
        sentences, catalog = Sentences(embedder), Catalog(store)
        searched = Searched(
            file=file,
            size=size,
            store=store,
            words=words,
            vectors=vectors,
            served=served,
            retriever=Retriever(words=words, vectors=served, catalog=catalog, sentences=sentences),
            sentences=sentences,
            questions=questions,
        )
        await searched.by_vectors(questions[0])
        opened = _opened(time.perf_counter() - began, time.process_time() - spent, searched)
        held["vectors"] = resident()
        await embedder.embed([questions[0].text], purpose="question")
        held["the embedder"] = resident()
        await searched.by_words(questions[0])
        held["keywords"] = resident()
        await searched.whole(questions[0])
        held["counting tokens, sentences"] = resident()
        figures = [*opened, *await _one_by_one(searched), *await _at_once(searched), *await _followed(searched)]
    return [*figures, *_memory(held, searched)]


def _opened(wall: float, cpu: float, searched: Searched) -> list[Figure]:
    return [
        Figure(name="open, to the first vector search", value=wall, unit="s", aim=_at_100_000(searched, "0.5 s")),
        Figure(name="open, processor", value=cpu, unit="s"),
    ]


async def _one_by_one(searched: Searched) -> list[Figure]:
    """Take turns, so that all kinds meet the same load; each is run through once before, which fills what is kept."""
    kinds: dict[str, Callable[[Question], Awaitable[None]]] = {
        "reading the same bytes": searched.bytes_alone,
        "vectors": searched.by_vectors,
        "vectors, 1 % filter": lambda question: searched.by_vectors(question, *ONE_PERCENT),
        "keywords": searched.by_words,
        "keywords, 1 % filter": lambda question: searched.by_words(question, *ONE_PERCENT),
        "both, embedded and fused": searched.by_both,
        "both, 1 % filter": lambda question: searched.by_both(question, *ONE_PERCENT),
        "whole retrieval, passages read before": searched.whole,
    }
    taken = {name: Taken() for name in kinds}
    for kept in (False, True):
        for question in searched.questions:
            for name, work in kinds.items():
                await taken[name].of(work(question))
        if not kept:
            taken = {name: Taken() for name in kinds}
    taken["whole retrieval, passages fresh"] = Taken()
    for question in searched.questions:
        await taken["whole retrieval, passages fresh"].of(searched.afresh(question))
    floor = taken["reading the same bytes"]
    return [figure for name, times in taken.items() for figure in _times(name, times, floor, searched)]


def _times(name: str, taken: Taken, floor: Taken, searched: Searched) -> list[Figure]:
    aims = {"vectors": f"at most {SLOWEST} x", "both, embedded and fused": "25 ms", "both, 1 % filter": "25 ms"}
    aim = aims.get(name, "")
    to = "reading the same bytes"
    said = _at_100_000(searched, aim) if aim.endswith("ms") else aim
    return [
        Figure(
            name=f"{name}, p{share}",
            value=_percentile(taken.wall, share),
            unit="ms",
            ratio=_percentile(taken.wall, share) / _percentile(floor.wall, share),
            to=to,
            aim=said if share == 50 or "x" in aim else "",
        )
        for share in (50, 95)
    ] + [Figure(name=f"{name}, processor", value=statistics.median(taken.cpu), unit="ms")]


async def _at_once(searched: Searched) -> list[Figure]:
    """Search from many tasks, while another one looks how late the event loop wakes it."""
    done, late = 0, list[float]()
    until = time.perf_counter() + searched.size.seconds
    questions = cycle(searched.questions)

    async def searches() -> None:
        nonlocal done
        while time.perf_counter() < until:
            await searched.by_both(next(questions))
            done += 1

    cpu, loop = time.process_time(), time.thread_time()
    async with asyncio.TaskGroup() as tasks:
        lag = tasks.create_task(_lag(late))
        async with asyncio.TaskGroup() as many:
            for _ in range(TASKS):
                many.create_task(searches())
        lag.cancel()
    spent, looped = time.process_time() - cpu, time.thread_time() - loop
    return [
        Figure(name=f"searches of both from {TASKS} tasks", value=done / searched.size.seconds, unit="/s"),
        Figure(name="  processors that they had", value=spent / searched.size.seconds, unit=""),
        Figure(name="  processor a search", value=spent / done * 1_000, unit="ms"),
        Figure(name="  of it the event loop's own", value=looped / done * 1_000, unit="ms"),
        Figure(name="  event loop late, p50", value=_percentile(late, 50), unit="ms"),
        Figure(name="  event loop late, p99", value=_percentile(late, 99), unit="ms", aim="at most 20 ms"),
    ]


async def _lag(late: list[float], pause: float = 0.005) -> None:
    while True:
        began = time.perf_counter()
        await asyncio.sleep(pause)
        late.append((time.perf_counter() - began - pause) * 1_000)


async def _followed(searched: Searched) -> list[Figure]:
    """Search on while another process publishes a tenth of the documents anew; the index reads ahead."""
    size, late, taken = searched.size, list[float](), Taken()
    documents = Corpus(size.chunks, dimensions=size.dimensions).documents
    last = str(max(1, documents // 10))
    command = ("-m", "tests.benchmarks.corpus", str(searched.file), str(size.chunks), str(size.dimensions), "0", last)
    before = await searched.store.generation(WORKSPACE)
    async with following(searched.served):
        writer = await asyncio.create_subprocess_exec(sys.executable, *command, cwd=ROOT)
        async with asyncio.TaskGroup() as tasks:
            lag = tasks.create_task(_lag(late))
            for question in cycle(searched.questions):
                await taken.of(searched.by_vectors(question))
                if await searched.store.generation(WORKSPACE) > before:
                    await taken.of(searched.by_vectors(question))
                    break
                if writer.returncode:
                    raise RuntimeError("the documents could not be published anew")
                await asyncio.sleep(0.02)
            lag.cancel()
        await writer.wait()
    return [
        Figure(name="a tenth published anew: slowest vector search meanwhile", value=max(taken.wall), unit="ms"),
        Figure(name="  event loop late, p99", value=_percentile(late, 99), unit="ms", aim="at most 20 ms"),
        Figure(name="  event loop late, at most", value=max(late, default=0.0), unit="ms"),
    ]


def _memory(held: dict[str, float], searched: Searched) -> list[Figure]:
    """Give the whole, and what each step added to it."""
    arrays = sum(
        part.nbytes
        for block in searched.vectors._held[WORKSPACE].matrix.blocks
        for part in (block.high, block.low, block.scales, block.numbers, block.editions, block.chunks)
    )
    now = resident()
    steps = list(held.items())
    added = [(name, value - before) for (name, value), (_, before) in zip(steps[1:], steps, strict=False)]
    return [
        Figure(name="memory, all", value=now, unit="MB", aim=_at_100_000(searched, "300 MB")),
        Figure(name=f"  {steps[0][0]}", value=steps[0][1], unit="MB"),
        *(Figure(name=f"  {name}", value=value, unit="MB") for name, value in added),
        Figure(name="  searches, and a publication followed", value=now - steps[-1][1], unit="MB"),
        Figure(name="  vectors, by their arrays", value=arrays / 1e6, unit="MB"),
    ]


def resident() -> float:
    """Megabytes of this process in memory; NaN where the system does not say."""
    try:
        lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    except OSError:
        return math.nan
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) * 1_024 / 1e6


def _percentile(values: Sequence[float], share: int) -> float:
    return float(np.percentile(values, share)) if values else math.nan


def _at_100_000(searched: Searched, aim: str) -> str:
    return f"at most {aim}" if searched.size.chunks == 100_000 else ""


def main() -> None:
    """Measure one file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("chunks", type=int)
    parser.add_argument("dimensions", type=int)
    parser.add_argument("cache", type=Path)
    asked = parser.parse_args()
    size = Size(chunks=asked.chunks, dimensions=asked.dimensions)
    figures = asyncio.run(measured(asked.file, size, MiniLm(asked.cache)))
    sys.stdout.write(json.dumps([dataclasses.asdict(figure) for figure in figures]))


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:  # Ctrl-C reaches whoever started this, too
        sys.exit(130)
