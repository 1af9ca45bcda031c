"""Plain text to an outline: one section, one block; but for a passage, line for line as in the file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from knowledge.chunking.cleaning import decoded, invisible, visible
from knowledge.chunking.outline import Outline, Prose, Section, left_out
from knowledge.chunking.particulars import Particulars

if TYPE_CHECKING:
    from knowledge.base import Document


def outline(document: Document) -> Outline:
    """Read a text. Raises Unreadable where it is none."""
    source = decoded(document.content, document.id)
    return plain(visible(source), Particulars(), dropped=invisible(source))


def passage(document: Document) -> Outline:
    """Read a text of which no line is told apart. Raises Unreadable where it is none."""
    source = decoded(document.content, document.id)
    body = visible(source).strip()
    sections = (Section(blocks=(Prose(text=body),)),) if body else ()
    return Outline(sections=sections, flags=left_out(0, invisible(source)))


def plain(text: str, said: Particulars, *, first_line: int = 1, dropped: int = 0) -> Outline:
    """Outline running text; also that of documents too deeply nested to be read as what they are."""
    flags = left_out(0, dropped)
    body = text.rstrip()
    if not body.strip():
        return Outline(sections=(), particulars=said, flags=flags)
    block = Prose(text=body, lines=(first_line, first_line + body.count("\n")))
    return Outline(sections=(Section(blocks=(block,)),), particulars=said, flags=flags)
