"""Vectors in memory, scanned exactly. Nothing here knows where they came from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np

from knowledge.base import Hit

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    import numpy.typing as npt

    from knowledge.base import Vectors

    Numbers = npt.NDArray[np.int64]
    Rows = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Matrix:
    """The n chunks of one publication, in the order of their numbers: ids, numbers, editions and vectors (n, d).

    Vectors are of unit length, so a product with another is their cosine.
    """

    generation: int
    chunks: npt.NDArray[np.object_]
    numbers: Numbers
    editions: Numbers
    vectors: Vectors

    @classmethod
    def empty(cls, generation: int, dimensions: int) -> Self:
        """No chunks."""
        return cls.of(generation, ((), (), ()), np.empty((0, dimensions), np.float32))

    @classmethod
    def of(cls, generation: int, columns: tuple[Sequence[str], Sequence[int], Sequence[int]], vectors: Vectors) -> Self:
        """Chunks by their columns (ids, numbers, editions) and vectors."""
        chunks, numbers, editions = columns
        return cls(
            generation=generation,
            chunks=np.array(chunks, object),
            numbers=np.array(numbers, np.int64),
            editions=np.array(editions, np.int64),
            vectors=vectors,
        )

    @classmethod
    def joined(cls, parts: Sequence[Self]) -> Self:
        """All chunks of one or more parts, as of the last of them."""
        order = np.argsort(np.concatenate([part.numbers for part in parts]), kind="stable")
        return cls(
            generation=parts[-1].generation,
            chunks=np.concatenate([part.chunks for part in parts])[order],
            numbers=np.concatenate([part.numbers for part in parts])[order],
            editions=np.concatenate([part.editions for part in parts])[order],
            vectors=np.concatenate([part.vectors for part in parts])[order],
        )

    def only(self, editions: Collection[int]) -> Self:
        """Those chunks that are of these editions."""
        rows = self.rows(editions)
        if rows is None:
            return self
        return type(self)(
            generation=self.generation,
            chunks=self.chunks[rows],
            numbers=self.numbers[rows],
            editions=self.editions[rows],
            vectors=self.vectors[rows],
        )

    def rows(self, editions: Collection[int]) -> Rows | None:
        """Say where the chunks of these editions are; None: they are all there are."""
        found = np.isin(self.editions, np.fromiter(editions, np.int64, len(editions)))
        return None if found.all() else np.flatnonzero(found)

    def nearest(self, vector: Vectors, rows: Rows | None, limit: int) -> tuple[Hit, ...]:
        """Give the chunks of these rows (None: of all) that are nearest to a vector (d,); equals by their number."""
        scores = (self.vectors if rows is None else self.vectors[rows]) @ vector
        count = min(limit, len(scores))
        if not count:
            return ()
        least = np.partition(scores, len(scores) - count)[len(scores) - count]
        found = np.flatnonzero(scores >= least)
        found = found[np.argsort(-scores[found], kind="stable")][:count]
        places = found if rows is None else rows[found]
        pairs = zip(self.chunks[places], scores[found], strict=True)
        return tuple(Hit(chunk=chunk, score=float(score)) for chunk, score in pairs)
