"""``footnote migrate``: the bot's database to this version's schema."""

from __future__ import annotations

import click

from bot.cli.output import say


@click.command("migrate")
def command() -> None:
    """Bring the bot's database to this version's schema. Every command does so by itself; this one does only that."""
    from bot.migrating import HEAD, migrate
    from bot.settings import load

    path = load().bot_database
    migrate(path)
    say(f"{path} is at schema {HEAD}.")
