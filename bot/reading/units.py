"""A model's Markdown into units, as it streams in: sentences, list items, table rows, code blocks, headings. Pure.

Any cutting of the stream gives the same units: a line's kind is decided when its first characters can no longer
change it, and everything but running text waits for its whole lines. Linear in the length of the text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from bot.reading.sentences import Sentences

Sort: TypeAlias = Literal["sentence", "item", "row", "code", "heading"]
_Kind: TypeAlias = Literal["blank", "fence", "heading", "item", "table", "rule", "quote", "text"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """One unit, still Markdown. Units of one paragraph, list or table share ``block``.

    ``head`` is what the sort needs beside its text: a row's header line, a code block's language, a heading's level
    and an ordered item's number, as text.
    """

    sort: Sort
    text: str
    block: int
    head: str = ""


_ENOUGH: Final = 9
"""Characters after the indentation that settle a line's kind."""
_DEEPEST: Final = 200
"""Spaces of indentation after which a line is running text, whatever follows."""
_FENCE = re.compile(r"(`{3,8}|~{3,8})")
_ITEM = re.compile(r"(?:[-*+•]|(\d{1,3})[.)])(?=\s)")
_HEADING = re.compile(r"(#{1,6})(?=\s)")
_RULE = re.compile(r"(?:[-*_=]\s*){3,}\Z")
_DIVIDER = re.compile(r"[\s|:-]*-[\s|:-]*\Z")


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" \t"))


def _kind(line: str, indent: int) -> _Kind:
    """Classify a line by at most its first few characters after the indentation."""
    start = line[indent : indent + _ENOUGH]
    if indent > _DEEPEST:
        return "text"
    if not start.strip():
        return "blank"
    if _RULE.match(start.rstrip()):
        return "rule"
    for kind, pattern in _STARTS:
        if pattern.match(start):
            return kind
    return "text"


_STARTS: Final[tuple[tuple[_Kind, re.Pattern[str]], ...]] = (
    ("fence", _FENCE),
    ("heading", _HEADING),
    ("item", re.compile(r"(?:[-*+•]|\d{1,3}[.)])\s")),
    ("table", re.compile(r"\|")),
    ("quote", re.compile(r">")),
)


