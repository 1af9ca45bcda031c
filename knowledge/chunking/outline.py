"""What a document of any kind is read into before it is cut: sections with a heading path, made of blocks."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from knowledge.chunking.cleaning import one_line, visible
from knowledge.chunking.particulars import Particulars

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

LONGEST_HEADING = 200
"""Characters of a heading that go into paths; a longer one is cut there and stands whole in the section's text.

Without a bound a page of many sections under one endless heading would grow with the product of both.
"""

Lines: TypeAlias = tuple[int, int]
"""First and last line in the file, from 1, both included."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prose:
    """A paragraph or list item. ``tight`` joins it to the block before with a single line break."""

    text: str
    lines: Lines | None = None
    tight: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """A code block, without its fences."""

    text: str
    language: str = ""
    lines: Lines | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table: its cells by row, each row as long as ``header``, pipes not yet escaped."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    lines: Lines | None = None


Block: TypeAlias = Prose | Code | Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """What stands under one heading, up to the next. ``path`` is outermost first; ``()`` before any heading."""

    path: tuple[str, ...] = ()
    anchor: str | None = None
    blocks: tuple[Block, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """A document, read. ``flags`` are sentences on what was left out of it because no reader sees it."""

    sections: tuple[Section, ...]
    particulars: Particulars = field(default_factory=Particulars)
    flags: tuple[str, ...] = ()


class Drawing:
    """An outline under construction. Readers of each kind say what comes; paths, anchors and bounds are kept here."""

    def __init__(self) -> None:
        """Start with the section before any heading."""
        self.title: str | None = None
        """The first heading of level 1, else the first one."""
        self._titled = 7
        self._sections: list[Section] = []
        self._open: list[tuple[int, str]] = []
        self._anchor: str | None = None
        self._blocks: list[Block] = []
        self._slugs: dict[str, int] = {}

    def heading(self, level: int, text: str, *, anchor: str | None, lines: Lines | None = None) -> None:
        """Open a section; one without words opens none."""
        text = one_line(text)
        if not text:
            return
        self._close()
        short = shortened(text)
        self._open = [*(upper for upper in self._open if upper[0] < level), (level, short)]
        self._anchor = anchor or self._slug(text)
        if self._titled == 7 or (level == 1 and self._titled > 1):  # noqa: PLR2004 - above every level
            self.title, self._titled = short, level
        if short != text:
            self.prose(text, lines=lines)

    def prose(self, text: str, *, lines: Lines | None = None, tight: bool = False) -> None:
        """Add a paragraph or list item, if there is anything to see in it."""
        text = visible(text).rstrip()
        if text.strip():
            tight = tight and bool(self._blocks) and isinstance(self._blocks[-1], Prose)
            self._blocks.append(Prose(text=unfenced(text), lines=lines, tight=tight))

    def code(self, text: str, *, language: str = "", lines: Lines | None = None) -> None:
        """Add a code block, if it is not blank."""
        text = visible(text).strip("\n").rstrip()
        if text:
            self._blocks.append(Code(text=text, language=language, lines=lines))

    def table(self, rows: Sequence[Sequence[str]], *, lines: Lines | None = None) -> None:
        """Add a table whose first row is its header; short rows are filled up, empty ones dropped."""
        cells = [[one_line(cell) for cell in row] for row in rows]
        filled = [row for number, row in enumerate(cells) if number == 0 or any(row)]
        if not any(any(row) for row in filled):
            return
        width = max(len(row) for row in filled)
        if width == 1:
            self.prose("\n".join(row[0] for row in filled if row and row[0]), lines=lines)
            return
        whole = tuple((*row, *("" for _ in range(width - len(row)))) for row in filled)
        self._blocks.append(Table(header=whole[0], rows=whole[1:], lines=lines))

    def add(self, block: Block) -> None:
        """Add a block as it is."""
        self._blocks.append(block)

    def finished(self) -> tuple[Section, ...]:
        """Give the sections. Call once."""
        self._close()
        return tuple(self._sections)

    def _close(self) -> None:
        if self._open or self._blocks:
            path = tuple(text for _, text in self._open)
            self._sections.append(Section(path=path, anchor=self._anchor, blocks=tuple(self._blocks)))
        self._blocks = []

    def _slug(self, text: str) -> str:
        """Name the heading as GitHub does: lower case, words joined by hyphens, a number behind repeated ones."""
        slug = re.sub(r"[^\w\- ]", "", text.casefold()).replace(" ", "-")[:LONGEST_HEADING]
        seen = self._slugs.get(slug, 0)
        self._slugs[slug] = seen + 1
        return f"{slug}-{seen}" if seen else slug


def left_out(elements: int, characters: int) -> tuple[str, ...]:
    """Put into words what no reader sees."""
    counted = ((elements, "hidden elements"), (characters, "invisible characters"))
    return tuple(f"{count} {what} left out" for count, what in counted if count)


def spanned(lines: Iterable[Lines | None]) -> Lines | None:
    """Give the first and last of all lines that are known."""
    known = [line for line in lines if line]
    return (min(first for first, _ in known), max(last for _, last in known)) if known else None


def shortened(text: str) -> str:
    """Cut a heading or title to its bound, after a word, with an ellipsis."""
    if len(text) <= LONGEST_HEADING:
        return text
    cut = text[: LONGEST_HEADING - 1]
    return (cut.rsplit(None, 1)[0] if " " in cut else cut) + "…"


def unfenced(text: str) -> str:
    """Escape what would open a code block in running text, so that fences in a chunk are always ours."""
    return re.sub(r"^( {0,3})(?=```|~~~)", r"\1\\", text, flags=re.MULTILINE)
