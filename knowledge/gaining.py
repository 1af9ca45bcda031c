"""How known chunks gain their vectors for another set: copied where the model is the same, else made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from knowledge.base import Chunk, EmbeddedChunk, Vectors
    from knowledge.serving import Semantic, Serving
    from knowledge.vectorsets import Kept
    from knowledge.whole import Whole

_AT_ONCE: Final = 500
"""Chunks whose vectors are asked for at a time."""


@dataclass(slots=True, kw_only=True)
class Gaining:
    """Gives chunks their vectors for ``target``, and counts how.

    ``old`` are vectors that ``source`` opens, None where nothing is to be copied. ``report`` hears of each batch.
    """

    source: Serving
    old: Kept | None
    target: Semantic
    report: Callable[[], None]
    copied: int = 0
    embedded: int = 0

    async def of(self, editions: Sequence[Whole]) -> list[EmbeddedChunk]:
        """Give all chunks of these editions. Raises KnowledgeError."""
        chunks = [chunk for one in editions for chunk in one.chunks]
        found = await self._copied(chunks)
        self.copied += len(found)
        new = [chunk for chunk in chunks if chunk.id not in found]
        embedder = self.target.embedder
        for start in range(0, len(new), embedder.batch):
            some = new[start : start + embedder.batch]
            made = await embedder.embed([chunk.searched for chunk in some], purpose="passage")
            found |= {chunk.id: vector for chunk, vector in zip(some, made.vectors, strict=True)}
            self.embedded += len(some)
            self.report()
        return [chunk for one in editions for chunk in one.embedded(found)]

    async def _copied(self, chunks: Sequence[Chunk]) -> dict[str, Vectors]:
        if self.old is None or not self.old.same_vectors(self.target.kept):
            return {}
        index = await self.source.index(self.old)
        found: dict[str, Vectors] = {}
        for start in range(0, len(chunks), _AT_ONCE):
            some = [chunk.id for chunk in chunks[start : start + _AT_ONCE]]
            found |= await index.vectors(self.source.workspace, some)
        return found
