"""Laws of the verifier that hold for any claim and any passages."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from bot.answering.checking import Checker, Tally
from bot.answering.evidence import evidence
from bot.answering.verify import judged
from bot.models.base import Numbered
from bot.reading.units import Units, split

if TYPE_CHECKING:
    from bot.answering.evidence import Evidence

SENTENCES = (
    "API keys are rotated every 90 days.",
    "Paid leave is 25 days a year.",
    "Maria approves each deploy before 14:00.",
    "Interns may not access production.",
    "The limit is 500 MB per person.",
    "Backups are kept in Oslo for 30 days.",
)
TEXTS = st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=4, unique=True).map(" ".join)
PASSAGES = st.lists(TEXTS, min_size=1, max_size=4)
ANSWERS = st.lists(
    st.tuples(
        st.sampled_from((*SENTENCES, "Sick leave is 25 days.", "Bananas sing.", "- The limit is 500 GB.", "## Keys")),
        st.sampled_from(("", " [1]", " [2]", " [1][2]")),
    ),
    min_size=1,
    max_size=5,
).map(lambda pairs: "\n\n".join("".join(pair) for pair in pairs))


def table(texts: list[str], order: list[int] | None = None) -> dict[int, Evidence]:
    made = {at: evidence(Numbered(number=at, title="", heading=(), text=text)) for at, text in enumerate(texts, 1)}
    return {at: made[at] for at in order or made}


@given(PASSAGES, st.sampled_from(SENTENCES), st.integers(100, 10**6).filter(lambda number: number != 500))
def test_a_sentence_with_a_number_that_no_passage_holds_is_dropped(texts: list[str], said: str, number: int) -> None:
    made = table(texts)
    for claim in (said.replace("90", f"{number}").replace("25", f"{number}"), f"{number} {said}", f"{said} {number}."):
        if str(number) in claim:
            assert judged(claim, (), list(made), made).numbers == ()


@given(PASSAGES, st.sampled_from(SENTENCES), st.randoms())
def test_the_order_of_the_passages_changes_nothing(texts: list[str], claim: str, random: object) -> None:
    order = list(range(1, len(texts) + 1))
    random.shuffle(order)  # type: ignore[attr-defined]
    assert judged(claim, (), [1], table(texts)) == judged(claim, (), [1], table(texts, order))


@given(PASSAGES, ANSWERS, st.lists(st.integers(0, 200), max_size=6))
def test_any_cut_of_the_stream_gives_the_same_answer_and_record(texts: list[str], answer: str, cuts: list[int]) -> None:
    checker = Checker(question="What is it?", table=table(texts))
    whole, parts = Tally(), Tally()
    expected = [checker.check(unit, whole) for unit in split(answer)]
    units = Units()
    places = [0, *sorted(min(cut, len(answer)) for cut in cuts), len(answer)]
    fed = [unit for start, end in pairwise(places) for unit in units.feed(answer[start:end])]
    assert [checker.check(unit, parts) for unit in (*fed, *units.end())] == expected
    assert parts.verification == whole.verification


@given(PASSAGES, ANSWERS)
def test_a_record_counts_no_more_than_there_is(texts: list[str], answer: str) -> None:
    tally = Tally()
    checker = Checker(question="What is it?", table=table(texts))
    shown = [found for unit in split(answer) if (found := checker.check(unit, tally)) is not None]
    record = tally.verification
    assert 0 <= record.valid_citations <= record.found <= answer.count("[")
    assert 0 <= record.contradictions <= record.dropped <= len(split(answer)) - len(shown)
    assert 0 <= record.confidence <= 1
