"""Small things that are kept beside the knowledge because they belong to it, such as a gate fitted to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, select

from knowledge.tables import Setting

if TYPE_CHECKING:
    from knowledge.stores.base import Store


class Notes:
    """Texts by name, in the knowledge file; a file that is deleted forgets them."""

    def __init__(self, store: Store) -> None:
        """Read from and write to an open store."""
        self._store = store

    async def read(self, name: str) -> str | None:
        """Give what is kept under a name, None for nothing."""
        async with self._store.read() as connection:
            return await connection.scalar(select(Setting.value).where(Setting.name == f"note.{name}"))

    async def settled(self, name: str, text: str) -> str:
        """Keep a text under a name where nothing is kept yet; give what is, whoever was first."""
        row = {"name": f"note.{name}", "value": text}
        async with self._store.write() as connection:
            await connection.execute(self._store.insert(Setting).values(row).on_conflict_do_nothing())
        return await self.read(name) or text

    async def write(self, name: str, text: str | None) -> None:
        """Keep a text under a name instead of what was; None forgets it."""
        async with self._store.write() as connection:
            await connection.execute(delete(Setting).where(Setting.name == f"note.{name}"))
            if text is not None:
                await connection.execute(insert(Setting).values(name=f"note.{name}", value=text))
