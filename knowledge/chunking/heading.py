"""Sections for running text, opened by the lines that a reader takes for headings."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, TypeAlias

from knowledge.chunking.clauses import CLAUSE, FINDING, PART, opening
from knowledge.chunking.findings import holds_findings
from knowledge.chunking.outline import Drawing, Prose, spanned

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from knowledge.chunking.clauses import Opening
    from knowledge.chunking.outline import Block, Code, Lines, Section, Table


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of a block, by its place there. ``where`` is its line in the file, or all of the block's."""

    block: Prose
    where: Lines | None
    start: int
    end: int

    @property
    def text(self) -> str:
        return self.block.text[self.start : self.end].strip()


class _Nothing:
    """A blank line or several, or none at all before the first and after the last."""

    text = ""


_Item: TypeAlias = "_Line | _Nothing | Code | Table"
_NOTHING: Final = _Nothing()


def headed(sections: Sequence[Section]) -> tuple[Section, ...]:
    """Give a document without a heading its sections, one block a paragraph or clause; another one comes as it is.

    Lines that only underline a heading are left out.
    """
    if any(section.path for section in sections):
        return tuple(sections)
    reading = _Reading()
    for neighbours in _fours(_items(block for section in sections for block in section.blocks)):
        reading.take(*neighbours)
    return reading.finished()


def _items(blocks: Iterable[Block]) -> Iterator[_Item]:
    """Give lines and other blocks; never two blank lines in a row."""
    blank = True
    for block in blocks:
        if not isinstance(block, Prose):
            yield block
            blank = False
            continue
        if not (block.tight or blank):
            yield _NOTHING
            blank = True
        for line in _lines(block):
            seen = bool(line.text)
            if seen or not blank:
                yield line if seen else _NOTHING
            blank = not seen


def _lines(block: Prose) -> Iterator[_Line]:
    """Give a block's lines, exact where it stands line for line as in its file."""
    first, last = block.lines or (0, 0)
    exact = block.lines is not None and last - first == block.text.count("\n")
    start, number = 0, first
    while start <= len(block.text):
        end = block.text.find("\n", start)
        end = end if end >= 0 else len(block.text)
        yield _Line(block, (number, number) if exact else block.lines, start, end)
        start, number = end + 1, number + 1


def _fours(items: Iterator[_Item]) -> Iterator[tuple[_Item, _Item, _Item, _Item]]:
    """Give each item between the one before it and the two after it."""
    before: _Item = _NOTHING
    item, after = next(items, _NOTHING), next(items, _NOTHING)
    while item is not _NOTHING or after is not _NOTHING:
        later = next(items, _NOTHING)
        yield before, item, after, later
        before, item, after = item, after, later


class _Reading:
    """Reads lines one after the other into sections."""

    def __init__(self) -> None:
        self._drawing = Drawing()
        self._paragraph: tuple[_Line, _Line] | None = None
        """Its first and last line so far."""
        self._tight = False
        self._first = True
        self._underline = False
        self._chapter = (1, "")
        """Level and words of the last heading that is neither a finding nor a part of one."""

    def take(self, before: _Item, item: _Item, after: _Item, later: _Item) -> None:
        """Read a line, or keep another block as it is."""
        if isinstance(item, _Nothing):
            self._end(tight=False)
        elif not isinstance(item, _Line):
            self._end(tight=False)
            self._drawing.add(item)
        elif self._underline and not item.text.strip("=~*_-"):
            self._underline = False
        else:
            near = [neighbour.text if isinstance(neighbour, _Line) else "" for neighbour in (before, after, later)]
            found = opening(item.text, near[0], near[1], near[1] or near[2], first=self._first)
            self._first = self._underline = False
            self._read(item, found, tight=bool(near[0]))

    def finished(self) -> tuple[Section, ...]:
        """Give the sections; none has an anchor, as nothing in the page bears its name."""
        self._end(tight=False)
        return tuple(replace(section, anchor=None) for section in self._drawing.finished())

    def _read(self, line: _Line, found: Opening | None, *, tight: bool) -> None:
        if found is None and self._paragraph is not None and self._paragraph[0].block is line.block:
            self._paragraph = (self._paragraph[0], line)
            return
        self._end(tight=tight)
        if found is None or found is CLAUSE:
            self._paragraph = (line, line)
        else:
            self._heading(found, line)

    def _heading(self, found: Opening, line: _Line) -> None:
        text, level = line.text.rstrip(" :"), found.level
        if found is FINDING:
            level = self._beside()
        elif found is not PART:
            self._chapter = (level, text)
        self._drawing.heading(level, text, anchor=None, lines=line.where)
        self._underline = True

    def _beside(self) -> int:
        """The level of a finding: below the title or ``Findings``, but beside a summary that came before."""
        level, text = self._chapter
        return FINDING.level if level == 1 or holds_findings((text,)) else level

    def _end(self, *, tight: bool) -> None:
        """End the paragraph; ``tight`` says that the next one follows without a blank line."""
        if self._paragraph is not None:
            first, last = self._paragraph
            text = first.block.text[first.start : last.end].rstrip()
            self._drawing.add(Prose(text=text, lines=spanned((first.where, last.where)), tight=self._tight))
            self._paragraph = None
        self._tight = tight
