from __future__ import annotations

import sys
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.indexes import matrix as module
from knowledge.indexes.blocks import Asked, Block
from knowledge.indexes.matrix import Matrix, packed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from knowledge.base import Hit, Vectors

SIZES = st.lists(st.integers(0, 9), max_size=12)


def unit(count: int, dimensions: int = 48, *, seed: int = 7, near: float = 1.0) -> Vectors:
    """Random vectors of unit length; the smaller ``near``, the closer together."""
    chance = np.random.default_rng(seed)
    drawn = chance.standard_normal(dimensions) + near * chance.standard_normal((count, dimensions))
    vectors: Vectors = (drawn / np.linalg.norm(drawn, axis=1, keepdims=True)).astype(np.float32)
    return vectors


def a_block(vectors: Vectors, *, first: int = 0, of: int = 5) -> Block:
    """A block of chunks numbered from ``first`` on, of ``of`` editions in turn."""
    numbers = range(first, first + len(vectors))
    return Block.of(([f"c{number}" for number in numbers], numbers, [number % of for number in numbers]), vectors)


def a_matrix(vectors: Vectors, size: int = 37) -> Matrix:
    return Matrix(generation=1, blocks=tuple(_blocks(vectors, size)))


def _blocks(vectors: Vectors, size: int) -> Iterator[Block]:
    for first in range(0, len(vectors), size):
        yield a_block(vectors[first : first + size], first=first)


def _everything(matrix: Matrix) -> module.Selection:
    return matrix.rows(matrix.editions())


def _chunks(hits: tuple[Hit, ...]) -> list[str]:
    return [hit.chunk for hit in hits]


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    near=st.sampled_from([0.02, 0.2, 1.0, 5.0]),
    limit=st.integers(1, 120),
    editions=st.sets(st.integers(0, 4), min_size=1),
)
def test_the_best_are_those_of_a_plain_scan(seed: int, near: float, limit: int, editions: set[int]) -> None:
    vectors, asked = unit(300, seed=seed, near=near), unit(1, seed=seed + 1)[0]
    matrix = a_matrix(vectors)
    hits = matrix.nearest(asked, matrix.rows(editions), limit)
    plain = vectors @ asked
    allowed = [number for number in range(300) if number % 5 in editions]
    scores = sorted((plain[number] for number in allowed), reverse=True)[:limit]
    assert [hit.score for hit in hits] == pytest.approx(scores, abs=2e-5)
    assert all(int(hit.chunk[1:]) in allowed for hit in hits)


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), near=st.sampled_from([0.02, 1.0, 5.0]), spike=st.booleans())
def test_no_coarse_score_is_off_by_more_than_the_margin(seed: int, near: float, spike: bool) -> None:
    vectors, question = unit(50, seed=seed, near=near), unit(1, seed=seed + 1)[0]
    if spike:  # the largest number makes the steps of all
        vectors[:, 3] += 4
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    block, asked = a_block(vectors), Asked.of(question)
    assert np.abs(block.coarse(asked, None) - vectors @ question).max() <= block.margin(asked)
    assert np.abs(block.exact(asked, np.arange(50)) - vectors @ question).max() < 5e-5


def test_a_few_rows_score_as_they_do_among_all() -> None:
    vectors = unit(100)
    block, asked = a_block(vectors), Asked.of(unit(1, seed=8)[0])
    for rows in (np.array([3, 50]), np.arange(40, 90)):
        assert np.array_equal(block.coarse(asked, rows), block.coarse(asked, None)[rows])


def test_equal_vectors_come_by_their_numbers_wherever_they_are_held() -> None:
    vectors = np.repeat(unit(1), 90, axis=0)
    blocks = tuple(reversed(tuple(_blocks(vectors, 31))))
    matrix = Matrix(generation=1, blocks=blocks)
    assert _chunks(matrix.nearest(vectors[0], _everything(matrix), 40)) == [f"c{number}" for number in range(40)]


def test_vectors_of_nothing_are_no_mistake() -> None:
    matrix = a_matrix(np.zeros((3, 48), np.float32))
    hits = matrix.nearest(np.zeros(48, np.float32), _everything(matrix), 2)
    assert [(hit.chunk, hit.score) for hit in hits] == [("c0", 0.0), ("c1", 0.0)]


@pytest.mark.parametrize("limit", [0, -1, 5])
def test_nothing_selected_finds_nothing(limit: int) -> None:
    matrix = a_matrix(unit(100))
    assert matrix.nearest(unit(1)[0], matrix.rows(()), limit) == ()
    assert Matrix().nearest(unit(1)[0], (), limit) == ()


@settings(deadline=None)
@given(sizes=SIZES, full=st.integers(1, 12))
def test_packing_keeps_every_chunk_in_order_and_leaves_no_two_neighbours_that_fit_together(
    sizes: list[int], full: int
) -> None:
    blocks = [a_block(unit(max(1, size))[:size], first=100 * place) for place, size in enumerate(sizes)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "FULL", full)
        made = packed(blocks)
    assert [number for block in made for number in block.numbers] == [n for block in blocks for n in block.numbers]
    assert all(len(block) for block in made)
    assert all(len(one) + len(other) > full for one, other in pairwise(made))


def test_following_keeps_what_stays_and_copies_only_the_blocks_that_change() -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "FULL", 40)
        vectors = unit(120)
        old = Matrix(generation=1, blocks=tuple(a_block(vectors[at : at + 40], first=at, of=120) for at in (0, 40, 80)))
        new = old.followed(2, set(range(10, 121)), [a_block(unit(1, seed=9), first=120, of=121)])
    assert (new.generation, new.editions()) == (2, set(range(10, 121)))
    assert new.blocks[1] is old.blocks[1]
    assert [len(block) for block in new.blocks] == [30, 40, 40, 1]


def test_a_scan_leaves_no_reference_behind_and_takes_none_away() -> None:
    block, asked = a_block(unit(20)), Asked.of(unit(1)[0])
    before = [sys.getrefcount(each) for each in (None, block.high, asked.coarse)]
    for _ in range(500):
        block.coarse(asked, None)
    after = [sys.getrefcount(each) for each in (None, block.high, asked.coarse)]
    assert max(abs(one - other) for one, other in zip(before, after, strict=True)) < 100
