"""Named leases, in SQL: what one process at a time holds, by the clock that all of them share."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Final, cast

from sqlalchemy import or_, select, update

from bot.tables import LeaseRow

if TYPE_CHECKING:
    from sqlalchemy import Executable, Table

    from bot.database import Database

LEASE: Final = cast("Table", LeaseRow.__table__)
_SECONDS: Final = 15.0
_row = LEASE.c


class Lease:
    """One lease, as one process sees it. Each call may raise StoreError, and then nobody knows."""

    def __init__(self, database: Database, name: str, *, seconds: float = _SECONDS) -> None:
        """``seconds`` is how long it is held without being renewed."""
        self.seconds = seconds
        self._database = database
        self._name = name
        self._owner = secrets.token_hex(16)

    async def acquire(self) -> bool:
        """Hold it, if nobody else does; it is no error to hold it already."""
        now = self._database.now()
        until = now + self.seconds
        row = self._database.insert(LEASE).values(name=self._name, owner=self._owner, until=until)
        free = or_(_row.until <= now, _row.owner == self._owner)
        taken = row.on_conflict_do_update(
            index_elements=["name"], set_={"owner": self._owner, "until": until}, where=free
        )
        return await self._done(taken)

    async def renew(self, heard: float | None, /) -> bool:
        """Go on holding it, and say whether that is so: nobody does who comes too late, taken over from or not.

        ``heard`` is until when everything was heard for certain; None leaves what is noted.
        """
        now = self._database.now()
        mine = update(LEASE).where(_row.name == self._name, _row.owner == self._owner, _row.until > now)
        noted = {} if heard is None else {"heard": heard}
        return await self._done(mine.values(until=now + self.seconds, **noted))

    async def release(self) -> None:
        """Hold it no longer; whoever waits may have it at once."""
        mine = update(LEASE).where(_row.name == self._name, _row.owner == self._owner)
        await self._done(mine.values(owner="", until=self._database.now()))

    async def heard(self) -> float | None:
        """Give until when somebody heard everything, if that is known."""
        noted = select(_row.heard).where(_row.name == self._name)
        return await self._database.read(lambda connection: connection.scalar(noted))

    async def _done(self, statement: Executable) -> bool:
        return await self._database.write(lambda connection: connection.execute(statement).rowcount) > 0
