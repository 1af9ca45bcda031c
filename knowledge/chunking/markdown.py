"""Markdown (CommonMark with GitHub's tables) to an outline."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

from markdown_it import MarkdownIt

from knowledge.chunking import text
from knowledge.chunking.cleaning import decoded, invisible, visible
from knowledge.chunking.outline import Outline, left_out
from knowledge.chunking.particulars import front_matter
from knowledge.chunking.reading import Reading
from knowledge.chunking.spoken import Spoken

if TYPE_CHECKING:
    from knowledge.base import Document

DEEPEST = 60
"""Blocks inside blocks (a list inside a list is two). What is deeper the parser drops, so it is read as plain text."""


def outline(document: Document) -> Outline:
    """Read front matter, headings, paragraphs, lists, code and tables. Raises Unreadable where it is no text."""
    source = decoded(document.content, document.id)
    whole = visible(source)
    said, begins = front_matter(whole)
    body = whole[begins:]
    environment: dict[str, Any] = {}
    first_line = whole.count("\n", 0, begins) + 1
    tokens = parser().parse(body, environment)
    if any(token.level >= DEEPEST - 1 for token in tokens):
        return text.plain(body, said, first_line=first_line, dropped=invisible(source))
    reading = Reading(Spoken(parser(), linkless(), environment), document.id, first_line=first_line)
    reading.through(tokens)
    return Outline(
        sections=reading.drawing.finished(),
        particulars=replace(said, title=said.title or reading.drawing.title),
        flags=left_out(reading.hidden, invisible(source)),
    )


@cache
def parser() -> MarkdownIt:
    """The parser of blocks; what is inside a line is parsed where it is needed."""
    return MarkdownIt("commonmark", {"maxNesting": DEEPEST}).enable(["table", "strikethrough"]).disable("inline")


@cache
def linkless() -> MarkdownIt:
    """The parser of lines that would keep the other one busy: links and images in them stay as they are written."""
    return MarkdownIt("commonmark", {"maxNesting": DEEPEST}).enable("strikethrough").disable(["link", "image"])
