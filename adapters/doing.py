"""What the bot does now, in words for whoever waits. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from adapters.parts import Status


def doing(status: Status) -> str:
    """Say it as it follows the bot's name and "is"."""
    match status.doing:
        case "searching":
            return "searching…"
        case "reading":
            return f"reading {status.sources} {'source' if status.sources == 1 else 'sources'}…"
        case "writing":
            return "writing…"
