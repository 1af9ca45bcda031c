"""How much is read of what people said where a question was asked, and which of the files that they attached. Pure."""

from __future__ import annotations

from typing import Final

NEWEST: Final = 30
"""Messages that are read."""
FILES: Final = 5
LARGEST: Final = 500_000
"""Bytes of a file."""
_NAME: Final = 200
_MEDIA: Final = {
    "md": "text/markdown",
    "markdown": "text/markdown",
    "txt": "text/plain",
    "text": "text/plain",
    "log": "text/plain",
    "rst": "text/plain",
    "csv": "text/csv",
    "tsv": "text/csv",
    "html": "text/html",
    "htm": "text/html",
}


def media_type(name: str, given: str) -> str:
    """Give a file's media type by its name, or as its platform says it; nothing for what is not read as text."""
    known = given.partition(";")[0].strip().lower()
    return _MEDIA.get(name.rpartition(".")[2].lower()) or (known if known in _MEDIA.values() else "")


def one_line(name: str) -> str:
    """Give a file's name on one line."""
    return " ".join(name.split())[:_NAME] or "file"
