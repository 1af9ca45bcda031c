"""Vectors in memory, scanned exactly. Nothing here knows where they came from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self, TypeAlias

import numpy as np

from knowledge.base import Hit
from knowledge.indexes.blocks import Asked, Block

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from knowledge.base import Vectors
    from knowledge.indexes.blocks import Names, Numbers, Rows, Scores

    _Scanned: TypeAlias = tuple[Block, Rows | None, Scores]

FULL: Final = 16_384
"""Rows of a block at most: what a change copies anew (12 MB of 384 dimensions), and what one scan takes at a time.

A row's place in its block fits into two bytes, and selections are remembered.
"""

Selection: TypeAlias = "tuple[Rows | None, ...]"
"""The rows of each block, None for all of them."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Matrix:
    """All chunks of one publication, or none of none. Matrices share the blocks in which they do not differ."""

    generation: int = -1
    blocks: tuple[Block, ...] = ()

    def followed(self, generation: int, live: Collection[int], new: Iterable[Block]) -> Self:
        """Give the next publication: of this one what is of the live editions, and what is new."""
        kept = (block if rows is None else block.at(rows) for block, rows in self._within(live))
        return type(self)(generation=generation, blocks=packed((*kept, *new)))

    def editions(self) -> set[int]:
        """Say which editions there are chunks of."""
        return {int(number) for block in self.blocks for number in np.unique(block.editions)}

    def rows(self, editions: Collection[int]) -> Selection:
        """Say where the chunks of these editions are."""
        return tuple(rows for _, rows in self._within(editions))

    def nearest(self, vector: Vectors, selection: Selection, limit: int) -> tuple[Hit, ...]:
        """Give the selected chunks that are nearest to a vector (d,) of unit length; equals by their number.

        The scan says which rows are among the best as far as it can tell. They are settled; then those are that may
        still be better than the last of them, whatever the bytes that a scan leaves out.
        """
        asked = Asked.of(vector)
        scanned = [(block, rows, block.coarse(asked, rows)) for block, rows in zip(self.blocks, selection, strict=True)]
        every = [scores for _, _, scores in scanned]
        count = min(limit, sum(map(len, every)))
        if count < 1:
            return ()
        least = _largest(np.concatenate(every), count)
        best = _settled(asked, scanned, least, np.inf)
        sure = _largest(best.scores, count) - max(block.margin(asked) for block in self.blocks)
        others = _settled(asked, scanned, sure, least)
        return _hits(best, others, count)

    def _within(self, editions: Collection[int]) -> Iterator[tuple[Block, Rows | None]]:
        wanted = np.fromiter(editions, np.int64, len(editions))
        for block in self.blocks:
            found = np.isin(block.editions, wanted)
            yield block, None if found.all() else np.flatnonzero(found).astype(np.uint16)


def packed(blocks: Iterable[Block]) -> tuple[Block, ...]:
    """Join neighbours as long as they fit into one block, and leave out those that are empty; others stay as they are.

    No two neighbours then fit into one, so blocks are half full on average at least.
    """
    full: list[Block] = []
    some: list[Block] = []
    for block in blocks:
        if some and sum(map(len, some)) + len(block) > FULL:
            full.append(_joined(some))
            some = []
        if len(block):
            some.append(block)
    return (*full, _joined(some)) if some else tuple(full)


def _joined(blocks: Sequence[Block]) -> Block:
    return blocks[0] if len(blocks) == 1 else Block.joined(blocks)


def _largest(scores: Scores, count: int) -> float:
    """Give the count-th largest score."""
    return float(np.partition(scores, len(scores) - count)[len(scores) - count])


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Settled:
    """Some rows by their exact scores, numbers and ids."""

    scores: Scores
    numbers: Numbers
    chunks: Names


def _settled(asked: Asked, scanned: Sequence[_Scanned], least: float, below: float) -> _Settled:
    """Settle the rows whose coarse score is at least so much and below so much."""
    some = [
        (block, found if rows is None else rows[found])
        for block, rows, scores in scanned
        if len(found := np.flatnonzero((scores >= least) & (scores < below)))
    ]
    return _Settled(
        scores=np.concatenate([np.empty(0, np.float32), *(block.exact(asked, rows) for block, rows in some)]),
        numbers=np.concatenate([np.empty(0, np.int64), *(block.numbers[rows] for block, rows in some)]),
        chunks=np.concatenate([np.empty(0, "S1"), *(block.chunks[rows] for block, rows in some)]),
    )


def _hits(best: _Settled, others: _Settled, count: int) -> tuple[Hit, ...]:
    """Give the best of both, equals by their number."""
    scores = np.concatenate([best.scores, others.scores])
    chunks = np.concatenate([best.chunks, others.chunks])
    order = np.lexsort((np.concatenate([best.numbers, others.numbers]), -scores))[:count]
    pairs = zip(chunks[order].tolist(), scores[order].tolist(), strict=True)
    return tuple(Hit(chunk=chunk.decode(), score=score) for chunk, score in pairs)
