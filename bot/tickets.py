"""The right to answer what a platform asked, in SQL, for whichever process does; its platform seals it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

from sqlalchemy import delete, select

from bot.tables import TicketRow

if TYPE_CHECKING:
    from sqlalchemy import Table

    from adapters.base import Principal
    from bot.database import Database

TICKET: Final = cast("Table", TicketRow.__table__)
_row = TICKET.c


class Tickets:
    """Those of all platforms, by the question that they answer. Each call may raise StoreError."""

    def __init__(self, database: Database) -> None:
        """Keep them in this database."""
        self._database = database

    async def keep(self, question: str, sealed: str, workspace: Principal, until: float) -> None:
        """Keep one until then, in seconds since 1970, and erase what is over; the same question has the same one."""
        row = self._database.insert(TICKET).values(question=question, workspace=workspace, sealed=sealed, until=until)
        kept = row.on_conflict_do_nothing(index_elements=["question"])
        over = delete(TICKET).where(_row.until <= self._database.now())
        await self._database.write(lambda connection: (connection.execute(over), connection.execute(kept)))

    async def of(self, question: str) -> str | None:
        """Give a question's, if it is still good."""
        good = select(_row.sealed).where(_row.question == question, _row.until > self._database.now())
        return await self._database.read(lambda connection: connection.scalar(good))

    async def forget(self, workspace: Principal) -> None:
        """Erase those of a workspace."""
        gone = delete(TICKET).where(_row.workspace == workspace)
        await self._database.write(lambda connection: connection.execute(gone).rowcount)

    async def sweep(self) -> None:
        """Erase what is over."""
        over = delete(TICKET).where(_row.until <= self._database.now())
        await self._database.write(lambda connection: connection.execute(over).rowcount)
