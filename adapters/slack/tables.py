"""A table as Slack's own block, or as aligned code where it is too large for one. Pure.

Cells are rich text, which Slack does not parse, so nothing in them can act. Limits: 100 rows with the header, 20
columns, 10,000 characters (docs.slack.dev/reference/block-kit/blocks/table-block).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wcwidth import width

from adapters.escaping import safe_line
from adapters.markup import Cite, Code, Plain, Strong
from adapters.slack.escaping import JOINER, inert, linkable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from adapters.markup import Inline, Table
    from adapters.slack import kit

ROWS_LIMIT: Final = 100
COLUMNS_LIMIT: Final = 20
CELLS_LIMIT: Final = 10_000
_WIDEST: Final = 60
"""Columns of a terminal beyond which a cell pushes nothing to the right."""


def block(table: Table, links: Mapping[int, str]) -> kit.Table | None:
    """Give a table as a block, None where Slack would refuse it."""
    rows = (table.header, *table.rows)
    if len(rows) > ROWS_LIMIT or not 0 < len(table.header) <= COLUMNS_LIMIT:
        return None
    if sum(max(1, len(text(cell))) for row in rows for cell in row) > CELLS_LIMIT:
        return None
    head = [_cell((Strong(cell),), links) for cell in table.header]
    body = [[_cell(cell, links) for cell in row] for row in table.rows]
    return {"type": "table", "rows": [head, *body], "column_settings": [{"is_wrapped": True}] * len(table.header)}


def aligned(table: Table) -> str:
    """Give a table as text in columns, a rule below its header; cells are plain, marks ``[n]``."""
    rows = [[inert(text(cell)) for cell in row] for row in (table.header, *table.rows)]
    widths = [min(_WIDEST, max(width(cell) for cell in column)) for column in zip(*rows, strict=True)]
    rule = "  ".join("-" * max(1, each) for each in widths)
    head, *body = [_padded(row, widths) for row in rows]
    return "\n".join([head, rule, *body])


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


def _cell(cell: Sequence[Inline], links: Mapping[int, str]) -> kit.RichText:
    elements = [*_elements(cell, links, {})] or [{"type": "text", "text": JOINER}]
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": elements}]}


def _elements(cell: Sequence[Inline], links: Mapping[int, str], style: dict[str, bool]) -> Iterator[dict[str, object]]:
    styled = {"style": style} if style else {}
    for node in cell:
        if isinstance(node, Cite):
            mark, url = f"[{node.number}]", links.get(node.number)
            yield {"type": "link", "url": url, "text": mark} if linkable(url) else {"type": "text", "text": mark}
        elif isinstance(node, Plain | Code):
            if shown := safe_line(node.text) and _spaced(node.text):
                yield {
                    "type": "text",
                    "text": shown,
                    **({"style": {**style, "code": True}} if isinstance(node, Code) else styled),
                }
        else:
            yield from _elements(
                node.children, links, {**style, "bold" if isinstance(node, Strong) else "italic": True}
            )


def _spaced(given: str) -> str:
    """Give words on one line with the space at their ends, which parts them from what is beside them."""
    return f"{' ' * given[:1].isspace()}{safe_line(given)}{' ' * given[-1:].isspace()}"
