"""Discord's double with somebody in a channel of a guild, the adapter that hears it, and what looks things up."""

from __future__ import annotations

from tests.adapters.discord_intake.conftest import anna, discord, general, guild, swift

__all__ = ["anna", "discord", "general", "guild", "swift"]
