"""Tasks that live as long as a body of code does."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Coroutine, Iterable


@asynccontextmanager
async def beside(work: Iterable[Coroutine[Any, Any, object]]) -> AsyncGenerator[asyncio.TaskGroup]:
    """Run these while the body runs, and cancel them at its end; give their owner, for more of them.

    An error of the body comes out as itself, where a TaskGroup alone would put it into a group. An error of the work
    cancels the body and comes out in a group.
    """
    failed: Exception | None = None
    async with asyncio.TaskGroup() as owner:
        tasks = [owner.create_task(each) for each in work]
        try:
            yield owner
        except Exception as error:  # noqa: BLE001 - raised below
            failed = error
        finally:
            for task in tasks:
                task.cancel()
    if failed is not None:
        raise failed
