"""When something elsewhere is left alone for a while, so that not every question waits for it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    from knowledge.errors import KnowledgeError

_FAILURES: Final = 3
"""In a row, before it is left alone: each has been tried again already, within its own bounds."""
_SECONDS: Final = 15.0
"""After which one more is tried, and its failure is enough for as long a rest again."""


class Rest:
    """Counts failures in a row; ``error`` is the last one, while what failed rests."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        """``clock`` gives seconds that only rise."""
        self._clock = clock
        self._failures = 0
        self._until = 0.0
        self._error: KnowledgeError | None = None

    @property
    def error(self) -> KnowledgeError | None:
        """Give why it rests; None where it may be tried."""
        return self._error if self._clock() < self._until else None

    def failed(self, error: KnowledgeError) -> None:
        """Note a failure."""
        self._failures += 1
        self._error = error
        if self._failures >= _FAILURES:
            self._until = self._clock() + _SECONDS

    def worked(self) -> None:
        """Note a success: what failed before counts no more."""
        self._failures, self._error = 0, None
