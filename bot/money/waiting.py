"""Waiting for money that calls under way have set apart: who asks first tries first, and one at a time."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Final, TypeAlias
from weakref import WeakValueDictionary

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from bot.money.base import Holder

_LOOK: Final = 0.25
"""Seconds until it is tried again though nothing was freed here: other processes free something too."""

Key: TypeAlias = "tuple[Holder, str]"
"""The holder and name of a limit."""


class Lines:
    """A line of waiting calls for each limit, so that of two hundred that wait one tries, and not all."""

    def __init__(self) -> None:
        """Nobody waits. ``freed`` is set when money is freed next; whoever tries takes it before trying."""
        self._turns: WeakValueDictionary[Key, asyncio.Lock] = WeakValueDictionary()
        self.freed = asyncio.Event()

    def free(self) -> None:
        """Say that money was freed."""
        self.freed.set()
        self.freed = asyncio.Event()

    @asynccontextmanager
    async def turn(self, key: Key, until: float) -> AsyncGenerator[None]:
        """Wait for one's turn; raises TimeoutError at ``until``, by the clock of the loop."""
        lock = self._turns.setdefault(key, asyncio.Lock())
        async with asyncio.timeout_at(until):
            await lock.acquire()
        try:
            yield
        finally:
            lock.release()

    async def wait(self, freed: asyncio.Event, until: float) -> None:
        """Wait until ``freed`` is set, for a moment at most. Raises TimeoutError once it is ``until``."""
        clock = asyncio.get_running_loop().time
        if clock() >= until:
            raise TimeoutError
        with suppress(TimeoutError):
            async with asyncio.timeout_at(min(until, clock() + _LOOK)):
                await freed.wait()
