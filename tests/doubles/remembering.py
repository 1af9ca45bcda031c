"""An index that only remembers what it was given, as one with a store of its own would."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from knowledge.base import VectorIndex

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from knowledge.base import EmbeddedChunk, Hit, Query, Vectors, VectorSpec


class Remembering(VectorIndex):
    """Finds nothing; ``fails`` is raised by ``put`` once it holds ``fails_at`` chunks."""

    name: Literal["words", "vectors"] = "vectors"

    def __init__(self) -> None:
        self.spec: VectorSpec | None = None
        self.chunks: dict[str, EmbeddedChunk] = {}
        self.fails: Exception | None = None
        self.fails_at = 0
        self.settlings = 0

    async def prepare(self, spec: VectorSpec, /) -> None:
        self.spec = spec

    async def put(self, workspace: str, chunks: Sequence[EmbeddedChunk], /) -> None:
        if self.fails is not None and len(self.chunks) >= self.fails_at:
            raise self.fails
        self.chunks |= {embedded.chunk.id: embedded for embedded in chunks}

    async def remove(self, workspace: str, editions: Sequence[str], /) -> None:
        gone = frozenset(editions)
        self.chunks = {name: kept for name, kept in self.chunks.items() if kept.chunk.edition not in gone}

    async def search(self, query: Query, /) -> Sequence[Hit]:
        return ()

    async def settled(self, workspace: str, /) -> None:
        self.settlings += 1

    async def vectors(self, workspace: str, chunks: Sequence[str], /) -> Mapping[str, Vectors]:
        return {name: self.chunks[name].vector for name in chunks if name in self.chunks}

    async def clear(self, workspace: str, /) -> None:
        self.chunks = {}

    async def count(self, workspace: str, /) -> int:
        return len(self.chunks)
