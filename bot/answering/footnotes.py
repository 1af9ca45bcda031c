"""The numbers that footnotes are shown with: 1, 2, 3 in the order in which an answer uses its sources. Pure.

A model cites the passages by the numbers that its prompt gives them, of which an answer uses some, in any order.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from adapters.containing import changed
from adapters.markup import Cite, Emphasis, Strong, cited

if TYPE_CHECKING:
    from collections.abc import Iterable

    from adapters.markup import Block, CodeBlock, Inline
    from adapters.parts import Citation


@dataclass(slots=True)
class Footnotes:
    """Counts on with each block; a number once given stays."""

    _given: dict[int, int] = field(default_factory=dict)
    """By the number that the passage has in the prompt."""

    @property
    def used(self) -> tuple[int, ...]:
        """Give the prompt's numbers of what was cited, in the order of first use."""
        return tuple(self._given)

    def shown(self, block: Block) -> Block:
        """Give a block with the numbers that a reader sees."""
        for number in cited((block,)):
            self._given.setdefault(number, len(self._given) + 1)
        return changed(block, self._run, self._code)

    def table(self, citations: Iterable[Citation]) -> tuple[Citation, ...]:
        """Give the citation table as a reader sees it: what was cited, then the rest in its order."""
        lines = {line.number: line for line in citations}
        order = [number for number in self._given if number in lines]
        rest = [number for number in lines if number not in self._given]
        return tuple(replace(lines[number], number=place) for place, number in enumerate((*order, *rest), 1))

    def _run(self, nodes: tuple[Inline, ...]) -> tuple[Inline, ...]:
        return tuple(map(self._node, nodes))

    def _node(self, node: Inline) -> Inline:
        match node:
            case Cite():
                return Cite(self._given[node.number])
            case Strong() | Emphasis():
                return replace(node, children=self._run(node.children))
            case _:
                return node

    def _code(self, block: CodeBlock) -> CodeBlock:
        return replace(block, cites=tuple(self._given[number] for number in block.cites))
