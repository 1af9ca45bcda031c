"""``footnote chat``: the bot in this terminal."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import click

from bot.cli.output import tell

if TYPE_CHECKING:
    from bot.settings import Settings


@click.command("chat")
def command() -> None:
    """Talk with the bot in this terminal, or answer each line of a pipe.

    Where nothing is synced yet, its own manual is, so that there is something to ask about.
    """
    from bot.settings import load

    settings = load()
    _sync_manual_if_empty(settings)
    asyncio.run(_chat(settings))


def _sync_manual_if_empty(settings: Settings) -> None:
    """Give a newcomer something to ask about."""
    from bot.app import files, manual, synced
    from bot.cli.progress import shown
    from bot.cli.summaries import counted

    if asyncio.run(_holds_something(settings)):
        return
    tell("Nothing is synced yet, so the manual of Footnote is read first; footnote sync PATH adds your own documents.")
    source = files(manual(), readers=frozenset({settings.team}), name="manual")
    with shown(quiet=False) as progress:
        summary = asyncio.run(synced(settings, [source], progress=progress))
    tell(f"Read {counted(summary.added, 'page')} in {summary.seconds:.1f} s.")


async def _holds_something(settings: Settings) -> bool:
    from bot.app import knowledge
    from bot.cli.emptiness import is_empty

    async with knowledge(settings) as known:
        return not await is_empty(known.catalog, settings.team)


async def _chat(settings: Settings) -> None:
    from bot.app import service, terminal
    from bot.cli.person import user

    await service(settings, terminal(settings, user=user()))
