from __future__ import annotations

import pytest

from bot.reading.crossed import crossed
from bot.reading.exchanged import exchanged
from bot.reading.replaced import extended, replaced
from bot.reading.wording import wording
from tests.doubles.scaling import QUADRATIC, slowdown


@pytest.mark.parametrize(
    ("said", "claimed"),
    [
        ("The server sends the client a challenge.", "The client sends the server a challenge."),
        (
            "Managers propose bonuses, and the committee approves them.",
            "The committee proposes bonuses, and managers approve them.",
        ),
        ("Equipment is lent to staff and belongs to the firm.", "Equipment is lent to the firm and belongs to staff."),
        ("Stop the writers before you promote the replica.", "Promote the replica before you stop the writers."),
        ("Paper cups are cheaper than glass cups.", "Glass cups are cheaper than paper cups."),
        ("Candidates are told the result within a week.", "Candidates tell everybody the result within a week."),
    ],
)
def test_two_things_or_events_in_each_others_place_are_exchanged(said: str, claimed: str) -> None:
    assert exchanged(claimed, said)
    assert not exchanged(said, said)


@pytest.mark.parametrize(
    ("said", "claimed"),
    [
        ("The server sends the client a challenge.", "The client receives a challenge from the server."),
        ("Managers propose bonuses.", "Bonuses are proposed by managers."),
        ("Stop the writers before you promote the replica.", "Before you promote the replica, stop the writers."),
        ("The team first suspected the router.", "The router was suspected first by the team."),
        ("If a signature is wrong three times, the door locks.", "After three wrong signatures, the door locks."),
        ("Tokens are counted on your machine.", "Token counting happens on your machine."),
        ("A file that left a folder is removed by the sync.", "The sync of that folder removes the file that left."),
        (
            "Desks are cleared at midnight after the last day and sold 30 days later.",
            "Desks are sold 30 days after they were cleared.",
        ),
        ("What hangs is left 5 seconds after the end.", "Anything that hangs 5 seconds after that is left."),
    ],
)
def test_the_same_in_another_order_is_not(said: str, claimed: str) -> None:
    assert not exchanged(claimed, said)


def test_one_word_of_another_sentence_in_the_place_of_one_is_told() -> None:
    said = "Merging deploys to staging automatically."
    known = wording("Deploys to production need two approvals.").telling
    assert replaced("Merging deploys to production automatically.", said, known)
    assert not replaced("Merging deploys to preview automatically.", said, known)
    assert not replaced("Merging deploys automatically to staging.", said, known)


def test_a_word_of_the_same_root_is_no_word_of_the_next_clause() -> None:
    said = "The weight of words is 0.65 and the weight of vectors is 0.35; with lite ones vectors weigh 0.3."
    assert not crossed("Words weigh 0.65 and vectors 0.35.", said)


def test_what_is_added_to_a_whole_sentence_is_told() -> None:
    said = "Pass the cursor to get the next page."
    known = wording("The default is 20.").telling
    assert extended("Pass the cursor to get the next page and the total.", said, known)
    assert not extended("Pass the cursor to get the next page and the default.", said, known)
    assert not extended("To get the next page, pass the cursor.", said, known)


@pytest.mark.parametrize(
    ("claimed", "is_crossed"),
    [
        ("Audit logs are deleted after 90 days.", True),
        ("Chat logs are deleted after seven years.", True),
        ("Chat logs are deleted after 90 days.", False),
        ("Audit logs are deleted after seven years.", False),
        ("Chat logs are deleted after 90 days, and audit logs after seven years.", False),
        ("Logs are deleted.", False),
    ],
)
def test_a_number_of_one_clause_with_the_words_of_the_next_is_told(claimed: str, is_crossed: bool) -> None:
    assert crossed(claimed, "Chat logs are deleted after 90 days, audit logs after seven years.") == is_crossed


def test_hostile_text_takes_linear_time() -> None:
    def read(count: int) -> None:
        text = "client before server than if " * count
        wording.cache_clear()
        exchanged(text, "The server sends the client a challenge before it opens.")

    assert slowdown(read, 200) < QUADRATIC
