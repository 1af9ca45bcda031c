"""A table as Slack's own block. Pure.

Cells are rich text, which Slack does not parse, so nothing in them can act. Limits: 100 rows with the header, 20
columns, 10,000 characters (docs.slack.dev/reference/block-kit/blocks/table-block).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from adapters.columns import text
from adapters.escaping import safe_line
from adapters.joining import JOINER
from adapters.markup import Cite, Code, Plain, Strong
from adapters.slack.escaping import linkable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from adapters.markup import Inline, Table
    from adapters.slack import kit

ROWS_LIMIT: Final = 100
COLUMNS_LIMIT: Final = 20
CELLS_LIMIT: Final = 10_000


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
