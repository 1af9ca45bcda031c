"""The reading of Markdown's blocks into an outline."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from knowledge.chunking.html import parsed
from knowledge.chunking.outline import Drawing
from knowledge.chunking.walking import Walk

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markdown_it.token import Token

    from knowledge.chunking.outline import Lines
    from knowledge.chunking.spoken import Spoken

_HEADING_ID = re.compile(r"\s*\{#([\w.:-]+)[^{}]*\}\s*\Z")
_DEEPEST_INDENT = 8


@dataclass(slots=True)
class _List:
    ordered: bool
    number: int
    items: int = 0


class Reading:
    """Reads the parser's blocks one after the other. ``first_line`` is the line in the file at which they begin."""

    def __init__(self, spoken: Spoken, name: str, *, first_line: int) -> None:
        """Begin with nothing open."""
        self.drawing = Drawing()
        self._spoken = spoken
        self._name = name
        self._first_line = first_line
        self._lists: list[_List] = []
        self._marker: str | None = None
        self._rows: list[list[str]] = []
        self._table_lines: Lines | None = None

    @property
    def hidden(self) -> int:
        """How many pieces of hidden HTML were left out."""
        return self._spoken.veil.falls

    def through(self, tokens: Sequence[Token]) -> None:
        """Read all blocks in order."""
        within = ""
        lines: Lines | None = None
        for token in tokens:
            if token.type.endswith("_open"):
                within, lines = token.tag, self._lines(token) or lines
            if token.type == "inline":
                self._inline(token, within, lines)
            else:
                self._block(token)

    def _block(self, token: Token) -> None:
        match token.type:
            case "bullet_list_open":
                self._lists.append(_List(ordered=False, number=0))
            case "ordered_list_open":
                self._lists.append(_List(ordered=True, number=int(token.attrGet("start") or 1) - 1))
            case "bullet_list_close" | "ordered_list_close":
                self._lists.pop()
                self._marker = None
            case "list_item_open":
                self._marker = self._next_marker()
            case "fence" | "code_block":
                self._code(token)
            case "html_block":
                self._html(token)
            case "table_open":
                self._rows, self._table_lines = [], self._lines(token)
            case "tr_open":
                self._rows.append([])
            case "table_close":
                self._table()
            case _:  # paragraphs, quotes, cells: only what they hold matters
                pass

    def _inline(self, token: Token, within: str, lines: Lines | None) -> None:
        if within in {"th", "td"}:
            self._rows[-1].append(self._spoken.text(token.content))
        elif within[:1] == "h":
            self._heading(int(within[1]), token.content, lines)
        else:
            self._paragraph(self._spoken.text(token.content), lines)

    def _heading(self, level: int, source: str, lines: Lines | None) -> None:
        text, anchor = self._spoken.heading(source)
        found = _HEADING_ID.search(text[-100:])
        if found:
            text, anchor = text[: -len(found[0])], found[1]
        self.drawing.heading(level, text, anchor=anchor, lines=lines)

    def _paragraph(self, text: str, lines: Lines | None) -> None:
        if not text.strip():
            return
        inside = bool(self._lists)
        first = len(self._lists) == 1 and self._lists[0].items == 1
        tight = inside and bool(self._marker) and not first
        self.drawing.prose(f"{self._marker or ''}{text.strip()}", lines=lines, tight=tight)
        self._marker = None

    def _next_marker(self) -> str:
        current = self._lists[-1]
        current.items += 1
        current.number += 1
        indent = "  " * min(len(self._lists) - 1, _DEEPEST_INDENT)
        return indent + (f"{current.number}. " if current.ordered else "- ")

    def _code(self, token: Token) -> None:
        if not self._spoken.veil.down:
            language = (token.info.split() or [""])[0]
            self.drawing.code(token.content, language=language, lines=self._lines(token))

    def _table(self) -> None:
        rows, self._rows = self._rows, []
        if not self._spoken.veil.down:
            self.drawing.table(rows, lines=self._table_lines)

    def _html(self, token: Token) -> None:
        """Read a block of HTML as a page of its own, unless what came before hides it."""
        veil = self._spoken.veil
        was_down = veil.down
        veil.see(token.content)
        if was_down:
            return
        body = parsed(token.content, self._name).body
        if body is not None:
            Walk(self.drawing, main=True).through(body)

    def _lines(self, token: Token) -> Lines | None:
        """The token's lines in the file; the parser counts from 0 and gives the end after the last."""
        return (token.map[0] + self._first_line, token.map[1] - 1 + self._first_line) if token.map else None
