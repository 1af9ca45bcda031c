"""Pauses, in SQL: an operator sets them, and every process that serves sees them within two seconds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import structlog
from sqlalchemy import delete, select, text

from bot.errors import NotPaused
from bot.paused import names
from bot.payload import unpacked
from bot.tables import UNFINISHED, InboxRow, PauseRow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

    from bot.database import Database

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """One pause: of what, since when, and who on the machine set it."""

    name: str
    since: datetime
    by: str


class Pauses:
    """All that is paused."""

    def __init__(self, database: Database) -> None:
        """Keep them in this database."""
        self._database = database

    async def listed(self) -> Sequence[Pause]:
        """Give them by name. Raises StoreError."""

        async def work(connection: AsyncConnection) -> Sequence[Pause]:
            rows = await connection.execute(select(PauseRow.__table__).order_by(PauseRow.name))
            return [Pause(name=row.name, since=datetime.fromtimestamp(row.since, UTC), by=row.by) for row in rows]

        return await self._database.read(work)

    async def pause(self, name: str, *, by: str) -> None:
        """Pause; an earlier pause of that name stays as it is. Raises StoreError."""

        async def work(connection: AsyncConnection) -> None:
            row = self._database.insert(PauseRow).values(name=name, since=self._database.now(), by=by)
            await connection.execute(row.on_conflict_do_nothing(index_elements=["name"]))

        await self._database.wrote(work)
        _log.warning("paused", place=name, by=by)

    async def resume(self, name: str, *, by: str) -> None:
        """End a pause. Raises NotPaused, which names the others, and StoreError."""

        async def work(connection: AsyncConnection) -> bool:
            return bool((await connection.execute(delete(PauseRow).where(PauseRow.name == name))).rowcount)

        if not await self._database.wrote(work):
            raise NotPaused(_told(name, [pause.name for pause in await self.listed()]))
        _log.warning("resumed", place=name, by=by)

    async def held(self, name: str) -> int:
        """Give how many questions wait for the end of this pause. Raises StoreError."""
        held = select(InboxRow.payload).where(text(UNFINISHED), InboxRow.state == "paused")

        async def work(connection: AsyncConnection) -> int:
            return sum(name in names(unpacked(payload).place) for payload in await connection.scalars(held))

        return await self._database.read(work)


def _told(name: str, others: Sequence[str]) -> str:
    return f"There is no pause of {name}; " + (f"paused is {', '.join(others)}." if others else "nothing is paused.")
