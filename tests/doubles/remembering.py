"""An index that only remembers what it was given, as one with a store of its own would."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from knowledge.base import Index
from knowledge.errors import WrongVectors

if TYPE_CHECKING:
    from collections.abc import Sequence

    from knowledge.base import EmbeddedChunk, Hit, Query, VectorSpec


class Remembering(Index):
    """Finds nothing; ``fails`` is raised by ``put`` once it holds ``fails_at`` chunks."""

    name: Literal["words", "vectors"] = "vectors"

    def __init__(self) -> None:
        self.spec: VectorSpec | None = None
        self.chunks: dict[str, EmbeddedChunk] = {}
        self.fails: Exception | None = None
        self.fails_at = 0

    async def prepare(self, spec: VectorSpec, /) -> None:
        if self.spec not in {None, spec} and self.chunks:
            told = "These are another model's vectors."
            raise WrongVectors(told)
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
