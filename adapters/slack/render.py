"""The checked tree as Slack's Markdown, as blocks, and as the mrkdwn of notifications. Pure.

Links come from ``links`` alone, a URL by citation number; every word is escaped by ``adapters.slack.escaping``. The
Markdown of a tree that grows (``adapters.markup.joined``) only gets longer at its end, so a stream needs no rewriting;
a table, whose columns depend on all its rows, is a block of its own and streams once it is whole.
Post with ``parse="none"``, ``link_names=False`` and without unfurling.
"""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING, Final, TypeAlias

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
from adapters.plain import marks
from adapters.slack import kit, tables
from adapters.slack.escaping import (
    JOINER,
    linkable,
    markdown,
    markdown_code,
    markdown_line,
    markdown_link,
    tokens_broken,
)
from adapters.splitting import split

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from adapters.leaves import Links
    from adapters.markup import Block, Inline, Item, Tree
    from adapters.parts import Citation

Body: TypeAlias = "list[kit.MarkdownBlock | kit.Table]"

_MARKDOWN: Final = kit.MARKDOWN_LIMIT - 500
"""Characters of a message; what is streamed counts a little more than what is posted."""
_OWN_BLOCKS: Final = 8
"""Blocks of a message that its sources and buttons may take."""
_TICKS: Final = re.compile(r"`+")
_LANGUAGE: Final = re.compile(r"[A-Za-z0-9_+#.-]{1,20}")


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
    match block:
        case Paragraph():
            return markdown_line(inline_text(block.children, linked))
        case Heading():
            return f"{'#' * min(6, max(1, block.level))} {inline_text(block.children, linked)}"
        case Listing():
            return "\n".join(_item(item, mark, linked) for item, mark in zip(block.items, marks(block), strict=True))
        case Table():
            return _fenced(tables.aligned(block), "")
        case CodeBlock():
            cites = inline_text(tuple(map(Cite, block.cites)), linked)
            return "\n".join(part for part in (_fenced(safe(block.text), block.language), cites) if part)
        case Quote():
            return _prefixed("\n\n".join(block_text(inner, linked) for inner in block.blocks), "> ", "> ")


def inline_text(children: Sequence[Inline], linked: Links) -> str:
    """Give inline nodes as Markdown on one line."""
    return "".join(_inline(child, linked) for child in _merged(children))


def _merged(children: Sequence[Inline]) -> Iterator[Inline]:
    """Make one of words that are shown side by side, so that no address hides in where one ends and the next begins."""
    shown = (child for child in children if not _empty(child))
    for plain, group in itertools.groupby(shown, lambda child: isinstance(child, Plain)):
        if plain:
            yield Plain("".join(child.text for child in group if isinstance(child, Plain)))
        else:
            yield from _coded(group)


def _coded(group: Iterator[Inline]) -> Iterator[Inline]:
    """Make one of code that is shown side by side: two runs of ticks would be one, which ends neither."""
    before: Inline | None = None
    for node in group:
        if isinstance(node, Code) and isinstance(before, Code):
            before = Code(f"{before.text}{node.text}")
            continue
        if before is not None:
            yield before
        before = node
    if before is not None:
        yield before


def _empty(node: Inline) -> bool:
    if isinstance(node, Strong | Emphasis):
        return all(_empty(child) for child in node.children)
    return not isinstance(node, Cite) and not (safe(node.text) if isinstance(node, Plain) else safe_line(node.text))


def _inline(node: Inline, linked: Links) -> str:
    match node:
        case Plain():
            return markdown(node.text)
        case Code():
            return _code_span(markdown_code(node.text))
        case Cite():
            mark, url = rf"\[{node.number}\]", linked.get(node.number)
            return markdown_link(mark, url) if url and linkable(url) else mark
        case Strong():
            return _marked(inline_text(_unmarked(node.children, Strong), linked), "**")
        case Emphasis():
            return _marked(inline_text(_unmarked(node.children, Emphasis), linked), "_")


def _unmarked(children: Sequence[Inline], kind: type[Strong | Emphasis]) -> list[Inline]:
    """Take bold out of bold, and italic out of italic: marks of the same kind would end each other."""
    flat: list[Inline] = []
    for child in children:
        if isinstance(child, kind):
            flat += _unmarked(child.children, kind)
        elif isinstance(child, Strong | Emphasis):
            flat.append(type(child)(tuple(_unmarked(child.children, kind))))
        else:
            flat.append(child)
    return flat


def _marked(text: str, mark: str) -> str:
    """Put marks around text, never beside space, where they would not be marks."""
    inner = text.strip()
    if not inner:
        return text
    start = text.index(inner)
    return f"{text[:start]}{mark}{inner}{mark}{text[start + len(inner) :]}"


def _code_span(text: str) -> str:
    if not text:
        return ""
    fence = "`" * (_longest_ticks(text) + 1)
    pad = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{pad}{text}{pad}{fence}"


def _fenced(text: str, language: str) -> str:
    code = tokens_broken(text).removesuffix("\n")
    fence = "`" * max(3, _longest_ticks(code) + 1)
    return f"{fence}{language if _LANGUAGE.fullmatch(language) else ''}\n{code}\n{fence}"


def _longest_ticks(text: str) -> int:
    return max((len(run) for run in _TICKS.findall(text)), default=0)


def _item(item: Item, mark: str, linked: Links) -> str:
    text = markdown_line(inline_text(item.children, linked))
    for block in item.blocks:
        tight = isinstance(block, Listing) and block.start in {None, 1}
        inner = block_text(block, linked)
        text = ("\n" if tight else "\n\n").join(part for part in (text, inner) if part)
    text = text or JOINER  # a bare "-" would make a heading of the line before it
    return _prefixed(text, f"{mark} ", " " * (len(mark) + 1))


def _prefixed(text: str, first: str, rest: str) -> str:
    head, *lines = text.split("\n")
    return "\n".join([f"{first}{head}", *(f"{rest}{line}" for line in lines)])
