from __future__ import annotations

import pytest

from bot.reading.particulars import particulars
from bot.reading.places import names_swapped, values_swapped
from tests.doubles.scaling import QUADRATIC, slowdown

PRICES = "The basic plan costs 10 euros and the premium plan costs 50 euros."
RISE = "The price rose from 10 euros to 12 euros in January."
PROJECT = "The project began on 3 May 2023 and ended on 7 June 2024."
CANTEEN = "The canteen opens at 11:30 and closes at 14:00."
TIERS = "The plan has three tiers and costs five euros."
SALE = "Acme acquired Globex in 2019 for 40 million euros."
MOVE = "The team moved from Berlin to Munich in 2020."
TEAMS = "Anna leads the sales team and Peter leads the support team."
FASTER = "PostgreSQL is faster than SQLite for many concurrent writers."
REPORTS = "Alice reports to Bob, and Bob reports to Carol."


@pytest.mark.parametrize(
    ("said", "claimed"),
    [
        (PRICES, "The basic plan costs 50 euros and the premium plan costs 10 euros."),
        (PRICES, "Basic costs 50 euros, premium 10."),
        (RISE, "The price rose from 12 euros to 10 euros in January."),
        (RISE, "In January the price rose from 12 to 10 euros."),
        (PROJECT, "The project began on June 7, 2024 and ended on 2023-05-03."),
        (CANTEEN, "The canteen opens at 14:00 and closes at 11:30."),
        (TIERS, "The plan has five tiers and costs three euros."),
    ],
)
def test_values_in_each_others_place_are_swapped(said: str, claimed: str) -> None:
    assert values_swapped(claimed, said)


@pytest.mark.parametrize(
    ("said", "claimed"),
    [
        (PRICES, PRICES),
        (PRICES, "The premium plan costs 50 euros and the basic plan costs 10 euros."),
        (PRICES, "Plans cost 10 and 50 euros."),
        (RISE, "The price rose to 12 euros from 10 euros."),
        (RISE, "In January, the price was 12 euros; before that it was 10 euros."),
        (PROJECT, "The project ended on 7 June 2024; it began on 3 May 2023."),
        (CANTEEN, "The canteen is open from 11:30 to 14:00."),
        (TIERS, "It costs five euros and has three tiers."),
    ],
)
def test_values_told_in_another_order_are_not(said: str, claimed: str) -> None:
    assert not values_swapped(claimed, said)


def swapped(claimed: str, said: str) -> bool:
    given = particulars(said)
    return names_swapped(claimed, said, given.names | given.initial)


@pytest.mark.parametrize(
    ("said", "claimed"),
    [
        (SALE, "Globex acquired Acme in 2019 for 40 million euros."),
        (MOVE, "The team moved from Munich to Berlin in 2020."),
        (TEAMS, "Peter leads the sales team and Anna leads the support team."),
        (FASTER, "SQLite is faster than PostgreSQL for many concurrent writers."),
        (REPORTS, "Bob reports to Alice, and Carol reports to Bob."),
    ],
)
def test_names_in_each_others_place_are_swapped(said: str, claimed: str) -> None:
    assert swapped(claimed, said)


@pytest.mark.parametrize(
    ("said", "claimed"),
    [
        (SALE, SALE),
        (SALE, "Globex was acquired by Acme in 2019."),
        (SALE, "Acme bought Globex for 40 million euros."),
        (SALE, "In 2019, Acme acquired Globex."),
        (MOVE, "In 2020 the team moved to Munich from Berlin."),
        (TEAMS, "Peter leads the support team and Anna leads the sales team."),
        (TEAMS, "The sales team is led by Anna, the support team by Peter."),
        (FASTER, "For many concurrent writers, PostgreSQL is faster than SQLite."),
    ],
)
def test_names_told_in_another_order_are_not(said: str, claimed: str) -> None:
    assert not swapped(claimed, said)


@pytest.mark.parametrize("piece", ["1 ", "from 1 to 2 ", "Acme ", "a ", "Acme and 5 ", "1.", "a-", "a'", "5 May "])
def test_adversarial_text_takes_linear_time(piece: str) -> None:
    def work(times: int) -> None:
        text = piece * times
        values_swapped(text, f"{text}.")
        names_swapped(text, f"{text}.", frozenset({"acm"}))

    assert slowdown(work, 200) < QUADRATIC
