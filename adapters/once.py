"""What is said to somebody at most once in a while, as far as one process remembers."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Final, Generic, TypeVar

if TYPE_CHECKING:
    from adapters.clock import Clock

K = TypeVar("K")

_MOST: Final = 5_000
"""Things that are remembered; of so many, the oldest go first."""


class Once(Generic[K]):
    """Remembers for so many ``seconds`` what was said."""

    def __init__(self, clock: Clock, seconds: float) -> None:
        """Know nothing yet."""
        self._clock = clock
        self._seconds = seconds
        self._said: OrderedDict[K, float] = OrderedDict()

    def knows(self, key: K) -> bool:
        """Say whether it was said lately."""
        said = self._said.get(key)
        return said is not None and self._clock.now() - said < self._seconds

    def note(self, key: K) -> None:
        """Remember that it is said now."""
        self._said[key] = self._clock.now()
        self._said.move_to_end(key)
        while len(self._said) > _MOST:
            self._said.popitem(last=False)

    def first(self, key: K) -> bool:
        """Remember that it is said now, and say whether it was not lately."""
        known = self.knows(key)
        if not known:
            self.note(key)
        return not known
