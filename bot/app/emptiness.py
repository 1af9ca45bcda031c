"""Whether there is anything to answer from, told to whoever starts a bot rather than to those who ask it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.settings import Settings
    from knowledge.base import Finding
    from knowledge.catalog import Catalog


async def lacking(settings: Settings, catalog: Catalog) -> str | None:
    """Say what to do where nothing was synced; None where something was. Raises KnowledgeError."""
    if (await catalog.counts(settings.team)).documents:
        return None
    if settings.sources:
        return "Nothing is synced yet: footnote serve reads the sources of footnote.toml first, which takes a while."
    return 'Nothing is synced yet, so each question gets "I don\'t know": run footnote sync PATH.'


async def documents(settings: Settings) -> Finding:
    """Look whether there is anything to answer from."""
    from bot.app.places import catalogued
    from bot.errors import BadSettings
    from knowledge.base import Finding
    from knowledge.catalog import Catalog
    from knowledge.errors import KnowledgeError

    try:
        async with catalogued(settings) as (store, _):
            catalog = Catalog(store)
            lacks = await lacking(settings, catalog)
            many = (await catalog.counts(settings.team)).documents
    except (BadSettings, KnowledgeError) as error:
        return Finding(what="documents", ok=False, told=error.told)
    if lacks is not None:
        return Finding(what="documents", ok=bool(settings.sources), told=lacks)
    return Finding(what="documents", ok=True, told=f"{many:,} can be searched.")
