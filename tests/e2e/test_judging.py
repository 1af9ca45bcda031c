"""The judge must itself be able to say no."""

from __future__ import annotations

import pytest

from adapters.markup import Cite, CodeBlock, Heading, Item, Listing, Paragraph, Plain
from tests.e2e.judging import is_verbatim, uncited


def test_a_sentence_without_a_mark_is_found_between_two_with_one() -> None:
    tree = (Paragraph((Plain("One."), Cite(1), Plain(" Two. Three."), Cite(2))),)
    assert uncited(tree) == ["Two. "]


def test_items_and_code_need_their_own_marks_and_headings_need_none() -> None:
    tree = (
        Heading(2, (Plain("Sync"),)),
        Listing((Item((Plain("first"), Cite(1))), Item((Plain("second"),)))),
        CodeBlock("make chat"),
    )
    assert uncited(tree) == ["second", "make chat"]


@pytest.mark.parametrize(
    ("quote", "verbatim"),
    [
        ("reads new files", True),
        ("Sync reads\n  new files", True),
        ("Sync … only.", True),
        ("Sync reads all files", False),
        ("sync reads", False),
    ],
)
def test_a_quote_is_verbatim_but_for_white_space_and_ellipses(quote: str, *, verbatim: bool) -> None:
    assert is_verbatim(quote, "Sync reads new\nfiles only.") is verbatim
