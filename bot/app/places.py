"""Where the catalog is: a file, or a server."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from pathlib import Path

    from bot.settings import Settings
    from knowledge.base import Index
    from knowledge.stores.base import Store


@asynccontextmanager
async def catalogued(settings: Settings, file: Path | None = None) -> AsyncGenerator[tuple[Store, Index]]:
    """Open the catalog where the settings have it, or in ``file``, and the keywords that are part of it."""
    if settings.words == "postgres":
        async with _on_server(settings) as found:
            yield found
        return
    from knowledge.indexes.words import Words
    from knowledge.stores.sqlite import SqliteStore

    async with SqliteStore(file or settings.knowledge_database) as store:
        yield store, Words(store)


@asynccontextmanager
async def _on_server(settings: Settings) -> AsyncGenerator[tuple[Store, Index]]:
    from knowledge.indexes.fulltext import FullText
    from knowledge.stores.postgres import PostgresStore
    from knowledge.stores.server import Server

    async with PostgresStore(Server(server_address(settings))) as store:
        yield store, FullText(store, language=settings.language)


def server_address(settings: Settings) -> str:
    """Give the address of the server that knowledge is on. Raises BadSettings where there is none."""
    from bot.errors import BadSettings

    if settings.database_url is None:
        raise BadSettings(
            "FOOTNOTE_WORDS or FOOTNOTE_VECTORS is postgres, but DATABASE_URL is not set: set it to the address of a "
            "PostgreSQL server, such as postgresql://user:password@host/name."
        )
    return settings.database_url.get_secret_value()
