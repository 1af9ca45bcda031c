from __future__ import annotations

import subprocess
import sys
import threading
import tomllib
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from genai_prices.data_snapshot import get_snapshot
from genai_prices.types import ModelInfo, ModelPrice, Provider, Usage
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bot.errors import BadSettings
from bot.money.prices import Prices, Sold
from bot.money.tariffs import tariff
from bot.policy import NamedPrice
from bot.settings import Settings

NOW = datetime(2026, 11, 25, 18, tzinfo=UTC)
OPENAI = "https://api.openai.com/v1"
LOCAL = "http://localhost:11434/v1"
LISTED = [(provider, model) for provider in get_snapshot().providers for model in provider.models]
COUNTS = st.integers(0, 1_500_000)
PRICES = Prices(now=NOW)


def cost(model: str, url: str = OPENAI, *, prompt: int = 1_000_000, answer: int = 0, writes: bool = True) -> int:
    (price,) = PRICES.needed([Sold(model=model, base_url=url, writes=writes)])
    return price.cost(prompt_tokens=prompt, answer_tokens=answer)


def refusal(prices: Prices, *models: Sold) -> str:
    with pytest.raises(BadSettings) as caught:
        prices.needed(models)
    return caught.value.told


def listed(provider: Provider, model: ModelInfo, moment: datetime, **tokens: int) -> Decimal:
    """What the package itself takes for a call, in micro-dollars."""
    usage = Usage(**tokens)
    return model.calc_price(usage, provider, genai_request_timestamp=moment).total_price * 1_000_000


def test_the_default_model_costs_what_its_maker_takes() -> None:
    assert cost("gpt-4.1-mini") == 400_000
    assert cost("gpt-4.1-mini", prompt=0, answer=1_000_000) == 1_600_000


def test_a_model_behind_a_proxy_costs_what_its_maker_takes() -> None:
    assert cost("gpt-4.1-mini", LOCAL) == cost("gpt-4.1-mini") > 0


def test_embedding_models_have_a_price_by_name_alone_too() -> None:
    assert cost("text-embedding-3-small", writes=False) == cost("text-embedding-3-small", LOCAL, writes=False) == 20_000
    assert (
        cost("text-embedding-3-large", writes=False) == cost("text-embedding-3-large", LOCAL, writes=False) == 130_000
    )


def test_who_serves_a_model_sets_its_price() -> None:
    assert cost("deepseek/deepseek-v4-pro", "https://api.novita.ai/openai/v1") == 1_600_000
    assert cost("deepseek-v4-pro", "https://api.deepseek.com/v1") == 1_320_000


def test_of_those_who_sell_a_model_of_one_name_the_dearest_counts() -> None:
    name = "openai/gpt-oss-120b"
    sold = [model.get_prices(NOW).input_mtok for _, model in LISTED if model.id == name]
    most = max(price for price in sold if isinstance(price, Decimal))
    assert len(sold) > 1
    assert cost(name, LOCAL) == most * 1_000_000


def test_what_the_settings_say_wins_over_the_list() -> None:
    mine = NamedPrice(model="gpt-4.1-mini", input=Decimal("0.3"), output=Decimal(1), cached=Decimal("0.03"))
    (price,) = Prices([mine], now=NOW).needed([Sold(model="gpt-4.1-mini", base_url=OPENAI)])
    assert price.cost(prompt_tokens=1_000_000, answer_tokens=1) == 300_001
    assert price.cost(prompt_tokens=1_000_000, answer_tokens=0, cached_tokens=1_000_000) == 30_000


def test_cached_input_is_as_dear_as_any_unless_the_settings_say_so() -> None:
    (price,) = Prices([NamedPrice(model="mine", input=Decimal(2))], now=NOW).needed(
        [Sold(model="mine", base_url=LOCAL)]
    )
    assert price.cost(prompt_tokens=10, answer_tokens=10, cached_tokens=10) == 20


def test_every_unknown_model_is_named_at_once_with_the_lines_to_add() -> None:
    told = refusal(
        PRICES,
        Sold(model="llama3.2", base_url=LOCAL),
        Sold(model="gpt-4.1-mini", base_url=OPENAI),
        Sold(model='odd"name', base_url=LOCAL, writes=False),
    )
    assert told.startswith('No price is known for llama3.2, odd"name, so')
    assert "gpt-4.1-mini" not in told
    assert "0 is right for one that you run yourself" in told
    added = tomllib.loads(told[told.index("[[prices]]") :])
    assert added == {"prices": [{"model": "llama3.2", "input": 0, "output": 0}, {"model": 'odd"name', "input": 0}]}
    now_known = Prices(Settings.model_validate(added).prices, now=NOW)
    (price,) = now_known.needed([Sold(model="llama3.2", base_url=LOCAL)])
    assert price.cost(prompt_tokens=10**9, answer_tokens=10**9) == 0


