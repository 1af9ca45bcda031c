"""``footnote sources``: what was synced, a source at a time."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import click

from adapters.escaping import safe_line
from bot.cli.output import say, say_json, tell
from bot.cli.summaries import counted

if TYPE_CHECKING:
    from knowledge.catalog import ListedSource


@click.command("sources")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def command(*, as_json: bool) -> None:
    """List the sources that answer: where each was read from, how much it holds, and who may read it."""
    from bot.app import sources
    from bot.settings import load

    listed = asyncio.run(sources(load()))
    if as_json:
        say_json({"sources": [_object(source) for source in listed]})
    elif listed:
        for source in listed:
            _print(source)
    else:
        tell("Nothing is synced yet: run footnote sync PATH")


def _object(source: ListedSource) -> dict[str, Any]:
    return {
        "name": source.name,
        "place": source.place,
        "documents": source.documents,
        "chunks": source.chunks,
        "newest": source.newest.isoformat() if source.newest else None,
        "readers": sorted(source.readers),
    }


def _print(source: ListedSource) -> None:
    newest = f"; newest {source.newest:%Y-%m-%d}" if source.newest else ""
    say(safe_line(source.name), "bold")
    say(f"   {counted(source.documents, 'document')}, {counted(source.chunks, 'chunk')}{newest}")
    if source.place:
        say(f"   from {safe_line(source.place)}")
    say(f"   read by {', '.join(map(safe_line, sorted(source.readers)))}", "dim")
