"""How an answer is judged. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from adapters.markup import Cite, Code, CodeBlock, Emphasis, Heading, Listing, Paragraph, Plain, Quote, Strong, Table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from adapters.markup import Block, Inline, Tree
    from adapters.parts import Citation, Verdict

_Run: TypeAlias = "tuple[Inline, ...]"

_SENTENCE_ENDS = re.compile(r"(?<=[.!?])(?:\[\d+\])*\s+(?=[A-Z`\"“(])")
_MARK = re.compile(r"\[\d+\]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One question of the bot and all that came back; ``citations`` are those that the text used."""

    question: str
    verdict: Verdict
    tree: Tree
    citations: tuple[Citation, ...]

    @property
    def text(self) -> str:
        """The words of the answer with ``[n]`` marks, one unit a line."""
        return "\n".join(units(self.tree))


def units(tree: Sequence[Block]) -> Iterator[str]:
    """Give what must carry a citation: each paragraph, list item, table row and code block, as plain words."""
    for block in tree:
        match block:
            case Paragraph():
                yield words(block.children)
            case Listing():
                for item in block.items:
                    yield words(item.children)
                    yield from units(item.blocks)
            case Table():
                yield from ("\t".join(words(cell) for cell in row) for row in block.rows)
            case CodeBlock():
                yield block.text + "".join(f"[{number}]" for number in block.cites)
            case Quote():
                yield from units(block.blocks)
            case Heading():
                pass


def words(children: _Run) -> str:
    """Give inline nodes as plain words."""
    return "".join(_word(child) for child in children)


def uncited(tree: Sequence[Block]) -> list[str]:
    """Give every sentence, item, row and code block without a mark of its own."""
    return [sentence for unit in units(tree) for sentence in _sentences(unit) if not _MARK.search(sentence)]


def is_verbatim(quote: str, document: str) -> bool:
    """Say whether a quote stands in a document; runs of white space count as one, and ``…`` joins what was left out."""
    source = _even(document)
    return all(_even(part) in source for part in re.split(r"\s*…\s*", quote) if part.strip())


def _sentences(unit: str) -> list[str]:
    """Cut after a full stop and its marks, so that a mark goes with the sentence before it."""
    cuts = [match.end() for match in _SENTENCE_ENDS.finditer(unit)]
    return [unit[a:b] for a, b in zip([0, *cuts], [*cuts, len(unit)], strict=True) if unit[a:b].strip()]


def _even(text: str) -> str:
    return " ".join(text.split())


def _word(node: Inline) -> str:
    match node:
        case Plain() | Code():
            return node.text
        case Cite():
            return f"[{node.number}]"
        case Strong() | Emphasis():
            return words(node.children)
