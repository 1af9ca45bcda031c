"""An index that several catalogs share, each seeing only what is its own."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from knowledge.base import VectorIndex
from knowledge.indexes.checked import Checks

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Collection, Mapping, Sequence

    from knowledge.base import EmbeddedChunk, Finding, Hit, Query, Vectors, VectorSpec
    from knowledge.indexes.answering import Answering


class Owned(VectorIndex):
    """Names each workspace to the index as the owner's own, so that no other catalog reads, changes or clears it."""

    name: Literal["words", "vectors"] = "vectors"

    def __init__(self, inner: VectorIndex, owner: str) -> None:
        """``owner`` tells catalogs apart."""
        self._inner = inner
        self._owner = owner

    async def prepare(self, spec: VectorSpec, /) -> None:
        """Prepare the index."""
        await self._inner.prepare(spec)

    async def put(self, workspace: str, chunks: Sequence[EmbeddedChunk], /) -> None:
        """Put the owner's."""
        await self._inner.put(owned(workspace, self._owner), chunks)

    async def remove(self, workspace: str, editions: Sequence[str], /) -> None:
        """Remove the owner's."""
        await self._inner.remove(owned(workspace, self._owner), editions)

    async def search(self, query: Query, /) -> Sequence[Hit]:
        """Search the owner's."""
        scope = replace(query.scope, workspace=owned(query.scope.workspace, self._owner))
        return await self._inner.search(replace(query, scope=scope))

    async def settled(self, workspace: str, /) -> None:
        """Wait for the owner's."""
        await self._inner.settled(owned(workspace, self._owner))

    async def vectors(self, workspace: str, chunks: Sequence[str], /) -> Mapping[str, Vectors]:
        """Give the owner's."""
        return await self._inner.vectors(owned(workspace, self._owner), chunks)

    async def clear(self, workspace: str, /) -> None:
        """Forget the owner's."""
        await self._inner.clear(owned(workspace, self._owner))

    async def count(self, workspace: str, /) -> int:
        """Count the owner's."""
        return await self._inner.count(owned(workspace, self._owner))

    async def check(self, spec: VectorSpec, /) -> AsyncGenerator[Finding]:
        """Look at the index, where it can be looked at."""
        if isinstance(self._inner, Checks):
            async for finding in self._inner.check(spec):
                yield finding


class OwnAnswers:
    """A catalog, asked by an index that knows its workspaces by the owner's names."""

    def __init__(self, catalog: Answering, owner: str) -> None:
        """``owner`` is that of the index."""
        self._catalog = catalog
        self._owner = owner

    async def answering(self, editions: Collection[str], /, *, workspace: str) -> frozenset[str]:
        """Ask the catalog."""
        return await self._catalog.answering(editions, workspace=workspace.removesuffix(owned("", self._owner)))


def owned(workspace: str, owner: str) -> str:
    """Name a workspace as an owner's own."""
    return f"{workspace}~{owner}"
