"""What an index that is no part of the catalog finds, without what does not answer now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Sequence

    from knowledge.base import Hit


class Answering(Protocol):
    """Says which editions answer; ``knowledge.catalog.Catalog`` does."""

    async def answering(self, editions: Collection[str], /, *, workspace: str) -> frozenset[str]:
        """Give those of the editions (by their ids) that answer in the workspace now."""
        ...


async def answered(
    catalog: Answering, workspace: str, limit: int, most: int, search: Callable[[int], Awaitable[Sequence[Hit]]]
) -> tuple[Hit, ...]:
    """Give the best ``limit`` hits that answer, from ``search`` of so many hits, of which it gives ``most`` at most.

    Such an index holds editions that are staged, or replaced a moment ago. They are few but for a moment, so one
    search is enough nearly always; where they take the places of too many others, more hits are asked for.
    """
    asked = min(most, limit + limit // 4)
    while True:
        hits = await search(asked)
        live = await catalog.answering({edition(hit) for hit in hits}, workspace=workspace)
        kept = tuple(hit for hit in hits if edition(hit) in live)
        if len(kept) >= limit or len(hits) < asked or asked >= most:
            return kept[:limit]
        asked = min(most, 4 * asked)


def edition(hit: Hit) -> str:
    """Say which edition a hit is of: a chunk's id is ``edition:ordinal``."""
    return hit.chunk.rpartition(":")[0]
