"""Until when a stream's next sign of life must come. Pure: the clock is passed in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.models.endpoint import Timeouts

_REPORT: Final = 2.0
"""Seconds for a report that comes after the last word."""


class Patience:
    """Begins with a call, is renewed by each sign of life, and ends with the time of the whole call in any case."""

    def __init__(self, timeouts: Timeouts, clock: Callable[[], float]) -> None:
        """``clock`` gives seconds that only rise; the first token's time runs from now on."""
        self._timeouts = timeouts
        self._clock = clock
        self._end = clock() + timeouts.total
        self._next = clock() + timeouts.first_token

    @property
    def until(self) -> float:
        """When patience ends, by the clock."""
        return min(self._next, self._end)

    def renew(self) -> None:
        """Wait anew: the model was heard."""
        self._next = self._clock() + self._timeouts.idle

    def end_soon(self) -> None:
        """Wait for no more than the report of what was used: the answer is whole."""
        self._end = min(self._end, self._clock() + _REPORT)
