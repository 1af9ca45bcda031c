"""``footnote migrate``: the bot's database to this version's schema."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import click

from bot.cli.output import say

if TYPE_CHECKING:
    from bot.settings import Settings


@click.command("migrate")
def command() -> None:
    """Bring the bot's database to this version's schema. Every command does so by itself; this one does only that."""
    from bot.migrating import HEAD
    from bot.settings import load

    say(f"{asyncio.run(_migrated(load()))} is at schema {HEAD}.")


async def _migrated(settings: Settings) -> str:
    """Open the database, which migrates it, and give its name."""
    from bot.database import Database

    async with Database(settings.database) as database:
        return database.name
