"""The checked tree as Slack's Markdown, as blocks, and as the mrkdwn of notifications. Pure.

Links come from ``links`` alone, a URL by citation number; every word is escaped by ``adapters.slack.escaping``. The
Markdown of a tree that grows (``adapters.markup.joined``) only gets longer at its end, so a stream needs no rewriting;
a table, whose columns depend on all its rows, is a block of its own and streams once it is whole.
Post with ``parse="none"``, ``link_names=False`` and without unfurling.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

from adapters.columns import aligned
from adapters.markdown import Dialect
from adapters.markup import Listing, Table
from adapters.slack import kit, tables
from adapters.slack.escaping import linkable, markdown, markdown_code, markdown_link, tokens_broken
from adapters.splitting import split

if TYPE_CHECKING:
    from collections.abc import Sequence

    from adapters.leaves import Links
    from adapters.markup import Block, Tree
    from adapters.parts import Citation

Body: TypeAlias = "list[kit.MarkdownBlock | kit.Table]"

_MARKDOWN: Final = kit.MARKDOWN_LIMIT - 500
"""Characters of a message; what is streamed counts a little more than what is posted."""
_OWN_BLOCKS: Final = 8
"""Blocks of a message that its sources and buttons may take."""


def links(citations: Sequence[Citation]) -> dict[int, str]:
    """Give the URLs that may be linked, exactly as they are stored; others are shown as plain numbers."""
    return {one.number: one.url for one in citations if one.url and linkable(one.url)}


def pieces(tree: Tree, linked: Links) -> tuple[Tree, ...]:
    """Cut a tree into what single messages take, with room for sources and buttons."""
    return split(tree, lambda piece: fits(piece, linked))


def fits(tree: Tree, linked: Links) -> bool:
    """Say whether one message takes a tree, with room for sources and buttons."""
    blocks = body(tree, linked)
    characters = sum(len(block["text"]) for block in blocks if block["type"] == "markdown")
    return characters <= _MARKDOWN and len(blocks) <= kit.BLOCKS_LIMIT - _OWN_BLOCKS


def body(tree: Tree, linked: Links) -> Body:
    """Give a tree as blocks: Markdown, and the first table that Slack takes as a block; it takes one in a message."""
    made: Body = []
    texts: list[str] = []
    for block in tree:
        table = _table_block(block, made, linked)
        if table is None:
            texts.append(block_text(block, linked))
        else:
            made += [*_markdown_block(texts), table]
            texts = []
    return [*made, *_markdown_block(texts)]


def _table_block(block: Block, made: Body, linked: Links) -> kit.Table | None:
    first = all(one["type"] != "table" for one in made)
    return tables.block(block, linked) if first and isinstance(block, Table) else None


def _markdown_block(texts: Sequence[str]) -> Body:
    shown = "\n\n".join(text for text in texts if text)
    return [{"type": "markdown", "text": shown}] if shown else []


def added(before: Body, after: Body) -> Body | None:
    """Give what to append to a stream that shows ``before``, so that it shows ``after``; None where that cannot be."""
    if not before:
        return after
    *same, last = before
    if after[: len(same)] != same or len(after) < len(before):
        return None
    grown = after[len(same)]
    if grown == last:
        return after[len(before) :]
    if grown["type"] == "table" or last["type"] == "table" or not grown["text"].startswith(last["text"]):
        return None
    more: kit.MarkdownBlock = {"type": "markdown", "text": grown["text"][len(last["text"]) :]}
    return [more, *after[len(before) :]]


def block_text(block: Block, linked: Links) -> str:
    """Give one block as Markdown."""
    return _DIALECT.block_text(block, linked)


def _cite(number: int, linked: Links) -> str:
    mark, url = rf"\[{number}\]", linked.get(number)
    return markdown_link(mark, url) if url and linkable(url) else mark


def _heading(level: int, text: str) -> str:
    return f"{'#' * min(6, max(1, level))} {text}"


def _table(table: Table, linked: Links) -> str:  # noqa: ARG001 - there are no links in code
    return _DIALECT.fenced(aligned(table), "")


def _behind(block: Block) -> str:  # noqa: ARG001 - it is the same for each
    return "\n\n"


def _within(block: Block) -> str:
    return "\n" if isinstance(block, Listing) and block.start in {None, 1} else "\n\n"


_DIALECT: Final = Dialect(
    words=markdown,
    code=markdown_code,
    block=tokens_broken,
    cite=_cite,
    heading=_heading,
    table=_table,
    behind=_behind,
    within=_within,
    italic="_",
)
