"""What stands in Slack's JSON: its ids and its timestamps; what is missing or of another kind reads as empty. Pure."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Final

from adapters.payload import text

_IDENT: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
_MOMENT: Final = re.compile(r"[0-9]{1,10}(?:\.[0-9]{1,9})?")


def ident(given: object, *path: str) -> str:
    """Give an id of Slack's, which may stand in ids of ours: no colon, no space."""
    found = text(given, *path)
    return found if _IDENT.fullmatch(found) else ""


def moment(given: object, *path: str) -> str:
    """Give a timestamp as Slack writes it, such as ``1700000000.000100``, which names a message in its channel."""
    found = text(given, *path)
    return found if _MOMENT.fullmatch(found) else ""


def direct(channel: str) -> bool:
    """Whether a channel is the direct messages of one person, by its id."""
    return channel.startswith("D")


def when(stamp: str) -> datetime:
    """Give the time of a timestamp that ``moment`` gave; an empty one is the beginning of time."""
    return datetime.fromtimestamp(float(stamp or 0), UTC)
