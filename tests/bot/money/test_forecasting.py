from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from fractions import Fraction
from typing import TYPE_CHECKING, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.money.forecasting import Period, before, forecast, span

if TYPE_CHECKING:
    from bot.money.base import Micros

TUESDAY = datetime(2026, 11, 24, 18, 30, tzinfo=UTC)
PERIODS = st.sampled_from(get_args(Period))
MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - they get one
MONEY = st.integers(0, 10**12)
PARTS = st.fractions(0, 1, max_denominator=100_000)


@pytest.mark.parametrize(
    ("period", "begin", "end"),
    [
        ("day", datetime(2026, 11, 24, tzinfo=UTC), datetime(2026, 11, 25, tzinfo=UTC)),
        ("week", datetime(2026, 11, 23, tzinfo=UTC), datetime(2026, 11, 30, tzinfo=UTC)),
        ("month", datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC)),
    ],
)
def test_a_period_is_one_of_utc(period: Period, begin: datetime, end: datetime) -> None:
    here = span(period, TUESDAY)
    assert (here.begin, here.end) == (begin, end)


def test_a_time_elsewhere_lies_in_the_day_that_it_is_in_utc() -> None:
    late = datetime(2026, 12, 1, 1, tzinfo=timezone(timedelta(hours=2)))
    assert span("month", late).begin == datetime(2026, 11, 1, tzinfo=UTC)


@given(PERIODS, MOMENTS)
def test_periods_follow_each_other_without_a_gap(period: Period, now: datetime) -> None:
    here, earlier = span(period, now), before(period, now)
    assert here.begin <= now < here.end
    assert earlier.end == here.begin
    assert span(period, earlier.begin) == earlier


def test_what_is_over_is_a_share_from_nothing_to_all() -> None:
    day = span("day", TUESDAY)
    assert day.elapsed(day.begin) == 0
    assert day.elapsed(datetime(2026, 11, 24, 18, tzinfo=UTC)) == Fraction(3, 4)
    assert day.elapsed(day.end) == day.elapsed(day.end + timedelta(days=9)) == 1


def test_without_anything_before_it_goes_on_as_it_went() -> None:
    assert forecast(1_000_000, Fraction(1, 4), 0) == 4_000_000


def test_too_early_and_with_nothing_before_nothing_is_known() -> None:
    assert forecast(1_000, Fraction(1, 100), 0) is None


def test_early_on_the_period_before_says_what_to_expect() -> None:
    assert forecast(0, Fraction(0), 8_000_000) == 8_000_000
    early = forecast(10_000, Fraction(1, 1_000), 8_000_000)
    assert early is not None
    assert 7_900_000 < early < 8_100_000  # and not the ten dollars that a thousand times as much would be


@given(MONEY, PARTS, MONEY)
def test_a_forecast_is_never_less_than_what_is_spent_and_at_the_end_just_that(
    spent: Micros, elapsed: Fraction, previous: Micros
) -> None:
    expected = forecast(spent, elapsed, previous)
    assert expected is None or expected >= spent
    assert forecast(spent, Fraction(1), previous) == spent


@given(MONEY, MONEY, PARTS, MONEY)
def test_more_spent_is_never_a_lower_forecast(spent: Micros, more: Micros, elapsed: Fraction, previous: Micros) -> None:
    lower, higher = forecast(spent, elapsed, previous), forecast(spent + more, elapsed, previous)
    assert (lower is None) == (higher is None)
    assert lower is None or higher is None or lower <= higher
