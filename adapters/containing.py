"""A block of the checked tree in which no words act, however they are spread over its nodes. Pure.

Code stays as it is but for what steers a screen: it was compared with its passage, word for word, and no platform makes
links or mentions of it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from adapters.markup import (
    Cite,
    Code,
    CodeBlock,
    Emphasis,
    Heading,
    Item,
    Listing,
    Paragraph,
    Plain,
    Quote,
    Strong,
    Table,
)
from adapters.neutral import neutral

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from adapters.markup import Block, Inline

    Run = tuple[Inline, ...]
    Change = Callable[[Run], Run]


def contained(block: Block) -> Block:
    """Give the block with its words made harmless; one that is harmless comes back equal."""
    return changed(block, _contained)


def changed(block: Block, run: Change, code: Callable[[CodeBlock], CodeBlock] = lambda block: block) -> Block:
    """Give the block with each run of inline nodes in it changed, and each code block."""
    match block:
        case Paragraph() | Heading():
            return replace(block, children=run(block.children))
        case Listing():
            return replace(block, items=tuple(_item(item, run, code) for item in block.items))
        case Table():
            rows = tuple(tuple(map(run, row)) for row in block.rows)
            return Table(tuple(map(run, block.header)), rows)
        case Quote():
            return Quote(tuple(changed(inner, run, code) for inner in block.blocks))
        case CodeBlock():
            return code(block)


def _item(item: Item, run: Change, code: Callable[[CodeBlock], CodeBlock]) -> Item:
    return Item(run(item.children), tuple(changed(inner, run, code) for inner in item.blocks))


def _contained(children: Run) -> Run:
    """Make each node's words harmless; where they only act side by side, as ``@ev**eryone**`` does, emphasis goes."""
    nodes = each(children, lambda text: (Plain(neutral(text)),))
    words = _side_by_side(nodes)
    return _joined(nodes) if neutral(words) != words else nodes


def each(children: Run, words: Callable[[str], Run], code: Callable[[str], Code] = Code) -> Run:
    """Give the nodes with what ``words`` makes of each plain one and ``code`` of inline code, inside emphasis too."""
    given: list[Inline] = []
    for node in children:
        match node:
            case Plain():
                given += words(node.text)
            case Strong() | Emphasis():
                given.append(type(node)(each(node.children, words, code)))
            case Code():
                given.append(code(node.text))
            case Cite():
                given.append(node)
    return tuple(given)


def _joined(nodes: Run) -> Run:
    merged: list[Inline] = []
    for leaf in _leaves(nodes):
        last = merged[-1] if merged else None
        if isinstance(leaf, Plain) and isinstance(last, Plain):
            merged[-1] = Plain(last.text + leaf.text)
        else:
            merged.append(leaf)
    return tuple(Plain(neutral(node.text)) if isinstance(node, Plain) else node for node in merged)


def _leaves(nodes: Run) -> Iterator[Inline]:
    for node in nodes:
        if isinstance(node, Strong | Emphasis):
            yield from _leaves(node.children)
        else:
            yield node


def _side_by_side(nodes: Run) -> str:
    """Give the words as they stand beside each other; code and marks keep what is around them apart."""
    return "".join(leaf.text if isinstance(leaf, Plain) else " " for leaf in _leaves(nodes))
