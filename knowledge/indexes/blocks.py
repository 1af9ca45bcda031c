"""Vectors as two planes of bytes: a search scans the high bytes of all, and settles the best with the low ones. Pure.

Each number of a row is ``scale x (high + low / 254)``: 16 bits, half of float32. The scan reads a quarter of what
float32 takes; how far it can be off is bounded, so that the rows which may be among the best are known for certain.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self

import numpy as np
import simsimd

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from knowledge.base import Vectors

    Bytes = npt.NDArray[np.int8]
    Numbers = npt.NDArray[np.int64]
    Names = npt.NDArray[np.bytes_]
    Rows = npt.NDArray[np.integer]
    Scores = npt.NDArray[np.float32]

_STEPS: Final = 127
"""The largest byte: of a row's largest number, and of a rest of half a step."""
_AT_ONCE: Final = 256
"""Rows that are turned into bytes at a time: what that takes besides stays in the processor's cache, and small."""
_FEW: Final = 8
"""Rows that are fewer than this part of a block are copied and scanned alone; of more, all are scanned."""
_ROUNDING: Final = 1e-5
"""What the arithmetic of float32 may be off: over ten times what is seen with 384 numbers."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Asked:
    """A question's vector (d,), and the same in bytes: ``scale x coarse``, off by at most ``slack`` in length."""

    vector: Vectors
    coarse: Bytes
    scale: float
    slack: float

    @classmethod
    def of(cls, vector: Vectors) -> Self:
        """Round a vector of unit length to bytes."""
        exact = np.ascontiguousarray(vector, np.float32)
        scale = _scales(exact[None])[0]
        coarse = np.rint(exact / scale)
        slack = float(np.linalg.norm(exact - coarse * scale))
        return cls(vector=exact, coarse=coarse.astype(np.int8), scale=float(scale), slack=slack)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Block:
    """Some n chunks: their ids, numbers, editions and scales (n,), and the planes of their vectors (n, d).

    Without its low bytes no vector is off by more than ``slack`` in length.
    """

    chunks: Names
    numbers: Numbers
    editions: Numbers
    scales: Scores
    high: Bytes
    low: Bytes
    slack: float

    @classmethod
    def of(cls, columns: tuple[Sequence[str], Sequence[int], Sequence[int]], vectors: Vectors) -> Self:
        """Chunks by their columns (ids, numbers, editions) and vectors (n, d) of unit length."""
        chunks, numbers, editions = columns
        scales = np.empty(len(vectors), np.float32)
        high, low = np.empty(vectors.shape, np.int8), np.empty(vectors.shape, np.int8)
        slack = 0.0
        for at in range(0, len(vectors), _AT_ONCE):
            part = slice(at, at + _AT_ONCE)
            scales[part], high[part], low[part], slackest = _planes(vectors[part])
            slack = max(slack, slackest)
        return cls(
            chunks=np.array([chunk.encode() for chunk in chunks], np.bytes_),
            numbers=np.array(numbers, np.int64),
            editions=np.array(editions, np.int64),
            scales=scales,
            high=high,
            low=low,
            slack=slack,
        )

    @classmethod
    def joined(cls, blocks: Sequence[Self]) -> Self:
        """All chunks of one or more blocks, one block after the other."""
        return cls(
            chunks=np.concatenate([block.chunks for block in blocks]),
            numbers=np.concatenate([block.numbers for block in blocks]),
            editions=np.concatenate([block.editions for block in blocks]),
            scales=np.concatenate([block.scales for block in blocks]),
            high=np.concatenate([block.high for block in blocks]),
            low=np.concatenate([block.low for block in blocks]),
            slack=max(block.slack for block in blocks),
        )

    def __len__(self) -> int:
        return len(self.numbers)

    def at(self, rows: Rows) -> Self:
        """Those chunks alone that are in these rows."""
        return type(self)(
            chunks=self.chunks[rows],
            numbers=self.numbers[rows],
            editions=self.editions[rows],
            scales=self.scales[rows],
            high=self.high[rows],
            low=self.low[rows],
            slack=self.slack,
        )

    def coarse(self, asked: Asked, rows: Rows | None) -> Scores:
        """Score the rows (None: all) by their high bytes: off from the cosine by at most ``margin``."""
        if rows is None:
            return _dots(asked.coarse, self.high) * (self.scales * np.float32(asked.scale))
        if len(rows) * _FEW > len(self):
            return self.coarse(asked, None)[rows]
        return _dots(asked.coarse, self.high[rows]) * (self.scales[rows] * np.float32(asked.scale))

    def margin(self, asked: Asked) -> float:
        """Bound the error of a coarse score of unit vectors: by Cauchy and Schwarz, once for each rounding."""
        return self.slack + (1 + self.slack) * asked.slack + _ROUNDING

    def exact(self, asked: Asked, rows: Rows) -> Scores:
        """Score the rows by all their bytes: each alone, so that equal vectors have equal scores wherever they are."""
        high = np.vecdot(self.high[rows].astype(np.float32), asked.vector)
        low = np.vecdot(self.low[rows].astype(np.float32), asked.vector)
        scores: Scores = (high + low / np.float32(2 * _STEPS)) * self.scales[rows]
        return scores


def _planes(vectors: Vectors) -> tuple[Scores, Vectors, Vectors, float]:
    """Give the scales (n,) and both planes (n, d) of some rows, still as floats, and their slack."""
    scales = _scales(vectors)
    steps = vectors / scales[:, None]
    high = np.rint(steps)
    rest = steps - high
    finest = vectors.shape[1] ** 0.5 / (4 * _STEPS)  # what the low bytes leave out at most
    slack = float(((np.sqrt(np.vecdot(rest, rest)) + finest) * scales).max())
    return scales, high, np.rint(rest * (2 * _STEPS)), slack


def _scales(vectors: Vectors) -> Scores:
    """Give the step between two high bytes for each row (n, d), 1 where all numbers are 0."""
    largest: Scores = np.abs(vectors).max(axis=1, initial=0) / np.float32(_STEPS)
    largest[largest == 0] = 1
    return largest


def _dots(coarse: Bytes, high: Bytes) -> Scores:
    """Multiply the bytes (d,) with each row (n, d). The library gives the interpreter free meanwhile.

    Its parameter ``out`` is left alone: with it, simsimd 6.5 gives a None that it does not count.
    """
    if not len(high):
        return np.empty(0, np.float32)
    found: Scores = np.asarray(simsimd.cdist(coarse[None], high, "dot", out_dtype="float32"))[0]
    return found
