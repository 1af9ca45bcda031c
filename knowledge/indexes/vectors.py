"""Vectors in the knowledge file, searched exactly in memory; the memory follows the file, whoever publishes."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal, TypeAlias, cast

import numpy as np
from sqlalchemy import LargeBinary, bindparam, delete, insert, select
from sqlalchemy.dialects import sqlite

from knowledge.base import Index, VectorSpec
from knowledge.errors import WrongVectors
from knowledge.indexes import permission, reading
from knowledge.indexes.matrix import Matrix
from knowledge.tables import ChunkRow, Edition, Setting, VectorRow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

    from knowledge.base import EmbeddedChunk, Filter, Hit, Metric, Query, Scope
    from knowledge.indexes.matrix import Selection
    from knowledge.store import Store

_SELECTIONS: Final = 32
"""Scopes and filters whose rows are remembered: at most 0.2 MB each for 100,000 chunks."""

_Asked: TypeAlias = "tuple[Scope, tuple[Filter, ...]]"


@dataclass(frozen=True, slots=True, eq=False)
class _Held:
    """A publication in memory, and which of its rows were asked for."""

    matrix: Matrix
    selections: OrderedDict[_Asked, Selection] = field(default_factory=OrderedDict)


class VectorMatrix(Index):
    """Every vector of a workspace that answers: 77 MB for 100,000 chunks of 384 dimensions.

    A search sees one publication, the newest at its beginning or a later one. Where it finds the file published anew,
    it first reads what changed; ``read_ahead`` does that before any search has to.
    """

    name: Literal["words", "vectors"] = "vectors"

    def __init__(self, store: Store) -> None:
        """Search an open store; nothing is read yet."""
        self._store = store
        self._spec: VectorSpec | None = None
        self._held: dict[str, _Held] = {}
        self._loading = asyncio.Lock()

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
        if not editions:
            return
        query = select(Edition.number).where(Edition.id.in_(editions), Edition.workspace == workspace)
        async with self._store.write() as connection:
            numbers = (await connection.scalars(query)).all()
            if numbers:
                await connection.execute(_REMOVE, [{"edition_number": number} for number in numbers])
        async with self._loading:
            held = self._held.get(workspace)
            if held and held.matrix.editions().intersection(numbers):
                del self._held[workspace]

    async def read_ahead(self, workspace: str, /) -> None:
        """Read what was published since, so that no search has to wait for it; raises what ``search`` raises."""
        await self._current(workspace)

    async def search(self, query: Query, /) -> Sequence[Hit]:
        """Find the nearest chunks by cosine; raises WrongVectors where the file was made anew with another model."""
        if query.vector is None or query.limit < 1:
            return ()
        while True:
            held = await self._current(query.scope.workspace)
            selection = await self._selection(held, query.scope, query.filters)
            if selection is None:
                continue
            if len(held.matrix.blocks) == 1:  # a third of a millisecond, less than another thread takes to begin
                return held.matrix.nearest(query.vector, selection, query.limit)
            return await asyncio.to_thread(held.matrix.nearest, query.vector, selection, query.limit)

    async def _current(self, workspace: str) -> _Held:
        """Give what is held, after reading what it lacks; searches that need the same wait for the first of them."""
        generation = await self._store.generation(workspace)
        async with self._loading:
            held = self._held.get(workspace)
            if held is None or held.matrix.generation < generation:
                older = held.matrix if held else Matrix()
                held = self._held[workspace] = _Held(await self._read(workspace, older))
        return held

    async def _read(self, workspace: str, held: Matrix) -> Matrix:
        async with self._store.read() as connection:
            spec = await self._checked(connection)
            return await reading.followed(
                held, connection, workspace, dimensions=spec.dimensions, path=self._store.path
            )

    async def _checked(self, connection: AsyncConnection) -> VectorSpec:
        known = await _known(connection)
        if self._spec is None:
            raise ValueError("prepare comes before search")
        if known not in {None, self._spec}:
            raise WrongVectors(_told(known, self._spec))
        return self._spec

    async def _selection(self, held: _Held, scope: Scope, filters: tuple[Filter, ...]) -> Selection | None:
        """Give the rows within the scope and the filters; None where the file was published anew meanwhile.

        Who may read what changes with a publication only, so it holds as long as what is held does.
        """
        asked = (scope, filters)
        if asked not in held.selections:
            async with self._store.read() as connection:
                if await reading.generation(connection, scope.workspace) != held.matrix.generation:
                    return None
                editions = await reading.numbers(connection, permission.editions(scope, filters))
            held.selections[asked] = await asyncio.to_thread(held.matrix.rows, editions)
            while len(held.selections) > _SELECTIONS:
                held.selections.popitem(last=False)
        held.selections.move_to_end(asked)
        return held.selections[asked]


_PUT = (
    sqlite.insert(VectorRow)
    .from_select(
        ["chunk", "data"],
        select(ChunkRow.number, bindparam("vector", type_=LargeBinary)).where(ChunkRow.id == bindparam("chunk_id")),
    )
    .prefix_with("OR IGNORE")
)

_REMOVE = delete(VectorRow).where(
    VectorRow.chunk.in_(select(ChunkRow.number).where(ChunkRow.edition == bindparam("edition_number")))
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
