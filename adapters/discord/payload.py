"""What stands in Discord's JSON: its ids, and the times within them; what is of another kind reads as empty. Pure."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Final

from adapters.payload import at

_IDENT: Final = re.compile(r"[1-9][0-9]{0,19}")
_LARGEST: Final = 2**64
_SURE: Final = 20
"""Digits from which on a number may be too large."""
_EPOCH: Final = 1_420_070_400_000
"""Milliseconds since 1970 when Discord's time begins."""
_TIME_BITS: Final = 22
EPHEMERAL: Final = 1 << 6
"""The flag of a message that one person alone sees."""


def ident(given: object, *path: str) -> str:
    """Give an id of Discord's: a decimal number as a string; other servers give the number itself, too."""
    found = at(given, *path)
    if not isinstance(found, str):
        found = str(found) if isinstance(found, int) and not isinstance(found, bool) else ""
    return found if _IDENT.fullmatch(found) and (len(found) < _SURE or int(found) < _LARGEST) else ""


def number(given: object, *path: str, otherwise: int = 0) -> int:
    """Give a whole number."""
    found = at(given, *path)
    return found if isinstance(found, int) and not isinstance(found, bool) else otherwise


def moment(snowflake: str) -> float:
    """Give the seconds since 1970 at which an id was given out; an empty one is the beginning of Discord's time."""
    return ((int(snowflake or 0) >> _TIME_BITS) + _EPOCH) / 1_000


def when(snowflake: str) -> datetime:
    """Give the time at which an id was given out."""
    return datetime.fromtimestamp(moment(snowflake), UTC)


def snowflake(seconds: float) -> str:
    """Give the least id that may be given out at a time, in seconds since 1970."""
    return str(max(0, int(seconds * 1_000) - _EPOCH) << _TIME_BITS)
