from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.reading.units import Unit, Units, split
from tests.doubles.scaling import QUADRATIC, slowdown

PIECES = st.sampled_from(
    [*"ab.#>|-*` \n1)(", "\n\n", "```", "```py\n", "~~~", "- ", "  - ", "1. ", "| a | b |\n", "|---|---|\n", "# H",
     "[1]", ". ", "A", "---\n", "    ", "===", "•", "word ", "\t"]
)  # fmt: skip
MARKDOWN = st.lists(PIECES, max_size=40).map("".join)


def brief(text: str) -> list[tuple[str, str]]:
    return [(unit.sort, unit.text) for unit in split(text)]


def test_a_paragraph_gives_its_sentences() -> None:
    assert brief("One is\nhere. [1] Two.\n\nThree.") == [
        ("sentence", "One is here. [1]"),
        ("sentence", "Two."),
        ("sentence", "Three."),
    ]


def test_units_of_one_paragraph_share_their_block() -> None:
    assert [unit.block for unit in split("One. Two.\n\nThree.\n\n- a\n- b\n\ntext")] == [1, 1, 2, 3, 3, 4]


def test_a_list_gives_whole_items() -> None:
    assert split("Do:\n1. First. Then [1].\n   - nested\n2. Second\nlazy\n\n3. Third") == [
        Unit(sort="sentence", text="Do:", block=1),
        Unit(sort="item", text="First. Then [1].\n - nested", block=2, head="1"),
        Unit(sort="item", text="Second\nlazy", block=2, head="2"),
        Unit(sort="item", text="Third", block=2, head="3"),
    ]


def test_a_code_block_is_one_unit() -> None:
    assert split("Run:\n```sh\nmake chat\n\n# not a heading. Nor this.\n```\nDone.")[1] == Unit(
        sort="code", text="make chat\n\n# not a heading. Nor this.", block=2, head="sh"
    )


def test_a_code_block_inside_an_item_belongs_to_it() -> None:
    items = split("- Run\n\n  ```\n  - x\n\n  y\n  ```\n- Next")
    assert [unit.text for unit in items] == ["Run\n\n```\n- x\n\ny\n```", "Next"]


def test_a_table_gives_rows_with_their_header() -> None:
    units = split("| a | b |\n|---|:--|\n| 1 | 2 |\n| 3 | 4 |\nafter")
    assert [(unit.sort, unit.text, unit.head) for unit in units] == [
        ("row", "| 1 | 2 |", "| a | b |"),
        ("row", "| 3 | 4 |", "| a | b |"),
        ("sentence", "after", ""),
    ]


def test_headings_keep_their_level_and_rules_are_dropped() -> None:
    assert split("## Two ##\n---\ntext")[0] == Unit(sort="heading", text="Two", block=1, head="2")
    assert brief("***\n\n* * *\n") == []


def test_a_sentence_is_given_while_its_paragraph_goes_on() -> None:
    units = Units()
    assert units.feed("The first one is here. [1] ") == []
    assert [unit.text for unit in units.feed("The s")] == ["The first one is here. [1]"]


@given(MARKDOWN, st.data())
def test_any_cutting_of_the_stream_gives_the_same_units(text: str, data: st.DataObject) -> None:
    units, given_, at = Units(), [], 0
    while at < len(text):
        size = data.draw(st.integers(1, 12))
        given_ += units.feed(text[at : at + size])
        at += size
    assert [*given_, *units.end()] == split(text)


@pytest.mark.parametrize("piece", ["[[[[1111", "- a\n", "| a |\n", "```\n", "> ", "#", "a\n", "  ", "1. "])
def test_adversarial_text_takes_linear_time(piece: str) -> None:
    def work(times: int) -> None:
        units, text = Units(), piece * times
        for at in range(0, len(text), 5):
            units.feed(text[at : at + 5])
        units.end()

    assert slowdown(work, 1_000) < QUADRATIC
