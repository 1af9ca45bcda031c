"""What looking at the way to a platform finds."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that was looked at: ``told`` says how it is, and where it is not ``ok``, what to do about it."""

    what: str
    ok: bool
    told: str
