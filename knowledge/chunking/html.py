"""HTML to an outline: what a reader sees of a page's main content, and nothing else."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from selectolax.lexbor import LexborHTMLParser

from knowledge.chunking.cleaning import decoded, invisible, one_line, visible
from knowledge.chunking.hiding import VOID
from knowledge.chunking.outline import Drawing, Outline, left_out
from knowledge.chunking.particulars import Particulars, particulars
from knowledge.chunking.stylesheets import concealed
from knowledge.chunking.walking import Walk
from knowledge.errors import Unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from selectolax.lexbor import LexborNode

    from knowledge.base import Document

DEEPEST = 512
"""Elements open at once, as browsers allow. The parser's work grows with the product of depth and size."""

MOST_GAPS = 2_000
"""White space in one tag: as many attributes, which the parser compares with each other."""

# Formatting elements left open are opened again by the parser in every block that follows, which lets 100 kB grow to
# gigabytes (HTML standard, 13.2.4.3); under another name they are ordinary elements.
_FORMATTING = re.compile(r"<(/?)(a|b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u)(?=[\s/>])", re.IGNORECASE)
_TAG = re.compile(r"<(/?)([a-zA-Z][^\s/>]*)")
_LONG_TAG = re.compile(r"<[a-zA-Z][^<>]{4000,}")
_GAP = re.compile(r"[\s/\"']+")
_DATA = re.compile(r"\bdata:[^\s\"'<>]*")
_NO_TAGS = re.compile(r"<!--.*?(?:--!?>|\Z)|<(script|style|textarea|title)\b.*?(?:</\1|\Z)", re.DOTALL | re.IGNORECASE)
_CLOSED_BY_OTHERS = frozenset(
    ["p", "li", "dt", "dd", "tr", "td", "th", "thead", "tbody", "tfoot", "option", "html", "head", "body"]
)
_NEVER_SHOWN = [
    *["script", "style", "noscript", "template", "iframe", "object", "embed", "canvas", "audio", "video", "svg", "map"],
    "nav",
]
_LEAST_MAIN = 0.2
"""A main element with less than this share of the page's text is taken for a mistake."""

_META = {
    "author": "author",
    "publisher": "publisher",
    "og:site_name": "publisher",
    "keywords": "tags",
    "kind": "kind",
    "genre": "genre",
    "dcterms.type": "type",
    "date": "date",
    "dcterms.date": "date",
    "article:published_time": "date",
    "article:modified_time": "updated",
    "dcterms.modified": "updated",
    "last-modified": "updated",
}


def outline(document: Document) -> Outline:
    """Read a page. Raises Unreadable where it is no text, or nested so deeply that no browser would show it."""
    source = decoded(document.content, document.id)
    text = visible(source)
    tree = parsed(text, document.id)
    said = _said(tree)
    drawing = Drawing()
    hidden = 0
    if tree.body is not None:
        main = _main(tree.body)
        walk = Walk(drawing, main=main is not None)
        walk.through(main or tree.body)
        hidden = walk.hidden
    return Outline(
        sections=drawing.finished(),
        particulars=replace(said, title=said.title or drawing.title),
        flags=left_out(hidden, invisible(source)),
    )


def parsed(text: str, name: str) -> LexborHTMLParser:
    """Parse HTML whose depth is bounded; formatting elements are called ``x-…`` in the tree."""
    text = _DATA.sub("", text)
    if _depth(text) > DEEPEST:
        raise Unreadable(f"{name} has more than {DEEPEST} HTML elements open at once; close them or leave it out.")
    if any(len(_GAP.findall(tag)) > MOST_GAPS for tag in _LONG_TAG.findall(text)):
        raise Unreadable(f"{name} has an HTML element with thousands of attributes; take them out or leave it out.")
    tree = LexborHTMLParser(_FORMATTING.sub(r"<\1x-\2", text))
    _hide(tree)
    tree.strip_tags(_NEVER_SHOWN, recursive=True)
    return tree


def _hide(tree: LexborHTMLParser) -> None:
    """Mark what the page's own style sheet hides."""
    rules = concealed("\n".join(style.text() for style in tree.css("style")))
    for node in tree.css("[class]") if rules.classes else ():
        if not rules.classes.isdisjoint((node.attributes.get("class") or "").split()):
            node.attrs["hidden"] = ""
    for node in tree.css("[id]") if rules.ids else ():
        if node.attributes.get("id") in rules.ids:
            node.attrs["hidden"] = ""


def _depth(text: str) -> int:
    """An estimate of how deep the tree becomes, rather too high: a closing tag closes its own name only."""
    still_open: Counter[str] = Counter()
    depth = deepest = 0
    for closing, tag in _tags(text):
        if not closing:
            still_open[tag] += 1
            depth += 1
            deepest = max(deepest, depth)
        elif still_open[tag]:
            still_open[tag] -= 1
            depth -= 1
    return deepest


def _tags(text: str) -> Iterator[tuple[bool, str]]:
    """The tags that must be closed; in comments and scripts, where none counts for the parser, only those that open."""
    regions = _NO_TAGS.finditer(text)
    region = next(regions, None)
    for found in _TAG.finditer(text):
        tag = found[2].lower()
        while region is not None and region.end() <= found.start():
            region = next(regions, None)
        inside = region is not None and region.start() < found.start()
        if tag not in VOID and tag not in _CLOSED_BY_OTHERS and not (inside and found[1]):
            yield bool(found[1]), tag


def _main(body: LexborNode) -> LexborNode | None:
    """The main content, if the page says which it is and means it."""
    found = body.css("main, [role=main]") or body.css("article")
    meant = len(found) == 1 and len(found[0].text()) >= _LEAST_MAIN * len(body.text())
    return found[0] if meant else None


def _said(tree: LexborHTMLParser) -> Particulars:
    """What ``<head>`` says. Descriptions are left alone: no reader sees them."""
    said: dict[str, list[str]] = {}
    title = tree.css_first("head > title")
    if title is not None and one_line(title.text()):
        said["title"] = [one_line(title.text())]
    for meta in tree.css("meta"):
        given = meta.attributes
        name = (given.get("name") or given.get("property") or "").lower()
        if name in _META and given.get("content"):
            said.setdefault(_META[name], [given["content"] or ""])
    link = tree.css_first("link[rel=canonical]")
    if link is not None and link.attributes.get("href"):
        said["url"] = [link.attributes["href"] or ""]
    return particulars(said)
