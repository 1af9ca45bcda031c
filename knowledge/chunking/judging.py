"""How a document gets its kind: it says so itself, else its source does, else its outline shows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from knowledge.chunking.detecting import detected, is_long_prose, signs
from knowledge.chunking.heading import headed
from knowledge.genres import named

if TYPE_CHECKING:
    from knowledge.base import Document, Genre
    from knowledge.chunking.outline import Outline, Section

_BY_SECTION: Final[frozenset[Genre]] = frozenset(["legal", "policy", "audit"])
"""Kinds that are cut by section, so that lines which look like headings become some where there are none."""
_NOTHING: Final = "nothing in it shows another kind"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A document's kind, why it was taken for it, and its sections as that kind has them."""

    genre: Genre
    because: str
    sections: tuple[Section, ...]


def judged(document: Document, outline: Outline, title: str) -> Judged:
    """Choose the kind of a document that was read."""
    if document.format == "passage":
        return Judged(genre="passage", because="a passage is never cut", sections=outline.sections)
    said = outline.particulars.genre
    genre = named(said) if said else None
    if genre is not None:
        return _judged(genre, f"the document calls itself “{said}”", outline)
    unknown = f"; it calls itself “{said}”, which is no known kind" if said else ""
    if document.genre is not None:
        return _judged(document.genre, "--kind says so" + unknown, outline)
    sections = headed(outline.sections)
    seen = signs(title, sections)
    if found := detected(seen):
        return Judged(genre=found[0], because=found[1] + unknown, sections=sections)
    return _usual(document, outline, title, unknown)


def _judged(genre: Genre, because: str, outline: Outline) -> Judged:
    sections = headed(outline.sections) if genre in _BY_SECTION else outline.sections
    return Judged(genre=genre, because=because, sections=sections)


def _usual(document: Document, outline: Outline, title: str, unknown: str) -> Judged:
    """Give what a document of this format is unless it shows otherwise."""
    if document.format == "text":
        return _judged("plain", _NOTHING + unknown, outline)
    if is_long_prose(signs(title, outline.sections)):
        return _judged("general", "it is long running text without headings, code or tables" + unknown, outline)
    return _judged("technical", _NOTHING + unknown, outline)
