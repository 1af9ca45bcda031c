"""Waits for what may take long, but no longer than a person wants it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Coroutine

Result = TypeVar("Result")


async def unless(stop: asyncio.Event, work: Coroutine[Any, Any, Result]) -> Result | None:
    """Give what the work gives, or None once a stop came first, with the work cancelled. Raises what the work does."""
    done: list[Result] = []
    failed: list[Exception] = []

    async def working() -> None:
        try:
            done.append(await work)
        except Exception as error:  # noqa: BLE001 - raised below, where a TaskGroup would put it into a group
            failed.append(error)

    async with asyncio.TaskGroup() as owner:
        tasks = (owner.create_task(working()), owner.create_task(stop.wait()))
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in tasks:
            task.cancel()
    if failed:
        raise failed[0]
    return done[0] if done else None
