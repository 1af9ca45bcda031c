"""The checked tree as Discord's Markdown, in messages that it takes. Pure.

Links come from ``links`` alone, a URL by citation number; every word is escaped by ``adapters.discord.escaping``.
Discord knows headings of three levels, no quotation within another, and no tables: a table is code in columns, or a
list where it is too wide for a screen. Post without mentions and without embeds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from adapters.columns import aligned, widest
from adapters.discord import escaping, kit
from adapters.joining import JOINER
from adapters.markdown import Dialect
from adapters.markup import Heading, Item, Listing, Paragraph, Plain, Quote, Strong
from adapters.splitting import split

if TYPE_CHECKING:
    from collections.abc import Sequence

    from adapters.leaves import Links
    from adapters.markup import Block, Inline, Table, Tree
    from adapters.parts import Citation

COLUMNS: Final = 80
"""Of a screen on which columns stand below each other still."""
_ROOM: Final = kit.MESSAGE_LIMIT - 150
"""Characters of a page; a note on it needs the rest. Sources that find no room stand in a message of their own."""
_HEADINGS: Final = 3


def links(citations: Sequence[Citation]) -> dict[int, str]:
    """Give the URLs that may be linked, exactly as they are stored; others are shown as plain numbers."""
    return {one.number: one.url for one in citations if one.url and escaping.linkable(one.url)}


def pieces(tree: Tree, linked: Links) -> tuple[Tree, ...]:
    """Cut a tree into what single messages take."""
    return split(tree, lambda piece: fits(piece, linked))


def fits(tree: Tree, linked: Links) -> bool:
    """Say whether one message takes a tree."""
    return escaping.size(text(tree, linked)) <= _ROOM


class Below:
    """Renders so that a page has room below a head of so many characters."""

    def __init__(self, head: int) -> None:
        """Leave that much."""
        self._room = _ROOM - head

    def fits(self, tree: Tree, linked: Links) -> bool:
        """Say whether one message takes a tree."""
        return escaping.size(text(tree, linked)) <= self._room

    def pieces(self, tree: Tree, linked: Links) -> tuple[Tree, ...]:
        """Cut a tree into what single messages take."""
        return split(tree, lambda piece: self.fits(piece, linked))

    def links(self, citations: Sequence[Citation]) -> Links:
        """Give the URLs that may be linked."""
        return links(citations)


def text(tree: Tree, linked: Links) -> str:
    """Give a tree as the text of a message."""
    return _DIALECT.tree_text(tuple(map(_unnested, tree)), linked)


def mark(number: int, linked: Links) -> str:
    """Give a footnote's mark, which is a link where there is one; brackets alone mean nothing to Discord."""
    url = linked.get(number)
    return escaping.link(f"[{number}]", url) if url and escaping.linkable(url) else f"[{number}]"


def _unnested(block: Block) -> Block:
    """Take quotations out of quotations, and make bold text of a heading that is too deep."""
    if isinstance(block, Heading) and block.level > _HEADINGS:
        return Paragraph((Strong(block.children),))
    return Quote(tuple(_unquoted(block))) if isinstance(block, Quote) else block


def _unquoted(quote: Quote) -> list[Block]:
    return [one for block in quote.blocks for one in (_unquoted(block) if isinstance(block, Quote) else [block])]


def _heading(level: int, words: str) -> str:
    return f"{'#' * min(_HEADINGS, max(1, level))} {words}" if words.strip() else ""


def _table(table: Table, linked: Links) -> str:
    shown = aligned(table)
    if widest(shown) <= COLUMNS:
        return _DIALECT.fenced(escaping.opened(shown), "")
    rows = tuple(_row(table, row) for row in table.rows) or tuple(map(Item, table.header))
    return _DIALECT.block_text(Listing(rows), linked)


def _row(table: Table, row: tuple[tuple[Inline, ...], ...]) -> Item:
    """Give a row as an item of which its first cell is the text, and the others stand below it."""
    first, *cells = (Item((Strong(head), Plain(": "), *cell)) for head, cell in zip(table.header, row, strict=True))
    return Item(first.children, (Listing(tuple(cells)),) if cells else ())


def _behind(block: Block) -> str:
    return "\n" if isinstance(block, Heading) else "\n\n"


def _within(block: Block) -> str:  # noqa: ARG001 - it is the same for each
    return "\n"


_DIALECT: Final = Dialect(
    words=escaping.words,
    code=escaping.code,
    block=escaping.block,
    cite=mark,
    heading=_heading,
    table=_table,
    behind=_behind,
    within=_within,
    italic="*",
    gap=JOINER,
)
