from __future__ import annotations

from typing import TYPE_CHECKING

from bot.settled import known, settled

if TYPE_CHECKING:
    from bot.database import Database


async def test_what_is_settled_once_stays_so_whoever_comes_later(database: Database) -> None:
    assert await known(database, "first guild") is None
    assert await settled(database, "first guild", "1") == "1"
    assert await known(database, "first guild") == "1"
    assert await settled(database, "first guild", "2") == "1"
    assert await settled(database, "another", "2") == "2"
