"""A platform as it is, for whoever changes one thing of it."""

from __future__ import annotations

from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Self

from adapters.base import Adapter

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence
    from contextlib import AbstractAsyncContextManager

    from starlette.routing import BaseRoute

    from adapters.base import Audience, Desk, Journal, Notice, Person, Place, Question
    from adapters.messages import Said
    from adapters.parts import Part


class Wrapped(Adapter):
    """An adapter that does what another does."""

    def __init__(self, adapter: Adapter) -> None:
        """Wrap a platform."""
        self._adapter = adapter
        self.name = adapter.name
        self.anywhere = adapter.anywhere

    @property
    def routes(self) -> Sequence[BaseRoute]:  # type: ignore[override] # it is read, never set
        """Give the platform's addresses."""
        return self._adapter.routes

    async def __aenter__(self) -> Self:
        """Open the platform."""
        await self._adapter.__aenter__()
        return self

    async def __aexit__(self, *exc: object) -> None:
        """Close it."""
        await self._adapter.__aexit__(*exc)

    async def run(self, desk: Desk, /) -> None:
        """Take in."""
        await self._adapter.run(desk)

    async def reply(self, question: Question, parts: AsyncGenerator[Part], journal: Journal, /) -> None:
        """Show."""
        await self._adapter.reply(question, parts, journal)

    async def audience(self, place: Place, asker: Person, /) -> Audience:
        """Say who reads."""
        return await self._adapter.audience(place, asker)

    async def around(self, question: Question, /) -> Sequence[Said]:
        """Give what was said there."""
        return await self._adapter.around(question)

    async def notify(self, place: Place, notice: Notice, /) -> None:
        """Show a notice."""
        await self._adapter.notify(place, notice)


class Opening(Wrapped):
    """An adapter that needs something open, from before it is opened until after it was closed."""

    def __init__(self, adapter: Adapter, needed: AbstractAsyncContextManager[object]) -> None:
        """Wrap a platform, and what it needs, which is opened once."""
        super().__init__(adapter)
        self._needed = needed
        self._open = AsyncExitStack()

    async def __aenter__(self) -> Self:
        """Open both."""
        async with AsyncExitStack() as opened:
            await opened.enter_async_context(self._needed)
            await opened.enter_async_context(self._adapter)
            self._open = opened.pop_all()
        return self

    async def __aexit__(self, *exc: object) -> None:
        """Close both."""
        await self._open.aclose()
