from __future__ import annotations

from adapters.parts import Verification
from adapters.plain import rendered
from bot.answering.checking import Checker, Tally
from bot.answering.evidence import evidence
from bot.answering.replies import left_out, unknown
from bot.models.base import Numbered
from bot.reading.units import split

RULES = Numbered(
    number=1, title="Rules", heading=(), text="Paid leave is 25 days a year. Maria approves each deploy. Keys expire."
)
KEYS = Numbered(number=2, title="Keys", heading=(), text="A key lasts 90 days.")
CHECKER = Checker(question="How long?", table={one.number: evidence(one) for one in (RULES, KEYS)})


def record(text: str) -> Verification:
    tally = Tally()
    for unit in split(text):
        CHECKER.check(unit, tally)
    return tally.verification


def test_what_stands_word_for_word_is_certain() -> None:
    found = record("Paid leave is 25 days a year. [1] A key lasts 90 days. [2]")
    assert found == Verification(found=2, valid_citations=2, confidence=1.0)
    assert found.valid


def test_a_mark_that_was_replaced_was_found_and_not_valid() -> None:
    assert record("A key lasts 90 days. [7]") == Verification(found=1, confidence=1.0)


def test_another_number_name_or_sense_contradicts_the_cited_passage() -> None:
    for text in ("Paid leave is 26 days a year. [1]", "Each deploy is approved by Bob. [1]", "Keys never expire. [1]"):
        found = record(text)
        assert (found.contradictions, found.dropped, found.valid) == (1, 1, False)


def test_other_words_contradict_nothing() -> None:
    assert record("Bananas are rich in potassium. [1]") == Verification(found=1, dropped=1)


def test_small_talk_headings_and_lead_ins_are_not_missed() -> None:
    assert record("# Bananas\n\nI hope this helps you a lot!\n\nThe yellow bananas sing this:\n\nYes.").dropped == 0


def test_code_rows_and_items_are_missed() -> None:
    assert record("```\nrm -rf\n```\n\n- Bananas sing all night.\n\n| a | b |\n|---|---|\n| c | d |").dropped == 3


def test_where_nothing_is_left_of_a_draft_it_is_said_why() -> None:
    assert "not borne out" in rendered(unknown((), dropped=1))
    assert "not borne out" not in rendered(unknown(()))


def test_what_was_left_out_is_said_in_one_line() -> None:
    assert rendered(left_out(1, 1)) == "I left out one sentence that the sources do not support."
    assert rendered(left_out(2, 2)) == "I left out two sentences that the sources do not support."
    assert rendered(left_out(3, 2)) == "I left out three parts that the sources do not support."
    assert rendered(left_out(12, 12)) == "I left out 12 sentences that the sources do not support."
