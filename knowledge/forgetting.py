"""Forgetting: whole sources end at once, in one publication, as documents that are gone end in a sync."""

from __future__ import annotations

from typing import TYPE_CHECKING

from knowledge.editions import Editions, Publishing
from knowledge.errors import NoSuchSource

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from knowledge.catalog import Catalog
    from knowledge.serving import Serving


async def forget(names: Collection[str], *, catalog: Catalog, serving: Serving) -> int:
    """Make the workspace forget these sources, also what a killed sync staged of them; give how many documents ended.

    Raises NoSuchSource, and then nothing is forgotten; Busy where a sync is at work, NoSpace, Damaged. Where an index
    of vectors cannot be reached, it forgets them with the next sync.
    """
    async with catalog.store.alone():
        editions = Editions(catalog.store, serving.workspace)
        held = await editions.held()
        known = {edition.source for edition in held}
        if unknown := sorted(set(names) - known):
            raise NoSuchSource(_told(unknown, known))
        dropped = tuple(edition for edition in held if edition.source in names)
        await editions.publish(Publishing(dropped=dropped, forgotten=frozenset(names)))
        await serving.sweep()  # what fails answers nothing, and is removed with the next sync
    return sum(edition.state == "live" for edition in dropped)


def _told(unknown: Iterable[str], known: Collection[str]) -> str:
    there = f"the sources are {', '.join(sorted(known))}" if known else "nothing is synced yet"
    return f"There is no source called {' or '.join(unknown)}; {there}."
