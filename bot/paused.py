"""The names by which an operator pauses a place: everything, a platform, a workspace or a channel. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from adapters.base import Place

EVERYTHING: Final = "all"
_PLATFORMS: Final = frozenset({"terminal", "slack", "discord"})
NAME: Final = re.compile(r"[a-z][a-z0-9_-]*(?::[^:\s]+(?::channel:[^:\s]+)?)?")
"""``all`` · ``slack`` · ``slack:T1`` (a workspace) · ``slack:C1`` or ``slack:T1:channel:C1`` (a channel)."""
LONGEST: Final = 255


def platform_of(name: str) -> str | None:
    """Give the platform that a name begins with, where it is neither everything nor one of those that we know."""
    platform = name.partition(":")[0]
    return None if platform in _PLATFORMS | {EVERYTHING} else platform


def names(place: Place) -> frozenset[str]:
    """Give every name that a pause of this place may have."""
    return frozenset(
        {EVERYTHING, place.platform, place.workspace, f"{place.platform}:{place.channel}", channel_name(place)}
    )


def channel_name(place: Place) -> str:
    """Give the name of a place's channel that no other channel has."""
    return f"{place.workspace}:channel:{place.channel}"
