"""Chunks, scopes and scores as Pinecone has them, within its limits. Pure.

Limits: https://docs.pinecone.io/reference/api/database-limits. Texts never go there: a record is a vector, the chunk's
id, its edition, its readers and what it can be filtered by.
"""

from __future__ import annotations

import json
import string
from dataclasses import dataclass
from hashlib import blake2b
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import numpy as np

from knowledge.attributes import folded
from knowledge.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from knowledge.base import EmbeddedChunk, Filter, Scope, Vectors, VectorSpec

    Condition: TypeAlias = Mapping[str, Any]
    Record: TypeAlias = Mapping[str, Any]

TOP_K: Final = 10_000
"""Hits of one query."""
IDS: Final = 100
"""Ids of one fetch, which stand in its address, and of one page of a list."""
NAMED: Final = 1_000
"""Values of one condition, and ids of one deletion."""
METRICS: Final = ("cosine", "dotproduct", "euclidean")
_RECORDS: Final = 1_000
_BODY: Final = 1_900_000
"""Bytes of one request, of the 2 MB that are allowed."""
_METADATA: Final = 40 * 1024
_NAME: Final = 512
_NUMBER: Final = 13
"""Bytes of one number at most: a sign, nine decimals and what stands around them."""
_DECIMALS: Final = 9
"""What a float32 of a unit vector is sent with; its own digits would double the size."""
_PLAIN: Final = frozenset(string.printable[:94]) - {"%", "~"}
_EDITION: Final = "edition"
_READERS: Final = "readers"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Batch:
    """Records that fit into one request, and the editions that they are of; ``vector`` (d,) is the last one's."""

    records: Sequence[Record]
    editions: frozenset[str]
    chunk: str
    edition: str
    vector: Vectors


def namespace(workspace: str, spec: VectorSpec) -> str:
    """Name what a workspace has of a model: ``slack:T1~minilm~384``, escaped, and cut where it is too long."""
    name = "~".join(_escaped(part) for part in (workspace, spec.model, str(spec.dimensions)))
    digest = blake2b(name.encode(), digest_size=16).hexdigest()
    return name if len(name) <= _NAME else f"{name[: _NAME - len(digest) - 1]}~{digest}"


def batches(chunks: Iterable[EmbeddedChunk]) -> Iterator[Batch]:
    """Give the chunks in as few requests as they fit into; raises Refused where one fits into none.

    A vector of zeros has no direction and is left out: Pinecone takes none, and nothing is near it.
    """
    batch: list[EmbeddedChunk] = []
    records: list[Record] = []
    size = 0
    for item in chunks:
        if not item.vector.any():
            continue
        record, takes = _record(item)
        if records and (len(records) == _RECORDS or size + takes > _BODY):
            yield _batch(batch, records)
            batch, records, size = [], [], 0
        batch.append(item)
        records.append(record)
        size += takes
    if records:
        yield _batch(batch, records)


def allowed(scope: Scope, filters: Sequence[Filter]) -> Condition | None:
    """Say what a record must be to be found; None where nothing can be."""
    asked = [(_READERS, scope.principals)]
    asked += [(each.field, frozenset(map(folded, each.values))) for each in filters]
    if not all(values for _, values in asked):
        return None
    return {"$and": [{name: {"$in": sorted(values)}} for name, values in asked]}


def of_editions(editions: Iterable[str]) -> Condition:
    """Say that a record is of one of these, ``NAMED`` at most."""
    return {_EDITION: {"$in": sorted(editions)}}


def numbers(vector: Vectors) -> list[float]:
    """Give a vector's numbers as they are sent."""
    rounded: list[float] = np.round(vector.astype(np.float64), _DECIMALS).tolist()
    return rounded


def cosine(score: float, metric: str) -> float:
    """Turn a score of unit vectors into their cosine; a euclidean one is the square of their distance."""
    return 1 - score / 2 if metric == "euclidean" else score


def unfit(dimension: int | None, metric: str | None, spec: VectorSpec) -> str | None:
    """Say what is wrong with an index for these vectors, and how to make the right one; any metric ranks them alike."""
    needed = f"vectors of type dense, dimension {spec.dimensions} and metric cosine"
    mend = f"In Pinecone's console, create an index with {needed}, and put its host into PINECONE_HOST."
    if dimension is None:
        return f"The Pinecone index takes no vectors of our own; {spec.model} needs one with {needed}. {mend}"
    if dimension != spec.dimensions:
        return (
            f"The Pinecone index takes vectors of dimension {dimension}, and those of {spec.model} have "
            f"{spec.dimensions}. {mend}"
        )
    if metric not in METRICS:
        return f"The Pinecone index compares by {metric or 'a metric that it does not name'}. {mend}"
    return None


def parts(names: Iterable[str], size: int) -> Iterator[list[str]]:
    """Cut names into lists of so many."""
    rest = iter(names)
    while part := list(islice(rest, size)):
        yield part


def _batch(chunks: Sequence[EmbeddedChunk], records: Sequence[Record]) -> Batch:
    last = chunks[-1]
    return Batch(
        records=records,
        editions=frozenset(item.chunk.edition for item in chunks),
        chunk=last.chunk.id,
        edition=last.chunk.edition,
        vector=last.vector,
    )


def _record(item: EmbeddedChunk) -> tuple[Record, int]:
    """Give a record, and how many bytes it takes at most."""
    metadata = {_EDITION: item.chunk.edition, _READERS: sorted(item.readers)}
    metadata |= {name: sorted(values) for name, values in item.attributes.items()}
    size = len(json.dumps(metadata, ensure_ascii=False).encode(errors="replace"))
    if size > _METADATA:
        raise Refused(
            f"A document has too many readers or tags for Pinecone: {len(item.readers)} readers, {size} bytes with "
            f"all that it can be found by, of {_METADATA} that a record may have. Let a channel or a group read it."
        )
    record = {"id": item.chunk.id, "values": numbers(item.vector), "metadata": metadata}
    return record, size + len(item.chunk.id) + _NUMBER * len(item.vector) + 50


def _escaped(text: str) -> str:
    return "".join(
        letter if letter in _PLAIN else "".join(f"%{byte:02X}" for byte in letter.encode(errors="replace"))
        for letter in text
    )
