from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from knowledge.base import Passage
from knowledge.choosing import chosen


def _count(text: str) -> int:
    return len(text.split())


def _passage(chunk: str, text: str, *, heading: tuple[str, ...] = (), score: float = 0.5) -> Passage:
    return Passage(
        chunk=chunk,
        document=chunk.partition("@")[0],
        title="Manual",
        text=text,
        heading=heading,
        url=None,
        source="shelf",
        score=score,
    )


def _chosen(*found: Passage, passages: int = 5, tokens: int = 1_000) -> list[Passage]:
    return list(chosen(found, {"keys": 1.0}, passages=passages, tokens=tokens, count=_count))


def test_at_most_so_many_come_in_their_order() -> None:
    found = [_passage(f"d{number}@1:0", f"text number {number} word{number}") for number in range(9)]
    assert _chosen(*found, passages=3) == found[:3]


def test_two_chunks_that_follow_each_other_become_one_passage() -> None:
    found = [_passage("a@1:4", "And then turn them.", score=0.9), _passage("a@1:3", "Take the keys.", score=0.4)]
    (one,) = _chosen(*found)
    assert one.text == "Take the keys.\n\nAnd then turn them."
    assert (one.chunk, one.score) == ("a@1:4", 0.9)


def test_what_the_second_one_repeats_of_the_first_comes_once() -> None:
    (one,) = _chosen(_passage("a@1:0", "Take the old keys"), _passage("a@1:1", "the old keys and turn them"))
    assert one.text == "Take the old keys and turn them"


def test_a_bar_at_the_end_of_a_table_is_no_repetition() -> None:
    (passage,) = _chosen(_passage("e:0", "| a | b |"), _passage("e:1", "| c | d |"))
    assert passage.text == "| a | b |\n\n| c | d |"


def test_a_passage_grows_to_two_chunks_at_most() -> None:
    found = [_passage(f"a@1:{number}", f"part{number} other{number}") for number in range(4)]
    assert [each.text for each in _chosen(*found)] == ["part0 other0\n\npart1 other1", "part2 other2\n\npart3 other3"]


def test_chunks_of_other_headings_documents_or_editions_stay_apart() -> None:
    found = [
        _passage("a@1:0", "one thing", heading=("Start",)),
        _passage("a@1:1", "another matter", heading=("End",)),
        _passage("b@1:2", "third subject", heading=("End",)),
    ]
    assert _chosen(*found) == found


def test_what_repeats_a_better_passage_is_left_out() -> None:
    text = "Keys are rotated every month by the night job of the second server"
    found = [_passage("a@1:0", text), _passage("b@1:0", f"{text}."), _passage("c@1:0", "Something else entirely")]
    assert [each.chunk for each in _chosen(*found)] == ["a@1:0", "c@1:0"]


def test_another_document_that_says_another_number_or_not_is_no_repetition() -> None:
    said = "Taxi rides to the station are refunded within 14 days to whoever sends the form"
    for other in (said.replace("14", "30"), said.replace("are", "are not"), said.replace("14", "twelve")):
        assert len(_chosen(_passage("a@1:0", said), _passage("b@1:0", other))) == 2
        assert len(_chosen(_passage("a@1:0", said), _passage("a@1:7", other))) == 1
    assert len(_chosen(_passage("a@1:0", said), _passage("b@1:0", said.replace("whoever", "all")))) == 1


def test_the_longest_are_cut_until_all_fit() -> None:
    long = _passage("a@1:0", "Keys turn left. " + "Filler goes on and on. " * 60)
    short = _passage("b@1:0", "Birds sing in the morning.")
    cut, whole = _chosen(long, short, tokens=80)
    assert cut.text.startswith("Keys turn left.")
    assert whole == short


def test_where_too_little_is_left_for_each_the_last_ones_go() -> None:
    found = [_passage(f"d{number}@1:0", f"Sentence {number} of w{number}. " * 60) for number in range(5)]
    assert len(_chosen(*found, tokens=100)) == 2


def test_no_room_gives_no_passages() -> None:
    assert _chosen(_passage("a@1:0", "Keys turn."), tokens=0) == []


_FOUND = st.lists(
    st.tuples(st.sampled_from("abc"), st.integers(0, 5), st.integers(1, 90)),
    max_size=9,
    unique_by=lambda each: each[:2],
)


@given(_FOUND, st.integers(0, 300), st.integers(1, 6))
def test_the_budget_holds_and_no_chunk_comes_twice(
    given_chunks: list[tuple[str, int, int]], tokens: int, passages: int
) -> None:
    found = [
        _passage(f"{name}@1:{ordinal}", " ".join(f"{name}{ordinal}w{place}." for place in range(size)))
        for name, ordinal, size in given_chunks
    ]
    given_on = _chosen(*found, tokens=tokens, passages=passages)
    assert len(given_on) <= passages
    assert sum(_count(each.title) + _count(each.text) for each in given_on) <= tokens
    assert len({each.chunk for each in given_on}) == len(given_on)
