"""An embedder without a model: a bag of words, hashed. The same words give the same vector, in every process."""

from __future__ import annotations

import re
from hashlib import blake2b
from typing import TYPE_CHECKING, Literal

import numpy as np

from knowledge.base import Embedded, Embedder, VectorSpec

if TYPE_CHECKING:
    from collections.abc import Sequence

    from knowledge.base import Vectors


class Hashing(Embedder):
    """Counts what it embedded, so that a test can see what was embedded again."""

    vector_share = 0.35
    batch = 64

    def __init__(self, *, model: str = "hashing", dimensions: int = 64) -> None:
        self.spec = VectorSpec(model=model, dimensions=dimensions)
        self.texts: list[str] = []

    async def embed(self, texts: Sequence[str], /, *, purpose: Literal["question", "passage"]) -> Embedded:
        if purpose == "passage":
            self.texts.extend(texts)
        vectors = np.empty((len(texts), self.spec.dimensions), dtype=np.float32)
        for row, text in enumerate(texts):
            vectors[row] = hashed(text, self.spec.dimensions)
        return Embedded(vectors=vectors, tokens=sum(len(_words(text)) for text in texts))


def hashed(text: str, dimensions: int) -> Vectors:
    """One text's vector (d,)."""
    vector = np.zeros(dimensions, dtype=np.float32)
    vector[0] = 1e-3
    for word in _words(text):
        vector[int.from_bytes(blake2b(word.encode(), digest_size=8).digest()) % dimensions] += 1
    unit: Vectors = vector / np.linalg.norm(vector)
    return unit


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())
