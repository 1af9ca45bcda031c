"""When a conversation may show more, where all of a workspace share what a platform allows. Pure: time is passed in.

A budget is a bucket that refills evenly and holds few, so that no stretch of time of its length ever sees more calls
than it allows, whenever that stretch begins. Whoever waits longest goes first, but a first sign goes before all.
Times are seconds of any clock that does not go back.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Hashable

_GRACE: Final = 2.0
"""Seconds after its time for which somebody who waited keeps a place before others."""
_ROUNDING: Final = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """``calls`` in any ``seconds``, of which ``burst`` may come at once."""

    calls: int
    burst: int
    seconds: float = 60.0

    @property
    def rate(self) -> float:
        """Calls a second, once the burst is used."""
        return (self.calls - self.burst) / self.seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How often one conversation shows more: after ``seconds``, or ``soon`` once ``characters`` wait.

    Where so many stream that each could show more only every ``worth`` seconds, another is better posted whole.
    """

    seconds: float = 3.0
    soon: float = 1.0
    characters: int = 400
    worth: float = 30.0


class Bucket:
    """What is left of a budget now."""

    def __init__(self, budget: Budget, now: float) -> None:
        """Begin with the burst. Raises ValueError for a budget that never refills."""
        if not 0 < budget.burst < budget.calls:
            raise ValueError("A burst is at least one call, and fewer than the budget.")
        self._budget = budget
        self._left = float(budget.burst)
        self._at = now

    def ready(self, now: float, count: int = 1) -> float:
        """Say in how many seconds so many calls may be made, one after the other; 0 is now."""
        self._refill(now)
        resting = max(0.0, self._at - now)
        missing = count - self._left - _ROUNDING
        return resting + max(0.0, missing / self._budget.rate)

    def take(self, now: float) -> bool:
        """Count one call, where it may be made now."""
        if self.ready(now) > 0:
            return False
        self._left -= 1
        return True

    def told(self, now: float, remaining: int, seconds: float) -> None:
        """Heed what the platform says: so many calls are left for so many seconds."""
        self._refill(now)
        self._left = min(self._left, float(remaining))
        if remaining <= 0:
            self.refused(now, seconds)

    def refused(self, now: float, seconds: float) -> None:
        """Heed a refusal: one call in so many seconds, and none before."""
        self._refill(now)
        self._left = min(self._left, 1.0)
        self._at = max(self._at, now + max(0.0, seconds))

    def _refill(self, now: float) -> None:
        if now > self._at:
            self._left = min(float(self._budget.burst), self._left + (now - self._at) * self._budget.rate)
            self._at = now


@dataclass(slots=True)
class _Stream:
    """One conversation: when it last showed more, and until when it keeps its place among those that wait."""

    last: float | None = None
    waits_until: float | None = None

    @property
    def order(self) -> float:
        return float("-inf") if self.last is None else self.last


class Pacer:
    """Shares budgets among the streams of one workspace: to begin one, to show more in it, to end it."""

    def __init__(
        self, *, opening: Budget, showing: Budget, closing: Budget, now: float, pace: Pace | None = None
    ) -> None:
        """Begin with full buckets."""
        self._pace = pace or Pace()
        self._opening = Bucket(opening, now)
        self._closing = Bucket(closing, now)
        self.showing = Bucket(showing, now)
        self._rate = showing.rate
        self._streams: dict[Hashable, _Stream] = {}

    def open(self, conversation: Hashable, now: float) -> bool:
        """Begin a stream, and count that, or say that one post at the end is better."""
        if (len(self._streams) + 1) / self._rate > self._pace.worth or not self._opening.take(now):
            return False
        self._streams[conversation] = _Stream()
        return True

    def show(self, conversation: Hashable, characters: int, now: float) -> float:
        """Say in how many seconds to ask again whether more may be shown; 0 is now, and counted.

        ``characters`` are those that wait. Raises KeyError for a conversation that has no stream.
        """
        stream = self._streams[conversation]
        if (early := self._due(stream, characters) - now) > 0:
            stream.waits_until = None
            return early
        wait = self.showing.ready(now, self._ahead(stream, now) + 1)
        if wait > 0 or not self.showing.take(now):
            stream.waits_until = now + wait + _GRACE
            return wait
        stream.last, stream.waits_until = now, None
        return 0.0

    def close(self, conversation: Hashable, now: float) -> float:
        """Say in how many seconds to ask again whether the stream may be ended; 0 is now, and counted."""
        self._streams.pop(conversation, None)
        wait = self._closing.ready(now)
        return wait if wait > 0 or not self._closing.take(now) else 0.0

    def _due(self, stream: _Stream, characters: int) -> float:
        if stream.last is None:
            return stream.order
        return stream.last + (self._pace.soon if characters >= self._pace.characters else self._pace.seconds)

    def _ahead(self, stream: _Stream, now: float) -> int:
        """Count those that wait and showed nothing for longer."""
        return sum(
            other is not stream
            and other.waits_until is not None
            and other.waits_until >= now
            and other.order < stream.order
            for other in self._streams.values()
        )
