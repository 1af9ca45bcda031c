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
    from knowledge.indexes.blocks import Numbers, Rows, Scores

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

        The scan finds all that may be among them, whatever the bytes that it leaves out; only those are settled.
        """
        asked = Asked.of(vector)
        pairs = list(zip(self.blocks, selection, strict=True))
        coarse = [block.coarse(asked, rows) for block, rows in pairs]
        count = min(limit, sum(map(len, coarse)))
        if count < 1:
            return ()
        least = _largest(np.concatenate(coarse), count) - 2 * max(block.margin(asked) for block in self.blocks)
        likely = [
            (block, found if rows is None else rows[found])
            for (block, rows), scores in zip(pairs, coarse, strict=True)
            if len(found := np.flatnonzero(scores >= least))
        ]
        return _best(asked, likely, count)

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


def _best(asked: Asked, likely: Sequence[tuple[Block, Rows]], count: int) -> tuple[Hit, ...]:
    """Settle which of these rows are best, by their exact scores and then their numbers."""
    scores = np.concatenate([block.exact(asked, rows) for block, rows in likely])
    numbers: Numbers = np.concatenate([block.numbers[rows] for block, rows in likely])
    chunks = np.concatenate([block.chunks[rows] for block, rows in likely])
    best = np.lexsort((numbers, -scores))[:count]
    pairs = zip(chunks[best].tolist(), scores[best].tolist(), strict=True)
    return tuple(Hit(chunk=chunk.decode(), score=score) for chunk, score in pairs)
