"""Vectors in the knowledge file, searched exactly in memory; the memory follows the file, whoever publishes."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from typing import TYPE_CHECKING, Final, Literal, TypeAlias, cast

import numpy as np
from sqlalchemy import LargeBinary, bindparam, delete, insert, select
from sqlalchemy.dialects import sqlite

from knowledge.base import Index, VectorSpec
from knowledge.errors import Damaged, WrongVectors
from knowledge.indexes import permission
from knowledge.indexes.matrix import Matrix
from knowledge.tables import ChunkRow, Edition, Publication, Setting, VectorRow

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from sqlalchemy import Row, Select
    from sqlalchemy.ext.asyncio import AsyncConnection

    from knowledge.base import EmbeddedChunk, Filter, Hit, Metric, Query, Scope
    from knowledge.indexes.matrix import Rows
    from knowledge.store import Store

_SLICE: Final = 2_000
"""Rows that are taken over at a time: 3 MB, a few milliseconds of the event loop."""
_FEW_EDITIONS: Final = 500
"""New editions up to which only theirs are read; more are read with everything else."""
_MASKS: Final = 64
"""Scopes and filters whose rows are remembered."""

_Asked: TypeAlias = "tuple[Scope, tuple[Filter, ...], int]"


class VectorMatrix(Index):
    """Every vector of a workspace that answers, as float32: 150 MB for 100,000 chunks of 384 dimensions.

    A search that finds the file published anew first reads what changed, and waits for it.
    """

    name: Literal["words", "vectors"] = "vectors"

    def __init__(self, store: Store) -> None:
        """Search an open store; nothing is read yet."""
        self._store = store
        self._spec: VectorSpec | None = None
        self._held: dict[str, Matrix] = {}
        self._loading = asyncio.Lock()
        self._masks: OrderedDict[_Asked, Rows | None] = OrderedDict()

    async def prepare(self, spec: VectorSpec, /) -> None:
        """Say in the file whose vectors it holds; raises WrongVectors where it holds another model's."""
        async with self._store.read() as connection:
            known = await _known(connection)
        if known != spec:
            async with self._store.write() as connection:
                await _claim(connection, spec)
        self._spec = spec

    async def put(
        self,
        workspace: str,  # noqa: ARG002 - the catalog knows which workspace a chunk is of
        chunks: Sequence[EmbeddedChunk],
        /,
    ) -> None:
        """Add the vectors of chunks that the catalog has staged; those that it does not know are left out."""
        rows = [
            {"chunk_id": item.chunk.id, "vector": np.ascontiguousarray(item.vector, dtype="<f4").tobytes()}
            for item in chunks
        ]
        if rows:
            async with self._store.write() as connection:
                await connection.execute(_PUT, rows)

    async def remove(self, workspace: str, editions: Sequence[str], /) -> None:
        """Forget the vectors of these editions; most went already, with their chunks."""
        rows = [{"edition_id": edition, "of_workspace": workspace} for edition in editions]
        if rows:
            async with self._store.write() as connection:
                await connection.execute(_REMOVE, rows)
        self._held.pop(workspace, None)

    async def search(self, query: Query, /) -> Sequence[Hit]:
        """Find the nearest chunks by cosine; raises WrongVectors where the file was made anew with another model."""
        if query.vector is None or query.limit < 1:
            return ()
        matrix = await self._current(query.scope.workspace)
        rows = await self._allowed(matrix, query.scope, query.filters)
        return await asyncio.to_thread(matrix.nearest, query.vector, rows, query.limit)

    async def _current(self, workspace: str) -> Matrix:
        generation = await self._store.generation(workspace)
        async with self._loading:
            held = self._held.get(workspace)
            if held is None or held.generation != generation:
                older = held if held and held.generation < generation else None
                held = self._held[workspace] = await self._read(workspace, older)
        return held

    async def _read(self, workspace: str, held: Matrix | None) -> Matrix:
        """Read what answers now; where little is new, only that, and keep the rest of what is held."""
        async with self._store.read() as connection:
            spec = await self._checked(connection)
            generation = await connection.scalar(_generation(workspace)) or 0
            live = set((await connection.scalars(_live(workspace))).all())
            new = live.difference(held.editions.tolist()) if held else live
            parts = [Matrix.empty(generation, spec.dimensions)]
            if held and len(new) <= _FEW_EDITIONS:
                parts.insert(0, held.only(live))
                query = _rows(workspace).where(Edition.number.in_(new))
            else:
                query = _rows(workspace)
            rows = await connection.stream(query)
            async for some in rows.partitions(_SLICE):
                parts.insert(0, _part(some, generation, spec.dimensions, self._store.path))
        return await asyncio.to_thread(Matrix.joined, parts)

    async def _checked(self, connection: AsyncConnection) -> VectorSpec:
        known = await _known(connection)
        if self._spec is None:
            raise ValueError("prepare comes before search")
        if known not in {None, self._spec}:
            raise WrongVectors(_told(known, self._spec))
        return self._spec

    async def _allowed(self, matrix: Matrix, scope: Scope, filters: tuple[Filter, ...]) -> Rows | None:
        """Give the rows within the scope and the filters, None for all; readers change with a publication only."""
        asked = (scope, filters, matrix.generation)
        if asked not in self._masks:
            async with self._store.read() as connection:
                editions = (await connection.scalars(permission.editions(scope, filters))).all()
            self._masks[asked] = matrix.rows(editions)
            while len(self._masks) > _MASKS:
                self._masks.popitem(last=False)
        self._masks.move_to_end(asked)
        return self._masks[asked]


