from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.addresses import REMOVED
from adapters.markup import Cite, Code, Emphasis, Inline, Plain, Strong
from bot.reading.inlines import cleaned, numbers, plain, read, without_cites
from tests.doubles.scaling import QUADRATIC, slowdown


@pytest.mark.parametrize(
    ("text", "nodes"),
    [
        ("plain words", (Plain("plain words"),)),
        ("a **bold** b", (Plain("a "), Strong((Plain("bold"),)), Plain(" b"))),
        ("an *odd* _word_", (Plain("an "), Emphasis((Plain("odd"),)), Plain(" "), Emphasis((Plain("word"),)))),
        ("***both***", (Emphasis((Strong((Plain("both"),)),)),)),
        ("snake_case_name and 2 * 3 * 4", (Plain("snake_case_name and 2 * 3 * 4"),)),
        ("run `make chat` now", (Plain("run "), Code("make chat"), Plain(" now"))),
        ("``a ` b``", (Code("a ` b"),)),
        ("so [1][2] and [3, 4].", (Plain("so "), Cite(1), Cite(2), Plain(" and "), Cite(3), Cite(4), Plain("."))),
        ("so [1-3]【2†x】 [^5]", (Plain("so "), Cite(1), Cite(2), Cite(3), Cite(2), Plain(" "), Cite(5))),
        ("**lost bold", (Plain("lost bold"),)),
        (r"\*not\* [x]", (Plain("*not* [x]"),)),
        ("the <path> placeholder", (Plain("the <path> placeholder"),)),
        ("a<br>b <span style='x'>c</span>", (Plain("ab c"),)),
    ],
)
def test_markdown_becomes_nodes(text: str, nodes: tuple[Inline, ...]) -> None:
    assert read(text) == nodes


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("![x](https://evil.example/?q=secret)", "x"),
        ("[click **me**](https://evil.example)", "click me"),
        ("[click](https://evil.example 'title')", "click"),
        ("[click][ref]", "click"),
        ("<https://evil.example>", REMOVED),
        ("<https://evil.example|label>", "label"),
        ("see https://evil.example/a_b_c.", f"see {REMOVED}."),
        ("see www.evil.example now", f"see {REMOVED} now"),
        ("javascript:alert(1)", REMOVED),
        ("data:text/html;base64,xyz", REMOVED),
        ("<!channel> <@U123> <!subteam^S1> hi", "hi"),
        ("<img src=x onerror=y>ok<!-- hidden -->", "ok"),
        ("<x-widget on=1>ok", "ok"),
    ],
)
def test_nothing_that_points_anywhere_survives(text: str, left: str) -> None:
    assert plain(read(text)).strip() == left


def test_a_mark_written_as_a_link_is_a_mark() -> None:
    assert numbers(read("so [1](https://evil.example) and [a][2]")) == (1, 2)


def test_invisible_characters_are_dropped() -> None:
    assert cleaned("a\u200bb\u202ec\U000e0041d\ufeff\u00ade") == "abcde"
    assert cleaned("naïve 日本 😀") == "naïve 日本 😀"


def test_marks_can_be_taken_out() -> None:
    assert without_cites(read("It is so [1]. **Yes [2]** [3]")) == (Plain("It is so. "), Strong((Plain("Yes"),)))


@given(st.lists(st.sampled_from([*"[]()!<>*_`~|\\:@# a1.", "http://x.y", "**", "](", "[1]", "<a "]), max_size=60))
def test_no_address_survives_whatever_is_written(pieces: list[str]) -> None:
    def check(nodes: tuple[Inline, ...]) -> None:
        for node in nodes:
            if isinstance(node, Strong | Emphasis):
                check(node.children)
            elif isinstance(node, Plain):
                assert "http://x.y" not in node.text.lower()

    check(read("".join(pieces)))


@pytest.mark.parametrize("piece", ["[[[[1111", "[a](", "`", "<a ", "**a ", "_", "![", "<!--", "http:", "[a](b (", "a*"])
def test_adversarial_text_takes_linear_time(piece: str) -> None:
    assert slowdown(lambda times: read.__wrapped__(piece * times), 1_000) < QUADRATIC
