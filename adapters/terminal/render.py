"""The checked tree as what rich draws; no I/O.

Every word is neutralised first and enters as ``Text``, never as rich's own markup, so an answer cannot style itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich import box
from rich.console import Group
from rich.padding import Padding
from rich.segment import Segment
from rich.table import Table as RichTable
from rich.text import Text

from adapters.containing import contained
from adapters.escaping import safe, safe_line
from adapters.markup import (
    Cite,
    Code,
    CodeBlock,
    Emphasis,
    Heading,
    Listing,
    Paragraph,
    Plain,
    Quote,
    Strong,
    Table,
)
from adapters.plain import cite_marks, marks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console, ConsoleOptions, RenderableType, RenderResult

    from adapters.markup import Block, Inline, Item, Tree

_MARK_STYLE = "cyan"
_CODE_STYLE = "bold cyan"
_TAB_STOP = 4


def drawn(tree: Tree) -> RenderableType:
    """Give the whole tree, blocks apart by an empty line."""
    return _blocks(tuple(map(contained, tree)))


def drawn_block(block: Block) -> RenderableType:
    """Give one block, in which no words act."""
    return _block(contained(block))


def _blocks(tree: Tree) -> RenderableType:
    return Group(*(part for at, block in enumerate(tree) for part in ((Text(),) if at else ()) + (_block(block),)))


def _block(block: Block) -> RenderableType:
    match block:
        case Paragraph():
            return drawn_inline(block.children)
        case Heading():
            return drawn_inline(block.children, style="bold underline" if block.level == 1 else "bold")
        case Listing():
            return _listing(block)
        case Table():
            return _table(block)
        case CodeBlock():
            return _code_block(block)
        case Quote():
            return _Barred(_blocks(block.blocks))


def drawn_inline(children: Sequence[Inline], style: str = "") -> Text:
    """Give inline nodes as one text that wraps."""
    text = Text(style=style, overflow="fold")
    for child in children:
        text.append_text(_inline(child))
    return text


def _inline(node: Inline) -> Text:
    match node:
        case Plain():
            return Text(safe(node.text).replace("\n", " "))
        case Code():
            return Text(safe_line(node.text), style=_CODE_STYLE)
        case Cite():
            return Text(f"[{node.number}]", style=_MARK_STYLE)
        case Strong():
            return drawn_inline(node.children, style="bold")
        case Emphasis():
            return drawn_inline(node.children, style="italic")


def _listing(listing: Listing) -> RenderableType:
    grid = RichTable.grid(padding=(0, 1, 0, 0))
    grid.add_column(justify="right", no_wrap=True)
    grid.add_column(overflow="fold")
    for item, mark in zip(listing.items, marks(listing), strict=True):
        grid.add_row(Text("•" if mark == "-" else mark), _item(item))
    return Padding(grid, (0, 0, 0, 1), expand=False)


def _item(item: Item) -> RenderableType:
    return Group(drawn_inline(item.children), *(_block(block) for block in item.blocks))


def _table(table: Table) -> RenderableType:
    grid = RichTable(box=box.ROUNDED, header_style="bold", show_lines=False)
    for cell in table.header:
        grid.add_column(drawn_inline(cell), overflow="fold")
    for row in table.rows:
        grid.add_row(*(drawn_inline(cell) for cell in row))
    return grid


def _code_block(block: CodeBlock) -> RenderableType:
    code = Text(safe(block.text).expandtabs(_TAB_STOP).rstrip("\n"), style="cyan", overflow="fold")
    cites = (Text(cite_marks(block.cites), style=_MARK_STYLE),) if block.cites else ()
    return Padding(Group(code, *cites), (0, 0, 0, 4), expand=False)


class _Barred:
    """Draws a bar before every line, those that wrap included."""

    def __init__(self, inner: RenderableType) -> None:
        self._inner = inner

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for line in console.render_lines(self._inner, options.update(width=max(1, options.max_width - 2)), pad=False):
            yield Segment("▌ ")
            yield from line
            yield Segment.line()


class Tail:
    """Draws only the last lines, so that a block longer than the screen shows its end while it grows."""

    def __init__(self, inner: RenderableType, lines: int) -> None:
        """Keep at most ``lines`` lines."""
        self._inner = inner
        self._lines = lines

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Draw the end."""
        lines = console.render_lines(self._inner, options.update(height=None), pad=False)
        for line in lines[-self._lines :]:
            yield from line
            yield Segment.line()
