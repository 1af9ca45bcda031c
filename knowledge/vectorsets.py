"""Which vectors a workspace has: those that serve, those that are coming, and those that still have to be cleared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, TypeAlias, cast

from sqlalchemy import and_, bindparam, delete, exists, func, insert, select, update

from knowledge.base import VectorSpec
from knowledge.tables import Carried, ChunkRow, Edition, Leaving, Publication, VectorSetRow

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from sqlalchemy import ColumnElement, RowMapping, Update

    from knowledge.base import Metric
    from knowledge.stores.base import Store

State: TypeAlias = Literal["coming", "serving", "leaving"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What vectors are and where they are kept. ``store`` and ``embedder`` are names that the settings know."""

    store: str
    embedder: str
    spec: VectorSpec

    def same_vectors(self, other: Kept) -> bool:
        """Whether one's vectors can be the other's: all have unit length, however an index compares them."""
        return (self.spec.model, self.spec.dimensions) == (other.spec.model, other.spec.dimensions)

    def same_rows(self, other: Kept) -> bool:
        """Whether an index may keep both in the same rows."""
        return self.store == other.store and self.same_vectors(other)


@dataclass(frozen=True, slots=True, kw_only=True)
class VectorSet:
    """One of a workspace's sets of vectors."""

    number: int
    kept: Kept
    state: State


class VectorSets:
    """The sets of one workspace, in its catalog. Each method is one transaction."""

    def __init__(self, store: Store, workspace: str) -> None:
        """Read from and write to an open store."""
        self._store = store
        self._workspace = workspace

    async def all(self) -> tuple[VectorSet, ...]:
        """Give every set, whatever its state, the oldest first."""
        rows = select(*_COLUMNS).where(VectorSetRow.workspace == self._workspace).order_by(VectorSetRow.number)
        async with self._store.read() as connection:
            return tuple(_set(row) for row in (await connection.execute(rows)).mappings())

    async def serving(self) -> VectorSet | None:
        """Give the set that searches ask; None where nothing was ever synced."""
        return next((one for one in await self.all() if one.state == "serving"), None)

    async def claim(self, kept: Kept) -> VectorSet:
        """Let a set serve where none does; give what serves."""
        row = {**self._row(kept), "state": "serving"}
        async with self._store.write() as connection:
            if await connection.scalar(select(self._has("serving"))) is not True:
                await connection.execute(insert(VectorSetRow).values(row))
        return cast("VectorSet", await self.serving())

    async def coming(self, kept: Kept) -> VectorSet:
        """Give the set that comes of this kind, begun now or by an earlier try; any other that was coming leaves."""
        row = self._row(kept)
        same = [getattr(VectorSetRow, name) == value for name, value in row.items()]
        async with self._store.write() as connection:
            others = self._states("coming").where(~and_(*same)).values(state="leaving")
            await connection.execute(others)
            if await connection.scalar(select(exists().where(*same, VectorSetRow.state == "coming"))) is not True:
                await connection.execute(insert(VectorSetRow).values({**row, "state": "coming"}))
        return next(one for one in await self.all() if one.state == "coming")

    async def none_coming(self) -> None:
        """Give up what was coming: it leaves."""
        async with self._store.write() as connection:
            await connection.execute(self._states("coming").values(state="leaving"))

    async def switch(self, coming: VectorSet) -> None:
        """Let the set that was coming serve and the other leave; searches see it as they see a publication."""
        async with self._store.write() as connection:
            await connection.execute(self._states("serving").values(state="leaving"))
            flipped = update(VectorSetRow).where(VectorSetRow.number == coming.number).values(state="serving")
            await connection.execute(flipped)
            counted = update(Publication).where(Publication.workspace == self._workspace)
            await connection.execute(counted.values(generation=Publication.generation + 1))

    async def gone(self, gone: VectorSet) -> None:
        """Forget a set whose vectors are cleared."""
        async with self._store.write() as connection:
            await connection.execute(delete(VectorSetRow).where(VectorSetRow.number == gone.number))

    async def uncarried(self, coming: VectorSet) -> tuple[tuple[int, int], ...]:
        """Give by number each edition that the set still lacks, with how many chunks it has."""
        has = exists().where(Carried.edition == Edition.number, Carried.vectors == coming.number)
        rows = (
            select(Edition.number, func.count(ChunkRow.number))
            .outerjoin(ChunkRow, ChunkRow.edition == Edition.number)
            .where(Edition.workspace == self._workspace, Edition.state != "staging", ~has)
            .group_by(Edition.number)
            .order_by(Edition.number)
        )
        async with self._store.read() as connection:
            return tuple((number, chunks) for number, chunks in await connection.execute(rows))

    async def carry(self, coming: VectorSet, editions: Sequence[int]) -> None:
        """Say that the set has all vectors of these editions."""
        async with self._store.write() as connection:
            rows = [{"vectors": coming.number, "edition": number} for number in editions]
            await connection.execute(self._store.insert(Carried).on_conflict_do_nothing(), rows)

    async def leaving(self) -> tuple[str, ...]:
        """Give the editions that every index still has to forget."""
        rows = select(Leaving.edition).where(Leaving.workspace == self._workspace).order_by(Leaving.edition)
        async with self._store.read() as connection:
            return tuple(await connection.scalars(rows))

    async def left(self, editions: Collection[str]) -> None:
        """Say that every index has forgotten these editions."""
        forgotten = delete(Leaving).where(
            Leaving.workspace == self._workspace, Leaving.edition == bindparam("edition_id")
        )
        async with self._store.write() as connection:
            await connection.execute(forgotten, [{"edition_id": edition} for edition in editions])

    def _row(self, kept: Kept) -> dict[str, object]:
        spec = kept.spec
        return {
            "workspace": self._workspace,
            "store": kept.store,
            "embedder": kept.embedder,
            "model": spec.model,
            "dimensions": spec.dimensions,
            "metric": spec.metric,
        }

    def _has(self, state: State) -> ColumnElement[bool]:
        return exists().where(VectorSetRow.workspace == self._workspace, VectorSetRow.state == state)

    def _states(self, state: State) -> Update:
        return update(VectorSetRow).where(VectorSetRow.workspace == self._workspace, VectorSetRow.state == state)


_COLUMNS: Final = (
    VectorSetRow.number,
    VectorSetRow.store,
    VectorSetRow.embedder,
    VectorSetRow.model,
    VectorSetRow.dimensions,
    VectorSetRow.metric,
    VectorSetRow.state,
)


def _set(row: RowMapping) -> VectorSet:
    spec = VectorSpec(model=row["model"], dimensions=row["dimensions"], metric=cast("Metric", row["metric"]))
    kept = Kept(store=row["store"], embedder=row["embedder"], spec=spec)
    return VectorSet(number=row["number"], kept=kept, state=row["state"])
