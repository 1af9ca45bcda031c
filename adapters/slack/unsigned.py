"""Tells an operator of requests that fail the check of Slack's signature: people see nothing of these, only silence."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

import structlog

if TYPE_CHECKING:
    from collections.abc import Callable

    from adapters.clock import Clock

_MOST: Final = 300.0
"""Seconds that a signature is good for, before and after its time."""
_MINUTE: Final = 60.0
_BARE: Final = "a request carries no signature of Slack's; where it is Slack's, does a proxy drop its headers?"
_LATE: Final = "a request was signed at another time than this machine's clock shows; is the clock right?"
_FALSE: Final = "a request was not signed with SLACK_SIGNING_SECRET; is it the app's?"
_log = structlog.get_logger()


class Unsigned:
    """Says each of these things once a minute at most: anybody may send such requests, as many as they like."""

    def __init__(self, clock: Clock, wall: Callable[[], float] = time.time) -> None:
        """Have said nothing yet; ``wall`` is the clock that signatures are compared with, which may be set."""
        self._clock = clock
        self._wall = wall
        self._said: dict[str, float] = {}

    def bare(self) -> None:
        """Tell of a request without a signature."""
        self._warn(_BARE)

    def refused(self, stamp: int) -> None:
        """Tell of a request whose signature was refused; ``stamp`` says when it was signed, in seconds since 1970."""
        away = self._wall() - stamp
        if abs(away) > _MOST:
            self._warn(_LATE, seconds=round(away))
        else:
            self._warn(_FALSE)

    def _warn(self, said: str, **more: int) -> None:
        now = self._clock.now()
        if now - self._said.get(said, -_MINUTE) >= _MINUTE:
            self._said[said] = now
            _log.warning(said, **more)