def test_two_prices_of_one_model_are_refused() -> None:
    prices = [NamedPrice(model=name, input=Decimal(1)) for name in ("a", "b", "a")]
    with pytest.raises(BadSettings, match="of a: leave one"):
        Prices(prices, now=NOW)


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("whisper-1", id="by the hour"),
        pytest.param("text-embedding-3-small", id="that writes no answers"),
        pytest.param("sonar-deep-research", id="that bills what its usage does not say"),
        pytest.param("gpt-99", id="newer than the list"),
    ],
)
def test_a_model_whose_cost_does_not_follow_from_its_tokens_has_no_price(name: str) -> None:
    for url in (OPENAI, "https://api.perplexity.ai"):
        assert PRICES.find(Sold(model=name, base_url=url)) is None


def test_a_long_prompt_costs_more_where_the_list_says_so() -> None:
    assert (cost("gpt-6-luna", prompt=272_000), cost("gpt-6-luna", prompt=272_001)) == (34_000, 68_001)
    assert cost("gpt-6-luna", prompt=0, answer=1_000_000) == 500_000


def test_a_rise_that_is_announced_counts_already_and_a_lower_price_once_it_holds() -> None:
    before, after = (Prices(now=datetime(2025, 6, day, tzinfo=UTC)) for day in (9, 10))
    (old,), (new,) = (prices.needed([Sold(model="o3", base_url=OPENAI)]) for prices in (before, after))
    assert (old.cost(prompt_tokens=1_000_000, answer_tokens=0), new.cost(prompt_tokens=1_000_000, answer_tokens=0)) == (
        10_000_000,
        2_000_000,
    )
    assert cost("gemini-3.8-flash", "https://generativelanguage.googleapis.com/v1beta/openai") == 1_500_000


def test_the_dearest_hour_of_the_day_counts() -> None:
    assert cost("deepseek-v4-pro", "https://api.deepseek.com") == 1_320_000


def test_the_list_has_a_date_which_is_not_in_the_future() -> None:
    assert date(2026, 11, 9) <= PRICES.dated <= NOW.date()
    assert Prices(now=datetime(2025, 7, 1, tzinfo=UTC)).dated <= date(2025, 7, 1)


def test_looking_prices_up_starts_no_thread_and_opens_no_connection() -> None:
    """The package can fetch a newer list in a thread; the suite's guard fails whatever reaches for the network."""
    program = (
        "import sys, threading, datetime\n"
        "def guard(event, details):\n"
        "    if event.startswith('socket.'): print(event); sys.stdout.flush(); raise SystemExit(event)\n"
        "sys.addaudithook(guard)\n"
        "from bot.money.prices import Prices, Sold\n"
        "prices = Prices(now=datetime.datetime.now(datetime.UTC))\n"
        "prices.needed([Sold(model='gpt-4.1-mini', base_url='https://api.openai.com/v1')])\n"
        "prices.dated\n"
        "assert prices.find(Sold(model='nobody-sells-this', base_url='http://localhost/v1')) is None\n"
        "print(threading.active_count())\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("1\n", "")
    assert not any("price" in thread.name.lower() for thread in threading.enumerate())


@settings(max_examples=300)
@given(st.sampled_from(LISTED), COUNTS, COUNTS, st.data(), st.integers(0, 400 * 24))
def test_no_model_of_the_list_is_ever_billed_for_more_than_its_price_sets_apart(
    sold: tuple[Provider, ModelInfo], prompt: int, answer: int, data: st.DataObject, hours: int
) -> None:
    provider, model = sold
    tiers = PRICES._tiers(model, writes=True)
    assume(tiers)
    price = tariff(tiers)
    moment = NOW.replace(hour=0) + timedelta(hours=hours)
    cached = data.draw(st.integers(0, prompt))
    tokens = {"input_tokens": prompt, "output_tokens": answer}
    reasoning = data.draw(st.integers(0, answer))
    settled = price.cost(prompt_tokens=prompt, answer_tokens=answer, cached_tokens=cached)
    assert settled >= listed(provider, model, moment, **tokens, cache_read_tokens=cached)
    worst = price.cost(prompt_tokens=prompt, answer_tokens=answer)
    assert worst >= settled
    assert worst >= listed(provider, model, moment, **tokens, output_reasoning_tokens=reasoning)
    assert worst >= listed(provider, model, moment, **tokens, cache_write_tokens=prompt - cached)


def test_a_model_with_one_price_costs_exactly_what_the_list_says_rounded_up() -> None:
    plain = {"input_mtok", "output_mtok", "cache_read_mtok", "web_searches_kcount", "storage_searches_kcount"}
    seen = 0
    for provider, model in LISTED:
        if not isinstance(model.prices, ModelPrice) or not set(vars(model.prices)) <= plain:
            continue
        if tiers := PRICES._tiers(model, writes=True):
            ours = tariff(tiers).cost(prompt_tokens=7_919, answer_tokens=613, cached_tokens=1_009)
            theirs = listed(provider, model, NOW, input_tokens=7_919, output_tokens=613, cache_read_tokens=1_009)
            assert 0 <= ours - theirs < 1 or model.id.startswith("~"), model.id
            seen += 1
    assert seen > 1_000
