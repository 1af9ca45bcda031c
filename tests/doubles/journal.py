"""A journal in memory, which a test may put into the state that a killed process left."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.base import Journal, LeaseLost

if TYPE_CHECKING:
    from collections.abc import Sequence

    from adapters.base import Posted


class Remembering(Journal):
    """Keeps intents and outcomes; ``lost`` makes the next intent raise LeaseLost."""

    def __init__(self, *earlier: Posted, unsure: bool = False, question: str = "q1") -> None:
        self.earlier: Sequence[Posted] = earlier
        self.unsure = unsure
        self.lost = False
        self.intents: list[int] = []
        self.outcomes: list[Posted] = []
        self._question = question

    async def before(self, part: int, /) -> str:
        if self.lost:
            raise LeaseLost
        if part not in self.intents:
            self.intents.append(part)
        return f"{self._question}:{part}"[:25]

    async def after(self, posted: Posted, /) -> None:
        if self.lost:
            raise LeaseLost
        self.outcomes.append(posted)
