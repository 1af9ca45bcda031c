"""What hears other processes keeps to this. Subclass it, and give the fixture ``where``."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from bot.database import Database
from bot.inbox import Inbox
from bot.turns import Turns
from tests.doubles.adapters import a_question

if TYPE_CHECKING:
    from pathlib import Path


class ChangesContract:
    """The rules of ``bot.stores.base.Changes``."""

    async def test_another_connections_question_is_heard(self, where: Path | str) -> None:
        async with asyncio.timeout(30), Database(where) as here, Database(where) as there, here.changes() as changes:
            await changes.wait(0.3)  # listening begins, which may count as a change
            async with asyncio.TaskGroup() as group:
                hearing = group.create_task(changes.wait(15))
                await Inbox(there, Turns(there)).put(a_question())
            assert hearing.result()

    async def test_so_is_a_stop(self, where: Path | str) -> None:
        async with asyncio.timeout(30), Database(where) as here, Database(where) as there, here.changes() as changes:
            inbox = Inbox(there, Turns(there))
            await inbox.put(a_question())
            await changes.wait(0.3)
            async with asyncio.TaskGroup() as group:
                hearing = group.create_task(changes.wait(15))
                await inbox.stop("q1")
            assert hearing.result()

    async def test_nothing_is_heard_where_nothing_happens(self, where: Path | str) -> None:
        async with asyncio.timeout(30), Database(where) as here, here.changes() as changes:
            await changes.wait(0.3)
            assert not await changes.wait(0.05)
