"""What is done beside replies and that none of them waits for; it has an owner, and an end with it."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Final, Self

import structlog

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Coroutine

_log: structlog.stdlib.BoundLogger = structlog.get_logger()
_GRACE: Final = 2.0
"""Seconds that what is under way has in the end."""


class Errands:
    """Tasks of which none fails another. While it is not open there are none: nothing depends on them."""

    def __init__(self) -> None:
        """Be closed."""
        self._group: asyncio.TaskGroup | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._group = await asyncio.TaskGroup().__aenter__()
        return self

    async def __aexit__(self, *exc: object) -> None:
        group, self._group = self._group, None
        if group is None:
            return
        try:
            if self._tasks:
                await asyncio.wait(self._tasks, timeout=_GRACE)
        finally:
            for task in self._tasks:
                task.cancel()
            await group.__aexit__(None, None, None)

    def start(self, errand: Coroutine[Any, Any, None]) -> None:
        """Begin one."""
        if self._group is None:
            errand.close()
            return
        task = self._group.create_task(_harmless(errand))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


async def _harmless(errand: Coroutine[Any, Any, None]) -> None:
    try:
        await errand
    except Exception:  # noqa: BLE001 - nothing depends on it, whatever it was
        _log.exception("an errand failed")


@asynccontextmanager
async def together() -> AsyncGenerator[asyncio.TaskGroup]:
    """Own tasks of which none raises, and let what the body raises out as it is."""
    try:
        async with asyncio.TaskGroup() as group:
            yield group
    except BaseExceptionGroup as failed:
        raise failed.exceptions[0] from None
