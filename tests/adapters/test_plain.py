from __future__ import annotations

import re
from typing import TYPE_CHECKING

from hypothesis import given
from markdown_it import MarkdownIt

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
)
from adapters.plain import block_text, rendered
from tests.doubles.trees import trees

if TYPE_CHECKING:
    from adapters.markup import Tree

_MARK = re.compile(r"(?<!\\)\[(\d+)\]")


@given(trees)
def test_every_number_that_the_tree_cites_is_in_the_text(tree: Tree) -> None:
    assert set(cited(tree)) <= {int(number) for number in _MARK.findall(rendered(tree))}


@given(trees)
def test_the_text_cannot_drive_a_terminal(tree: Tree) -> None:
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", rendered(tree))


def test_brackets_with_digits_in_words_are_no_citation() -> None:
    text = block_text(Paragraph((Plain("see [3]"), Cite(1))))
    assert text == r"see \[3][1]"
    assert _MARK.findall(text) == ["1"]


def test_inline_marks_are_written_as_markdown() -> None:
    children = (Strong((Plain("Run"),)), Plain(" "), Code("a`b"), Plain(" "), Emphasis((Plain("now"),)), Cite(2))
    assert block_text(Paragraph(children)) == "**Run** ``a`b`` *now*[2]"


def test_words_cannot_begin_a_block_of_their_own_on_a_new_line() -> None:
    assert block_text(Paragraph((Plain("a\n# b"),))) == "a # b"


def test_blocks_stand_apart_by_an_empty_line() -> None:
    assert rendered((Heading(2, (Plain("Keys"),)), Paragraph((Plain("Set one."),)))) == "## Keys\n\nSet one."


def test_an_ordered_list_keeps_its_numbers_and_nests() -> None:
    inner = Listing((Item((Plain("inner"),)),))
    listing = Listing((Item((Plain("a"),), (inner,)), Item((Plain("b"),))), 9)
    assert block_text(listing) == "9. a\n   - inner\n10. b"


def test_a_pipe_in_a_cell_does_not_end_it() -> None:
    table = Table(((Plain("k"),), (Plain("v"),)), (((Plain("a|b"),), (Cite(1),)),))
    assert block_text(table) == "| k | v |\n| --- | --- |\n| a\\|b | [1] |"


def test_code_keeps_its_lines_and_a_fence_longer_than_its_own() -> None:
    text = block_text(CodeBlock("```\n  x\n", "sh", (1, 2)))
    assert text == "````sh\n```\n  x\n````\n[1][2]"


def test_a_quotation_has_a_mark_before_every_line() -> None:
    quote = Quote((Paragraph((Plain("a"),)), Paragraph((Plain("b"),))))
    assert block_text(quote) == "> a\n>\n> b"


def test_a_markdown_reader_sees_the_same_blocks() -> None:
    tree: Tree = (
        Heading(1, (Plain("T"),)),
        Paragraph((Strong((Plain("b"),)),)),
        Listing((Item((Plain("i"),)),), 2),
        CodeBlock("x = 1", "python"),
        Table(((Plain("h"),),), (((Plain("c"),),),)),
        Quote((Paragraph((Plain("q"),)),)),
    )
    opened = [t.type for t in MarkdownIt().enable("table").parse(rendered(tree)) if t.level == 0 and t.nesting >= 0]
    wanted = ["heading_open", "paragraph_open", "ordered_list_open", "fence", "table_open", "blockquote_open"]
    assert [kind for kind in opened if kind != "inline"] == wanted
