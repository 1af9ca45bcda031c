from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import update

from bot.database import Database
from bot.leases import LEASE, Lease

if TYPE_CHECKING:
    from pathlib import Path


async def late(database: Database, name: str = "gateway") -> None:
    """Let the lease's time be over."""
    over = update(LEASE).where(LEASE.c.name == name).values(until=database.now() - 0.001)
    await database.write(lambda connection: connection.execute(over).rowcount)


@pytest.fixture
def mine(database: Database) -> Lease:
    return Lease(database, "gateway")


@pytest.fixture
def theirs(database: Database) -> Lease:
    return Lease(database, "gateway")


async def test_one_holds_it_and_may_say_so_again(mine: Lease, theirs: Lease) -> None:
    assert await mine.acquire()
    assert await mine.acquire()
    assert not await theirs.acquire()
    assert not await theirs.renew(1.0)
    assert await mine.renew(None)


async def test_another_name_is_another_lease(database: Database, mine: Lease) -> None:
    assert await mine.acquire()
    assert await Lease(database, "another").acquire()


async def test_whoever_waits_has_what_is_released_at_once(mine: Lease, theirs: Lease) -> None:
    assert await mine.acquire()
    await theirs.release()
    assert await mine.renew(None)
    await mine.release()
    assert not await mine.renew(None)
    assert await theirs.acquire()
    await mine.release()
    assert await theirs.renew(None)


async def test_who_did_not_renew_in_time_holds_it_no_more(database: Database, mine: Lease, theirs: Lease) -> None:
    assert await mine.acquire()
    await late(database)
    assert not await mine.renew(2.0)
    assert await theirs.acquire()
    assert not await mine.renew(3.0)
    assert not await mine.acquire()
    assert await theirs.heard() is None


async def test_renewing_holds_it_for_as_long_again(database: Database) -> None:
    short, other = Lease(database, "short", seconds=0.0), Lease(database, "short", seconds=60.0)
    assert await short.acquire()
    assert await other.acquire()
    assert await other.renew(None)
    assert not await short.acquire()


async def test_until_when_everything_was_heard_outlives_its_holder(mine: Lease, theirs: Lease) -> None:
    assert await mine.heard() is None
    assert await mine.acquire()
    assert await mine.heard() is None
    assert await mine.renew(5.5)
    assert await mine.renew(None)
    await mine.release()
    assert await theirs.acquire()
    assert await theirs.heard() == 5.5
    assert await theirs.renew(7.25)
    assert await mine.heard() == 7.25


async def test_of_several_processes_that_want_it_at_once_one_has_it(where: Path | str) -> None:
    async with Database(where) as one, Database(where) as two:
        leases = [Lease(database, "gateway") for database in (one, two) for _ in range(4)]
        async with asyncio.TaskGroup() as group:
            tries = [group.create_task(lease.acquire()) for lease in leases]
        assert [task.result() for task in tries].count(True) == 1
