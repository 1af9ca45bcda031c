"""Chunking: a document's bytes to chunks. Pure: no file, no network, no clock.

The format says how the bytes become an outline of sections and blocks: one line in ``_OUTLINES``. The kind of document
says how the outline is cut: ``judging`` chooses it, and ``cutting`` has its sizes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from knowledge.base import Chunk
from knowledge.chunking import html, markdown, text
from knowledge.chunking.cleaning import decoded, one_line, visible
from knowledge.chunking.covering import Cover
from knowledge.chunking.cutting import cut
from knowledge.chunking.judging import judged
from knowledge.chunking.outline import shortened
from knowledge.tripwire import signs, spelled, unseen

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from knowledge.base import Document, Format, Genre
    from knowledge.chunking.outline import Outline
    from knowledge.chunking.packing import Packed
    from knowledge.tripwire import Sign

__all__ = ["VERSION", "Chunked", "chunked"]

VERSION = "4"
"""Part of every document's digest: raise it whenever the same bytes are cut otherwise, and a sync cuts them anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunked:
    """A document's chunks and its particulars: what it says of itself, else what its source says.

    ``because`` says why it was taken for that kind of document.
    ``flags`` are sentences on what was left out because no reader sees it, such as hidden elements.
    ``secrets`` is how many secrets were masked, and ``signs`` what of it looks like an order to a language model.
    """

    title: str
    genre: Genre
    because: str
    chunks: tuple[Chunk, ...]
    url: str | None = None
    publisher: str | None = None
    year: int | None = None
    tags: tuple[str, ...] = ()
    product: str | None = None
    version: str | None = None
    owner: str | None = None
    updated_at: datetime | None = None
    flags: tuple[str, ...] = field(default=())
    secrets: int = 0
    signs: tuple[Sign, ...] = ()


_OUTLINES: Mapping[Format, Callable[[Document], Outline]] = {
    "markdown": markdown.outline,
    "html": html.outline,
    "text": text.outline,
    "passage": text.passage,
}


def chunked(document: Document, edition: str, count: Callable[[str], int]) -> Chunked:
    """Read and cut a document; the same bytes always give the same chunks, and a blank document none.

    ``count`` gives the tokens of a text, for the kinds whose sizes are in tokens.
    Raises Unreadable where the bytes are not what the document's format says.
    """
    cover = Cover()
    outline = cover.outline(_OUTLINES[document.format](document))
    said = outline.particulars
    title = shortened(cover.text(one_line(said.title or document.title))) or document.id
    kind = judged(document, outline, title)
    packed = cut(kind.sections, kind.genre, count)
    shown = "" if title == document.id else title
    chunks = tuple(_chunk(piece, edition, at, shown) for at, piece in enumerate(packed))
    return Chunked(
        title=title,
        genre=kind.genre,
        because=kind.because,
        chunks=chunks,
        url=said.url or document.url,
        publisher=said.publisher or document.publisher,
        year=said.year or document.year,
        tags=said.tags or document.tags,
        product=said.product or document.product,
        version=said.version or document.version,
        owner=said.owner or document.owner,
        updated_at=said.updated_at or document.updated_at,
        flags=outline.flags,
        secrets=cover.found,
        signs=_signs(document, chunks),
    )


def _signs(document: Document, chunks: Sequence[Chunk]) -> tuple[Sign, ...]:
    """Look at what is read, and then at the source, whose comments and attributes nobody reads."""
    shown = tuple(dict.fromkeys(sign for chunk in chunks for sign in signs(chunk.searched)))
    source = decoded(document.content, document.id)
    return (*shown, *unseen(visible(source), spelled(source), shown))


def _chunk(packed: Packed, edition: str, ordinal: int, title: str) -> Chunk:
    """Name a chunk; a heading that repeats the title is not told twice, nor a title that only repeats an id at all."""
    path = packed.path[1:] if packed.path and packed.path[0].casefold() == title.casefold() else packed.path
    where = f"{_lines(*packed.lines)}: " if packed.lines else ""
    return Chunk(
        id=f"{edition}:{ordinal}",
        edition=edition,
        ordinal=ordinal,
        text=packed.text,
        searched="\n".join(part for part in (title, " › ".join(path), packed.text) if part),
        heading=path,
        anchor=packed.anchor,
        why=where + packed.why,
    )


def _lines(first: int, last: int) -> str:
    return f"line {first}" if first == last else f"lines {first}-{last}"
