from __future__ import annotations

import asyncio

from adapters.discord import lanes as module
from adapters.discord.lanes import Lanes


async def test_work_of_one_lane_is_done_in_its_order_and_beside_that_of_others() -> None:
    done: list[str] = []
    first = asyncio.Event()

    async def slow() -> None:
        await first.wait()
        done.append("slow")

    async def quick(name: str) -> None:
        done.append(name)
        first.set()

    async with asyncio.TaskGroup() as group:
        lanes = Lanes(group.create_task)
        lanes.put("a", slow)
        lanes.put("a", lambda: quick("after it"))
        lanes.put("b", lambda: quick("beside it"))

    assert done == ["beside it", "slow", "after it"]


async def test_work_that_fails_ends_no_lane() -> None:
    done: list[str] = []

    async def broken() -> None:
        raise OSError("broken")

    async def fine() -> None:
        done.append("fine")

    async with asyncio.TaskGroup() as group:
        lanes = Lanes(group.create_task)
        lanes.put("a", broken)
        lanes.put("a", fine)

    assert done == ["fine"]


async def test_more_than_can_wait_is_turned_away() -> None:
    go = asyncio.Event()

    async def wait() -> None:
        await go.wait()

    async with asyncio.TaskGroup() as group:
        lanes = Lanes(group.create_task)
        taken = [lanes.put(str(number % 100), wait) for number in range(module.MOST + 1)]
        go.set()

    assert taken.count(False) == 1
