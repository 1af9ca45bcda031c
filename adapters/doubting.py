"""What to tell people of an answer that may not be relied on; that all is well goes without saying. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from adapters.parts import Ending


def doubt(ending: Ending) -> str | None:
    """Say what to make of an answer that is not valid; what is shown of it has passed by itself."""
    record = ending.verification
    if ending.verdict != "answered" or record is None or record.valid:
        return None
    if record.dropped:
        return (
            "Part of what was written is not in the sources and was left out. Check them before you rely on the rest."
        )
    return "The sources support this only loosely. Check them before you rely on it."
