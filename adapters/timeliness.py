"""Whether this machine's clock agrees with that of a server that answered."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Final

from adapters.found import Found

if TYPE_CHECKING:
    from adapters.clock import Clock

_AWAY: Final = 60.0
"""Seconds by which a clock may be wrong: both sides may err, and what platforms do by the clock allows for minutes."""


def timely(date: str, clock: Clock, whose: str, otherwise: str) -> Found:
    """Compare the time now with the ``Date`` of an answer; ``otherwise`` says what a wrong clock leads to."""
    try:
        theirs = parsedate_to_datetime(date).timestamp()
    except (TypeError, ValueError):
        return Found("clock", ok=True, told="The server says no time, so this machine's clock is not compared.")
    wrong = clock.now() - theirs
    if abs(wrong) <= _AWAY:
        return Found("clock", ok=True, told=f"This machine's clock agrees with {whose}.")
    told = (
        f"This machine's clock is {abs(wrong):,.0f} seconds {'ahead' if wrong > 0 else 'behind'}: it says "
        f"{datetime.fromtimestamp(clock.now(), UTC):%Y-%m-%d %H:%M:%S} UTC. Set it by NTP; {otherwise} otherwise."
    )
    return Found("clock", ok=False, told=told)
