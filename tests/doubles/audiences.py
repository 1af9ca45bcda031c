"""Who reads, where a test says it once and for all, and a recall that withholds only what such readers may not read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.recall import Recall
from tests.doubles.adapters import RecordingAdapter

if TYPE_CHECKING:
    from collections.abc import Collection

    from adapters.base import Audience
    from bot.answering.permission import Readers
    from bot.turns import Turns


def always(audience: Audience) -> Readers:
    """Give the same readers each time that they are asked for."""

    async def readers() -> Audience:
        return audience

    return readers


def recall(turns: Turns, *, hidden: Collection[str] = ()) -> Recall:
    """Everybody may read every document but the hidden ones."""

    async def readable(documents: Collection[str], principals: frozenset[str]) -> frozenset[str]:
        return frozenset(documents) - frozenset(hidden)

    return Recall(turns=turns, adapters={"terminal": RecordingAdapter()}, readable=readable)
