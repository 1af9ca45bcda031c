"""Embedding each text alone, so that a vector depends on its text and nothing else."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, Literal, Protocol

import numpy as np

from knowledge.base import Embedded
from knowledge.embedding.lanes import Lanes

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from knowledge.base import Vectors


class Model(Protocol):
    """A model that is loaded, for any number of threads."""

    def tokens(self, texts: Sequence[str], purpose: Literal["question", "passage"], /) -> list[list[int]]:
        """Give the ids of the tokens that are read of each text."""
        ...

    def vector(self, tokens: list[int], /) -> Vectors:
        """Give one text's vector (d,), of unit length."""
        ...


class Alone:
    """Loads a model at the first text. Passages are spread over lanes, the longest first.

    A question takes one hop to a thread of its own, so it waits for no passage, and its thread for no lane that gives
    way. On two cores, lanes of one text each are as fast as batches of eight.
    """

    def __init__(self, load: Callable[[], Model], *, dimensions: int, lanes: Lanes | None = None) -> None:
        self._load = load
        self._dimensions = dimensions
        self._lanes = lanes or Lanes()
        self._loading = threading.Lock()
        self._loaded: Model | None = None
        self.batch = 32 * max(2, self._lanes.count)
        """Texts at a time that keep every lane busy almost to the end."""

    async def embed(self, texts: Sequence[str], *, purpose: Literal["question", "passage"]) -> Embedded:
        """Embed the texts; raises what loading the model does."""
        if purpose == "question":
            return await asyncio.to_thread(self._at_once, texts)
        return await self._in_lanes(texts)

    def _at_once(self, texts: Sequence[str]) -> Embedded:
        model = self._model()
        tokens = model.tokens(texts, "question")
        vectors = np.empty((len(texts), self._dimensions), np.float32)
        for row, of_text in enumerate(tokens):
            vectors[row] = model.vector(of_text)
        return Embedded(vectors=vectors, tokens=sum(map(len, tokens)))

    async def _in_lanes(self, texts: Sequence[str]) -> Embedded:
        model = await asyncio.to_thread(self._model) if self._loaded is None else self._loaded
        tokens = await asyncio.to_thread(model.tokens, texts, "passage")
        vectors = np.empty((len(texts), self._dimensions), np.float32)

        def embed(row: int) -> None:
            vectors[row] = model.vector(tokens[row])

        await self._lanes.each(embed, sorted(range(len(texts)), key=lambda row: len(tokens[row]), reverse=True))
        return Embedded(vectors=vectors, tokens=sum(map(len, tokens)))

    def _model(self) -> Model:
        with self._loading:
            if self._loaded is None:
                self._loaded = self._load()
            return self._loaded
