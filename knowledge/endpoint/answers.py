"""What a server of embeddings sends, into vectors of unit length, or a word for why it is none.

Servers send base64 of little-endian float32, or numbers; and not all keep to the order.
"""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from knowledge.base import Vectors

_BELIEVED: Final = 10
"""Times the most that a request can take, up to which a report of its tokens is believed."""


class Nonsense(Exception):
    """An answer that holds no vectors for what was asked; its text completes "answered with …"."""


def vectors(data: object, count: int) -> Vectors:
    """Give ``count`` rows (count, d) of unit length, in the order of the texts. Raises Nonsense."""
    if not isinstance(data, list):
        raise Nonsense("what is no list of embeddings")
    if len(data) != count:
        raise Nonsense(f"{len(data)} embeddings for {count} texts")
    rows = [_row(getattr(one, "embedding", None)) for one in _ordered(data)]
    if len({len(row) for row in rows}) > 1:
        raise Nonsense("embeddings of different lengths")
    found = np.stack(rows).astype(np.float32) if rows else np.empty((0, 0), np.float32)
    norms = np.linalg.norm(found.astype(np.float64), axis=1, keepdims=True)
    if not (np.isfinite(norms).all() and (norms > 0).all()):
        raise Nonsense("embeddings that are no numbers, or all zero")
    unit: Vectors = (found / norms).astype(np.float32)
    return unit


def tokens(usage: object, worst: int) -> int | None:
    """Give what a server says that a request took; None where it says nothing, or what cannot be."""
    for name in ("prompt_tokens", "total_tokens"):
        value = getattr(usage, name, None)
        if isinstance(value, int) and not isinstance(value, bool) and 0 < value <= _BELIEVED * worst:
            return value
    return None


def _ordered(data: list[Any]) -> Sequence[Any]:
    """Put them into the order of the texts; where no place is named, it is that order."""
    places = [getattr(one, "index", None) for one in data]
    if all(place is None for place in places):
        return data
    if sorted(place for place in places if isinstance(place, int)) != list(range(len(data))):
        raise Nonsense("embeddings of other texts than were asked for")
    return sorted(data, key=lambda one: int(one.index))


def _row(embedding: object) -> Vectors:
    try:
        if isinstance(embedding, str):
            row = np.frombuffer(base64.b64decode(embedding, validate=True), dtype="<f4")
        else:
            with np.errstate(over="ignore"):  # it becomes infinite, which is found below
                row = np.asarray(embedding, dtype=np.float32)
    except (binascii.Error, ValueError, TypeError, OverflowError) as error:
        raise Nonsense("embeddings that are no numbers, or all zero") from error
    if row.ndim != 1 or not len(row):
        raise Nonsense("embeddings that are no numbers, or all zero")
    return row
