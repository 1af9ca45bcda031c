"""Made-up vectors as embeddings of documents lie: in clusters, and along few directions more than along others.

A topic has a direction, a document its own near the topic's, and each of its eight chunks one near the document's. What
each adds to the one above is noise of 0.9 of its length; the noise's k-th axis is as wide as k to the power of -0.5,
and the axes are turned at random, so that no number of a vector says more than another. A question is near a chunk, as
far off as another chunk of the document. In uniform noise nothing would be near anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from knowledge.base import Filter

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

    from knowledge.base import Vectors

WORKSPACE: Final = "bench:vectors"
CHANNEL: Final = f"{WORKSPACE}:channel:C1"
"""Who may read one document of a hundred."""
CHUNKS: Final = 8
"""Chunks of a document."""
TOPIC: Final = 3_000
"""Chunks of a topic."""
NEAREST: Final = 10
_PART: Final = 80_000
"""Vectors that are made at a time: 250 MB of numbers on the way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A way to ask. ``every`` and ``at`` say which documents are allowed: those whose number leaves ``at``."""

    name: str
    principal: str = WORKSPACE
    filters: tuple[Filter, ...] = ()
    every: int = 1
    at: int = 0


KINDS: Final = (
    Kind(name="all"),
    Kind(name="25 % filter", filters=(Filter(field="kind", values=frozenset({"legal"})),), every=4, at=1),
    Kind(name="1 % filter", filters=(Filter(field="tag", values=frozenset({"seldom"})),), every=100),
    Kind(name="1 % scope", principal=CHANNEL, every=100, at=50),
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Clusters:
    """Vectors (n, d), the questions (q, d), and for each kind the numbers of the ten nearest (q, 10)."""

    vectors: Vectors
    questions: Vectors
    nearest: Mapping[str, npt.NDArray[np.intp]]


def made(count: int, dimensions: int = 384, *, questions: int = 100, seed: int = 20_261_126) -> Clusters:
    """Make so many vectors, alike at every call."""
    chance = np.random.default_rng(seed)
    vectors = np.empty((count, dimensions), np.float32)
    topics = _noise(chance, max(4, count // TOPIC), dimensions)
    for first in range(0, count, _PART):
        size = min(_PART, count - first)
        documents = -(-size // CHUNKS)
        middles = unit(topics[chance.integers(0, len(topics), documents)] + 0.9 * _noise(chance, documents, dimensions))
        near = np.repeat(middles, CHUNKS, axis=0)[:size]
        vectors[first : first + size] = unit(near + 0.9 * _noise(chance, size, dimensions))
    asked = vectors[chance.integers(0, count, questions)]
    asked = unit(asked + 0.9 * _noise(chance, questions, dimensions))
    return Clusters(vectors=vectors, questions=asked, nearest=_nearest(vectors, asked))


def unit(vectors: npt.NDArray[Any]) -> Vectors:
    """Bring rows to unit length."""
    rows: Vectors = (vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)).astype(np.float32, copy=False)
    return rows


def allowed(count: int, kind: Kind) -> npt.NDArray[np.bool_]:
    """Say of each vector whether the kind allows it."""
    found: npt.NDArray[np.bool_] = np.arange(count) // CHUNKS % kind.every == kind.at
    return found


def _nearest(vectors: Vectors, questions: Vectors) -> Mapping[str, npt.NDArray[np.intp]]:
    scores = vectors @ questions.T
    found = {}
    for kind in KINDS:
        within = np.flatnonzero(allowed(len(vectors), kind))
        best = np.argpartition(-scores[within], NEAREST, axis=0)[:NEAREST]
        found[kind.name] = within[best].T
    return found


def _noise(chance: np.random.Generator, count: int, dimensions: int) -> Vectors:
    wide = (np.arange(dimensions, dtype=np.float32) + 1) ** -0.5
    drawn = chance.standard_normal((count, dimensions), np.float32) * wide
    return unit(drawn @ _turned(dimensions))


@cache
def _turned(dimensions: int) -> Vectors:
    turned: Vectors = np.linalg.qr(np.random.default_rng(7).standard_normal((dimensions, dimensions)))[0]
    return turned.astype(np.float32)
