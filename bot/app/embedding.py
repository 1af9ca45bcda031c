"""Embedders, each opened once and under the name that the settings know it by."""

from __future__ import annotations

from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING, Final, Self

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from bot.money.base import Ledger
    from bot.money.embedding import Paying
    from bot.settings import Settings
    from knowledge.base import Embedder, VectorSpec

READER: Final = "minilm"
"""What reads sentences where the embedder of the settings is none of this machine: they are too many to pay for."""


class Embedders:
    """Those that were asked for, open until the end of the context.

    One behind an endpoint is paid for by the workspace, from ``ledger`` or from a ledger that is opened for it.
    """

    def __init__(self, settings: Settings, ledger: Ledger | None = None) -> None:
        """Open nothing yet."""
        self._settings = settings
        self._ledger = ledger
        self._stack = AsyncExitStack()
        self._open: dict[tuple[str, int | None], Embedder] = {}

    async def __aenter__(self) -> Self:
        """Give itself."""
        return self

    async def __aexit__(self, *exc: object) -> None:
        """Close all connections."""
        await self._stack.aclose()

    async def wanted(self) -> Embedder:
        """Give the embedder of the settings. Raises KnowledgeError, and BadSettings where they do not suffice."""
        return await self.named(self._settings.embedder)

    async def named(self, name: str, spec: VectorSpec | None = None) -> Embedder:
        """Give one by its name; ``spec`` is of vectors that it made earlier. Raises as ``wanted``."""
        from knowledge import embedders

        if name in embedders.names():
            return self._local(name)
        key = (name, spec.dimensions if spec else self._settings.embedding_dimensions)
        if key not in self._open:
            self._open[key] = await self._endpoint(name, spec)
        return self._open[key]

    def reader(self) -> Embedder:
        """Give the one that reads sentences: the settings' own if it is of this machine."""
        from knowledge import embedders

        name = self._settings.embedder
        return self._local(name if name in embedders.names() else READER)

    def _local(self, name: str) -> Embedder:
        if (name, None) not in self._open:
            self._open[name, None] = embedder_of(self._settings, name)
        return self._open[name, None]

    async def _endpoint(self, name: str, spec: VectorSpec | None) -> Embedder:
        import secrets

        from bot.embedding import earlier, endpoint
        from knowledge.endpoint.embedder import opened

        found = endpoint(self._settings) if name == self._settings.embedder else None
        if found is None and spec is not None:
            found = earlier(self._settings, spec)
        if found is None:
            raise ValueError(name)
        paid, run = await self._paying(), secrets.token_hex(8)
        meter = paid.meter(found, self._settings.team, run)
        length = spec.dimensions if spec else None
        embedder = await self._stack.enter_async_context(opened(found, length=length, meter=meter))
        return paid.by_workspace(self._settings.team, run)(embedder)

    async def _paying(self) -> Paying:
        if self._ledger is None:
            self._ledger = await self._stack.enter_async_context(_ledger(self._settings))
        return paying(self._settings, self._ledger)


def paying(settings: Settings, ledger: Ledger) -> Paying:
    """Let embedders be paid for, at the prices that are known. Raises BadSettings where that of a wanted one is not."""
    from bot.embedding import price_of
    from bot.money.embedding import Paying

    return Paying(ledger=ledger, price_of=price_of(settings))


@asynccontextmanager
async def _ledger(settings: Settings) -> AsyncGenerator[Ledger]:
    """Open the ledger for a command that answers nothing."""
    from bot.database import Database
    from bot.money.ledger import SqlLedger
    from bot.plans import Plans

    plans = Plans(settings.money, settings.plans, settings.workspaces)
    async with Database(settings.database) as database:
        ledger = SqlLedger(database, plans.limits, wait_seconds=settings.money.wait_seconds)
        async with ledger.running():
            yield ledger


def embedder_of(settings: Settings, name: str) -> Embedder:
    """Load an embedder of this machine."""
    from knowledge import embedders

    return embedders.load(name, settings.home)
