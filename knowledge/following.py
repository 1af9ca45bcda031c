"""What other processes publish, read ahead in the background, so that no question has to wait for it."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Final, Protocol, runtime_checkable

from knowledge.errors import KnowledgeError
from knowledge.owning import beside

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from knowledge.serving import Serving

_PAUSE: Final = 0.5
"""Seconds between two looks, each of which costs microseconds where nothing was written."""


@runtime_checkable
class Ahead(Protocol):
    """An index that keeps what answers in memory."""

    async def read_ahead(self, workspace: str, /) -> None:
        """Read what was published since; raises KnowledgeError."""
        ...


@asynccontextmanager
async def following(serving: Serving, *, pause: float = _PAUSE) -> AsyncGenerator[None]:
    """Look every ``pause`` seconds for a publication while the body runs, at once for the first time."""
    async with beside([_follow(serving, pause)]):
        yield


async def _follow(serving: Serving, pause: float) -> None:
    while True:
        with suppress(KnowledgeError):  # a search meets the same, and says so to whoever asked
            index = (await serving.now()).index
            if isinstance(index, Ahead):
                await index.read_ahead(serving.workspace)
        await asyncio.sleep(pause)
