"""``footnote inspect``: how a file is cut."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bot.cli.output import say, say_json
from bot.cli.summaries import counted

if TYPE_CHECKING:
    from knowledge.base import Chunk, Document
    from knowledge.chunking import Chunked


@click.command("inspect")
@click.argument("file", type=click.Path(path_type=Path, readable=False))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def command(file: Path, *, as_json: bool) -> None:
    """Show how a file is cut into chunks: heading path, size, why it was cut there, and text."""
    from bot.app import chunks_of

    if os.path.isdir(file):  # noqa: PTH112 - a Path raises where its folder may not be entered
        raise click.UsageError(f"{file} is a folder; name one file.")
    document, cut = asyncio.run(chunks_of(file))
    if as_json:
        say_json(_object(document, cut))
    else:
        _print(document, cut)


def _object(document: Document, cut: Chunked) -> dict[str, Any]:
    return {
        "document": document.id,
        "kind": document.format,
        "title": cut.title,
        "left_out": list(cut.flags),
        "chunks": [_chunk(chunk) for chunk in cut.chunks],
    }


def _chunk(chunk: Chunk) -> dict[str, Any]:
    from knowledge.tokens import count

    return {
        "number": chunk.ordinal + 1,
        "heading": list(chunk.heading),
        "anchor": chunk.anchor,
        "tokens": count(chunk.searched),
        "characters": len(chunk.text),
        "why": chunk.why,
        "text": chunk.text,
    }


def _print(document: Document, cut: Chunked) -> None:
    say(f"{cut.title} ({document.format}): {counted(len(cut.chunks), 'chunk')}", "bold")
    for flag in cut.flags:
        say(flag, "dim")
    for chunk in map(_chunk, cut.chunks):
        path = " › ".join([cut.title, *chunk["heading"]])
        say()
        say(f"{chunk['number']}. {path}", "bold")
        size = f"{counted(chunk['tokens'], 'token')}, {counted(chunk['characters'], 'character')}"
        say(f"   {size}; {chunk['why']}" if chunk["why"] else f"   {size}", "dim")
        say("\n".join(f"   {line}" if line else "" for line in chunk["text"].splitlines()))
