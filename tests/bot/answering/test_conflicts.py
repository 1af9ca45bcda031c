from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from adapters.markup import cited
from adapters.parts import Citation
from adapters.plain import rendered
from bot.answering import replies
from bot.answering.conflicts import Conflict, nominated
from bot.models.base import Numbered

OLD = "Refunds are paid within 14 days of a return."
NEW = "Refunds are paid within 30 days of a return."
_DATES = {OLD: datetime(2022, 3, 1, tzinfo=UTC), NEW: datetime(2025, 6, 1, tzinfo=UTC)}


def _numbered(*texts: str) -> tuple[Numbered, ...]:
    return tuple(Numbered(number=n, title="Refunds", heading=(), text=text) for n, text in enumerate(texts, 1))


def _lines(*texts: str, documents: tuple[str, ...] = ()) -> tuple[Citation, ...]:
    return tuple(
        Citation(number=n, title="Refunds", url=None, quote=text, document=document, dated=_DATES.get(text))
        for n, (text, document) in enumerate(zip(texts, documents or "abcdefgh", strict=False), 1)
    )


def _found(*texts: str, used: dict[int, list[str]], documents: tuple[str, ...] = ()) -> tuple[Conflict, ...]:
    return nominated(_numbered(*texts), _lines(*texts, documents=documents), used)


def _quoted(conflicts: tuple[Conflict, ...]) -> list[tuple[str, ...]]:
    return [tuple(side.text for side in conflict.sides) for conflict in conflicts]


def test_what_another_document_says_otherwise_is_quoted_newest_first() -> None:
    found = _found(OLD, NEW, used={1: [OLD]})
    assert _quoted(found) == [(NEW, OLD)]
    shown = rendered(replies.differing(found))
    assert shown.index(f"“{NEW}” [2], last changed on 2025-06-01") < shown.index(f"“{OLD}” [1], last changed on 2022")
    assert cited(replies.differing(found)) == (2, 1)


def test_every_edition_says_its_own_the_newest_first() -> None:
    editions = [OLD.replace("14", days) for days in ("14", "18", "21", "28")]
    dates = {text: datetime(2020 + at, 1, 1, tzinfo=UTC) for at, text in enumerate(editions)}
    order = [editions[2], editions[0], editions[3], editions[1]]
    lines = tuple(replace(line, dated=dates[line.quote]) for line in _lines(*order))
    shown = rendered(replies.differing(nominated(_numbered(*order), lines, {1: [order[0]]})))
    assert sorted(editions, key=shown.index) == editions[::-1]


def test_what_the_answer_did_not_draw_on_is_left_alone() -> None:
    ships = "Ships sail on Fridays in summer."
    assert _found(OLD, NEW, ships, used={3: [ships]}) == ()
    assert _found(OLD, NEW, used={}) == ()


def test_one_document_does_not_differ_from_itself() -> None:
    assert _found(OLD, NEW, used={1: [OLD]}, documents=("a", "a")) == ()


def test_a_document_that_lists_several_values_speaks_of_several_things() -> None:
    third = "Refunds are paid within 60 days of a return."
    assert _found(f"{OLD} {third}", NEW, used={1: [OLD]}) == ()
    assert _found(OLD, f"{NEW} {third}", used={1: [OLD]}) == ()


def test_an_answer_that_shows_both_is_not_repeated() -> None:
    said = "Refunds are paid within 30 days of a return, formerly within 14 days."
    assert _found(OLD, NEW, used={1: [said], 2: [said]}) == ()
    assert _found(OLD, NEW, used={1: [OLD], 2: [NEW]}) != ()


def test_overlapping_passages_of_one_document_are_quoted_once() -> None:
    found = _found(OLD, NEW, f"{NEW} Ask the desk.", used={1: [OLD]}, documents=("a", "b", "b"))
    assert _quoted(found) == [(NEW, OLD)]


def test_nothing_nominated_shows_nothing() -> None:
    assert replies.differing(()) == ()


def test_a_date_that_nobody_knows_is_said_so_and_stands_last() -> None:
    older = "Refunds are paid within 7 days of a return."
    found = _found(older, NEW, used={1: [older]})
    assert _quoted(found) == [(NEW, older)]
    assert f"“{older}” [1], without a date" in rendered(replies.differing(found))


@given(st.permutations(range(4)))
def test_the_order_of_the_passages_does_not_matter(order: list[int]) -> None:
    texts = (OLD, NEW, "Ships sail on Fridays in summer.", "Refunds are paid within 21 days of a return.")
    passages, lines, used = _numbered(*texts), _lines(*texts), {1: [OLD]}
    mixed = nominated([passages[at] for at in order], [lines[at] for at in order], used)
    assert mixed == nominated(passages, lines, used)
    assert len(mixed) == 2


@given(st.lists(st.sampled_from([OLD, NEW, "A refund.", "- Refunds are paid within 3 days of a return."]), max_size=5))
def test_each_quote_stands_word_for_word_in_its_passage(texts: list[str]) -> None:
    for conflict in _found(*texts, used={n: [text] for n, text in enumerate(texts, 1)}):
        assert conflict.sides[0].document != conflict.sides[1].document
        assert all(side.text in texts[side.number - 1] for side in conflict.sides)
