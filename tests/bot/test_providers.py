from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pydantic import SecretStr
from structlog.testing import capture_logs

from bot.models.endpoint import Sampling, Timeouts
from bot.policy import NamedModel
from bot.providers import chain, endpoint, listed
from bot.settings import Settings, load
from tests.doubles.models import Scripted

if TYPE_CHECKING:
    from pathlib import Path

    from bot.models.chain import Chain
    from bot.models.endpoint import Endpoint

LAST = Scripted("a quote")
HOME = "http://localhost:11434/v1"


class Free:
    def cost(self, *, prompt_tokens: int, answer_tokens: int, cached_tokens: int = 0) -> int:
        return 0


def made(settings: Settings) -> tuple[Chain, list[Endpoint], list[NamedModel]]:
    endpoints: list[Endpoint] = []
    priced: list[NamedModel] = []

    def model(one: Endpoint) -> Scripted:
        endpoints.append(one)
        return Scripted()

    def price_of(one: NamedModel) -> Free:
        priced.append(one)
        return Free()

    return chain(settings, model=model, price_of=price_of, last=LAST, clock=lambda: 0.0), endpoints, priced


def test_without_a_key_or_a_table_there_is_no_link() -> None:
    one, endpoints, _ = made(Settings())
    assert (one.links, one.last, endpoints) == ((), LAST, [])


def test_a_key_makes_a_chain_of_the_one_model() -> None:
    one, (reached,), priced = made(Settings(openai_api_key=SecretStr("sk-secret"), model="gpt-x"))
    assert (reached.name, reached.base_url, reached.key) == ("gpt-x", "https://api.openai.com/v1", "sk-secret")
    assert [each.name for each in priced] == ["gpt-x"]
    assert one.links[0].strength == "strong"
    assert one.order("easy", small_only=True) == one.links
    assert reached.remedy.model == "FOOTNOTE_MODEL"


def test_tables_make_the_chain_instead_in_their_order() -> None:
    tables = (NamedModel(name="a"), NamedModel(name="b", base_url=HOME, strength="small"))
    one, endpoints, _ = made(Settings(models=tables, openai_api_key=SecretStr("sk-secret"), model="gpt-x"))
    assert [each.name for each in endpoints] == ["a", "b"]
    assert [each.strength for each in one.links] == ["strong", "small"]
    assert all("[[models]]" in each.remedy.model for each in endpoints)


def test_the_key_of_openai_goes_to_its_own_address_alone() -> None:
    tables = (NamedModel(name="a"), NamedModel(name="b", base_url=HOME))
    settings = Settings(models=tables, openai_api_key=SecretStr("sk-secret"))
    assert [each.key for each in made(settings)[1]] == ["sk-secret", None]
    moved = settings.model_copy(update={"openai_base_url": HOME})
    assert [each.key for each in made(moved)[1]] == [None, "sk-secret"]


def test_a_table_names_the_variable_of_its_own_key(tmp_path: Path) -> None:
    toml = tmp_path / "footnote.toml"
    toml.write_text('[[models]]\nname = "a"\nkey_variable = "MINE"\n')
    settings = load({"MINE": "own", "OPENAI_API_KEY": "other"}, toml)
    (reached,) = made(settings)[1]
    assert (reached.key, reached.remedy.key) == ("own", "MINE")


def test_the_same_model_of_the_same_provider_has_one_breaker() -> None:
    tables = (
        NamedModel(name="a"),
        NamedModel(name="a", strength="small"),
        NamedModel(name="b"),
        NamedModel(name="a", base_url=HOME),
    )
    first, second, third, fourth = made(Settings(models=tables))[0].links
    assert first.breaker is second.breaker
    assert len({id(one.breaker) for one in (first, third, fourth)}) == 3


def test_times_and_settings_of_a_table_reach_the_model() -> None:
    named = NamedModel(
        name="a", connect_seconds=1, first_token_seconds=2, idle_seconds=3, temperature=0, reasoning_tokens=70
    )
    reached = endpoint(named)
    assert reached.timeouts == Timeouts(connect=1, first_token=2, idle=3)
    assert reached.sampling == Sampling(temperature=0)
    assert reached.allowance == 70


def test_a_price_that_is_not_known_is_said_at_the_start() -> None:
    def unknown(_: NamedModel) -> Free:
        raise LookupError

    with pytest.raises(LookupError):
        chain(
            Settings(models=(NamedModel(name="a"),)),
            model=lambda _: Scripted(),
            price_of=unknown,
            last=LAST,
            clock=lambda: 0.0,
        )


def test_the_log_of_an_outage_names_the_host_and_no_password() -> None:
    tables = (NamedModel(name="a", base_url="http://me:secret@localhost:11434/v1"),)
    breaker = made(Settings(models=tables))[0].links[0].breaker
    with capture_logs() as logs:
        for _ in range(5):
            permit = breaker.admit()
            assert permit is not None
            permit.failed()
    assert [log["host"] for log in logs] == ["localhost:11434"]


def test_listed_is_what_the_settings_say() -> None:
    assert listed(Settings()) == ()
    assert [one.name for one in listed(Settings(openai_api_key=SecretStr("k")))] == ["gpt-4.1-mini"]
