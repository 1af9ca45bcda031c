"""Chunking: a document's bytes to chunks, by its format. Pure: no file, no network, no clock.

A format is one line in ``_WAYS``: how its bytes become an outline of sections and blocks, and how those are cut.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from knowledge.base import Chunk
from knowledge.chunking import html, markdown, text
from knowledge.chunking.cleaning import one_line
from knowledge.chunking.outline import Outline, shortened
from knowledge.chunking.packing import pack
from knowledge.chunking.splitting import Policy
from knowledge.chunking.windows import PARAGRAPHS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from knowledge.base import Document, Format
    from knowledge.chunking.packing import Packed

__all__ = ["VERSION", "Chunked", "chunked"]

VERSION = "2"
"""Part of every document's digest: raise it whenever the same bytes are cut otherwise, and a sync cuts them anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunked:
    """A document's chunks and its particulars: what it says of itself, else what its source says.

    ``flags`` are sentences on what was left out because no reader sees it, such as hidden elements.
    """

    title: str
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


@dataclass(frozen=True, slots=True)
class _Way:
    outline: Callable[[Document], Outline]
    policy: Policy


_SECTIONS = Policy(limit=1200, whole=1600, small=150)
_WAYS: Mapping[Format, _Way] = {
    "markdown": _Way(markdown.outline, _SECTIONS),
    "html": _Way(html.outline, _SECTIONS),
    "text": _Way(text.outline, Policy(limit=512, whole=512, overlap=100, separators=PARAGRAPHS)),
    "passage": _Way(text.passage, Policy(limit=sys.maxsize, whole=sys.maxsize)),
}


def chunked(document: Document, edition: str) -> Chunked:
    """Read and cut a document; the same bytes always give the same chunks, and a blank document none.

    Raises Unreadable where the bytes are not what the document's format says.
    """
    way = _WAYS[document.format]
    outline = way.outline(document)
    said = outline.particulars
    title = shortened(one_line(said.title or document.title)) or document.id
    chunks = (_chunk(packed, edition, at, title) for at, packed in enumerate(pack(outline.sections, way.policy)))
    return Chunked(
        title=title,
        chunks=tuple(chunks),
        url=said.url or document.url,
        publisher=said.publisher or document.publisher,
        year=said.year or document.year,
        tags=said.tags or document.tags,
        product=said.product or document.product,
        version=said.version or document.version,
        owner=said.owner or document.owner,
        updated_at=said.updated_at or document.updated_at,
        flags=outline.flags,
    )


def _chunk(packed: Packed, edition: str, ordinal: int, title: str) -> Chunk:
    """Name a chunk; a heading that repeats the document's title is not told twice."""
    path = packed.path[1:] if packed.path and packed.path[0].casefold() == title.casefold() else packed.path
    where = f"lines {packed.lines[0]}-{packed.lines[1]}: " if packed.lines else ""
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
