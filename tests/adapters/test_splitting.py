from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from wcwidth import iter_graphemes

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
    cited,
    joined,
)
from adapters.plain import rendered
from adapters.splitting import split
from tests.doubles.trees import blocks, trees

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from adapters.markup import Block, Inline, Tree

few = settings(max_examples=40, phases=[Phase.generate])
limits = st.integers(60, 400)
units = st.lists(st.tuples(blocks, st.booleans()), max_size=6)


def _within(limit: int) -> Callable[[Tree], bool]:
    return lambda tree: len(rendered(tree)) <= limit


def _texts(tree: Tree, limit: int) -> list[str]:
    return [rendered(piece) for piece in split(tree, _within(limit))]


def _leaves(nodes: tuple[Block | Inline | Item, ...]) -> Iterator[str]:
    """Everything that a person reads of a tree, but headers of tables, in reading order."""
    for node in nodes:
        match node:
            case Plain() | Code() | CodeBlock():
                yield node.text
                yield "".join(f"[{n}]" for n in node.cites) if isinstance(node, CodeBlock) else ""
            case Cite():
                yield f"[{node.number}]"
            case Listing():
                yield from _leaves(node.items)
            case Item():
                yield from _leaves((*node.children, *node.blocks))
            case Quote():
                yield from _leaves(node.blocks)
            case Table():
                yield from (text for row in node.rows for cell in row for text in _leaves(cell))
            case _:
                yield from _leaves(node.children)


def _read(*pieces: Tree) -> str:
    return "".join(text for piece in pieces for text in _leaves(piece))


def _headers(nodes: tuple[Block | Item, ...]) -> Iterator[str]:
    for node in nodes:
        match node:
            case Table():
                yield "".join(text for cell in node.header for text in _leaves(cell))
            case Listing():
                yield from _headers(node.items)
            case Item() | Quote():
                yield from _headers(node.blocks)
            case _:
                pass


@few
@given(trees, limits)
def test_nothing_is_lost_and_nothing_added_but_headers(tree: Tree, limit: int) -> None:
    pieces = tuple(block for piece in split(tree, _within(limit)) for block in piece)
    headers = "".join(_headers(tree))
    before, after = Counter(_read(tree) + headers), Counter(_read(pieces) + "".join(_headers(pieces)))
    assert before <= after
    assert set(after - before) <= set(headers)
    assert set(cited(pieces)) == set(cited(tree))


@few
@given(st.lists(blocks.filter(lambda block: "Table(" not in repr(block)), max_size=4).map(tuple), limits)
def test_words_keep_their_order(tree: Tree, limit: int) -> None:
    assert _read(*split(tree, _within(limit))) == _read(tree)


@few
@given(trees, limits)
def test_what_fits_whole_is_one_piece_as_it_was(tree: Tree, limit: int) -> None:
    assert split(tree, _within(limit + len(rendered(tree)))) == ((tree,) if tree else ())


@few
@given(trees, limits)
def test_a_piece_fits_and_splitting_it_again_changes_nothing(tree: Tree, limit: int) -> None:
    for piece in split(tree, _within(limit)):
        assert len(rendered(piece)) <= limit
        assert split(piece, _within(limit)) == (piece,)


@few
@given(units, limits)
def test_a_tree_that_grows_keeps_all_pieces_but_the_last(grown: list[tuple[Block, bool]], limit: int) -> None:
    tree: Tree = ()
    before: tuple[Tree, ...] = ()
    for block, continues in grown:
        tree = joined(tree, block, continues=continues)
        pieces = split(tree, _within(limit))
        assert pieces[: max(0, len(before) - 1)] == before[:-1]
        before = pieces


@pytest.mark.parametrize("unit", ["word ", "a", "e\u0301", "👨‍👩‍👧", "[[[[1111", "x. ", "\n"])
def test_the_work_grows_as_the_text_does(unit: str) -> None:
    def measured(times: int) -> int:
        read = 0

        def fits(tree: Tree) -> bool:
            nonlocal read
            text = rendered(tree)
            read += len(text)
            return len(text) <= 2_000

        split((Paragraph((Plain(unit * times),)), CodeBlock(unit * times)), fits)
        return read

    assert measured(8_000) <= 2.5 * measured(4_000)


@given(st.text(st.sampled_from("ae\u0301\u0308👨\u200d👩🇩🇪각"), min_size=1, max_size=200))
def test_no_grapheme_is_cut(word: str) -> None:
    pieces = split((Paragraph((Plain(word),)),), lambda tree: len(_read(tree)) <= 40)
    wanted = list(iter_graphemes(word))
    if max(map(len, wanted)) <= 32:
        assert [one for piece in pieces for one in iter_graphemes(_read(piece))] == wanted


