"""How long Pinecone is waited for, and how often it is asked again. Pure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """All are seconds but ``tries`` and ``lanes``."""

    question: float = 1.8
    """What a search may take, with all tries and what they wait: then keywords alone answer."""
    start: float = 3.0
    """What the questions at the start and of the doctor may take."""
    sync: float = 60.0
    """What one request of a sync may take."""
    settling: float = 180.0
    """How long what was written may take to be seen; it is a few seconds mostly."""
    tries: int = 8
    """Times that a request is sent at most."""
    wait: float = 0.15
    """Between the first two tries; each further wait is twice as long."""
    longest_wait: float = 8.0
    lanes: int = 4
    """Requests of one sync at a time."""


def pause(patience: Patience, tried: int, asked: float | None, share: float) -> float:
    """Say how long to wait after so many tries; at least as long as the server asked for, where it did.

    ``share``, from 0 to 1, keeps processes that failed together from trying together: up to half of the wait.
    """
    grown: float = min(patience.longest_wait, patience.wait * 2.0 ** (tried - 1))
    own = grown * (1 - share / 2)
    return own if asked is None else max(asked, own)
