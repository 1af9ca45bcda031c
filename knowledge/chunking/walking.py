"""The walk through an HTML tree, element by element, without recursion."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from knowledge.chunking.cleaning import visible
from knowledge.chunking.hiding import backed, hidden, unspoken, white

if TYPE_CHECKING:
    from collections.abc import Mapping

    from selectolax.lexbor import LexborNode

    from knowledge.chunking.outline import Drawing

_BLOCK = re.compile(
    "address|article|aside|blockquote|body|caption|center|d[dlt]|details|div|fieldset|fig(caption|ure)|footer|form|"
    "h[1-6]|header|hgroup|hr|html|legend|li|main|menu|ol|p|pre|section|summary|t(able|body|d|foot|h|head|r)|ul",
)
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_CHROME = frozenset({"header", "footer", "aside"})
"""Parts of the page's frame, but of the content where they stand inside it."""
_CHROME_ROLES = frozenset(["navigation", "banner", "contentinfo", "search", "complementary"])
_CONTROLS = frozenset(
    ["head", "button", "select", "textarea", "input", "datalist", "progress", "meter", "frameset", "noframes"]
)
_CODE = frozenset({"x-code", "x-tt", "kbd", "samp"})
_LISTS = frozenset({"ul", "ol", "menu"})
_LANGUAGE = re.compile(r"(?:^|\s)(?:language|lang|highlight|sourceCode)[-_ ](?:source-)?([\w+#.-]{1,20})")
_BREAK = "\v"
"""A line break that was meant, while white space still stands as in the source."""


@dataclass(slots=True)
class _List:
    ordered: bool
    number: int
    items: int = 0


@dataclass(slots=True)
class _Open:
    """What is being read: the words of the block, and the table, heading or code around them."""

    words: list[str] = field(default_factory=list)
    lists: list[_List] = field(default_factory=list)
    marker: str | None = None
    heading: int = 0
    anchor: str | None = None
    pre: int = 0
    rows: list[list[str]] | None = None
    cell: int = 0
    code: list[int] = field(default_factory=list)


