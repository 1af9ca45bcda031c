"""The checked tree as the Markdown of a platform; what platforms write differently is a ``Dialect``. Pure.

Links come from a table of URLs by citation number alone, and every word goes through the dialect's own escaping. For
histories, JSON and pipes there is ``adapters.plain``.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from adapters.escaping import safe, safe_line
from adapters.joining import JOINER
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

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from adapters.leaves import Links
    from adapters.markup import Block, Inline, Item, Tree

_TICKS: Final = re.compile(r"`+")
_LANGUAGE: Final = re.compile(r"[A-Za-z0-9_+#.-]{1,20}")
_BLOCK: Final = re.compile(r"[#+=-]|\d{1,9}[.)](?=\s|\Z)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """One platform's Markdown.

    ``words``, ``code`` and ``block`` make words, inline code and a block of code harmless; ``cite`` is a mark, with
    its link; ``italic`` is the sign of emphasis, and ``gap`` keeps signs apart that would be one. ``behind`` and
    ``within`` are the line breaks behind a block, and before one in an item of a list.
    """

    words: Callable[[str], str]
    code: Callable[[str], str]
    block: Callable[[str], str]
    cite: Callable[[int, Links], str]
    heading: Callable[[int, str], str]
    table: Callable[[Table, Links], str]
    behind: Callable[[Block], str]
    within: Callable[[Block], str]
    italic: str
    gap: str = ""

    def tree_text(self, tree: Tree, linked: Links) -> str:
        """Give blocks below each other."""
        shown, breaks = "", ""
        for block in tree:
            if text := self.block_text(block, linked):
                shown = f"{shown}{breaks}{text}"
                breaks = self.behind(block)
        return shown

    def block_text(self, block: Block, linked: Links) -> str:
        """Give one block."""
        match block:
            case Paragraph():
                return line(self.inline_text(block.children, linked))
            case Heading():
                return self.heading(block.level, self.inline_text(block.children, linked))
            case Listing():
                items = zip(block.items, marks(block), strict=True)
                return "\n".join(self._item(item, mark, linked) for item, mark in items)
            case Table():
                return self.table(block, linked)
            case CodeBlock():
                cites = self.inline_text(tuple(map(Cite, block.cites)), linked)
                fence = self.fenced(safe(block.text), block.language)
                return "\n".join(part for part in (fence, cites) if part)
            case Quote():
                return _prefixed(self.tree_text(block.blocks, linked), "> ", "> ")

    def inline_text(self, children: Sequence[Inline], linked: Links) -> str:
        """Give inline nodes on one line."""
        shown, before = "", False
        for child in _merged(children):
            marked = isinstance(child, Strong | Emphasis)
            shown += (self.gap if before and marked else "") + self._inline(child, linked)
            before = marked
        return shown

    def fenced(self, text: str, language: str) -> str:
        """Give code as a block, with its language where that is one."""
        code = self.block(text).removesuffix("\n")
        fence = "`" * max(3, _longest_ticks(code) + 1)
        return f"{fence}{language if _LANGUAGE.fullmatch(language) else ''}\n{code}\n{fence}"

    def _inline(self, node: Inline, linked: Links) -> str:
        match node:
            case Plain():
                return self.words(node.text)
            case Code():
                return _code_span(self.code(node.text))
            case Cite():
                return self.cite(node.number, linked)
            case Strong():
                return _marked(self.inline_text(_unmarked(node.children, Strong), linked), "**")
            case Emphasis():
                return _marked(self.inline_text(_unmarked(node.children, Emphasis), linked), self.italic)

    def _item(self, item: Item, mark: str, linked: Links) -> str:
        text = line(self.inline_text(item.children, linked))
        for block in item.blocks:
            inner = self.block_text(block, linked)
            text = self.within(block).join(part for part in (text, inner) if part)
        text = text or JOINER  # a bare "-" would make a heading of the line before it
        return _prefixed(text, f"{mark} ", " " * (len(mark) + 1))


def line(rendered: str) -> str:
    """Give rendered inline Markdown that begins no block of its own: no heading, list, rule or indented code."""
    text = rendered.lstrip()
    begin = _BLOCK.match(text)
    if begin is None:
        return text
    at = begin.end() - 1
    return f"{text[:at]}\\{text[at:]}"


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


def _longest_ticks(text: str) -> int:
    return max((len(run) for run in _TICKS.findall(text)), default=0)


def _prefixed(text: str, first: str, rest: str) -> str:
    head, *lines = text.split("\n")
    return "\n".join([f"{first}{head}", *(f"{rest}{one}" for one in lines)])
