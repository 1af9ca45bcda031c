from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.parts import Citation
from adapters.sources import ago, whence
from bot.answering.ages import Age, Ages
from tests.doubles.answering import passage

TODAY = date(2026, 11, 26)
PAGE = passage("travel.md", "Trains come first.", title="Travel policy")


def _ages(*passages: object, most: int = 730) -> tuple[Age, ...]:
    return Ages(today=TODAY, most=most).of(passages)  # type: ignore[arg-type]


@given(st.integers(0, 20_000), st.integers(0, 10_000))
def test_a_document_is_old_after_so_many_days_and_never_with_none(days: int, most: int) -> None:
    changed = replace(PAGE, updated_at=datetime(2026, 11, 26, 12, tzinfo=UTC) - timedelta(days=days))
    [age] = _ages(changed, most=most)
    assert age.days == (days if 0 < most < days else None)


def test_a_document_that_says_only_its_year_ages_from_the_end_of_it() -> None:
    assert _ages(replace(PAGE, year=2024))[0].days is None
    assert _ages(replace(PAGE, year=2023))[0].days == 1061


def test_a_document_without_a_date_is_not_old() -> None:
    assert _ages(PAGE) == (Age(),)
    assert _ages(replace(PAGE, year=9)) == (Age(),)


@pytest.mark.parametrize(
    ("old", "new"),
    [("Travel policy 1.9", "Travel policy 1.10"), ("API guide v2", "api guide v3"), ("Handbook 2023", "Handbook 2024")],
)
def test_an_earlier_edition_names_the_newer_one(old: str, new: str) -> None:
    first, second = passage("old.md", "x", title=old), passage("new.md", "x", title=new)
    assert [age.newer for age in _ages(first, second)] == [new, None]
    assert [age.newer for age in _ages(second, first)] == [None, new]


def test_of_one_title_the_later_year_is_the_newer_edition() -> None:
    old, new = replace(PAGE, document="a.md", year=2024), replace(PAGE, document="b.md", year=2026)
    assert [age.newer for age in _ages(old, new)] == ["Travel policy", None]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Minutes of 3 May 2024", "Minutes of 4 May 2024"),
        ("Travel policy 1.0", "Expense policy 2.0"),
        ("API guide v2", "API guide 2024"),
        ("Travel policy", "Travel policy"),
    ],
)
def test_another_subject_or_a_series_is_no_newer_edition(one: str, other: str) -> None:
    assert [age.newer for age in _ages(passage("a", "x", title=one), passage("b", "x", title=other))] == [None, None]


@pytest.mark.parametrize(
    ("days", "told"),
    [(0, "today"), (1, "1 day ago"), (29, "29 days ago"), (40, "1 month ago"), (800, "2 years ago")],
)
def test_an_age_is_told_in_words(days: int, told: str) -> None:
    assert ago(days) == told


def test_the_source_list_says_what_is_old_and_what_is_newer() -> None:
    line = Citation(number=1, title="Travel policy 1", url=None, quote="x", document="a.md", stale_days=1100)
    assert whence(line) == "a.md · last changed 3 years ago"
    spring = replace(line, stale_days=None, dated=datetime(2021, 3, 1, tzinfo=UTC), publisher="Acme")
    assert whence(replace(spring, year=2021)) == "a.md · Acme · changed 2021-03-01"
    assert whence(replace(spring, year=2019)) == "a.md · Acme 2019 · changed 2021-03-01"
    assert whence(replace(line, stale_days=None, newer="Travel <b>policy 2")).startswith("a.md · newer edition: Travel")
