"""Vectors in PostgreSQL: a table for each model, permission and filters inside the query."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
from sqlalchemy import REAL, cast, func, select
from sqlalchemy.dialects.postgresql import ARRAY

from knowledge.base import VectorIndex
from knowledge.errors import Unreachable
from knowledge.indexes.answering import answered
from knowledge.indexes.pgvector import writing
from knowledge.indexes.pgvector.checking import checked
from knowledge.indexes.pgvector.creating import made
from knowledge.indexes.pgvector.indexing import indexed
from knowledge.indexes.pgvector.patience import Patience, hurried, patiently
from knowledge.indexes.pgvector.searching import Asked
from knowledge.indexes.pgvector.tables import Tuning, said

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping, Sequence
    from typing import TypeAlias

    from knowledge.base import EmbeddedChunk, Filter, Finding, Hit, Query, Scope, Vectors, VectorSpec
    from knowledge.indexes.answering import Answering
    from knowledge.indexes.pgvector.tables import Shelf
    from knowledge.stores.server import Server

    _Within: TypeAlias = tuple[Scope, tuple[Filter, ...]]

_MOST: Final = 10_000
"""Hits that one query is asked for, unless more are wanted."""
_WIDE: Final = 60.0
"""Seconds for which it is remembered that a scope and filters allow too much to compare."""
_REMEMBERED: Final = 256


class PgVectors(VectorIndex):
    """The vectors of one model in a database with pgvector, beside a catalog that may be elsewhere.

    Every method raises Unreachable where the server does not answer in time, after trying again what a sync does, and
    Refused where it does not let us. The server is whoever's made it, who closes it too.
    """

    name: Literal["words", "vectors"] = "vectors"

    def __init__(
        self, server: Server, catalog: Answering, *, tuning: Tuning | None = None, patience: Patience | None = None
    ) -> None:
        """Search the database of a server; nothing is asked yet."""
        self._server = server
        self._catalog = catalog
        self._tuning = tuning or Tuning()
        self._patience = patience or Patience()
        self._held: Shelf | None = None
        self._wide: OrderedDict[_Within, float] = OrderedDict()

    async def prepare(self, spec: VectorSpec, /) -> None:
        """Make what is missing: the extension, the schema, the table."""
        self._held = await made(self._server, spec, self._tuning)
        self._wide.clear()

    async def put(self, workspace: str, chunks: Sequence[EmbeddedChunk], /) -> None:
        """Add the chunks' vectors, readers and attributes, and nothing of their text."""
        for some in writing.parts(chunks, writing.ROWS):
            await patiently(lambda some=some: self._put(workspace, some), self._patience)  # type: ignore[misc]  # mypy knows no such default

    async def remove(self, workspace: str, editions: Sequence[str], /) -> None:
        """Delete all rows of these editions."""
        for some in writing.parts(editions, writing.NAMES):
            await patiently(lambda some=some: self._remove(workspace, some), self._patience)  # type: ignore[misc]  # the same

    async def settled(
        self,
        workspace: str,  # noqa: ARG002 - the index is of all workspaces
        /,
    ) -> None:
        """Nothing to wait for, but where much was put for the first time: then the index of it is made."""
        await patiently(lambda: indexed(self._server, self._shelf, self._patience.index), self._patience)

    async def vectors(self, workspace: str, chunks: Sequence[str], /) -> Mapping[str, Vectors]:
        """Read them, as exact as they are kept."""
        found: dict[str, Vectors] = {}
        for some in writing.parts(chunks, writing.NAMES):
            found |= await patiently(lambda some=some: self._vectors(workspace, some), self._patience)  # type: ignore[misc]  # the same
        return found

    async def clear(self, workspace: str, /) -> None:
        """Delete all rows of the workspace."""
        await patiently(lambda: self._clear(workspace), self._patience)

    async def count(self, workspace: str, /) -> int:
        """Count the rows of the workspace."""
        table = self._shelf.table
        rows = select(func.count()).select_from(table).where(table.c.workspace == workspace)
        async with self._server.read() as connection:
            return await connection.scalar(rows) or 0

    async def search(self, query: Query, /) -> Sequence[Hit]:
        """Find the nearest chunks by cosine, equals by their ids."""
        allowed = self._shelf.allows(query.scope, query.filters)
        if query.vector is None or allowed is None or query.limit < 1 or not query.vector.any():
            return ()
        asked = Asked(shelf=self._shelf, vector=query.vector.tolist(), allowed=allowed)
        until = asyncio.get_running_loop().time() + self._patience.question

        async def best(most: int) -> Sequence[Hit]:
            return await self._best(asked, (query.scope, query.filters), most, until)

        return await answered(self._catalog, query.scope.workspace, query.limit, max(_MOST, query.limit), best)

    def check(self, spec: VectorSpec, /) -> AsyncGenerator[Finding]:
        """Look at everything that these vectors need of the server; ``prepare`` need not have succeeded."""
        return checked(self._server, spec, self._tuning, self._patience)

    async def _best(self, asked: Asked, within: _Within, most: int, until: float) -> Sequence[Hit]:
        """Search; once more, while there is time, since a connection may be one from before a restart."""
        try:
            return await self._searched(asked, within, most, until)
        except Unreachable:
            if asyncio.get_running_loop().time() >= until:
                raise
        return await self._searched(asked, within, most, until)

    async def _searched(self, asked: Asked, within: _Within, most: int, until: float) -> Sequence[Hit]:
        seconds = until - asyncio.get_running_loop().time()
        async with hurried(self._server, seconds) as connection:
            await asked.begin(connection, seconds)
            if not self._is_wide(within):
                hits = await asked.compared(connection, most)
                if hits is not None:
                    return hits
                self._remember(within)
            hits = await asked.nearest(connection, most)
            return hits if len(hits) == most else await asked.everything(connection, most)

    def _is_wide(self, within: _Within) -> bool:
        """Whether more is allowed than should be compared, as far as we remember; that it is not is found out anew."""
        return asyncio.get_running_loop().time() < self._wide.get(within, 0.0)

    def _remember(self, within: _Within) -> None:
        self._wide[within] = asyncio.get_running_loop().time() + _WIDE
        self._wide.move_to_end(within)
        while len(self._wide) > _REMEMBERED:
            self._wide.popitem(last=False)

    async def _put(self, workspace: str, chunks: Sequence[EmbeddedChunk]) -> None:
        async with self._server.write() as connection:
            await writing.put(connection, self._shelf, workspace, chunks)

    async def _remove(self, workspace: str, editions: Sequence[str]) -> None:
        async with self._server.write() as connection:
            await writing.remove(connection, self._shelf, workspace, editions)

    async def _vectors(self, workspace: str, chunks: Sequence[str]) -> Mapping[str, Vectors]:
        held = self._shelf.table.c
        rows = select(held.chunk, cast(held.vector, ARRAY(REAL))).where(
            held.workspace == workspace, held.chunk.in_(said(chunks))
        )
        async with self._server.read() as connection:
            return {name: np.array(numbers, np.float32) for name, numbers in await connection.execute(rows)}

    async def _clear(self, workspace: str) -> None:
        async with self._server.write() as connection:
            done = await writing.emptied(connection, self._shelf, workspace)
        while not done:
            async with self._server.write() as connection:
                done = await writing.cleared(connection, self._shelf, workspace)

    @property
    def _shelf(self) -> Shelf:
        if self._held is None:
            raise ValueError("prepare comes first")
        return self._held