def test_a_paragraph_is_cut_behind_a_sentence_where_it_can_be() -> None:
    paragraph = Paragraph((Plain("One is here."), Cite(1), Plain(" Two is there."), Cite(2)))
    assert _texts((paragraph,), 20) == ["One is here.[1] ", "Two is there.[2]"]


def test_else_behind_a_word_and_bold_goes_on() -> None:
    paragraph = Paragraph((Strong((Plain("several bold words "), Emphasis((Plain("here"),)))),))
    assert _texts((paragraph,), 20) == ["**several bold **", "**words *here***"]


def test_inline_code_is_kept_whole_where_it_fits() -> None:
    assert _texts((Paragraph((Plain("run "), Code("make all now"))),), 14) == ["run ", "`make all now`"]


def test_code_goes_on_in_a_new_fence_of_its_language_and_ends_with_its_marks() -> None:
    assert _texts((CodeBlock("a = 1\nb = 2\nc = 3\n", "python", (4,)),), 28) == [
        "```python\na = 1\nb = 2\n```",
        "```python\nc = 3\n```\n[4]",
    ]


def test_a_table_goes_on_under_its_header() -> None:
    rows = tuple(((Plain(name),), (Plain("1"),)) for name in ("a", "a", "b"))
    assert _texts((Table(((Plain("k"),), (Plain("v"),)), rows),), 43) == [
        "| k | v |\n| --- | --- |\n| a | 1 |\n| a | 1 |",
        "| k | v |\n| --- | --- |\n| b | 1 |",
    ]


def test_a_row_that_is_too_long_goes_on_in_another_row() -> None:
    table = Table(((Plain("k"),), (Plain("v"),)), (((Plain("a"),), (Plain("one two three"),)),))
    assert _texts((table,), 47) == [
        "| k | v |\n| --- | --- |\n| a | one two three |",
    ]
    assert _texts((table,), 41)[0].endswith("| a | one two  |")
    assert _texts((table,), 41)[1].endswith("|  | three |")


def test_a_table_whose_header_is_too_long_to_repeat_becomes_paragraphs() -> None:
    table = Table(((Plain("a rather long header"),),), (((Plain("x"),),),))
    assert _texts((table,), 30) == ["a rather long header\n\nx"]


def test_a_list_goes_on_with_its_number() -> None:
    listing = Listing(tuple(Item((Plain(text),)) for text in ("one", "two", "three")), 9)
    assert _texts((listing,), 14) == ["9. one\n10. two", "11. three"]


def test_the_rest_of_an_item_is_a_paragraph_and_its_inner_list_goes_on() -> None:
    inner = Listing((Item((Plain("x"),)), Item((Plain("y"),))), 1)
    listing = Listing((Item((Plain("One. Two."),), (inner,)), Item((Plain("last"),))), 3)
    assert _texts((listing,), 8) == ["3. One. ", "Two.", "1. x", "2. y", "4. last"]


def test_a_quotation_goes_on_as_one() -> None:
    quote = Quote((Paragraph((Plain("One. Two."),)), Paragraph((Plain("Three."),))))
    assert _texts((quote,), 10) == ["> One. ", "> Two.", "> Three."]


def test_a_block_that_fits_a_piece_of_its_own_is_not_cut_to_fill_another() -> None:
    code = CodeBlock("a\nb\nc")
    assert _texts((Paragraph((Plain("Before it."),)), code), 20) == ["Before it.", rendered((code,))]


def test_a_heading_stays_with_what_follows_it() -> None:
    tree: Tree = (Paragraph((Plain("Before."),)), Heading(2, (Plain("Next"),)), Paragraph((Plain("One. Two. Three."),)))
    assert _texts(tree, 20) == ["Before.", "## Next\n\nOne. Two. ", "Three."]


def test_20_000_characters_with_tables_and_code_stay_as_they_are() -> None:
    rows = tuple(((Plain(f"key {at}"),), (Plain("what it means "), Code("x|y"), Cite(at % 9 + 1))) for at in range(60))
    section: Tree = (
        Heading(2, (Plain("Section"),)),
        Paragraph(tuple(inline for at in range(30) for inline in (Plain(f"Sentence {at} is here."), Cite(1)))),
        Table(((Plain("Key"),), (Plain("Meaning"),)), rows),
        CodeBlock("".join(f"    line({at})\n" for at in range(120)), "python", (2,)),
        Listing(tuple(Item((Plain(f"Item {at}."),)) for at in range(40)), 1),
    )
    tree = section * 5
    assert len(rendered(tree)) > 20_000
    for limit in (12_000, 2_000, 500):
        pieces = split(tree, _within(limit))
        assert all(len(rendered(piece)) <= limit for piece in pieces)
        assert _read(*pieces) == _read(tree)
        assert {header for piece in pieces for header in _headers(piece)} == {"KeyMeaning"}
