"""Ways to scan vectors, side by side: what the choice of one rests on.

    python -m tests.benchmarks.scanners [--chunks N] [--dimensions D]

Random unit vectors, one question at a time, one thread. Libraries that are not installed are left out: none but numpy
and simsimd is a dependency. Ratios are to reading the same bytes in the same run.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import numpy as np

from knowledge.indexes.blocks import Block
from knowledge.indexes.matrix import FULL, Matrix, packed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from knowledge.base import Vectors

    Scan = Callable[[Vectors], object]

ROUNDS = 60


def main() -> None:
    """Take turns, so that all meet the same load."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--chunks", type=int, default=100_000)
    parser.add_argument("--dimensions", type=int, default=384)
    asked = parser.parse_args()
    vectors = _unit(asked.chunks, asked.dimensions, 1)
    scans = [(name, scan, base) for name, scan, base in _scans(vectors)]
    took: dict[str, list[float]] = {name: [] for name, _, _ in scans}
    for question in _unit(ROUNDS, asked.dimensions, 2):
        for name, scan, _ in scans:
            began = time.perf_counter()
            scan(question)
            took[name].append((time.perf_counter() - began) * 1_000)
    for name, _, base in scans:
        middle = statistics.median(took[name])
        ratio = middle / statistics.median(took[base])
        sys.stdout.write(f"{name:44} {middle:8.3f} ms {ratio:6.2f} x {base}\n")


def _scans(vectors: Vectors) -> Iterator[tuple[str, Scan, str]]:
    """Give each with the reading that it is compared to."""
    scale = np.abs(vectors).max() / 127
    rounded = np.rint(vectors / scale).astype(np.int8)
    floats, numbers = "reading float32", "reading int8"
    yield floats, lambda _: np.bitwise_xor.reduce(vectors.view(np.uint64), axis=None), floats
    yield numbers, lambda _: np.bitwise_xor.reduce(rounded.view(np.uint64), axis=None), numbers
    yield "numpy float32, matrix @ vector", lambda vector: vectors @ vector, floats
    yield "numpy float32, vecdot", lambda vector: np.vecdot(vectors, vector), floats
    yield "numpy int8, block by block as float32", lambda vector: _by_blocks(rounded, vector), numbers
    yield from _others(vectors, rounded, floats, numbers)
    matrix = Matrix(generation=1, blocks=packed(_blocks(vectors)))
    everything = matrix.rows(matrix.editions())
    yield "Footnote, to the best hundred", lambda vector: matrix.nearest(vector, everything, 100), numbers


def _others(vectors: Vectors, rounded: Any, floats: str, numbers: str) -> Iterator[tuple[str, Scan, str]]:  # noqa: ANN401
    """Libraries without types of their own, or whose types differ."""
    question = _rounded
    if simsimd := _installed("simsimd"):
        yield "simsimd float32", lambda vector: simsimd.cdist(vector[None], vectors, "dot"), floats
        yield (
            "simsimd int8",
            lambda vector: simsimd.cdist(question(vector), rounded, "dot", out_dtype="float32"),
            numbers,
        )
    if numkong := _installed("numkong"):
        yield "numkong int8", lambda vector: numkong.cdist(question(vector), rounded, "dot"), numbers
    if faiss := _installed("faiss"):
        faiss.omp_set_num_threads(1)
        flat = faiss.IndexFlatIP(vectors.shape[1])
        flat.add(vectors)
        yield "faiss IndexFlatIP, to the best hundred", lambda vector: flat.search(vector[None], 100), floats
        kind = faiss.ScalarQuantizer.QT_8bit_direct_signed
        quantised = faiss.IndexScalarQuantizer(vectors.shape[1], kind, faiss.METRIC_INNER_PRODUCT)
        quantised.add(rounded.astype(np.float32))
        yield "faiss 8 bits, to the best hundred", lambda vector: quantised.search(vector[None] * 127, 100), numbers
    if usearch := _installed("usearch.index"):
        inner = usearch.MetricKind.IP
        exact: dict[str, Any] = {"exact": True, "threads": 1}
        yield (
            "usearch int8, to the best hundred",
            lambda v: usearch.search(rounded, question(v)[0], 100, inner, **exact),
            numbers,
        )


def _installed(name: str) -> Any:  # noqa: ANN401 - a module, whichever it is
    return import_module(name) if find_spec(name.split(".", maxsplit=1)[0]) else None


def _rounded(vector: Vectors) -> Any:  # noqa: ANN401
    return np.rint(vector[None] * (127 / np.abs(vector).max())).astype(np.int8)


def _by_blocks(rounded: Any, vector: Vectors) -> list[Any]:  # noqa: ANN401
    return [rounded[at : at + 2_048].astype(np.float32) @ vector for at in range(0, len(rounded), 2_048)]


def _blocks(vectors: Vectors) -> Iterator[Block]:
    for at in range(0, len(vectors), FULL):
        part = vectors[at : at + FULL]
        numbers = range(at, at + len(part))
        yield Block.of(([str(number) for number in numbers], numbers, [1] * len(part)), part)


def _unit(count: int, dimensions: int, seed: int) -> Vectors:
    drawn = np.random.default_rng(seed).standard_normal((count, dimensions), dtype=np.float32)
    unit: Vectors = drawn / np.linalg.norm(drawn, axis=1, keepdims=True)
    return unit


if __name__ == "__main__":
    main()
