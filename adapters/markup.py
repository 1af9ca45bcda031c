"""The checked tree: what an answer may consist of, and nothing else.

There is no link, image, mention or raw markup in it: the only way to point anywhere is ``Cite``, a number of the
citation table. Each adapter renders the tree; none ever receives a string with markup in it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Plain:
    """Words, to be escaped for the platform."""

    text: str


@dataclass(frozen=True, slots=True)
class Code:
    """Inline code, verbatim."""

    text: str


@dataclass(frozen=True, slots=True)
class Cite:
    """A footnote mark: a number of the citation table."""

    number: int


@dataclass(frozen=True, slots=True)
class Strong:
    """Bold."""

    children: tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class Emphasis:
    """Italic."""

    children: tuple[Inline, ...]


Inline: TypeAlias = Plain | Code | Cite | Strong | Emphasis


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text."""

    children: tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; ``level`` from 1 to 6."""

    level: int
    children: tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a list; nested lists stand in ``blocks`` after the text."""

    children: tuple[Inline, ...]
    blocks: tuple[Block, ...] = ()


@dataclass(frozen=True, slots=True)
class Listing:
    """A list; ``start`` is the first number where it is ordered, else None."""

    items: tuple[Item, ...]
    start: int | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """A table; every row has as many cells as ``header``."""

    header: tuple[tuple[Inline, ...], ...]
    rows: tuple[tuple[tuple[Inline, ...], ...], ...]


@dataclass(frozen=True, slots=True)
class CodeBlock:
    """Code, verbatim; ``cites`` name the passages that hold it."""

    text: str
    language: str = ""
    cites: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Quote:
    """Quoted blocks."""

    blocks: tuple[Block, ...]


Block: TypeAlias = Paragraph | Heading | Listing | Table | CodeBlock | Quote
Tree: TypeAlias = tuple[Block, ...]


def joined(tree: Tree, block: Block, *, continues: bool) -> Tree:
    """Put the next unit at the end of a tree, into its last block where it continues that one."""
    if not continues or not tree:
        return (*tree, block)
    match tree[-1], block:
        case Paragraph() as last, Paragraph():
            merged: Block = Paragraph((*last.children, Plain(" "), *block.children))
        case Listing() as last, Listing() if _follows(last, block):
            merged = replace(last, items=(*last.items, *block.items))
        case Table() as last, Table() if len(last.header) == len(block.header):
            merged = replace(last, rows=(*last.rows, *block.rows))
        case Quote() as last, Quote() if block.blocks:
            first, *rest = block.blocks
            merged = Quote((*joined(last.blocks, first, continues=True), *rest))
        case _:
            return (*tree, block)
    return (*tree[:-1], merged)


def _follows(last: Listing, more: Listing) -> bool:
    """Whether items go on counting where the list before them ended, so that no item's number is changed."""
    if last.start is None or more.start is None:
        return last.start == more.start
    return more.start == last.start + len(last.items)


def cited(tree: Tree) -> tuple[int, ...]:
    """The numbers that a tree cites, in order of first use."""
    seen: dict[int, None] = {}
    for block in tree:
        for number in _cites(block):
            seen.setdefault(number)
    return tuple(seen)


def _cites(node: Block | Inline | Item) -> tuple[int, ...]:
    match node:
        case Cite():
            return (node.number,)
        case CodeBlock():
            return node.cites
        case Paragraph() | Heading() | Strong() | Emphasis():
            return tuple(n for child in node.children for n in _cites(child))
        case Listing():
            return tuple(n for item in node.items for n in _cites(item))
        case Item():
            return tuple(n for child in (*node.children, *node.blocks) for n in _cites(child))
        case Table():
            cells = (*node.header, *(cell for row in node.rows for cell in row))
            return tuple(n for cell in cells for inline in cell for n in _cites(inline))
        case Quote():
            return tuple(n for child in node.blocks for n in _cites(child))
        case Plain() | Code():
            return ()
