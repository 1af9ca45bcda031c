"""What people said where a question was asked, as far as it is read for the answer. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A message that stands where a question was asked; ``id`` is unique on its platform, ``text`` what people read.

    ``attached`` are the files that came with it, as far as they are to be read.
    """

    id: str
    author: str
    at: datetime
    text: str
    url: str | None = None
    attached: tuple[Attached, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Attached:
    """A file that came with a message; ``media`` is its media type."""

    id: str
    name: str
    media: str
    content: bytes
    url: str | None = None
