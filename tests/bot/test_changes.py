from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.database import Database
from bot.inbox import Inbox
from bot.turns import Turns
from tests.contracts.changes import ChangesContract
from tests.doubles.adapters import a_question

if TYPE_CHECKING:
    from pathlib import Path

    from tests.doubles.postgres import Server


class TestChanges(ChangesContract):
    pass


async def test_coming_back_to_a_server_counts_as_a_change(server: Server) -> None:
    where = await asyncio.to_thread(server.database)
    async with Database(where) as database, database.changes() as changes, asyncio.timeout(30):
        while await changes.wait(0.2):
            pass
        await asyncio.to_thread(server.stop)
        await asyncio.to_thread(server.start)
        while not await changes.wait(0.2):
            pass


async def test_a_server_that_is_away_is_waited_for_and_nothing_is_raised() -> None:
    async with Database("postgresql://nobody@127.0.0.1:1/x")._store.changes() as changes:
        assert not await changes.wait(0.05)


async def test_what_this_process_writes_on_sqlite_is_no_change_and_hides_none(tmp_path: Path) -> None:
    path = tmp_path / "footnote.db"
    async with asyncio.timeout(30), Database(path) as here, Database(path) as there, here.changes() as changes:
        inboxes = [Inbox(database, Turns(database)) for database in (here, there)]
        await changes.wait(0.3)
        for number in range(3):
            await inboxes[0].put(replace(a_question(), id=f"here {number}"))
            assert not await changes.wait(0.6)
            for where, inbox in enumerate(inboxes):
                await inbox.put(replace(a_question(), id=f"both {number} {where}"))
            assert await changes.wait(15)


async def test_a_file_that_cannot_be_read_is_no_change(tmp_path: Path) -> None:
    async with Database(tmp_path / "gone" / "footnote.db")._store.changes() as changes:
        assert not await changes.wait(0.01)


async def test_a_file_that_can_be_read_again_counts_as_a_change(tmp_path: Path) -> None:
    path = tmp_path / "gone" / "footnote.db"
    here = Database(path)._store
    try:
        async with asyncio.timeout(30), here.changes() as changes:
            assert not await changes.wait(0.01)
            async with Database(path) as there:
                await Inbox(there, Turns(there)).put(a_question())
                assert await changes.wait(15)
    finally:
        await here.close()
