from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.spending import Allowance, Spending, dollars, percent, sentences

MIDNIGHT = datetime(2026, 11, 26, tzinfo=UTC)
MINE = Allowance(of="person", unit="micros", used=420_000, limit=5_000_000, resets_at=MIDNIGHT)
PLAN = Allowance(of="workspace", unit="questions", used=57, limit=100, resets_at=datetime(2026, 12, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    ("micros", "places", "written"),
    [
        (0, 2, "$0.00"),
        (1, 2, "<$0.01"),
        (4_999, 2, "<$0.01"),
        (5_000, 2, "$0.01"),
        (420_000, 2, "$0.42"),
        (1_234_567_890, 2, "$1,234.57"),
        (999_999, 2, "$1.00"),
        (460, 4, "$0.0005"),
        (49, 4, "<$0.0001"),
        (1, 6, "$0.000001"),
    ],
)
def test_micro_dollars_are_written_as_dollars(micros: int, places: int, written: str) -> None:
    assert dollars(micros, places) == written


@given(st.integers(0, 10**15), st.integers(1, 6))
def test_what_is_written_is_never_further_off_than_half_of_its_last_digit(micros: int, places: int) -> None:
    written = dollars(micros, places)
    if not written.startswith("<"):
        whole, _, rest = written[1:].replace(",", "").partition(".")
        assert len(rest) == places
        assert abs(int(whole + rest) * 10 ** (6 - places) - micros) * 2 <= 10 ** (6 - places)


@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_only_what_is_used_up_is_a_hundred_percent(used: int, limit: int) -> None:
    assert (int(percent(used, limit).removesuffix(" %")) >= 100) == (used >= limit)


def test_each_limit_is_a_sentence_with_its_use_and_its_end() -> None:
    assert sentences(Spending(allowances=(MINE, PLAN))) == [
        "Today you have used $0.42 of $5.00 (8 %). It resets at 00:00 UTC on 26 November.",
        "This month this workspace has used 57 of 100 questions (57 %). It resets at 00:00 UTC on 1 December.",
    ]


def test_next_to_nothing_is_said_in_words() -> None:
    (said,) = sentences(Spending(allowances=(replace(MINE, used=1),)))
    assert said.startswith("Today you have used less than $0.01 of $5.00 (0 %).")


def test_where_nothing_is_limited_it_is_said_so() -> None:
    assert sentences(Spending()) == ["No limit of money or questions applies to you here."]


def test_what_follows_from_a_limit_is_said_with_its_end() -> None:
    (_, thrifty) = sentences(Spending(allowances=(MINE,), answers="thrifty", until=MIDNIGHT))
    assert thrifty == (
        "A limit is nearly used up: small models answer, and you may ask half as often until 00:00 UTC on 26 November."
    )
    assert sentences(Spending(answers="quotes", until=MIDNIGHT))[1:] == [
        "A limit is used up, so answers are quotes from the documents until 00:00 UTC on 26 November."
    ]
