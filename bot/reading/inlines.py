"""A line of a model's Markdown into the inline nodes of the checked tree. Pure, and linear in its length.

Nothing that could point anywhere survives: of a link or an image its label stays, a bare address is said to be
removed, tags and mentions in brackets fall away, invisible characters too.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

from adapters.addresses import PATTERN, REMOVED, addressed, stripped
from adapters.markup import Cite, Code, Emphasis, Inline, Plain, Strong

_DEEPEST: Final = 4
_INVISIBLE: Final = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
_SCHEME = r"(?:https?|ftps?|file|data|javascript|vbscript|mailto|tel|slack|discord|blob|ws{1,2})"
_TAGS = (
    "a|abbr|article|aside|audio|b|base|bdi|bdo|blockquote|body|br|button|canvas|center|code|dd|del|details|div|dl|dt|em|"
    "embed|font|footer|form|frame|h[1-6]|head|header|hr|html|i|iframe|img|input|ins|kbd|label|li|link|main|mark|"
    "marquee|math|meta|nav|object|ol|option|p|picture|pre|q|s|samp|script|section|select|small|source|span|strike|"
    "strong|style|sub|summary|sup|svg|table|tbody|td|template|textarea|tfoot|th|thead|title|tr|track|tt|u|ul|var|video"
)
_TOKEN = re.compile(
    r"\\(?P<escaped>[!-/:-@\[-`{-~])"
    r"|(?P<ticks>`{1,8})(?P<code>(?:(?!(?P=ticks)).){1,800}?)(?P=ticks)(?!`)"
    r"|!?\[(?P<label>[^\[\]]{0,300})\](?:\([^()\s]{0,1500}(?:\([^()]{0,200}\)[^()\s]{0,200})?(?:\s[^()]{0,200})?\)"
    r"|\[(?P<reference>[^\[\]]{0,100})\])"
    r"|\[\^?(?P<marks>\s?\d{1,3}(?:\s?[,;–-]\s?\d{1,3}){0,9}\s?)\](?!\()"
    r"|【(?P<odd>\d{1,3})[^】\n]{0,24}】"
    rf"|<(?P<auto>{_SCHEME}:[^\s<>|]{{0,1500}}|[^\s<>@|]{{1,64}}@[^\s<>|]{{1,200}})(?:\|(?P<named>[^<>]{{0,300}}))?>"
    r"|<(?P<mention>[@!#][^<>\s]{0,100})>"
    r"|<!--.{0,1500}?(?:-->|\Z)"
    rf"|</?(?:{_TAGS})(?:\s[^<>]{{0,1500}})?/?>"
    r"|<[/!?]?[A-Za-z][\w-]{0,40}\s[^<>]{0,1500}=[^<>]{0,1500}>"
    rf"|(?P<url>{PATTERN})"
    r"|(?P<run>\*{1,3}|_{1,3}|~~)",
    re.IGNORECASE | re.DOTALL,
)

_MARKED = re.compile(r"[\\`\[【<*_~:]|www\.", re.IGNORECASE)
"""Something that every token holds: most sentences of a passage hold none, and are read at once."""


def cleaned(text: str) -> str:
    """Drop what a reader cannot see: zero-width, direction and tag characters, fillers and controls."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(char for char in text if char in "\n\t" or not _hidden(char))


def _hidden(char: str) -> bool:
    return (
        unicodedata.category(char) in ("Cf", "Cc", "Cs", "Co", "Cn")
        or char in _INVISIBLE
        or "\ufe00" <= char <= "\ufe0e"
        or "\U000e0100" <= char <= "\U000e01ef"
    )


class _Reader:
    """Builds nodes; a stack of open emphasis, each with the nodes before it."""

    def __init__(self) -> None:
        self.nodes: list[Inline] = []
        self.open: list[tuple[str, list[Inline]]] = []

    def plain(self, text: str) -> None:
        if not text:
            return
        last = self.nodes[-1] if self.nodes else None
        if isinstance(last, Plain):
            self.nodes[-1] = Plain(last.text + text)
        else:
            self.nodes.append(Plain(text))

    def run(self, run: str, *, opens: bool, closes: bool) -> None:
        """Open or close emphasis; what does neither is dropped where it is bold, kept where it is one character."""
        if closes and any(mark == run for mark, _ in self.open):
            while self.open:
                mark = self.shut()
                if mark == run:
                    return
        elif opens and len(self.open) < _DEEPEST:
            self.open.append((run, self.nodes))
            self.nodes = []
        elif len(run) == 1:
            self.plain(run)

    def shut(self, *, matched: bool = True) -> str:
        mark, outer = self.open.pop()
        inner, self.nodes = self.nodes, outer
        if not matched:
            self.plain(mark if len(mark) == 1 else "")
        if not matched or not inner or mark == "~~":
            for node in inner:
                self.plain(node.text) if isinstance(node, Plain) else self.nodes.append(node)
        elif len(mark) == 1:
            self.nodes.append(Emphasis(tuple(inner)))
        else:
            strong = Strong(tuple(inner))
            self.nodes.append(strong if len(mark) == 2 else Emphasis((strong,)))  # noqa: PLR2004 -- ** is two
        return mark

    def done(self) -> tuple[Inline, ...]:
        while self.open:
            self.shut(matched=False)
        return tuple(self.nodes)


