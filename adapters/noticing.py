"""What nobody asked for is posted as answers are, but kept in no journal. Pure."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from adapters.base import Journal, Person, Question

if TYPE_CHECKING:
    from collections.abc import Sequence

    from adapters.base import Place, Posted


class Unkept(Journal):
    """The journal of what is posted without a question, and not taken up."""

    earlier: Sequence[Posted] = ()
    unsure = False

    def __init__(self, name: str) -> None:
        """Be told apart from other posts by ``name``."""
        self._name = name

    async def before(self, part: int, /) -> str:
        """Give a key by which a post is found again, as long as this process looks for it."""
        return f"{self._name}:{part}"[-25:]

    async def after(self, posted: Posted, /) -> None:
        """Keep nothing."""


def unasked(place: Place, now: float) -> tuple[Question, Journal]:
    """Give what stands for a question where there is none; ``now`` is in seconds since 1970."""
    question = Question(
        id=f"{place.platform}:notice:{now:.6f}",
        conversation=f"{place.platform}:notice",
        place=place,
        asker=Person(id="", name=""),
        text="",
        asked_at=datetime.fromtimestamp(now, UTC),
    )
    return question, Unkept(f"{now:.6f}")
