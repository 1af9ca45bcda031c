"""Which vectors serve: an index with the embedder that made what is in it, opened when they begin to."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from knowledge.errors import KnowledgeError
from knowledge.resting import Rest
from knowledge.vectorsets import VectorSets

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from knowledge.base import Embedder, VectorIndex
    from knowledge.stores.base import Store
    from knowledge.vectorsets import Kept, VectorSet


_AGAIN: Final = 15.0
"""Seconds after which vectors that could not be opened are tried again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Semantic:
    """What searches by meaning: an index of vectors, prepared, and the embedder of their model."""

    kept: Kept
    index: VectorIndex
    embedder: Embedder


class Opening(Protocol):
    """Opens what is kept somewhere, by the names that the settings know; what is open already is given again."""

    async def index(self, kept: Kept, /) -> VectorIndex:
        """Give the index, prepared. Raises KnowledgeError."""
        ...

    async def embedder(self, kept: Kept, /) -> Embedder:
        """Give what made the vectors. Raises KnowledgeError where that is there no more."""
        ...


class Serving:
    """A workspace's vectors. ``wanted`` is what the settings name, which may still have to come.

    ``rest`` hears how searches went, and while it rests nothing is asked of them.
    """

    def __init__(
        self,
        store: Store,
        workspace: str,
        wanted: Kept,
        opening: Opening,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Look into an open store; nothing is opened yet. ``clock`` gives seconds."""
        self.sets = VectorSets(store, workspace)
        self.workspace = workspace
        self.wanted = wanted
        self._opening = opening
        self._store = store
        self._seen: tuple[int, Semantic] | None = None
        self._failed: tuple[float, KnowledgeError] | None = None
        self._clock = clock
        self.rest = Rest(clock=clock)
        self._looking = asyncio.Lock()

    async def opened(self, kept: Kept) -> Semantic:
        """Open vectors to search them, or to write more of them. Raises KnowledgeError."""
        return Semantic(kept=kept, index=await self._opening.index(kept), embedder=await self._opening.embedder(kept))

    async def index(self, kept: Kept) -> VectorIndex:
        """Open an index alone, whatever became of the embedder. Raises KnowledgeError."""
        return await self._opening.index(kept)

    async def now(self) -> Semantic:
        """Give what serves, or what is wanted where nothing serves yet. Raises KnowledgeError.

        While nothing is published it costs what the generation does. What could not be opened a moment ago is not
        tried again at once, nor what failed several times in a row: no question is to wait for it.
        """
        if self.rest.error is not None:
            raise self.rest.error
        generation = await self._store.generation(self.workspace)
        async with self._looking:
            if self._seen is None or self._seen[0] != generation:
                self._seen = (generation, await self._opened_anew())
            return self._seen[1]

    async def _opened_anew(self) -> Semantic:
        if self._failed is not None and self._clock() < self._failed[0]:
            raise self._failed[1]
        serving = await self.sets.serving()
        try:
            found = await self.opened(serving.kept if serving else self.wanted)
        except KnowledgeError as error:
            self._failed = (self._clock() + _AGAIN, error)
            raise
        self._failed = None
        return found

    async def claimed(self) -> Semantic:
        """Give what serves; where nothing does, what is wanted begins to. For a sync, which writes into it."""
        serving = await self.sets.serving() or await self.sets.claim(self.wanted)
        return await self.opened(serving.kept)

    async def waiting(self) -> VectorSet | None:
        """Give what serves although something else is wanted; None where that is not so."""
        serving = await self.sets.serving()
        return serving if serving is not None and serving.kept != self.wanted else None

    async def sweep(self) -> str | None:
        """Let every index forget what the catalog holds no more, and clear the sets that leave.

        What fails is left for the next time, since the catalog remembers it; why it did is given.
        """
        leaving = await self.sets.leaving()
        failed: str | None = None
        every = await self.sets.all()
        used = [one.kept for one in every if one.state != "leaving"]
        for one in every:
            try:
                await self._swept(one, leaving, shared=any(map(one.kept.same_rows, used)))
            except KnowledgeError as error:
                failed = failed or error.told
        if leaving and failed is None:
            await self.sets.left(leaving)
        return failed

    async def _swept(self, one: VectorSet, leaving: Sequence[str], *, shared: bool) -> None:
        if one.state == "leaving":
            if not shared:  # what leaves may have come back, or differ in nothing that an index keeps apart
                await (await self.index(one.kept)).clear(self.workspace)
            await self.sets.gone(one)
        elif leaving:
            await (await self.index(one.kept)).remove(self.workspace, leaving)
