"""A file that came with a message, cut into passages like a document; it is none, and nothing of it is kept. Pure."""

from __future__ import annotations

import csv
import hashlib
from itertools import islice
from typing import TYPE_CHECKING, Final

from knowledge.base import PUBLIC, Document, Passage
from knowledge.chunking import chunked
from knowledge.chunking.cleaning import decoded, one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from knowledge.base import Format

_FORMATS: Final[Mapping[str, Format]] = {
    "text/markdown": "markdown",
    "text/plain": "text",
    "text/csv": "markdown",
    "text/html": "html",
}
_ROWS: Final = 2_000
_COLUMNS: Final = 50
_NAME: Final = 200
_SOURCE: Final = "around"


def attached(  # noqa: PLR0913 - what is known of a file
    content: bytes, *, file: str, name: str, media: str, url: str | None, at: datetime, count: Callable[[str], int]
) -> tuple[Passage, ...]:
    """Cut a file; one of a media type that is not known gives nothing. Raises Unreadable where it is not what it says.

    ``count`` gives the tokens of a text.
    """
    format_ = _FORMATS.get(media)
    if format_ is None:
        return ()
    name = one_line(name)[:_NAME] or file
    if media == "text/csv":
        content = _table(decoded(content, name)).encode()
    # Nobody searches it, so nobody's rights are asked of it: who reads the thread reads the file.
    readers = frozenset({PUBLIC})
    document = Document(
        id=file, source=_SOURCE, format=format_, content=content, title=name, readers=readers, url=url, updated_at=at
    )
    cut = chunked(document, f"{file}:{hashlib.blake2b(content, digest_size=8).hexdigest()}", count)
    return tuple(
        Passage(
            chunk=one.id,
            document=file,
            title=name,
            text=one.text,
            heading=one.heading,
            url=url,
            source=_SOURCE,
            score=0.0,
            updated_at=at,
        )
        for one in cut.chunks
    )


def _table(text: str) -> str:
    """Write rows of values as a Markdown table, whose head is the first of them."""
    lines = text.splitlines()
    comma = max(",;\t|", key=(lines or [""])[0].count)
    try:
        rows = [[_cell(value) for value in row] for row in islice(csv.reader(lines, delimiter=comma), _ROWS) if row]
    except csv.Error:
        return text
    if not rows:
        return text
    wide = min(_COLUMNS, max(map(len, rows)))
    head, *others = [f"| {' | '.join((row + [''] * wide)[:wide])} |" for row in rows]
    return "\n".join((head, f"|{' --- |' * wide}", *others))


def _cell(value: str) -> str:
    return " ".join(value.split()).replace("\\", "\\\\").replace("|", "\\|")
