"""Secrets in what was read of a document, masked before it is cut: no chunk, quote or prompt ever holds one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from knowledge.chunking.outline import Code, Prose, Table
from knowledge.masking import beside, counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from knowledge.chunking.outline import Block, Outline, Section


@dataclass(slots=True)
class Cover:
    """Masks, and counts what it masked."""

    found: int = 0

    def text(self, text: str) -> str:
        """Mask a text."""
        return self._counted(counted(text))

    def outline(self, outline: Outline) -> Outline:
        """Mask all that a reader could see of a document."""
        said = outline.particulars
        return replace(
            outline,
            sections=tuple(map(self._section, outline.sections)),
            particulars=replace(
                said,
                title=self.text(said.title) if said.title else said.title,
                publisher=self.text(said.publisher) if said.publisher else said.publisher,
            ),
        )

    def _section(self, section: Section) -> Section:
        path = tuple(masked for masked, _ in map(counted, section.path))  # the first of its sections counted it
        anchor = section.anchor if path == section.path else None  # it is made of the heading's words
        return replace(section, path=path, anchor=anchor, blocks=tuple(map(self._block, section.blocks)))

    def _block(self, block: Block) -> Block:
        match block:
            case Prose() | Code():
                return replace(block, text=self.text(block.text))
            case Table():
                header = tuple(map(self.text, block.header))
                return replace(block, header=header, rows=tuple(self._row(header, row) for row in block.rows))

    def _row(self, header: Sequence[str], row: Sequence[str]) -> tuple[str, ...]:
        """A password in a table is told by the head of its column, or by the cell before it."""
        told = zip(header, ("", *row), row, strict=False)
        return tuple(self._cell(above, before, cell) for above, before, cell in told)

    def _cell(self, above: str, before: str, cell: str) -> str:
        masked, found = beside(above, cell)
        return self._counted((masked, found) if found else beside(before, cell))

    def _counted(self, masked: tuple[str, int]) -> str:
        self.found += masked[1]
        return masked[0]
