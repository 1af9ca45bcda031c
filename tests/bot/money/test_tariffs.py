from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from bot.money.tariffs import EVERY_PROMPT, Tariff, Tier, tariff, trillionths

PRICES = st.decimals(min_value=0, max_value=1_000_000, places=12)
RATES = st.integers(0, 10**12)
COUNTS = st.integers(0, 2_000_000)
TIERS = st.builds(Tier, over=st.integers(0, 400_000), call=RATES, prompt=RATES, cached=RATES, answer=RATES)
BASES = st.builds(Tier, over=st.just(EVERY_PROMPT), call=RATES, prompt=RATES, cached=RATES, answer=RATES)
TARIFFS = st.builds(lambda base, more: tariff([base, *more]), BASES, st.lists(TIERS, max_size=4))

FOUR_ONE_MINI = tariff(
    [Tier(prompt=trillionths(Decimal("0.4")), cached=trillionths(Decimal("0.1")), answer=trillionths(Decimal("1.6")))]
)


def test_dollars_for_a_million_tokens_are_micro_dollars_for_one() -> None:
    assert FOUR_ONE_MINI.cost(prompt_tokens=1_000_000, answer_tokens=0) == 400_000
    assert FOUR_ONE_MINI.cost(prompt_tokens=1_000, answer_tokens=100) == 400 + 160
    assert FOUR_ONE_MINI.cost(prompt_tokens=1_000, answer_tokens=0, cached_tokens=600) == 160 + 60


def test_a_cost_is_rounded_up_once_and_not_for_each_of_its_parts() -> None:
    assert FOUR_ONE_MINI.cost(prompt_tokens=1, answer_tokens=0) == 1
    assert FOUR_ONE_MINI.cost(prompt_tokens=1, answer_tokens=1) == 2
    assert FOUR_ONE_MINI.cost(prompt_tokens=0, answer_tokens=0) == 0


def test_what_costs_nothing_costs_nothing_however_much_there_is() -> None:
    free = tariff([Tier(prompt=0, cached=0, answer=0)])
    assert free.cost(prompt_tokens=10**9, answer_tokens=10**9) == 0


def test_a_long_prompt_makes_all_of_a_call_dearer() -> None:
    long = tariff([Tier(prompt=10**6, cached=10**6, answer=0), Tier(over=10, prompt=2 * 10**6, cached=0, answer=0)])
    assert long.cost(prompt_tokens=10, answer_tokens=0) == 10
    assert long.cost(prompt_tokens=11, answer_tokens=0) == 22


def test_a_call_may_cost_something_by_itself() -> None:
    asked = tariff([Tier(call=12_000 * 10**6, prompt=0, cached=0, answer=0)])
    assert asked.cost(prompt_tokens=0, answer_tokens=0) == 12_000


def test_more_cached_tokens_than_the_prompt_has_are_no_refund() -> None:
    assert FOUR_ONE_MINI.cost(prompt_tokens=10, answer_tokens=0, cached_tokens=10**6) == 1


@given(PRICES)
def test_a_price_is_never_rounded_down(price: Decimal) -> None:
    assert Decimal(trillionths(price)) >= price * 1_000_000 > Decimal(trillionths(price)) - 1


@given(TARIFFS, COUNTS, COUNTS, COUNTS, st.integers(0, 3_000))
def test_a_cost_rises_with_the_prompt_and_the_answer_and_falls_with_what_was_cached(
    priced: Tariff, prompt: int, answer: int, cached: int, more: int
) -> None:
    cost = priced.cost(prompt_tokens=prompt, answer_tokens=answer, cached_tokens=cached)
    assert cost <= priced.cost(prompt_tokens=prompt + more, answer_tokens=answer, cached_tokens=cached)
    assert cost <= priced.cost(prompt_tokens=prompt, answer_tokens=answer + more, cached_tokens=cached)
    assert cost >= priced.cost(prompt_tokens=prompt, answer_tokens=answer, cached_tokens=cached + more)


@given(TARIFFS, COUNTS, COUNTS, st.data())
def test_what_is_set_apart_covers_every_bill_for_fewer_tokens(
    priced: Tariff, prompt: int, answer: int, data: st.DataObject
) -> None:
    worst = priced.cost(prompt_tokens=prompt, answer_tokens=answer)
    billed = priced.cost(
        prompt_tokens=(sent := data.draw(st.integers(0, prompt))),
        answer_tokens=data.draw(st.integers(0, answer)),
        cached_tokens=data.draw(st.integers(0, sent)),
    )
    assert billed <= worst
