"""Passages' sentences as vectors: embedded when a question first reads the passage, and kept for the next one."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from typing import TYPE_CHECKING, Final

import numpy as np

from knowledge.reranking import Read
from knowledge.trimming import sentences

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from knowledge.base import Embedder, Passage, Vectors, VectorSpec

_KEPT: Final = 3_000
"""Chunks whose sentences are remembered: about eight of each, as float16 20 MB in all."""
_MOST: Final = 40
"""Sentences of one chunk that are read; a chunk of 1,200 characters seldom has more than twenty."""


class Sentences:
    """Reads passages sentence by sentence. A chunk's text never changes, so neither do its sentences' vectors."""

    def __init__(self, embedder: Embedder, *, kept: int = _KEPT) -> None:
        """``kept`` chunks are remembered, those asked for last."""
        self._embedder = embedder
        self._kept = kept
        self._known: OrderedDict[str, Read] = OrderedDict()
        self._reading = asyncio.Lock()

    @property
    def spec(self) -> VectorSpec:
        """Say whose vectors these are."""
        return self._embedder.spec

    async def asked(self, text: str) -> Vectors:
        """Give a question's vector (d,), to compare sentences with."""
        vector: Vectors = (await self._embedder.embed([text], purpose="question")).vectors[0]
        return vector

    async def read(self, passages: Sequence[Passage]) -> Mapping[str, Read]:
        """Give by chunk what was read; what several ask for at once is read once. Raises what the embedder raises."""
        held = self._held(passages)
        if len(held) < len(passages):
            async with self._reading:
                held |= self._held(passages)
                new = [one for one in passages if one.chunk not in held]
                if new:
                    held |= await self._embedded(new)
        self._keep(held)
        return held

    def _held(self, passages: Sequence[Passage]) -> dict[str, Read]:
        return {one.chunk: self._known[one.chunk] for one in passages if one.chunk in self._known}

    async def _embedded(self, passages: Sequence[Passage]) -> dict[str, Read]:
        """Embed all at once, so that the embedder can share them out over its threads."""
        said = await asyncio.to_thread(_said, passages)
        embedded = await self._embedder.embed([each for some in said for each in some], purpose="passage")
        ends = np.cumsum([len(some) for some in said])[:-1]
        parts = np.split(embedded.vectors.astype(np.float16), ends)
        rows = zip(passages, said, parts, strict=True)
        # A copy: a part alone would keep the vectors of all others alive.
        return {one.chunk: Read(texts=some, vectors=part.copy()) for one, some, part in rows}

    def _keep(self, found: Mapping[str, Read]) -> None:
        for chunk, read in found.items():
            self._known[chunk] = read
            self._known.move_to_end(chunk)
        while len(self._known) > self._kept:
            self._known.popitem(last=False)


def _said(passages: Sequence[Passage]) -> list[tuple[str, ...]]:
    return [tuple(sentences(one.text)[:_MOST]) for one in passages]
