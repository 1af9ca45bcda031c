from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING

from hypothesis import given
from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from adapters.markup import (
    Cite,
    Code,
    CodeBlock,
    Heading,
    Item,
    Listing,
    Paragraph,
    Plain,
    Quote,
    Strong,
    Table,
)
from adapters.terminal.render import Tail, drawn, drawn_block
from tests.doubles.trees import trees

if TYPE_CHECKING:
    from rich.console import RenderableType

    from adapters.markup import Block, Tree

LONG = "word " * 40
OURS = re.compile(r"\x1b\[[\d;]*m")


def _lines(what: RenderableType, *, styled: bool = False, width: int = 80) -> list[str]:
    out = io.StringIO()
    console = Console(file=out, force_terminal=styled, width=width, color_system="standard" if styled else None)
    console.print(what)
    return out.getvalue().splitlines()


def _block(block: Block) -> list[str]:
    return [line.rstrip() for line in _lines(drawn_block(block))]


@given(trees)
def test_nothing_is_wider_than_the_screen(tree: Tree) -> None:
    assert all(cell_len(line) <= 80 for line in _lines(drawn(tree)))


@given(trees)
def test_only_our_own_styles_reach_the_terminal(tree: Tree) -> None:
    left = OURS.sub("", "\n".join(_lines(drawn(tree), styled=True)))
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", left)


def test_bold_is_bold_and_a_citation_is_a_number_in_brackets() -> None:
    (line,) = _lines(drawn_block(Paragraph((Strong((Plain("Run"),)), Plain(" it"), Cite(2)))), styled=True)
    assert line == "\x1b[1mRun\x1b[0m it\x1b[36m[2]\x1b[0m"


def test_markup_of_rich_in_the_words_means_nothing() -> None:
    assert _block(Paragraph((Plain("[bold red]x[/] :smile: "), Code("[link=http://e]y[/link]")))) == [
        "[bold red]x[/] :smile: [link=http://e]y[/link]"
    ]


def test_a_long_item_hangs_beside_its_number() -> None:
    first, second, *_ = _block(Listing((Item((Plain(LONG),)),), 10))
    assert first.startswith(" 10. word")
    assert second.startswith("     word")


def test_a_nested_list_stands_under_its_item() -> None:
    inner = Listing((Item((Plain("inner"),)),))
    assert _block(Listing((Item((Plain("outer"),), (inner,)),))) == [" • outer", "    • inner"]


def test_a_table_is_drawn_as_a_table_that_wraps_in_its_cells() -> None:
    table = Table(((Plain("Name"),), (Plain("Meaning"),)), (((Code("A"),), (Plain(LONG), Cite(1))),))
    lines = _block(table)
    assert lines[0].startswith("╭")
    assert lines[-1].endswith("╯")
    assert len({len(line) for line in lines}) == 1


def test_code_keeps_its_indentation_and_names_its_sources() -> None:
    assert _block(CodeBlock("def f():\n\treturn 1\n", "python", (1,))) == [
        "    def f():",
        "        return 1",
        "    [1]",
    ]


def test_a_quotation_has_a_bar_before_every_line() -> None:
    lines = _block(Quote((Paragraph((Plain(LONG),)),)))
    assert len(lines) > 2
    assert all(line.startswith("▌ word") for line in lines)


def test_headings_stand_out() -> None:
    (line,) = _lines(drawn_block(Heading(2, (Plain("Keys"),))), styled=True)
    assert line == "\x1b[1mKeys\x1b[0m"


def test_a_narrow_screen_still_shows_all_words() -> None:
    assert "".join(_lines(drawn_block(Paragraph((Plain("incomprehensibilities"),))), width=5)) == (
        "incomprehensibilities"
    )


def test_of_a_block_that_outgrows_the_screen_the_end_is_shown() -> None:
    assert _lines(Tail(Text("\n".join("abcde")), 2)) == ["d", "e"]
