"""``footnote inspect``: how a file is cut."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from adapters.escaping import safe_line
from bot.cli.kinds import kind
from bot.cli.output import say, say_json
from bot.cli.summaries import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from knowledge.base import Chunk, Document, Genre
    from knowledge.chunking import Chunked

_MARGIN = "   "


@click.command("inspect")
@click.argument("file", type=click.Path(path_type=Path, readable=False))
@click.option("--kind", "genre", callback=kind, metavar="KIND", help="Cut it as this kind of document, to try it.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def command(file: Path, genre: Genre | None, *, as_json: bool) -> None:
    """Show how a file is cut into chunks: its kind and why, and each chunk's headings, size and reason."""
    from bot.app import chunks_of

    if os.path.isdir(file):  # noqa: PTH112 - a Path raises where its folder may not be entered
        raise click.UsageError(f"{file} is a folder; name one file.")
    document, cut = asyncio.run(chunks_of(file, genre=genre))
    if as_json:
        say_json(_object(document, cut))
    else:
        _print(document, cut)


def _object(document: Document, cut: Chunked) -> dict[str, Any]:
    return {
        "document": document.id,
        "format": document.format,
        "kind": cut.genre,
        "because": cut.because,
        "title": cut.title,
        "left_out": list(cut.flags),
        "masked": cut.secrets,
        "signs": list(cut.signs),
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
    chunks = [_chunk(chunk) for chunk in cut.chunks]
    say(cut.title, "bold")
    if not document.content.strip():
        say("The file is empty.", "cyan")
        return
    say(f"{cut.genre}, because {cut.because}", "cyan")
    say(f"{document.format}, {_sizes(chunks)}", "dim")
    for flag in (*cut.flags, *_told(cut)):
        say(flag, "dim")
    for chunk in chunks:
        say()
        number = f"{chunk['number']}. "
        say(" › ".join(chunk["heading"]) or cut.title, "bold", first=number, margin=" " * len(number))
        size = f"{counted(chunk['tokens'], 'token')}, {counted(chunk['characters'], 'character')}"
        say("; ".join(part for part in (size, chunk["why"]) if part), "dim", margin=_MARGIN)
        say(chunk["text"], margin=_MARGIN)


def _told(cut: Chunked) -> Iterator[str]:
    if cut.secrets:
        yield f"{counted(cut.secrets, 'secret')} masked"
    if cut.signs:
        yield f"contains text that gives orders to a language model, which Footnote does not follow: {_why(cut)}"


def _why(cut: Chunked) -> str:
    """Give each sign, with the sentence that shows it where a reader sees one."""
    from knowledge.tripwire import sentences

    shown = dict(found for chunk in reversed(cut.chunks) for found in sentences(chunk.searched))
    return "; ".join(f"{sign} (“{safe_line(shown[sign])}”)" if sign in shown else sign for sign in cut.signs)


def _sizes(chunks: Sequence[Mapping[str, Any]]) -> str:
    """Give how many chunks there are and how large, such as ``3 chunks of 12 to 93 tokens``."""
    sizes = sorted(chunk["tokens"] for chunk in chunks)
    if not sizes:
        return "no chunks"
    least = f"{sizes[0]:,} to " if sizes[0] < sizes[-1] else ""
    return f"{counted(len(sizes), 'chunk')} of {least}{counted(sizes[-1], 'token')}"
