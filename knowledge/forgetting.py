"""Forgetting: whole sources end at once, in one publication, as documents that are gone end in a sync."""

from __future__ import annotations

from typing import TYPE_CHECKING

from knowledge.editions import Editions, Publishing
from knowledge.errors import NoSuchSource

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from knowledge.base import Index
    from knowledge.catalog import Catalog


async def forget(names: Collection[str], *, workspace: str, catalog: Catalog, indexes: Sequence[Index]) -> int:
    """Make the workspace forget these sources, also what a killed sync staged of them; give how many documents ended.

    The indexes need not be prepared, so that any embedder will do. Raises NoSuchSource, and then nothing is forgotten;
    Busy where a sync is at work, NoSpace, Damaged.
    """
    async with catalog.store.alone():
        editions = Editions(catalog.store, workspace)
        held = await editions.held()
        known = {edition.source for edition in held}
        if unknown := sorted(set(names) - known):
            raise NoSuchSource(_told(unknown, known))
        dropped = tuple(edition for edition in held if edition.source in names)
        await editions.publish(Publishing(dropped=dropped, forgotten=frozenset(names)))
        for index in indexes:
            await index.remove(workspace, [edition.id for edition in dropped])
    return sum(edition.state == "live" for edition in dropped)


def _told(unknown: Iterable[str], known: Collection[str]) -> str:
    there = f"the sources are {', '.join(sorted(known))}" if known else "nothing is synced yet"
    return f"There is no source called {' or '.join(unknown)}; {there}."
