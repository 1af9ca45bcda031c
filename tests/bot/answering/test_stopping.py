from __future__ import annotations

import asyncio

import pytest

from bot.answering.stopping import unless


async def test_what_is_done_in_time_is_given() -> None:
    async def work() -> int:
        return 3

    assert await unless(asyncio.Event(), work()) == 3


async def test_a_stop_cancels_the_work() -> None:
    stop, cancelled = asyncio.Event(), asyncio.Event()

    async def work() -> int:
        stop.set()
        try:
            await asyncio.Event().wait()
            return 3
        finally:
            cancelled.set()

    assert await unless(stop, work()) is None
    assert cancelled.is_set()


async def test_its_error_comes_out_as_itself() -> None:
    async def work() -> None:
        raise LookupError("gone")

    with pytest.raises(LookupError, match="gone"):
        await unless(asyncio.Event(), work())


async def test_cancelling_the_caller_cancels_the_work() -> None:
    begun, ended = asyncio.Event(), asyncio.Event()

    async def work() -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    async with asyncio.TaskGroup() as group:
        caller = group.create_task(unless(asyncio.Event(), work()))
        await begun.wait()
        caller.cancel()
    assert ended.is_set()
