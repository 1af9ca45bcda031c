"""The search: exactly through what is allowed where that is little, by HNSW where it is much.

HNSW looks at the nearest first and asks of each whether it is allowed, so what is allowed has to be frequent. Where it
is not, comparing all of it is faster, and misses nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Text, bindparam, func, select, text
from sqlalchemy.dialects.postgresql import ARRAY

from knowledge.base import Hit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement, Select
    from sqlalchemy.ext.asyncio import AsyncConnection

    from knowledge.indexes.pgvector.tables import Shelf

_SCANNED: Final = 50_000
"""Rows that HNSW may look at; from some point on, comparing what is allowed is faster."""
_MEMORY: Final = 8
"""Times ``work_mem`` that it may take to remember them: 32 MB, unless the server was told otherwise."""
_SET: Final = text(
    "SELECT set_config(name, said, true) FROM unnest(CAST(:names AS text[]), CAST(:said AS text[])) AS set(name, said)"
).bindparams(bindparam("names", type_=ARRAY(Text)), bindparam("said", type_=ARRAY(Text)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A search of one shelf, within the condition ``allowed`` of scope and filters."""

    shelf: Shelf
    vector: Sequence[float]
    allowed: ColumnElement[bool]

    async def begin(self, connection: AsyncConnection, seconds: float) -> None:
        """Say how this transaction searches, and how long it may."""
        settings = {
            "statement_timeout": str(max(1, round(1_000 * seconds))),
            "plan_cache_mode": "force_custom_plan",  # a plan depends on how much is allowed
            "hnsw.iterative_scan": "relaxed_order",
            "hnsw.ef_search": str(self.shelf.tuning.candidates),
            "hnsw.max_scan_tuples": str(_SCANNED),
            "hnsw.scan_mem_multiplier": str(_MEMORY),
        }
        await connection.execute(_SET, {"names": list(settings), "said": list(settings.values())})

    async def compared(self, connection: AsyncConnection, most: int) -> Sequence[Hit] | None:
        """Compare what is allowed, row by row; None where that is too much."""
        few = max(self.shelf.tuning.few, most)
        some = self._scored().limit(few + 1).subquery()
        counted = select(some.c.chunk, some.c.score, func.count().over())
        rows = await self._rows(connection, counted.order_by(some.c.score.desc(), some.c.chunk).limit(most))
        return None if rows and rows[0][2] > few else tuple(Hit(chunk=row[0], score=row[1]) for row in rows)

    async def nearest(self, connection: AsyncConnection, most: int) -> Sequence[Hit]:
        """Ask HNSW, which may find fewer than there are; without one, the server compares all rows."""
        near = self._scored().order_by(self.shelf.far(self.shelf.given("vector"))).limit(most)
        hits = (Hit(chunk=row[0], score=row[1]) for row in await self._rows(connection, near))
        return tuple(sorted(hits, key=lambda hit: (-hit.score, hit.chunk)))

    async def everything(self, connection: AsyncConnection, most: int) -> Sequence[Hit]:
        """Compare all that is allowed, however much it is: in this order there is no index."""
        ordered = self._scored().order_by(text("score DESC"), self.shelf.table.c.chunk).limit(most)
        return tuple(Hit(chunk=row[0], score=row[1]) for row in await self._rows(connection, ordered))

    def _scored(self) -> Select[Any]:
        return select(self.shelf.table.c.chunk, self.shelf.score(self.shelf.given("vector"))).where(self.allowed)

    async def _rows(self, connection: AsyncConnection, query: Select[Any]) -> Sequence[Any]:
        rows: Sequence[Any] = (await connection.execute(query, {"vector": self.vector})).all()
        return rows