class Units:
    """Takes a stream of Markdown and gives whole units."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._left = ""
        self._inside = False  # in a line of running text
        self._running = False  # in a paragraph
        self._sentences = Sentences()
        self._block = 0
        self._lines: list[str] = []  # of the fence, item or table that is open
        self._open: Literal["fence", "item", "table"] | None = None
        self._fence = ""  # the run that closes the open fence, also inside an item
        self._header = ""
        self._depth = 0  # the open item's indentation
        self._gap = False  # a blank line since the item's last line
        self._listed = False  # the line before ended an item that this one may follow
        self._given: list[Unit] = []

    def feed(self, text: str) -> list[Unit]:
        """Take more text; give the units that are certain now."""
        self._left += text.replace("\r", "")
        self._work(final=False)
        return self._handed()

    def end(self) -> list[Unit]:
        """Give what is left; the stream is over."""
        self._work(final=True)
        self._close()
        return self._handed()

    def _handed(self) -> list[Unit]:
        given, self._given = self._given, []
        return given

    def _give(self, sort: Sort, text: str, head: str = "") -> None:
        if text.strip() or sort == "code":
            self._given.append(Unit(sort=sort, text=text, block=self._block, head=head))

    def _work(self, *, final: bool) -> None:
        at = 0
        text = self._left
        while at < len(text):
            newline = text.find("\n", at)
            end = len(text) if newline < 0 else newline
            if self._inside:
                self._run(text[at:end])
                if newline < 0:
                    at = end
                    break
                self._inside = False
                at = newline + 1
                continue
            whole = newline >= 0 or final
            if not whole and not self._settled(text, at):
                break
            taken = self._line(text, at, end, whole=whole)
            if taken is None:
                break
            at = taken if self._inside else min(taken + 1, len(text))
        self._left = text[at:]

    def _settled(self, text: str, at: int) -> bool:
        """Whether a line that is not whole yet has shown its kind."""
        window = text[at : at + _DEEPEST + 2 + _ENOUGH]
        indent = _indent(window)
        return indent > _DEEPEST or len(window) - indent >= _ENOUGH

    def _line(self, text: str, at: int, end: int, *, whole: bool) -> int | None:
        """Take one line, or the beginning of one of running text; give where to go on, None to wait for its end."""
        window = text[at : min(end, at + _DEEPEST + 2 + _ENOUGH)]
        indent = _indent(window)
        kind = _kind(window, indent)
        if self._open is not None and self._belongs(kind, indent):
            if not whole:
                return None
            self._add(text[at:end], kind)
            return end
        if kind not in ("text", "quote") and not whole:
            return None
        self._close_unless(kind)
        return self._start(kind, text[at:end], at, end, indent)

    def _belongs(self, kind: _Kind, indent: int) -> bool:
        if self._open == "fence" or (self._open == "item" and self._fence):
            return True
        if self._open == "table":
            return kind == "table"
        if kind == "blank":
            return True
        return indent >= self._depth + 2 or (kind == "text" and not self._gap)

    def _add(self, line: str, kind: _Kind) -> None:
        if self._open == "table":
            self._row(line)
            return
        bare = line.strip()
        self._gap = kind == "blank" and not self._fence
        if self._fence and bare.startswith(self._fence) and not bare.strip(self._fence[0]):
            self._fence = ""
            if self._open == "fence":
                self._close()
                return
        elif not self._fence and kind == "fence":
            self._fence = _run_of(bare)
        self._lines.append(line)

    def _row(self, line: str) -> None:
        if len(self._lines) == 1 and not self._header:
            if _DIVIDER.match(line):
                self._header, self._lines = self._lines[0], []
                return
            self._give("sentence", self._lines[0].strip().strip("|"))
            self._lines = []
        if self._header:
            self._give("row", line.strip(), self._header.strip())
        else:
            self._lines = [line]

    def _start(self, kind: _Kind, line: str, at: int, end: int, indent: int) -> int:
        """Begin a block with this line, or go on with running text."""
        if kind in ("text", "quote"):
            if not self._running:
                self._block += 1
            skip = min(indent, _DEEPEST) + (kind == "quote")
            self._inside = True
            self._run(" ")
            return at + min(skip, end - at)
        if kind == "heading":
            self._block += 1
            level = len(line.strip()) - len(line.strip().lstrip("#"))
            self._give("heading", line.strip().strip("#").strip(), str(level))
        elif kind in ("fence", "item", "table"):
            self._begin(kind, line)
        return end

    def _begin(self, kind: _Kind, line: str) -> None:
        if not (kind == "item" and self._listed):
            self._block += 1
        self._lines = [line]
        if kind == "fence":
            self._open, self._fence = "fence", _run_of(line.strip())
        elif kind == "item":
            self._open, self._gap, self._depth = "item", False, _indent(line)
            after = _ITEM.sub("", line.strip(), count=1).strip()
            self._fence = _run_of(after) if _FENCE.match(after) else ""
        else:
            self._open = "table"

    def _run(self, text: str) -> None:
        for sentence in self._sentences.feed(text):
            self._give("sentence", sentence)
        self._running = True

    def _close_unless(self, kind: _Kind) -> None:
        """End what is open before a line of this kind; running text goes on through running text."""
        if self._running and kind in ("text", "quote"):
            return
        was_item = self._open == "item"
        self._close()
        self._listed = was_item and kind == "item"

    def _close(self) -> None:
        if self._running:
            for sentence in self._sentences.end():
                self._give("sentence", sentence)
            self._running = False
        if self._open == "fence":
            first, *body = self._lines
            self._give("code", "\n".join(_dedented(body, _indent(first))), first.strip().lstrip("`~").strip())
        elif self._open == "item":
            self._give_item()
        elif self._open == "table" and self._lines and not self._header:
            self._give("sentence", self._lines[0].strip().strip("|"))
        self._open, self._lines, self._fence, self._header, self._gap = None, [], "", "", False

    def _give_item(self) -> None:
        first, *more = self._lines
        indent = _indent(first)
        marker = _ITEM.match(first, indent)
        number = (marker[1] or "") if marker else ""
        body = first[marker.end() if marker else indent :].strip()
        self._give("item", "\n".join([body, *_dedented(more, indent + 2)]).rstrip(), number)


def _run_of(line: str) -> str:
    match = _FENCE.match(line)
    return match[0] if match else ""


def _dedented(lines: list[str], indent: int) -> list[str]:
    return [line[min(indent, _indent(line)) :] for line in lines]


def split(text: str) -> list[Unit]:
    """Give the units of a whole text."""
    units = Units()
    return [*units.feed(text), *units.end()]
