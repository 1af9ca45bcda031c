"""Pauses, in SQL: an operator sets them, and every process that serves sees them within two seconds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, cast

import structlog
from sqlalchemy import delete, exists, or_, select, text

from bot.claiming import INBOX
from bot.errors import NotPaused
from bot.paused import EVERYTHING, names, platform_of
from bot.payload import unpacked
from bot.tables import UNFINISHED, PauseRow, TurnRow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Table

    from bot.database import Database

PAUSE: Final = cast("Table", PauseRow.__table__)
HELD: Final = select(INBOX.c.payload, INBOX.c.number).where(text(UNFINISHED), INBOX.c.state == "paused")
"""What waits for the end of a pause."""
_LISTED: Final = select(PAUSE).order_by(PAUSE.c.name)
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
        rows = await self._database.read(lambda connection: connection.execute(_LISTED).all())
        return [Pause(name=row.name, since=datetime.fromtimestamp(row.since, UTC), by=row.by) for row in rows]

    async def pause(self, name: str, *, by: str) -> None:
        """Pause; an earlier pause of that name stays as it is. Raises StoreError."""
        row = self._database.insert(PAUSE).values(name=name, since=self._database.now(), by=by)
        kept = row.on_conflict_do_nothing(index_elements=["name"])
        await self._database.write(lambda connection: connection.execute(kept).rowcount)
        _log.warning("paused", place=name, by=by)

    async def resume(self, name: str, *, by: str) -> None:
        """End a pause. Raises NotPaused, which names the others, and StoreError."""
        ended = delete(PAUSE).where(PAUSE.c.name == name)
        if not await self._database.write(lambda connection: connection.execute(ended).rowcount):
            raise NotPaused(_told(name, [pause.name for pause in await self.listed()]))
        _log.warning("resumed", place=name, by=by)

    async def foreign(self, name: str) -> bool:
        """Whether a name is of no platform that we know, nor one that a question ever came from. Raises StoreError."""
        platform = platform_of(name)
        if platform is None:
            return False
        asked = or_(exists().where(INBOX.c.platform == platform), exists().where(TurnRow.platform == platform))
        return not await self._database.read(lambda connection: connection.scalar(select(asked)))

    async def held(self, name: str) -> int:
        """Give how many questions wait for the end of this pause. Raises StoreError."""
        payloads = await self._database.read(lambda connection: connection.scalars(HELD).all())
        return sum(name in names(unpacked(payload).place) for payload in payloads)


def _told(name: str, others: Sequence[str]) -> str:
    if name == EVERYTHING and others:
        paused = f"{', '.join(others)} {'is' if len(others) == 1 else 'are'} paused"
        return f"Nothing is paused everywhere; only {paused}: footnote resume {others[0]}."
    return f"There is no pause of {name}; " + (f"paused is {', '.join(others)}." if others else "nothing is paused.")
