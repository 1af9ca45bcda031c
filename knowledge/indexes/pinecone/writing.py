"""What is written to a namespace, and waiting until searches see it.

Pinecone shows writes later. Each upsert to a serverless index tells its position in the namespace's log, and each query
how far it has caught up; a fetch tells nothing, and may see a record before a query does. Where positions are not told,
and for deletions, whose answers the SDK does not give, a query looks for the records themselves.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from pinecone import ApiError, NotFoundError

from knowledge.errors import Unreachable
from knowledge.indexes.pinecone import wire
from knowledge.indexes.pinecone.pending import Pending

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterator, Sequence

    from pinecone import AsyncIndex

    from knowledge.base import EmbeddedChunk, Vectors
    from knowledge.indexes.pinecone.asking import Asking
    from knowledge.indexes.pinecone.wire import Batch, Condition

_FIRST_LOOK: Final = 0.05
_LATER_LOOKS: Final = 2.0
"""Seconds between two looks for what was written, at first and at most."""
_AGAIN: Final = 4
"""Looks after which a deletion that is not seen is sent again: it may have missed what was not seen then."""
_BAD_REQUEST: Final = frozenset({400, 501})


@dataclass(slots=True, kw_only=True)
class Writing:
    """Writes to namespaces, a few requests at a time."""

    asking: Asking
    dimensions: int
    _pending: dict[str, Pending] = field(default_factory=lambda: defaultdict(Pending))
    _by_filter: bool = True
    """Whether the index deletes by metadata; pods of the starter kind and old serverless indexes do not."""

    async def put(self, namespace: str, chunks: Sequence[EmbeddedChunk]) -> None:
        """Write all records, the next ones only when others have arrived; raises the first error."""
        pending = self._pending[namespace]
        if pending.cleared:  # the clearing of a namespace may take what was put into it meanwhile
            await self._until(namespace, self._is_clear)
        waiting = wire.batches(chunks)
        lanes = (self._lane(namespace, waiting) for _ in range(self.asking.patience.lanes))
        await _together(lanes)

    async def remove(self, namespace: str, editions: Sequence[str]) -> None:
        """Delete all records of these editions."""
        pending = self._pending[namespace]
        if not pending.editions.isdisjoint(editions):  # a deletion may miss what it does not see
            await self._until(namespace, self._has_puts)
        for part in wire.parts(editions, wire.NAMED):
            pending.removed.update(part)
            await self._delete(namespace, part)

    async def clear(self, namespace: str) -> None:
        """Delete the namespace, which need not be there."""

        async def request(index: AsyncIndex) -> None:
            try:
                await index.delete_namespace(name=namespace)
            except NotFoundError:
                return

        self._pending[namespace] = Pending(cleared=True)
        await self.asking.ask(request, self.asking.patience.sync)

    async def settled(self, namespace: str) -> None:
        """Wait until a search sees all that was written; raises Unreachable."""
        if namespace in self._pending:
            await self._until(namespace, self._is_settled)
            del self._pending[namespace]

    async def _lane(self, namespace: str, waiting: Iterator[Batch]) -> None:
        for batch in waiting:
            position = await self._upsert(namespace, batch)
            self._pending[namespace].put(batch, position)

    async def _upsert(self, namespace: str, batch: Batch) -> int | None:
        answer = await self.asking.ask(
            lambda index: index.upsert(vectors=batch.records, namespace=namespace), self.asking.patience.sync
        )
        return answer.response_info.lsn_committed if answer.response_info else None

    async def _delete(self, namespace: str, editions: Sequence[str]) -> None:
        if self._by_filter:
            self._by_filter = await self._deleted(namespace, filter=wire.of_editions(editions))
        if not self._by_filter:
            for edition in editions:
                for ids in wire.parts(await self._ids(namespace, f"{edition}:"), wire.NAMED):
                    await self._deleted(namespace, ids=ids)

    async def _deleted(self, namespace: str, **what: Any) -> bool:  # noqa: ANN401 - the SDK's parameters
        """Delete; say whether the index does so by metadata, where it was asked to. An absent namespace is no error."""

        async def request(index: AsyncIndex) -> bool:
            try:
                await index.delete(namespace=namespace, **what)
            except NotFoundError:
                return True
            except ApiError as error:
                if error.status_code in _BAD_REQUEST and "filter" in what:
                    return False
                raise
            return True

        return await self.asking.ask(request, self.asking.patience.sync)

    async def _ids(self, namespace: str, prefix: str) -> list[str]:
        """Give all ids that begin so; they are read to the end before any is deleted."""
        ids: list[str] = []
        token: str | None = None
        while True:
            page = await self.asking.ask(
                lambda index, token=token: index.list_paginated(  # type: ignore[misc]  # mypy knows no such default
                    prefix=prefix, limit=wire.IDS, pagination_token=token, namespace=namespace
                ),
                self.asking.patience.sync,
            )
            ids += [item.id for item in page.vectors if item.id]
            token = page.pagination.next if page.pagination else None
            if not token:
                return ids

    async def _until(self, namespace: str, seen: Callable[[str, int], Coroutine[Any, Any, bool]]) -> None:
        clock, wait, looks = self.asking.clock, _FIRST_LOOK, 1
        until = clock.now() + self.asking.patience.settling
        while not await seen(namespace, looks):
            if clock.now() + wait >= until:
                raise Unreachable(
                    f"Pinecone at {self.asking.name} took what was written but did not show it within "
                    f"{self.asking.patience.settling:.0f} s, so nothing was published. Sync again later."
                )
            await clock.sleep(wait)
            wait, looks = min(2 * wait, _LATER_LOOKS), looks + 1

    async def _is_settled(self, namespace: str, looks: int) -> bool:
        return (
            await self._is_clear(namespace, looks)
            and await self._has_puts(namespace, looks)
            and await self._has_no_removed(namespace, looks)
        )

    async def _is_clear(self, namespace: str, _: int) -> bool:
        pending = self._pending[namespace]
        if pending.cleared:
            found, _reconciled = await self._looked(namespace, _unit(self.dimensions), None, 1)
            pending.cleared = bool(found)
        return not pending.cleared

    async def _has_puts(self, namespace: str, _: int) -> bool:
        pending = self._pending[namespace]
        for put in pending.puts:
            edition = wire.of_editions([put.edition])
            found, reconciled = await self._looked(namespace, put.vector, edition, wire.TOP_K)
            if not put.seen(found, reconciled):
                return False
            pending.saw(put)
        return True

    async def _has_no_removed(self, namespace: str, looks: int) -> bool:
        pending = self._pending[namespace]
        for part in wire.parts(sorted(pending.removed), wire.NAMED):
            found, _ = await self._looked(namespace, _unit(self.dimensions), wire.of_editions(part), 1)
            if found:
                if looks % _AGAIN == 0:
                    await self._delete(namespace, part)
                return False
            pending.removed.difference_update(part)
        return True

    async def _looked(
        self, namespace: str, vector: Vectors, condition: Condition | None, most: int
    ) -> tuple[frozenset[str], int | None]:
        """Search; give the ids, and how far the search says to have caught up."""
        answer = await self.asking.ask(
            lambda index: index.query(vector=wire.numbers(vector), top_k=most, namespace=namespace, filter=condition),
            self.asking.patience.sync,
        )
        info = answer.response_info
        return frozenset(match.id for match in answer.matches), info.lsn_reconciled if info else None


async def _together(work: Iterator[Coroutine[Any, Any, None]]) -> None:
    """Do all at a time; the first error ends the others and comes out as itself."""
    try:
        async with asyncio.TaskGroup() as owner:
            for each in work:
                owner.create_task(each)
    except ExceptionGroup as group:
        raise _first(group) from group


def _first(error: Exception) -> Exception:
    return _first(error.exceptions[0]) if isinstance(error, ExceptionGroup) else error


def _unit(dimensions: int) -> Vectors:
    vector = np.zeros(dimensions, np.float32)
    vector[0] = 1
    return vector