@lru_cache(maxsize=1024)
def read(text: str) -> tuple[Inline, ...]:
    """Read one line of Markdown into nodes; soft line breaks become spaces."""
    text = re.sub(r"\s+", " ", cleaned(text))
    if _MARKED.search(text) is None and not addressed(text):
        return (Plain(text.strip()),) if text.strip() else ()
    reader, at = _Reader(), 0
    for token in _TOKEN.finditer(text):
        reader.plain(text[at : token.start()])
        at = token.end() - _take(reader, token, text)
    reader.plain(text[at:])
    return _trimmed(reader.done())


def _take(reader: _Reader, token: re.Match[str], text: str) -> int:
    """Add a token's node; give how many of its last characters are text after all."""
    kind = token.lastgroup
    if run := token["run"]:
        before, after = text[token.start() - 1 : token.start()], text[token.end() : token.end() + 1]
        word = "_" in run and before.isalnum() and after.isalnum()
        if word:
            reader.plain(run)
        else:
            reader.run(run, opens=after.strip() != "", closes=before.strip() != "")
    elif token["code"] is not None:
        reader.nodes.append(Code(token["code"].strip() or token["code"]))
    elif token["escaped"]:
        reader.plain(token["escaped"])
    elif token["label"] is not None:
        _label(reader, token)
    elif numbers := token["marks"] or token["odd"]:
        reader.nodes.extend(Cite(number) for number in _numbers(numbers))
    elif kind in ("auto", "named"):
        reader.plain(token["named"] or REMOVED)
    elif token["url"]:
        reader.plain(REMOVED)
        return len(token["url"]) - len(stripped(token["url"]))
    return 0


def _label(reader: _Reader, token: re.Match[str]) -> None:
    """Keep a link's label; a number is a footnote mark that was written as a link."""
    label, reference = token["label"].strip().lstrip("^"), (token["reference"] or "").strip().lstrip("^")
    if re.fullmatch(r"\d{1,3}", label):
        reader.nodes.append(Cite(int(label)))
    else:
        for node in read(label):
            reader.plain(node.text) if isinstance(node, Plain) else reader.nodes.append(node)
    if re.fullmatch(r"\d{1,3}", reference):
        reader.nodes.append(Cite(int(reference)))


def _numbers(written: str) -> list[int]:
    numbers: list[int] = []
    for part in re.split(r"[,;]", written):
        low, _, high = (piece.strip() for piece in re.sub("–", "-", part).partition("-"))
        numbers += range(int(low), min(int(high), int(low) + 9) + 1) if high else [int(low)]
    return list(dict.fromkeys(numbers))


def _trimmed(nodes: tuple[Inline, ...]) -> tuple[Inline, ...]:
    if nodes and isinstance(nodes[0], Plain):
        first = nodes[0].text.lstrip()
        nodes = (Plain(first), *nodes[1:]) if first else nodes[1:]
    if nodes and isinstance(nodes[-1], Plain):
        last = nodes[-1].text.rstrip()
        nodes = (*nodes[:-1], Plain(last)) if last else nodes[:-1]
    return nodes


def plain(nodes: tuple[Inline, ...]) -> str:
    """Give the words of nodes, without marks: what a sentence claims."""
    return "".join(_words(node) for node in nodes)


def _words(node: Inline) -> str:
    match node:
        case Plain() | Code():
            return node.text
        case Strong() | Emphasis():
            return plain(node.children)
        case Cite():
            return ""


def numbers(nodes: tuple[Inline, ...]) -> tuple[int, ...]:
    """Give the numbers that nodes cite, in order, each once."""
    found: dict[int, None] = {}
    for node in nodes:
        if isinstance(node, Cite):
            found.setdefault(node.number)
        elif isinstance(node, Strong | Emphasis):
            found.update(dict.fromkeys(numbers(node.children)))
    return tuple(found)


def without_cites(nodes: tuple[Inline, ...]) -> tuple[Inline, ...]:
    """Give the nodes without their footnote marks, and without the spaces that stood before those."""
    kept: list[Inline] = []
    for node in nodes:
        if isinstance(node, Cite):
            if kept and isinstance(kept[-1], Plain):
                kept[-1] = Plain(kept[-1].text.rstrip())
        elif isinstance(node, Strong | Emphasis):
            kept.append(type(node)(without_cites(node.children)))
        elif isinstance(node, Plain) and kept and isinstance(kept[-1], Plain):
            kept[-1] = Plain(kept[-1].text + node.text)
        else:
            kept.append(node)
    return _trimmed(tuple(kept))
