from __future__ import annotations

import pytest

from bot.reading.particulars import offers, particulars
from tests.doubles.scaling import QUADRATIC, slowdown


@pytest.mark.parametrize(
    ("text", "needs"),
    [
        ("The limit is 500 MB per person.", {"per person"}),
        ("It costs $5 a month.", {"per month"}),
        ("It costs 5 dollars monthly.", {"per month"}),
        ("two days a week", {"per week"}),
        ("Below -20 °C.", {"less"}),
        ("at least 8 characters", {"min"}),
        ("Python 3.11 or newer", {"min"}),
        ("no more than 8", {"max"}),
        ("before 14:00", {"before"}),
        ("in 2024-03-05", set()),
        ("They may only ask half as often.", set()),
        ("Only guests may ask.", {"only"}),
        ("The file is read-only.", set()),
        ("Stop the service.", set()),
        ("The service stopped answering.", {"stop"}),
        ("A room that is longer than that is split.", set()),
        ("", set()),
    ],
)
def test_rates_and_bounds_are_needed(text: str, needs: set[str]) -> None:
    assert particulars(text).needs == needs


@pytest.mark.parametrize(
    ("text", "offered"),
    [
        ("Each person has one vote for an answer.", "per answ"),
        ("It may cost 5 dollars in a day.", "per day"),
        ("They are written one event a line.", "per lin"),
        ("60 requests per minute and token", "per token"),
        ("Later ones get a mark instead of words.", "only"),
        ("It is for single rooms, not for whole houses.", "only"),
        ("It takes in nothing more.", "stop"),
    ],
)
def test_other_words_bear_a_rate_or_a_bound_out(text: str, offered: str) -> None:
    assert offered in offers(text) - particulars(text).needs


@pytest.mark.parametrize(
    "text", ["You'll need a key.", "Unless it is set, none is used.", "Put the key there.", "Wrap it in quotes."]
)
def test_a_verb_or_a_shortened_pronoun_that_begins_a_sentence_is_no_name(text: str) -> None:
    assert particulars(text).strange == frozenset()


def test_names_are_capital_within_a_sentence_and_weekdays_anywhere() -> None:
    found = particulars("Bob asks Maria on tuesday, 5 May, for 500 MB.")
    assert found.names == particulars("x Maria Tuesday").names
    assert found.initial == particulars("Bob").initial


@pytest.mark.parametrize(
    "piece",
    ["a", "a.", "a-", "a'", "1", "1.", "1-", "-", "5 mb ", "$", "$5", "%", "at least ", "per a ", "A ", "A. ", "no ",
     "over ", "over $", "just ", "up to ", "and later ", "5 a ", "5 5 ", "or ", " ", "\u00b0"],
)  # fmt: skip
def test_adversarial_text_takes_linear_time(piece: str) -> None:
    assert slowdown(lambda times: particulars.__wrapped__(piece * times), 1_600) < QUADRATIC
