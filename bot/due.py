"""What is to be done with a question when its turn has come. Pure; times are seconds since 1970."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

Step: TypeAlias = Literal["answer", "offer", "hold", "apologise", "give up"]

OLD: Final = 3_600.0
"""Seconds after which an asker is asked first: after an outage they may have found out, or given up."""

TRIES: Final = 5
"""Tries at an answer; then there is an apology instead, with as many tries again."""

_FIRST_PAUSE: Final = 2.0
_LONGEST_PAUSE: Final = 300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What counts: how often it was claimed, this time included; when it was asked; what was posted and said since.

    ``begun``: part of an answer may be posted already · ``paused``: an operator paused its place.
    """

    attempts: int
    asked_at: float
    begun: bool
    wanted: bool
    stopped: bool
    paused: bool = False


def step(case: Case, now: float, *, tries: int = TRIES) -> Step:
    """Say what to do. Whatever was begun is brought to its end, and what was stopped has nothing left to ask."""
    if case.attempts > 2 * tries:
        return "give up"
    if case.attempts > tries:
        return "apologise"
    if case.paused and not (case.begun or case.stopped):
        return "hold"
    old = now - case.asked_at > OLD
    return "offer" if old and not (case.begun or case.wanted or case.stopped) else "answer"


def pause(attempts: int) -> float:
    """Give the seconds until a reply that failed is tried again: 2, 8, 32, 128, then 300."""
    return float(min(_LONGEST_PAUSE, _FIRST_PAUSE * 4 ** (min(attempts, 10) - 1)))


def ago(seconds: float) -> str:
    """Say how long ago something was, in the largest whole unit."""
    for size, unit in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= size:
            count = int(seconds // size)
            return f"{count} {unit}{'' if count == 1 else 's'} ago"
    return "just now"
