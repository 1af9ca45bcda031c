"""``footnote forget``: a source out of the knowledge."""

from __future__ import annotations

import asyncio
import sys

import click

from adapters.escaping import safe_line
from bot.cli.output import say, tell
from bot.cli.summaries import counted


@click.command("forget")
@click.argument("names", nargs=-1, required=True, metavar="NAME...")
@click.option("--yes", is_flag=True, help="Do not ask first.")
@click.pass_context
def command(ctx: click.Context, names: tuple[str, ...], *, yes: bool) -> None:
    """Remove all documents of these sources at once. footnote sources lists them; the files themselves stay."""
    from bot.app import forgotten, sources
    from bot.settings import load

    settings = load()
    called = " and ".join(map(safe_line, dict.fromkeys(names)))
    known = {source.name for source in asyncio.run(sources(settings))}
    if not yes and known.issuperset(names) and not _agreed(called):  # a wrong name is told below, unasked
        tell("Nothing was forgotten.")
        ctx.exit(1)
    documents = asyncio.run(forgotten(settings, frozenset(names)))
    say(f"Forgot {called}: {counted(documents, 'document')}.")


def _agreed(called: str) -> bool:
    """Ask the person at the terminal; where there is none, nobody can agree."""
    if not sys.stdin.isatty():
        raise click.UsageError("There is no terminal to ask at; say --yes to forget without being asked.")
    return click.confirm(f"Forget all documents of {called}?", err=True)
