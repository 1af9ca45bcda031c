"""Who reads an answer, asked anew each time that something is about to be shown to them."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeAlias

import structlog

from adapters.audience import NOBODY
from knowledge.base import Scope

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection

    from adapters.base import Audience
    from bot.answering.searching import Catalog

Readers: TypeAlias = "Callable[[], Awaitable[Audience]]"
"""Says who reads at the answer's place now."""

AGAIN: Final = 5.0
"""Seconds after which they are asked again while an answer is being shown."""
_PATIENCE: Final = 5.0
"""Seconds that a platform has to say it."""


class Moved(Exception):
    """What an answer rests on may not be read any more by everyone who reads now; nothing of it was shown yet."""


@dataclass(slots=True, kw_only=True)
class Permission:
    """What the readers of one answer may read; ``seconds`` is a clock. Before ``ask`` that is nothing."""

    readers: Readers
    catalog: Catalog
    workspace: str
    seconds: Callable[[], float]
    _audience: Audience = field(default=NOBODY)
    _asked: float = field(default=0.0)

    @property
    def scope(self) -> Scope:
        """Give what every reader may read."""
        return Scope(workspace=self.workspace, principals=self._audience.everyone)

    @property
    def own(self) -> Scope | None:
        """Give what the asker may read alone; None where that is no more than everyone may."""
        if self._audience.own == self._audience.everyone:
            return None
        return Scope(workspace=self.workspace, principals=self._audience.own)

    @property
    def why(self) -> str | None:
        """Give why every reader may read only what is public, where that is so."""
        return self._audience.why

    async def ask(self) -> None:
        """Ask who reads now; where that cannot be found out in time, it is nobody."""
        self._audience = await audience_of(self.readers)
        self._asked = self.seconds()

    async def withheld(self, documents: Collection[str]) -> bool:
        """Whether one of these is kept from one of its readers, who are asked anew; or is there no more."""
        await self.ask()
        return not await self.open_to_all(documents)

    async def withheld_meanwhile(self, documents: Collection[str]) -> bool:
        """The same, where it was asked some seconds ago; until then what was true then is taken to be."""
        return self.seconds() - self._asked >= AGAIN and await self.withheld(documents)

    async def open_to_all(self, documents: Collection[str]) -> bool:
        """Whether every reader may read all of these, as far as was found out last."""
        return not documents or await self.catalog.readable(documents, self.scope) >= frozenset(documents)


async def audience_of(readers: Readers) -> Audience:
    """Ask who reads; where that cannot be found out in time, it is nobody."""
    try:
        async with asyncio.timeout(_PATIENCE):
            return await readers()
    except Exception:  # noqa: BLE001 -- a platform's library may raise anything
        structlog.get_logger().exception("the audience is not known, so nobody's knowledge is read")
        return NOBODY
