from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.doubles.chats import Chats
from tests.doubles.wire import listening

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from tests.doubles.wire import Wire


@pytest.fixture
async def chats() -> AsyncGenerator[Chats]:
    chats = Chats()
    yield chats
    for chat in chats.made:
        await chat.aclose()


@pytest.fixture
async def wire() -> AsyncGenerator[Wire]:
    async with listening() as wire:
        yield wire