class Walk:
    """Draws the outline of what a reader sees below a node. ``main`` says that the node is the page's content."""

    def __init__(self, drawing: Drawing, *, main: bool, hidden: int = 0) -> None:
        """Begin with nothing open."""
        self.hidden = hidden
        """How many elements with something in them were left out because they are hidden."""
        self._drawing = drawing
        self._content = int(main)
        self._backs = 0
        self._open = _Open()

    def through(self, root: LexborNode) -> None:
        """Walk below the node, entering and leaving each element once."""
        stack: list[tuple[LexborNode, bool]] = [(root, False)]
        while stack:
            node, leaving = stack.pop()
            if leaving:
                self._leave(node)
                self._backs -= backed(node.attributes)
            elif node.is_text_node:
                self._open.words.append(node.text_content or "")
            elif node.is_element_node and (node is root or self._shown(node)):
                self._backs += backed(node.attributes)
                self._enter(node)
                stack.append((node, True))
                stack.extend((child, False) for child in reversed(_children(node)))
        self._flush()

    def _shown(self, node: LexborNode) -> bool:
        tag, given = node.tag or "", node.attributes
        if tag in _CONTROLS or given.get("role") in _CHROME_ROLES or (tag in _CHROME and not self._content):
            return tag == "header" and node.css_first("h1") is not None
        if unspoken(given):
            return False
        if hidden(tag, given) or (white(tag, given) and not self._backs and not backed(given)):
            self.hidden += 1 if (node.text() or "").strip() else 0
            return False
        return True

    def _enter(self, node: LexborNode) -> None:
        tag, given, now = node.tag or "", node.attributes, self._open
        if now.heading and tag not in _HEADINGS:
            now.anchor = now.anchor or given.get("id") or (given.get("name") if tag == "x-a" else None)
        self._content += tag in {"main", "article"}
        if _BLOCK.fullmatch(tag):
            self._flush()
        if tag in _HEADINGS and not now.cell:
            now.heading, now.anchor = _HEADINGS[tag], given.get("id")
        elif tag in {"table", "tr", "td", "th"}:
            self._enter_table(tag, node)
        else:
            self._enter_other(tag, given)

    def _enter_other(self, tag: str, given: Mapping[str, str | None]) -> None:
        now = self._open
        if tag in _LISTS:
            now.lists.append(_List(ordered=tag == "ol", number=_number(given.get("start"))))
        elif tag == "li":
            now.marker = self._mark()
        elif tag == "br":
            now.words.append(_BREAK)
        elif tag == "pre":
            now.pre += 1
        elif tag in _CODE:
            now.code.append(len(now.words))

    def _enter_table(self, tag: str, node: LexborNode) -> None:
        now = self._open
        if tag == "table" and now.rows is None and _tabular(node):
            now.rows = []
        elif tag == "tr" and now.rows is not None:
            now.rows.append([])
        elif tag in {"td", "th"} and now.rows is not None:
            now.cell += 1

    def _leave(self, node: LexborNode) -> None:
        tag, now = node.tag or "", self._open
        self._content -= tag in {"main", "article"}
        if tag in _HEADINGS and now.heading:
            self._heading()
        elif tag == "pre":
            self._pre(node)
        elif tag in _CODE:
            self._code()
        elif tag in {"td", "th"} and now.rows is not None:
            self._cell()
        elif _BLOCK.fullmatch(tag):
            self._flush()
        if tag == "table" and now.rows is not None and not now.cell:
            self._drawing.table(now.rows)
            now.rows = None
        elif tag in _LISTS and now.lists:
            now.lists.pop()

    def _mark(self) -> str:
        """The marker of the next list item, indented by its depth."""
        lists = self._open.lists
        if not lists:
            return "- "
        lists[-1].number += 1
        lists[-1].items += 1
        return "  " * min(len(lists) - 1, 8) + (f"{lists[-1].number}. " if lists[-1].ordered else "- ")

    def _taken(self) -> str:
        """The words so far, white space collapsed but for breaks that were meant."""
        text = "".join(self._open.words)
        self._open.words.clear()
        return "\n".join(" ".join(line.split()) for line in visible_lines(text)).strip()

    def _flush(self) -> None:
        """End a paragraph. Inside a heading, a cell or preformatted text there are none."""
        now = self._open
        if now.heading or now.pre or now.cell:
            if not now.pre:
                now.words.append(" ")
            return
        text = self._taken()
        if not text:
            return
        mark = now.marker
        inside = len(now.lists) > 0
        first = len(now.lists) == 1 and now.lists[0].items == 1
        now.marker = None
        self._drawing.prose((mark or "") + text, tight=inside and bool(mark) and not first)

    def _heading(self) -> None:
        now = self._open
        level, now.heading = now.heading, 0
        self._drawing.heading(level, self._taken(), anchor=now.anchor)

    def _pre(self, node: LexborNode) -> None:
        now = self._open
        now.pre -= 1
        if now.pre or now.heading or now.cell:
            return
        text = "".join(now.words).replace(_BREAK, "\n")
        now.words.clear()
        now.marker = None
        self._drawing.code(text, language=_language(node))

    def _code(self) -> None:
        """Put inline code between backticks, as Markdown does, unless it is blank or a block."""
        now = self._open
        at = now.code.pop() if now.code else len(now.words)
        text = "".join(now.words[at:])
        if text.strip() and not now.pre and at <= len(now.words):
            now.words[at:] = [ticked(text)]

    def _cell(self) -> None:
        now = self._open
        now.cell -= 1
        if now.cell or now.rows is None:
            now.words.append(" ")
            return
        text = self._taken()
        if not now.rows:
            now.rows.append([])
        now.rows[-1].append(text)


def visible_lines(text: str) -> list[str]:
    """Split at the breaks that were meant."""
    return [visible(line) for line in text.split(_BREAK)]


def ticked(code: str) -> str:
    """Inline code between as many backticks as it takes."""
    longest = max((len(run) for run in re.findall(r"`+", code)), default=0)
    ticks = "`" * (longest + 1)
    space = " " if longest and (code.startswith("`") or code.endswith("`")) else ""
    return f"{ticks}{space}{code}{space}{ticks}"


def _children(node: LexborNode) -> list[LexborNode]:
    found = []
    child = node.child
    while child is not None:
        found.append(child)
        child = child.next
    return found


def _tabular(node: LexborNode) -> bool:
    """Whether a table holds data, and does not lay out a page or number the lines of code."""
    role = node.attributes.get("role")
    within = node.css("table, pre, h1, h2, h3")  # the table itself is the first of them
    return role not in {"presentation", "none"} and len(within) == 1


def _number(start: str | None) -> int:
    return int(start) - 1 if start and re.fullmatch(r"\d{1,6}", start) else 0


def _language(node: LexborNode) -> str:
    """The language of a code block, from the class names that highlighters use."""
    inner = node.css_first("x-code")
    for holder in (node, inner, node.parent):
        found = _LANGUAGE.search((holder.attributes.get("class") or "") if holder is not None else "")
        if found:
            return found[1]
    return ""
