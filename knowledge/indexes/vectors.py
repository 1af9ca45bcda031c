"""Vectors in the knowledge file, searched exactly in memory; the memory follows the file, whoever publishes."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

import numpy as np
from sqlalchemy import Integer, LargeBinary, bindparam, delete, func, select

from knowledge.base import VectorIndex
from knowledge.indexes import permission, reading
from knowledge.indexes.matrix import Matrix
from knowledge.tables import ChunkRow, Edition, VectorModel, VectorRow

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import ColumnElement
    from sqlalchemy.dialects import postgresql, sqlite

    from knowledge.base import EmbeddedChunk, Filter, Hit, Query, Scope, Vectors, VectorSpec
    from knowledge.indexes.matrix import Selection
    from knowledge.stores.base import Store

_SELECTIONS: Final = 32
"""Scopes and filters whose rows are remembered: at most 0.2 MB each for 100,000 chunks."""

_AT_ONCE: Final = 10_000
"""Editions that one statement names; PostgreSQL takes 32,767 values."""

_Asked: TypeAlias = "tuple[Scope, tuple[Filter, ...]]"


@dataclass(frozen=True, slots=True, eq=False)
class _Held:
    """A publication in memory, and which of its rows were asked for."""

    matrix: Matrix
    selections: OrderedDict[_Asked, Selection] = field(default_factory=OrderedDict)


class VectorMatrix(VectorIndex):
    """Every vector of a workspace that answers: 77 MB for 100,000 chunks of 384 dimensions.

    A search sees one publication, the newest at its beginning or a later one. Where it finds the file published anew,
    it first reads what changed; ``read_ahead`` does that before any search has to.
    """

    name: Literal["words", "vectors"] = "vectors"

    def __init__(self, store: Store) -> None:
        """Search an open store; nothing is read yet."""
        self._store = store
        self._model: reading.Model | None = None
        self._held: dict[str, _Held] = {}
        self._loading = asyncio.Lock()

    async def prepare(self, spec: VectorSpec, /) -> None:
        """Give the model its number; vectors of others stay apart."""
        number = await self._number(spec)
        if number is None:
            async with self._store.write() as connection:
                row = {"model": spec.model, "dimensions": spec.dimensions, "metric": spec.metric}
                await connection.execute(self._store.insert(VectorModel).values(row).on_conflict_do_nothing())
            number = await self._number(spec)
        self._model = reading.Model(number=number or 0, dimensions=spec.dimensions)

    async def put(
        self,
        workspace: str,  # noqa: ARG002 - the catalog knows which workspace a chunk is of
        chunks: Sequence[EmbeddedChunk],
        /,
    ) -> None:
        """Add the vectors of chunks that the catalog has staged; those that it does not know are left out."""
        model = self._prepared.number
        rows = [
            {"chunk_id": item.chunk.id, "of": model, "vector": np.ascontiguousarray(item.vector, dtype="<f4").tobytes()}
            for item in chunks
        ]
        if rows:
            async with self._store.write() as connection:
                await connection.execute(self._put(), rows)

    async def remove(self, workspace: str, editions: Sequence[str], /) -> None:
        """Forget the vectors of these editions; most went already, with their chunks."""
        if not editions:
            return
        numbers: list[int] = []
        for start in range(0, len(editions), _AT_ONCE):
            some = Edition.id.in_(editions[start : start + _AT_ONCE])
            async with self._store.write() as connection:
                known = select(Edition.number).where(some, Edition.workspace == workspace)
                found = (await connection.scalars(known)).all()
                if found:
                    await connection.execute(_REMOVE, [{"edition_number": number} for number in found])
            numbers += found
        async with self._loading:
            held = self._held.get(workspace)
            if held and held.matrix.editions().intersection(numbers):
                del self._held[workspace]

    async def settled(self, workspace: str, /) -> None:
        """Nothing to wait for: a search reads what was published."""

    async def vectors(self, workspace: str, chunks: Sequence[str], /) -> Mapping[str, Vectors]:
        """Read them from the file, not from memory: those that do not answer yet too."""
        rows = (
            select(ChunkRow.id, VectorRow.data)
            .join(VectorRow, VectorRow.chunk == ChunkRow.number)
            .join(Edition, Edition.number == ChunkRow.edition)
            .where(Edition.workspace == workspace, VectorRow.model == self._prepared.number, ChunkRow.id.in_(chunks))
        )
        async with self._store.read() as connection:
            found = (await connection.execute(rows)).all()
        return {chunk: np.frombuffer(data, "<f4").astype(np.float32) for chunk, data in found}

    async def clear(self, workspace: str, /) -> None:
        """Forget the model's vectors of the workspace, and what is held in memory."""
        chunks = select(ChunkRow.number).join(Edition).where(Edition.workspace == workspace)
        gone = delete(VectorRow).where(VectorRow.model == self._prepared.number, VectorRow.chunk.in_(chunks))
        async with self._store.write() as connection:
            await connection.execute(gone)
        async with self._loading:
            self._held.pop(workspace, None)

    async def count(self, workspace: str, /) -> int:
        """Count the model's vectors of the workspace."""
        rows = (
            select(func.count())
            .select_from(VectorRow)
            .join(ChunkRow, ChunkRow.number == VectorRow.chunk)
            .join(Edition, Edition.number == ChunkRow.edition)
            .where(Edition.workspace == workspace, VectorRow.model == self._prepared.number)
        )
        async with self._store.read() as connection:
            return await connection.scalar(rows) or 0

    async def read_ahead(self, workspace: str, /) -> None:
        """Read what was published since, so that no search has to wait for it; raises what ``search`` raises."""
        await self._current(workspace)

    async def search(self, query: Query, /) -> Sequence[Hit]:
        """Find the nearest chunks by cosine."""
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
            return await reading.followed(held, self._store, connection, workspace, self._prepared)

    def _put(self) -> postgresql.Insert | sqlite.Insert:
        chunk = select(ChunkRow.number, bindparam("of", type_=Integer), bindparam("vector", type_=LargeBinary))
        known = chunk.where(ChunkRow.id == bindparam("chunk_id"))
        return self._store.insert(VectorRow).from_select(["chunk", "model", "data"], known).on_conflict_do_nothing()

    @property
    def _prepared(self) -> reading.Model:
        if self._model is None:
            raise ValueError("prepare comes first")
        return self._model

    async def _number(self, spec: VectorSpec) -> int | None:
        async with self._store.read() as connection:
            return await connection.scalar(select(VectorModel.number).where(_named(spec)))

    async def _selection(self, held: _Held, scope: Scope, filters: tuple[Filter, ...]) -> Selection | None:
        """Give the rows within the scope and the filters; None where the file was published anew meanwhile.

        Who may read what changes with a publication only, so it holds as long as what is held does.
        """
        asked = (scope, filters)
        if asked not in held.selections:
            async with self._store.read() as connection:
                if await reading.generation(connection, scope.workspace) != held.matrix.generation:
                    return None
                editions = await reading.numbers(self._store, connection, permission.editions(scope, filters))
            held.selections[asked] = await asyncio.to_thread(held.matrix.rows, editions)
            while len(held.selections) > _SELECTIONS:
                held.selections.popitem(last=False)
        held.selections.move_to_end(asked)
        return held.selections[asked]


_REMOVE = delete(VectorRow).where(
    VectorRow.chunk.in_(select(ChunkRow.number).where(ChunkRow.edition == bindparam("edition_number")))
)


def _named(spec: VectorSpec) -> ColumnElement[bool]:
    return (
        (VectorModel.model == spec.model)
        & (VectorModel.dimensions == spec.dimensions)
        & (VectorModel.metric == spec.metric)
    )
