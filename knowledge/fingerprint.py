"""What makes a document the same as before: its bytes, what its source says of it, and how it is cut."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from knowledge.base import Document

_SIZE = 16
"""Bytes of a digest: 128 bits, so that two documents never share one by chance."""


def digest(document: Document, *, chunker: str) -> str:
    """Give 32 hexadecimal digits. The date is left out: a file only touched, or checked out anew, is the same."""
    particulars = (
        document.id,
        document.source,
        document.format,
        document.genre,
        document.title,
        sorted(document.readers),
        document.url,
        document.publisher,
        document.year,
        document.tags,
        document.product,
        document.version,
        document.owner,
        chunker,
    )
    hashed = blake2b(repr(particulars).encode(), digest_size=_SIZE)
    hashed.update(b"\0")
    hashed.update(document.content)
    return hashed.hexdigest()


def edition(workspace: str, document: str, digest: str) -> str:
    """Name one edition of a document in a workspace, in 32 hexadecimal digits."""
    return blake2b(repr((workspace, document, digest)).encode(), digest_size=_SIZE).hexdigest()
