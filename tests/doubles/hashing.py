"""An embedder without a model: a bag of words, hashed. The same words give the same vector, in every process."""

from __future__ import annotations

import re
from hashlib import blake2b
from typing import TYPE_CHECKING, Literal

import numpy as np

from knowledge.base import Embedded, Embedder, VectorSpec

if TYPE_CHECKING:
    from collections.abc import Sequence


class Hashing(Embedder):
    """Counts what it embedded, so that a test can see what was embedded again."""

    def __init__(self, *, model: str = "hashing", dimensions: int = 64) -> None:
        self.spec = VectorSpec(model=model, dimensions=dimensions)
        self.texts: list[str] = []

    async def embed(self, texts: Sequence[str], /, *, purpose: Literal["question", "passage"]) -> Embedded:
        if purpose == "passage":
            self.texts.extend(texts)
        vectors = np.zeros((len(texts), self.spec.dimensions), dtype=np.float32)
        words = [re.findall(r"\w+", text.lower()) for text in texts]
        for row, found in zip(vectors, words, strict=True):
            row[0] = 1e-3
            for word in found:
                place = int.from_bytes(blake2b(word.encode(), digest_size=8).digest()) % self.spec.dimensions
                row[place] += 1
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        return Embedded(vectors=vectors, tokens=sum(map(len, words)))
