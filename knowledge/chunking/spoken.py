"""What a line of Markdown says: escapes undone, marks and link targets gone, inline code kept as it is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from knowledge.chunking.hiding import Veil
from knowledge.chunking.walking import ticked

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markdown_it import MarkdownIt
    from markdown_it.token import Token

_PAIR = re.compile(r"\[[^\[\]]*+\]")
_MANY_BRACKETS = 50
_MOST_BRACKETS = 5_000
_MOST_UNCLOSED = 2_000
_DENSE = 7
"""Characters to an opening bracket: ``[1](#1) `` has eight. The parser looks for the end of each one that never ends,
which makes a megabyte of them take half a minute."""

_MARKED = re.compile(r"[\\`*_\[\]!<&~\n]")
_ANCHOR = re.compile(r"<a\s[^<>]*?\b(?:name|id)\s*=\s*[\"']?([^\"'\s<>]+)", re.IGNORECASE)
_TAG_NAME = re.compile(r"</?([a-zA-Z][a-zA-Z0-9-]*)")
_KNOWN = re.compile(
    "a|abbr|address|article|aside|b|bdi|bdo|big|blockquote|br|button|caption|center|cite|code|col|dd|del|details|dfn|"
    "div|dl|dt|em|figcaption|figure|font|footer|h[1-6]|header|hr|i|iframe|img|input|ins|kbd|label|li|main|mark|nav|ol|"
    "p|picture|pre|q|s|samp|script|section|select|small|source|span|strike|strong|style|sub|summary|sup|svg|table|"
    "tbody|td|template|textarea|tfoot|th|thead|time|tr|tt|u|ul|var|video|wbr",
    re.IGNORECASE,
)
"""Elements whose tags no reader sees. ``<your-bucket>`` is none of them and most likely meant to be read."""


class Spoken:
    """Renders inline Markdown of one document to plain words. Keeps anchors and what is hidden across lines."""

    def __init__(self, parser: MarkdownIt, linkless: MarkdownIt, environment: dict[str, Any]) -> None:
        """Take the block parser, one that leaves brackets as they are, and the definitions that the first found."""
        self.veil = Veil()
        self._parser = parser
        self._linkless = linkless
        self._unclosed = 0
        self._environment = environment

    def text(self, source: str) -> str:
        """Give the words of a line or paragraph."""
        if not _MARKED.search(source):
            return "" if self.veil.down else source
        return self._rendered(self._tokens(source))

    def heading(self, source: str) -> tuple[str, str | None]:
        """Give the words of a heading, and the anchor that it carries as ``<a name>`` or ``<a id>``."""
        found = _ANCHOR.search(source) if "<" in source else None
        return self.text(source), found[1] if found else None

    def _tokens(self, source: str) -> Sequence[Token]:
        tokens: list[Token] = []
        parser = self._linkless if self._is_costly(source) else self._parser
        parser.inline.parse(source, parser, self._environment, tokens)
        return tokens

    def _is_costly(self, source: str) -> bool:
        """Whether a line has more brackets than links need, or one that another follows where many were before it."""
        unclosed = source.count("[") - len(_PAIR.findall(source))
        self._unclosed += unclosed
        return _bracketed(source) or (unclosed > 0 and self._unclosed > _MOST_UNCLOSED)

    def _rendered(self, tokens: Sequence[Token]) -> str:
        words: list[str] = []
        for token in tokens:
            if token.type == "html_inline":
                words.append(self._html(token.content))
            elif not self.veil.down:
                words.append(_said(token))
        return "".join(words)

    def _html(self, tag: str) -> str:
        """See a tag; say what stands for it."""
        was_down = self.veil.down
        self.veil.see(tag)
        found = _TAG_NAME.match(tag)
        name = found[1].lower() if found else ""
        if was_down or self.veil.down:
            return ""
        if not name or _KNOWN.fullmatch(name):
            return "\n" if name == "br" else ""
        return tag


def _bracketed(source: str) -> bool:
    """Whether there are more brackets than a text with links has."""
    brackets = source.count("[")
    return brackets > _MANY_BRACKETS and (brackets > _MOST_BRACKETS or brackets * _DENSE > len(source))


def _said(token: Token) -> str:
    match token.type:
        case "text" | "text_special":
            return token.content
        case "code_inline":
            return ticked(token.content)
        case "softbreak":
            return " "
        case "hardbreak":
            return "\n"
        case _:  # opening and closing marks; images, whose text no reader sees
            return ""
