"""The checked tree as plain Markdown text with ``[n]`` marks: for histories, JSON and pipes.

What an answer cites is exactly what ``[n]`` says outside code: brackets with digits in its words are escaped.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeAlias

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

if TYPE_CHECKING:
    from collections.abc import Sequence

    from adapters.markup import Block, Inline, Item, Tree

_Cells: TypeAlias = "tuple[tuple[Inline, ...], ...]"

_MARK_LIKE = re.compile(r"\[(?=\d+\])")
_LINE_BREAKS = re.compile(r"\s*\n\s*")
_TICKS = re.compile(r"`+")


def rendered(tree: Tree) -> str:
    """Give the whole tree, blocks apart by an empty line."""
    return "\n\n".join(block_text(block) for block in tree)


def block_text(block: Block) -> str:
    """Give one block, in which no words act; no line break at its end."""
    return _block(contained(block))


def _blocks(tree: Tree) -> str:
    return "\n\n".join(_block(block) for block in tree)


def _block(block: Block) -> str:
    match block:
        case Paragraph():
            return inline_text(block.children)
        case Heading():
            return f"{'#' * block.level} {inline_text(block.children)}"
        case Listing():
            return "\n".join(_item(item, mark) for item, mark in zip(block.items, marks(block), strict=True))
        case Table():
            return _table(block)
        case CodeBlock():
            return _code_block(block)
        case Quote():
            return _prefixed(_blocks(block.blocks), "> ", "> ")


def inline_text(children: Sequence[Inline]) -> str:
    """Give inline nodes on one line."""
    return "".join(_inline(child) for child in children)


def marks(listing: Listing) -> tuple[str, ...]:
    """Give what stands before each item: ``-``, or ``1.`` and so on where the list is ordered."""
    if listing.start is None:
        return ("-",) * len(listing.items)
    return tuple(f"{number}." for number in range(listing.start, listing.start + len(listing.items)))


def cite_marks(numbers: Sequence[int]) -> str:
    """Give ``[1][2]``."""
    return "".join(f"[{number}]" for number in numbers)


def _inline(node: Inline) -> str:
    match node:
        case Plain():
            return _MARK_LIKE.sub(r"\\[", _LINE_BREAKS.sub(" ", safe(node.text)))
        case Code():
            return _code_span(safe_line(node.text))
        case Cite():
            return f"[{node.number}]"
        case Strong():
            return f"**{inline_text(node.children)}**"
        case Emphasis():
            return f"*{inline_text(node.children)}*"


def _code_span(text: str) -> str:
    """Fence with one tick more than the text has in a row (CommonMark, 6.1)."""
    if not text:
        return ""
    fence = "`" * (_longest_ticks(text) + 1)
    pad = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{pad}{text}{pad}{fence}"


def _code_block(block: CodeBlock) -> str:
    text = safe(block.text).removesuffix("\n")
    fence = "`" * max(3, _longest_ticks(text) + 1)
    end = f"\n{cite_marks(block.cites)}" if block.cites else ""
    return f"{fence}{safe_line(block.language)}\n{text}\n{fence}{end}"


def _longest_ticks(text: str) -> int:
    return max((len(run) for run in _TICKS.findall(text)), default=0)


def _item(item: Item, mark: str) -> str:
    parts = [inline_text(item.children), *(_block(block) for block in item.blocks)]
    return _prefixed("\n".join(part for part in parts if part), f"{mark} ", " " * (len(mark) + 1))


def _prefixed(text: str, first: str, rest: str) -> str:
    head, *lines = text.split("\n")
    rest_if = (f"{rest}{line}" if line else rest.rstrip() for line in lines)
    return "\n".join([f"{first}{head}" if head else first.rstrip(), *rest_if])


def _table(table: Table) -> str:
    rule = "|" + " --- |" * len(table.header)
    return "\n".join([_row(table.header), rule, *(_row(row) for row in table.rows)])


def _row(cells: _Cells) -> str:
    return "| " + " | ".join(inline_text(cell).replace("|", r"\|") for cell in cells) + " |"