def _part(rows: Sequence[Row[str, int, int, bytes]], generation: int, dimensions: int, path: Path) -> Matrix:
    ids, numbers, editions, vectors = zip(*rows, strict=True)
    if any(len(vector) != 4 * dimensions for vector in vectors):
        raise Damaged(
            f"The knowledge file {path} holds vectors of a wrong length; delete it and run footnote sync again."
        )
    data = np.frombuffer(b"".join(vectors), "<f4").reshape(len(rows), dimensions)
    return Matrix.of(generation, (ids, numbers, editions), data.astype(np.float32))


def _generation(workspace: str) -> Select[int]:
    return select(Publication.generation).where(Publication.workspace == workspace)


def _live(workspace: str) -> Select[int]:
    return select(Edition.number).where(Edition.workspace == workspace, Edition.state == "live")


def _rows(workspace: str) -> Select[str, int, int, bytes]:
    return (
        select(ChunkRow.id, ChunkRow.number, Edition.number, VectorRow.data)
        .join(Edition, Edition.number == ChunkRow.edition)
        .join(VectorRow, VectorRow.chunk == ChunkRow.number)
        .where(Edition.workspace == workspace, Edition.state == "live")
    )


_PUT = (
    sqlite.insert(VectorRow)
    .from_select(
        ["chunk", "data"],
        select(ChunkRow.number, bindparam("vector", type_=LargeBinary)).where(ChunkRow.id == bindparam("chunk_id")),
    )
    .prefix_with("OR IGNORE")
)

_REMOVE = delete(VectorRow).where(
    VectorRow.chunk.in_(
        select(ChunkRow.number)
        .join(Edition, Edition.number == ChunkRow.edition)
        .where(Edition.id == bindparam("edition_id"), Edition.workspace == bindparam("of_workspace"))
    )
)


async def _known(connection: AsyncConnection) -> VectorSpec | None:
    query = select(Setting.name, Setting.value).where(Setting.name.startswith("vectors."))
    found = dict((await connection.execute(query)).all())
    if not found:
        return None
    return VectorSpec(
        model=found["vectors.model"],
        dimensions=int(found["vectors.dimensions"]),
        metric=cast("Metric", found["vectors.metric"]),
    )


async def _claim(connection: AsyncConnection, spec: VectorSpec) -> None:
    """Write the model down, unless vectors of another one are there."""
    known = await _known(connection)
    if known not in {None, spec} and await connection.scalar(select(VectorRow.chunk).limit(1)) is not None:
        raise WrongVectors(_told(known, spec))
    await connection.execute(delete(Setting).where(Setting.name.startswith("vectors.")))
    values = {"model": spec.model, "dimensions": str(spec.dimensions), "metric": spec.metric}
    rows = [{"name": f"vectors.{name}", "value": value} for name, value in values.items()]
    await connection.execute(insert(Setting), rows)


def _told(known: VectorSpec | None, spec: VectorSpec) -> str:
    held = f"{known.model} ({known.dimensions} dimensions)" if known else "another model"
    return (
        f"The knowledge file holds vectors of {held}, and the embedder now is {spec.model} ({spec.dimensions}): "
        "choose that embedder again, or run footnote sync --rebuild with all your paths."
    )
