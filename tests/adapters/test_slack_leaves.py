"""Pages of a growing answer, and what single messages say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.doubting import doubt
from adapters.leaves import Leaves, visible
from adapters.markup import Heading, Paragraph, Plain, Table
from adapters.parts import Ending, Verification
from adapters.slack import answers, render
from adapters.slack.contents import Content, streamed
from adapters.slack.render import added, body
from tests.doubles.trees import blocks

if TYPE_CHECKING:
    from adapters.markup import Block

HEADER = ((Plain("Name"),),)
ROW = Table(HEADER, (((Plain("a"),),),))


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(blocks, st.booleans()), max_size=12), st.integers(0, 11))
def test_what_is_visible_of_a_page_only_grows_at_its_end(
    monkeypatch: pytest.MonkeyPatch, grown: list[tuple[Block, bool]], turn: int
) -> None:
    monkeypatch.setattr(render, "_MARKDOWN", 120)
    pages = Leaves(render)
    for at, (block, continues) in enumerate(grown):
        last = pages.last
        before = [pages[page] for page in range(last)]
        shown = body(visible(pages[last]), {})
        pages.add(block, {}, continues=continues)
        assert [pages[page] for page in range(last)] == before
        assert added(shown, body(pages[last], {})) is not None
        if at == turn:
            pages.turn()
    assert pages.written == sum(bool(pages[page]) for page in range(pages.last + 1))


def test_a_heading_goes_with_what_follows_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(render, "_MARKDOWN", 60)
    pages = Leaves(render)
    first, heading, second = Paragraph((Plain("a" * 40),)), Heading(2, (Plain("Next"),)), Paragraph((Plain("b" * 40),))
    for block in (first, heading, second):
        pages.add(block, {}, continues=False)
    assert [pages[0], pages[1]] == [(first,), (heading, second)]
    assert visible((first, heading)) == (first,)


def test_a_table_is_visible_once_it_can_grow_no_more() -> None:
    assert visible((ROW,)) == ()
    assert visible((ROW, Heading(1, (Plain("x"),)))) == (ROW,)


def test_a_page_that_is_cut_is_the_last() -> None:
    pages = Leaves(render)
    pages.turn()
    assert (pages.last, pages.written) == (0, 0)
    pages.add(Paragraph((Plain("a"),)), {}, continues=False)
    pages.turn()
    assert (pages.last, pages.written) == (1, 1)
    pages.cut(0, ())
    assert (pages.last, pages.written) == (0, 0)


def test_what_follows_a_table_in_a_stream_begins_a_paragraph() -> None:
    one = body((Paragraph((Plain("a"),)), ROW), {})
    more = added(one, body((Paragraph((Plain("a"),)), ROW, Paragraph((Plain("b"),))), {}))
    assert more is not None
    assert streamed(one, more, chunked=True)["chunks"] == [{"type": "markdown_text", "text": "\n\nb"}]
    assert [kind for kind in ("markdown_text", "blocks") if kind in str(streamed([], one, chunked=True)["chunks"])]


def test_a_message_becomes_plainer_until_it_is_words_alone() -> None:
    content = Content(tree=(ROW, Paragraph((Plain("<!here> " + "word " * 1_000),))), below=[answers.stopping("q1")])
    kinds = [[one["type"] for one in _blocks(content, plainness)] for plainness in range(3)]
    assert kinds == [["table", "markdown", "actions"], ["markdown", "actions"], ["section", "section"]]
    assert all("<!here>" not in str(_blocks(content, plainness)) for plainness in range(3))


def _blocks(content: Content, plainness: int) -> list[dict[str, object]]:
    made = content.arguments(plainness)["blocks"]
    assert isinstance(made, list)
    return made


def test_plain_words_are_cut_between_lines_and_none_is_lost() -> None:
    tree = tuple(Paragraph((Plain(f"{at} " + "word " * 300),)) for at in range(9))
    pieces = answers.paragraphs(tree)
    assert all(0 < len(piece) <= 3_000 for piece in pieces)
    assert [f"{at} word" in "".join(pieces) for at in range(9)] == [True] * 9


@pytest.mark.parametrize(
    ("ending", "told"),
    [
        (Ending(answer="a", verdict="answered"), None),
        (Ending(answer="a", verdict="answered", verification=Verification(confidence=0.9)), None),
        (Ending(answer="a", verdict="unknown", verification=Verification(confidence=0.1)), None),
        (Ending(answer="a", verdict="answered", verification=Verification(confidence=0.5)), "only loosely"),
        (Ending(answer="a", verdict="answered", verification=Verification(dropped=1)), "left out"),
    ],
)
def test_a_doubtful_answer_says_so(ending: Ending, told: str | None) -> None:
    words = doubt(ending)
    assert (words is None) if told is None else (told in (words or ""))
    assert (told or "") in str(answers.closing(ending, [], "q1"))


def test_a_stopped_answer_says_so_and_small_talk_has_no_thumbs() -> None:
    assert "Stopped." in str(answers.closing(Ending(answer="a", verdict="stopped"), [], "q1"))
    assert answers.closing(Ending(answer="a", verdict="told"), [], "q1") == []
