"""A table as text in columns. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wcwidth import width

from adapters.escaping import safe_line
from adapters.joining import inert
from adapters.markup import Cite, Code, Plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from adapters.markup import Inline, Table

_WIDEST: Final = 60
"""Columns of a terminal beyond which a cell pushes nothing to the right."""


def aligned(table: Table) -> str:
    """Give a table as text in columns, a rule below its header; cells are plain, marks ``[n]``."""
    rows = [[inert(text(cell)) for cell in row] for row in (table.header, *table.rows)]
    widths = [min(_WIDEST, max(width(cell) for cell in column)) for column in zip(*rows, strict=True)]
    rule = "  ".join("-" * max(1, each) for each in widths)
    head, *body = [_padded(row, widths) for row in rows]
    return "\n".join([head, rule, *body])


def widest(shown: str) -> int:
    """Say how many columns of a terminal a text takes."""
    return max(map(width, shown.split("\n")))


def text(cell: Sequence[Inline]) -> str:
    """Give a cell as one line of words."""
    return safe_line("".join(_words(cell)))


def _words(cell: Sequence[Inline]) -> Iterator[str]:
    for node in cell:
        if isinstance(node, Plain | Code):
            yield node.text
        elif isinstance(node, Cite):
            yield f"[{node.number}]"
        else:
            yield from _words(node.children)


def _padded(row: Sequence[str], widths: Sequence[int]) -> str:
    return "  ".join(cell + " " * (wide - width(cell)) for cell, wide in zip(row, widths, strict=True)).rstrip()
