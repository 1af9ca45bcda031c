"""Logs, as the settings want them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.settings import Settings


def logged(settings: Settings) -> None:
    """Let this process log as the settings say."""
    from bot.ops.logs import configure

    configure(level=settings.log_level, form=settings.log_format)
