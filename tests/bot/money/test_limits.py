from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.money.limits import Use, Wanted, accounts, obstacle, period, resets_at
from bot.money.wording import held_up, refusal
from tests.contracts.ledger import PAYER, Chosen

if TYPE_CHECKING:
    from bot.money.base import Holder

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC).timestamp()
HOLDERS: tuple[Holder, ...] = ("person", "workspace", "everyone")

small = st.integers(0, 50)
most = st.none() | small
chosen = st.builds(Chosen, person=most, everyone=most, plan=most, questions=most)
uses = st.dictionaries(st.sampled_from(HOLDERS), st.builds(Use, spent=small, reserved=small, questions=small))
wishes = st.builds(Wanted, worst=small, counts=st.booleans())


def told(limits: Chosen, taken: dict[Holder, Use], *, worst: int = 100, counts: bool = False) -> str:
    found = obstacle(limits(PAYER), taken, Wanted(worst=worst, counts=counts), NOON)
    assert found is not None
    return held_up(found.account) if found.passes else refusal(found, NOON)


@given(chosen, uses, wishes)
def test_nothing_stands_in_the_way_just_when_every_limit_holds_with_the_call(
    limits: Chosen, taken: dict[Holder, Use], wanted: Wanted
) -> None:
    holds = True
    for limit in limits(PAYER).ordered:
        use = taken.get(limit.holder, Use())
        holds &= limit.micros is None or use.spent + use.reserved + wanted.worst <= limit.micros
        holds &= limit.questions is None or use.questions + wanted.counts <= limit.questions
    assert (obstacle(limits(PAYER), taken, wanted, NOON) is None) == holds


@given(chosen, uses, wishes)
def test_what_may_pass_does_so_once_nothing_is_set_apart(
    limits: Chosen, taken: dict[Holder, Use], wanted: Wanted
) -> None:
    found = obstacle(limits(PAYER), taken, wanted, NOON)
    settled = {holder: Use(spent=use.spent, questions=use.questions) for holder, use in taken.items()}
    after = obstacle(limits(PAYER), settled, wanted, NOON)
    if found is not None:
        assert found.passes == (after is None)


@given(chosen, wishes)
def test_what_is_possible_is_what_fits_where_nothing_is_used(limits: Chosen, wanted: Wanted) -> None:
    found = obstacle(limits(PAYER), {}, wanted, NOON)
    assert wanted.possible(limits(PAYER)) == (found is None)
    assert found is None or found.never


@given(chosen, uses)
def test_every_limit_is_an_account_with_what_is_spent_of_it(limits: Chosen, taken: dict[Holder, Use]) -> None:
    found = accounts(limits(PAYER), taken, NOON)
    limited = [limits.person, limits.plan, limits.questions, limits.everyone]
    assert [one.limit for one in found] == [limit for limit in limited if limit is not None]
    for one in found:
        use = taken.get(one.holder, Use())
        assert one.used == (use.spent if one.unit == "micros" else use.questions)


@given(st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)), st.sampled_from(HOLDERS))  # noqa: DTZ001 - hypothesis adds the zone
def test_a_period_ends_where_the_next_one_begins(at: datetime, holder: Holder) -> None:
    ends = resets_at(holder, at.timestamp())
    last = ends - timedelta(seconds=1)
    assert at.timestamp() < ends.timestamp()
    assert period(holder, at.timestamp()) == period(holder, last.timestamp()) < period(holder, ends.timestamp())


def test_days_and_months_are_named_as_iso_8601_does() -> None:
    assert (period("person", NOON), period("workspace", NOON)) == ("2026-11-25", "2026-11")


@pytest.mark.parametrize(
    ("limits", "taken", "says"),
    [
        (
            Chosen(person=1_000),
            {"person": Use(spent=1_000)},
            "Your money for today's answers is used up; there is more at 00:00 UTC, in 12 hours.",
        ),
        (
            Chosen(person=200),
            {"person": Use(spent=101)},
            (
                "What is left of your money for today's answers is too little for this answer;"
                " there is more at 00:00 UTC, in 12 hours."
            ),
        ),
        (
            Chosen(everyone=1_000),
            {"everyone": Use(spent=1_000)},
            "Today's money for answers is used up; there is more at 00:00 UTC, in 12 hours.",
        ),
        (
            Chosen(plan=1_000),
            {"workspace": Use(spent=1_000)},
            "This workspace's money for this month is used up; there is more on 1 December, in 6 days.",
        ),
        (
            Chosen(questions=5_000),
            {"workspace": Use(questions=5_000)},
            (
                "You have asked all 5,000 questions of this workspace's plan for this month;"
                " there are more on 1 December, in 6 days."
            ),
        ),
        (
            Chosen(person=200),
            {"person": Use(spent=50, reserved=100)},
            (
                "Answers that are being written may need all that is left of your money for today's answers;"
                " ask again in a minute."
            ),
        ),
        (
            Chosen(everyone=99),
            {},
            "One answer may cost more than everyone together may spend in a day; whoever runs me can raise that limit.",
        ),
        (
            Chosen(questions=0),
            {},
            "This workspace's plan has no questions; whoever runs me can give it another plan.",
        ),
    ],
)
def test_a_refusal_says_what_is_used_up_and_when_there_is_more(
    limits: Chosen, taken: dict[Holder, Use], says: str
) -> None:
    assert told(limits, taken, counts=True) == says


def test_of_several_limits_the_one_is_told_that_lasts_longest() -> None:
    limits = Chosen(person=100, plan=100)
    taken: dict[Holder, Use] = {"person": Use(spent=100), "workspace": Use(spent=100)}
    assert "on 1 December" in told(limits, taken)


def test_a_limit_that_waiting_does_not_help_is_told_before_one_that_it_does() -> None:
    limits = Chosen(person=100, plan=200)
    taken: dict[Holder, Use] = {"person": Use(spent=100), "workspace": Use(reserved=150)}
    assert "is used up" in told(limits, taken)
