"""A circuit breaker: it keeps callers from a service that fails, and lets one at a time find out whether it is back.

Pure: the clock is passed in. Nothing here waits, so whoever asks while it is open is told at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, Self, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable

State: TypeAlias = Literal["closed", "open", "half-open"]
Outcome: TypeAlias = Literal["succeeded", "failed", "abandoned"]
"""How a try ended; an abandoned one was stopped from outside, which says nothing about the service."""

FAILURES: Final = 5
REST: Final = 30.0
SUCCESSES: Final = 3


class Permit:
    """Leave for one try. Say once how it went; later words, and those of a permit that is out of date, do nothing.

    As a context manager it is abandoned where nothing was said, so that no try is ever left open.
    """

    __slots__ = ("_breaker", "_said", "_term")

    def __init__(self, breaker: Breaker, term: int) -> None:
        """Made by ``Breaker.admit`` alone; ``term`` counts the breaker's changes of state."""
        self._breaker = breaker
        self._term = term
        self._said = False

    def succeeded(self) -> None:
        """The service did its work."""
        self._end("succeeded")

    def failed(self) -> None:
        """The service did not."""
        self._end("failed")

    def abandoned(self) -> None:
        """Neither is known."""
        self._end("abandoned")

    def _end(self, outcome: Outcome) -> None:
        if not self._said:
            self._said = True
            self._breaker._ended(self._term, outcome)  # noqa: SLF001 - a permit is the breaker's own hand

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.abandoned()


class Breaker:
    """Opens after so many failures in a row, tries again after a rest, closes after so many successes in a row.

    While it is half-open one try runs at a time, and the first that fails opens it again.
    """

    def __init__(
        self,
        clock: Callable[[], float],
        *,
        failures: int = FAILURES,
        rest: float = REST,
        successes: int = SUCCESSES,
        changed: Callable[[State], None] | None = None,
    ) -> None:
        """``clock`` gives seconds that only rise; ``rest`` is in seconds.

        ``changed`` hears "open" when it opens and "closed" when it closes again, but nothing of tries in between that
        failed: an outage of an hour is one opening.
        """
        self._clock = clock
        self._failures = failures
        self._rest = rest
        self._successes = successes
        self._changed = changed
        self._term = 0
        self._row = 0
        """Failures in a row while it is closed, else successes."""
        self._until: float | None = None
        """When it admits a try again; None while it is closed."""
        self._trying = False

    @property
    def state(self) -> State:
        """How it is now."""
        if self._until is None:
            return "closed"
        return "open" if self._clock() < self._until else "half-open"

    @property
    def wait(self) -> float:
        """Seconds until it admits a try again; 0 unless it is open."""
        return 0.0 if self._until is None else max(0.0, self._until - self._clock())

    def admit(self) -> Permit | None:
        """Give leave for one try; None while it is open, and while a half-open one has its try under way."""
        state = self.state
        if state == "open" or self._trying:
            return None
        self._trying = state == "half-open"
        return Permit(self, self._term)

    def _ended(self, term: int, outcome: Outcome) -> None:
        if term != self._term:
            return
        if self._until is None:
            self._went(outcome)
        else:
            self._tried(outcome)

    def _went(self, outcome: Outcome) -> None:
        """Take in how a try ended while it was closed."""
        if outcome == "succeeded":
            self._row = 0
        elif outcome == "failed":
            self._row += 1
            if self._row >= self._failures:
                self._turn(self._clock() + self._rest)
                self._tell("open")

    def _tried(self, outcome: Outcome) -> None:
        """Take in how the one try of a half-open breaker ended."""
        self._trying = False
        if outcome == "failed":
            self._turn(self._clock() + self._rest)
        elif outcome == "succeeded":
            self._row += 1
            if self._row >= self._successes:
                self._turn(None)
                self._tell("closed")

    def _turn(self, until: float | None) -> None:
        self._term += 1
        self._row = 0
        self._trying = False
        self._until = until

    def _tell(self, state: State) -> None:
        if self._changed is not None:
            self._changed(state)
