"""``footnote invite``: how somebody lets the bot in."""

from __future__ import annotations

import asyncio

import click

from bot.cli.output import say


@click.group("invite")
def command() -> None:
    """Print the link that adds the bot to a server."""


@command.command("discord")
def discord() -> None:
    """Print the link that adds the bot to a server of Discord.

    Whoever opens it needs the permission Manage Server there. It asks for no more permissions than the bot uses.
    """
    from bot.app import discord_invitation
    from bot.settings import load

    say(asyncio.run(discord_invitation(load())))
