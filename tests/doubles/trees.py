"""Random checked trees, for property tests of everything that reads one."""

from __future__ import annotations

from hypothesis import strategies as st

from adapters.markup import (
    Cite,
    Code,
    CodeBlock,
    Emphasis,
    Heading,
    Item,
    Listing,
    Paragraph,
    Plain,
    Quote,
    Strong,
    Table,
)

words = st.text(max_size=24) | st.sampled_from(["[3]", "`", "a|b", "\x1b[2J", "\u202e", "**", "# x", "1. y", "a\nb"])
cites = st.builds(Cite, st.integers(1, 9))
leaves = st.builds(Plain, words) | st.builds(Code, words) | cites


def _children(inline: st.SearchStrategy) -> st.SearchStrategy:
    return st.lists(inline, min_size=1, max_size=3).map(tuple)


inlines = st.recursive(
    leaves, lambda inner: st.builds(Strong, _children(inner)) | st.builds(Emphasis, _children(inner)), max_leaves=4
)
children = _children(inlines)


@st.composite
def tables(draw: st.DrawFn) -> Table:
    width = draw(st.integers(1, 3))
    row = st.tuples(*[children] * width)
    return Table(draw(row), tuple(draw(st.lists(row, max_size=3))))


simple_blocks = (
    st.builds(Paragraph, children)
    | st.builds(Heading, st.integers(1, 6), children)
    | st.builds(CodeBlock, words, st.sampled_from(["", "python"]), st.lists(st.integers(1, 9), max_size=2).map(tuple))
    | tables()
)


def _nested(inner: st.SearchStrategy) -> st.SearchStrategy:
    several = st.lists(inner, max_size=2).map(tuple)
    items = st.lists(st.builds(Item, children, several), min_size=1, max_size=3).map(tuple)
    return st.builds(Listing, items, st.none() | st.integers(0, 12)) | st.builds(Quote, several)


blocks = st.recursive(simple_blocks, _nested, max_leaves=4)
trees = st.lists(blocks, max_size=4).map(tuple)
