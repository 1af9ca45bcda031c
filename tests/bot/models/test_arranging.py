from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.models.arranging import Quote, arranged, merged
from bot.models.base import Numbered
from bot.models.pieces import Piece, pieces

PASSAGES = [
    Numbered(number=number, title="", heading=(), text="One goes. Two run. Three sit. Four lie.")
    for number in (1, 2, 3)
]
PIECES = pieces(PASSAGES)


def quote(number: int, score: float, *places: int) -> Quote:
    mine = [piece for piece in PIECES if piece.number == number]
    return Quote(score=score, pieces=tuple(mine[place] for place in places))


def read(*quotes: Quote) -> list[tuple[int, int]]:
    return [(piece.number, piece.at) for piece in arranged(quotes)]


def test_the_best_passage_is_read_first_and_the_others_by_their_numbers() -> None:
    assert read(quote(1, 0.5, 0), quote(3, 1.0, 0), quote(2, 0.7, 0)) == [(3, 0), (1, 0), (2, 0)]


def test_numbers_ascend_where_the_first_passage_is_about_as_good() -> None:
    assert read(quote(3, 1.0, 0), quote(1, 0.97, 0)) == [(1, 0), (3, 0)]


def test_a_passage_keeps_its_own_order() -> None:
    assert read(quote(1, 1.0, 2), quote(1, 0.9, 0)) == [(1, 0), (1, 2)]


def test_a_passage_begins_with_its_best_quote_where_that_is_clearly_better() -> None:
    assert read(quote(1, 1.0, 1, 2), quote(1, 0.6, 0), quote(1, 0.6, 3)) == [(1, 1), (1, 2), (1, 0), (1, 3)]


def test_quotes_that_share_a_piece_become_one() -> None:
    one = merged([quote(1, 0.6, 0, 1), quote(2, 0.5, 0)], quote(1, 1.0, 1, 2))
    assert sorted(one, key=lambda each: each.number) == [quote(1, 1.0, 0, 1, 2), quote(2, 0.5, 0)]


@given(st.lists(st.tuples(st.sampled_from(PIECES), st.floats(min_value=0.1, max_value=2.0)), max_size=8))
def test_every_piece_is_read_once(chosen: list[tuple[Piece, float]]) -> None:
    quotes: list[Quote] = []
    for piece, score in chosen:
        quotes = merged(quotes, Quote(score=score, pieces=(piece,)))
    said = arranged(quotes)
    assert len(said) == len(set(said))
    assert set(said) == {piece for piece, _ in chosen}
