from __future__ import annotations

import asyncio

import pytest

from knowledge.owning import beside


async def test_work_ends_with_the_body() -> None:
    begun, ended = asyncio.Event(), asyncio.Event()

    async def work() -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    async with beside([work()]):
        await begun.wait()
        assert not ended.is_set()
    assert ended.is_set()


async def test_an_error_of_the_body_comes_out_as_itself() -> None:
    with pytest.raises(LookupError, match="mine"):
        async with beside([asyncio.Event().wait()]):
            raise LookupError("mine")


async def test_an_error_of_the_work_ends_the_body() -> None:
    async def broken() -> None:
        raise OSError("gone")

    with pytest.raises(ExceptionGroup) as raised:
        async with beside([broken()]):
            await asyncio.Event().wait()
    assert raised.group_contains(OSError, match="gone")


async def test_what_is_added_is_waited_for() -> None:
    done = []

    async def added() -> None:
        await asyncio.sleep(0)
        done.append(True)

    async with beside(()) as owner:
        owner.create_task(added())
    assert done == [True]
