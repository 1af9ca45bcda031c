"""Staging: documents are read and cut, embedded, and written beside what answers; the three go on at once.

The embedder says how many chunks a batch has, and about as many are staged in one transaction. Queues between the
three are short, so that memory is bounded by a few batches whatever the size of the sources.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import aclosing, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias, TypeVar

from knowledge import chunking, fingerprint, tokens
from knowledge.attributes import attributes
from knowledge.base import EmbeddedChunk, Skipped
from knowledge.editions import Prepared
from knowledge.errors import KnowledgeError, Unreadable

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Generator, Mapping, Sequence

    from knowledge.base import Chunk, Document, Field, Index, Principal, Source, Vectors
    from knowledge.chunking import Chunked
    from knowledge.editions import Editions
    from knowledge.serving import Semantic
    from knowledge.tally import Tally

_AHEAD = 2
"""Batches that may wait between two stages: enough to keep the slower one busy."""
_PAUSE = 0.05
"""Seconds between two reports of reading, and of work after which others in the loop are given a turn."""

_T = TypeVar("_T")
Stage: TypeAlias = Literal["carrying", "reading", "embedded", "staged", "publishing", "published"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a sync is.

    ``documents`` were read, and ``ready`` of them need nothing more before they are published; ``chunks`` were cut, and
    ``embedded`` of them have their vector. While vectors are carried elsewhere, ``chunks`` are those that have to be.
    """

    stage: Stage
    documents: int
    ready: int
    skipped: int
    chunks: int
    embedded: int


@dataclass(slots=True)
class Clock:
    """Adds up seconds by stage."""

    started: float = field(default_factory=time.perf_counter)
    seconds: dict[str, float] = field(default_factory=lambda: dict.fromkeys(("read", "chunk", "embed", "write"), 0.0))

    @contextmanager
    def of(self, stage: str) -> Generator[None]:
        """Count what is done inside as this stage's."""
        begun = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[stage] += time.perf_counter() - begun


@dataclass(frozen=True, slots=True)
class _Batch:
    """Whole documents with all their chunks."""

    prepared: list[Prepared] = field(default_factory=list)
    chunks: list[Chunk] = field(default_factory=list)
    _known: dict[str, tuple[frozenset[Principal], Mapping[Field, frozenset[str]]]] = field(default_factory=dict)

    def add(self, prepared: Prepared) -> None:
        self.prepared.append(prepared)
        self.chunks.extend(prepared.chunked.chunks)
        self._known[prepared.edition] = (prepared.document.readers, attributes(prepared.document, prepared.chunked))

    def embedded(self, chunk: Chunk, vector: Vectors) -> EmbeddedChunk:
        readers, known = self._known[chunk.edition]
        return EmbeddedChunk(chunk=chunk, vector=vector, readers=readers, attributes=known)


@dataclass(frozen=True, slots=True)
class _Vectored:
    """A batch whose chunks have their vectors, in the same order."""

    batch: _Batch
    chunks: list[EmbeddedChunk]


