"""What is settled once, by whoever comes first, and stays so for all processes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

from sqlalchemy import select

from bot.tables import SettledRow

if TYPE_CHECKING:
    from sqlalchemy import Connection, Table

    from bot.database import Database

SETTLED: Final = cast("Table", SettledRow.__table__)
_row = SETTLED.c


async def known(database: Database, name: str, /) -> str | None:
    """Give what something was settled as, if it was. Raises StoreError."""
    found = select(_row.value).where(_row.name == name)
    return await database.read(lambda connection: connection.scalar(found))


async def settled(database: Database, name: str, value: str, /) -> str:
    """Settle something, unless it is, and give what it was settled as. Raises StoreError."""
    first = database.insert(SETTLED).values(name=name, value=value).on_conflict_do_nothing(index_elements=["name"])

    def settle(connection: Connection) -> str:
        connection.execute(first)
        return str(connection.scalar(select(_row.value).where(_row.name == name)))

    return await database.write(settle)