@dataclass(slots=True, kw_only=True)
class Staging:
    """One sync's way from sources to staged editions, with what it counted on the way."""

    workspace: str
    editions: Editions
    semantic: Semantic
    words: Index | None
    tally: Tally
    clock: Clock
    progress: Callable[[Progress], None] | None
    documents: int = 0
    read: int = 0
    chunks: int = 0
    embedded: int = 0
    flagged: list[str] = field(default_factory=list)
    masked: int = 0
    masked_in: list[str] = field(default_factory=list)
    suspicious: list[str] = field(default_factory=list)
    _reported: float = 0.0

    async def run(self, sources: Sequence[Source]) -> None:
        """Stage all that is new; raises the first error of any stage, after the others have ended.

        Where embedding fails, what was embedded before is staged first: it may have cost money.
        """
        cut: asyncio.Queue[_Batch | None] = asyncio.Queue(_AHEAD)
        vectored: asyncio.Queue[_Vectored | None] = asyncio.Queue(_AHEAD)
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(_feed(self._cut(sources), cut))
                writing = tasks.create_task(self._write(vectored))
                try:
                    await _feed(self._embed(cut), vectored)
                except KnowledgeError:
                    await vectored.put(None)
                    await asyncio.wait([writing])
                    raise
        except ExceptionGroup as group:
            raise _first(group) from group

    def report(self, stage: Stage) -> None:
        """Say how far the sync is."""
        self._reported = time.monotonic()
        if self.progress is not None:
            self.progress(
                Progress(
                    stage=stage,
                    documents=self.documents,
                    ready=self.tally.ready,
                    skipped=len(self.tally.skipped),
                    chunks=self.chunks,
                    embedded=self.embedded,
                ),
            )

    async def _cut(self, sources: Sequence[Source]) -> AsyncGenerator[_Batch]:
        """Cut what is new and put documents together until a batch is full."""
        batch = _Batch()
        for source in sources:
            async with aclosing(self._read(source)) as documents:
                async for document, digest in documents:
                    await self._prepare(document, digest, batch)
                    if max(len(batch.chunks), len(batch.prepared)) >= self.semantic.embedder.batch:
                        yield batch
                        batch = _Batch()
            for skipped in source.skipped:
                self.tally.skip(skipped)
        if batch.prepared:
            yield batch

    async def _read(self, source: Source) -> AsyncGenerator[tuple[Document, str]]:
        """Give what is new; all else costs its reading, a digest and a look-up."""
        async with aclosing(source.documents()) as documents:
            while document := await self._next(documents):
                digest = fingerprint.digest(document, chunker=chunking.VERSION)
                self.documents += 1
                self.read += len(document.content)
                if self.tally.judge(document, digest) == "new":
                    yield document, digest
                if time.monotonic() - self._reported > _PAUSE:
                    self.report("reading")
                    await asyncio.sleep(0)

    async def _next(self, documents: AsyncGenerator[Document]) -> Document | None:
        with self.clock.of("read"):
            return await anext(documents, None)

    async def _prepare(self, document: Document, digest: str, batch: _Batch) -> None:
        edition = fingerprint.edition(self.workspace, document.id, digest)
        try:
            with self.clock.of("chunk"):
                chunked = await asyncio.to_thread(chunking.chunked, document, edition, tokens.count)
        except Unreadable as error:
            self.tally.skip(Skipped(document=document.id, told=error.told))
            return
        self.chunks += len(chunked.chunks)
        self._notice(document.id, chunked)
        batch.add(Prepared(document=document, edition=edition, digest=digest, chunked=chunked))

    def _notice(self, document: str, chunked: Chunked) -> None:
        """Keep which documents show something that whoever syncs them should look at."""
        self.masked += chunked.secrets
        for seen, named in (
            (chunked.flags, self.flagged),
            (chunked.secrets, self.masked_in),
            (chunked.signs, self.suspicious),
        ):
            if seen:
                named.append(document)

    async def _embed(self, batches: asyncio.Queue[_Batch | None]) -> AsyncGenerator[_Vectored]:
        async for batch in _drain(batches):
            vectored = _Vectored(batch, [])
            for start in range(0, len(batch.chunks), self.semantic.embedder.batch):
                chunks = batch.chunks[start : start + self.semantic.embedder.batch]
                with self.clock.of("embed"):
                    found = await self.semantic.embedder.embed([chunk.searched for chunk in chunks], purpose="passage")
                vectored.chunks.extend(map(batch.embedded, chunks, found.vectors))
                self.embedded += len(chunks)
                self.report("embedded")
            yield vectored

    async def _write(self, batches: asyncio.Queue[_Vectored | None]) -> None:
        """Stage in three steps, each whole: the words, the vectors, and only then that the editions are complete."""
        async for vectored in _drain(batches):
            prepared = vectored.batch.prepared
            with self.clock.of("write"):
                await self.editions.stage(prepared)
                if self.words is not None:
                    await self.words.put(self.workspace, vectored.chunks)
                await self.semantic.index.put(self.workspace, vectored.chunks)
                await self.editions.staged([item.edition for item in prepared])
            for item in prepared:
                self.tally.staged(item.document.id, item.edition)
            self.report("staged")


async def _feed(items: AsyncGenerator[_T], queue: asyncio.Queue[_T | None]) -> None:
    async with aclosing(items):
        async for item in items:
            await queue.put(item)
    await queue.put(None)


async def _drain(queue: asyncio.Queue[_T | None]) -> AsyncGenerator[_T]:
    while (item := await queue.get()) is not None:
        yield item


def _first(group: ExceptionGroup) -> Exception:
    """Give the error that ended the others; a group of one is what a task group makes of it."""
    first = group.exceptions[0]
    return _first(first) if isinstance(first, ExceptionGroup) else first
