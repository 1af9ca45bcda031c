from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from pydantic import SecretStr

from bot.embedding import earlier, endpoint, price_of
from bot.errors import BadSettings
from bot.policy import NamedPrice
from bot.settings import Settings, load
from knowledge.base import VectorSpec
from knowledge.endpoint.base import Endpoint

if TYPE_CHECKING:
    from pathlib import Path

SMALL, LARGE, ADA = "text-embedding-3-small", "text-embedding-3-large", "text-embedding-ada-002"
KEY = SecretStr("sk-secret")
HOME = "http://localhost:11434/v1"
NOW = datetime(2026, 11, 25, 18, tzinfo=UTC)


def reached(settings: Settings) -> Endpoint:
    found = endpoint(settings)
    assert found is not None
    return found


def mistakes(settings: Settings) -> str:
    with pytest.raises(BadSettings) as caught:
        endpoint(settings)
    return caught.value.told


def a_million(settings: Settings, model: str = SMALL, base_url: str = "https://api.openai.com/v1") -> int:
    """What a million tokens cost."""
    asked = Endpoint(model=model, base_url=base_url)
    return price_of(settings, NOW)(asked).cost(prompt_tokens=1_000_000, answer_tokens=0)


def test_an_embedder_on_this_machine_has_no_endpoint() -> None:
    assert endpoint(Settings()) is None


def test_the_known_models_are_openais_where_the_chat_models_are(tmp_path: Path) -> None:
    toml = tmp_path / "footnote.toml"
    toml.write_text(f'embedder = "{SMALL}"\n')
    settings = load({"OPENAI_API_KEY": "sk-secret"}, toml)
    found = reached(settings)
    assert (found.model, found.base_url, found.key) == (SMALL, "https://api.openai.com/v1", "sk-secret")
    assert (found.remedy.key, found.remedy.address) == ("OPENAI_API_KEY", "OPENAI_BASE_URL")
    assert found.dimensions is None


def test_an_address_of_its_own_has_a_key_of_its_own_and_never_the_other() -> None:
    settings = Settings(embedder=f"openai:{SMALL}", openai_api_key=KEY, embedding_base_url=HOME)
    assert reached(settings).key is None
    own = settings.model_copy(update={"embedding_api_key": SecretStr("own")})
    assert reached(own).key == "own"
    assert reached(own).remedy.key == "FOOTNOTE_EMBEDDING_API_KEY"
    assert reached(own).remedy.address == "FOOTNOTE_EMBEDDING_BASE_URL"


def test_an_address_that_is_the_chat_models_own_has_their_key() -> None:
    settings = Settings(embedder=f"openai:{SMALL}", openai_api_key=KEY, openai_base_url=HOME, embedding_base_url=HOME)
    assert reached(settings).key == "sk-secret"


def test_no_key_at_openai_and_a_length_that_cannot_be_are_named_together() -> None:
    told = mistakes(Settings(embedder=f"openai:{ADA}", embedding_dimensions=512))
    assert "no key for it: set OPENAI_API_KEY, or FOOTNOTE_EMBEDDER to an embedder that needs none" in told
    assert "FOOTNOTE_EMBEDDING_DIMENSIONS is 512, but vectors of text-embedding-ada-002 have 1536" in told


def test_a_server_of_ones_own_needs_no_key() -> None:
    assert reached(Settings(embedder="openai:nomic-embed-text", openai_base_url=HOME)).key is None


def test_a_length_that_a_model_can_give_is_asked_for() -> None:
    settings = Settings(embedder=f"openai:{LARGE}", openai_api_key=KEY, embedding_dimensions=1_024)
    assert reached(settings).dimensions == 1_024
    assert "at most" in mistakes(settings.model_copy(update={"embedding_dimensions": 3_073}))


def test_the_model_of_vectors_that_are_there_is_reached_beside_the_new_one() -> None:
    settings = Settings(embedder=f"openai:{LARGE}", openai_api_key=KEY, embedding_dimensions=1_024)
    found = earlier(settings, VectorSpec(model=f"openai:{SMALL}", dimensions=512))
    assert found is not None
    assert (found.model, found.dimensions, found.key) == (SMALL, 512, "sk-secret")
    own = earlier(settings, VectorSpec(model="openai:nomic-embed-text", dimensions=768))
    assert own is not None
    assert own.dimensions is None
    assert earlier(settings, VectorSpec(model="all-MiniLM-L6-v2", dimensions=384)) is None
    with pytest.raises(BadSettings):
        earlier(Settings(), VectorSpec(model=f"openai:{SMALL}", dimensions=512))


def test_openais_models_have_a_price_wherever_they_are_served() -> None:
    settings = Settings(embedder=f"openai:{SMALL}", openai_api_key=KEY)
    assert [a_million(settings, model) for model in (SMALL, LARGE, ADA)] == [20_000, 130_000, 100_000]
    assert a_million(settings, SMALL, HOME) == 20_000


def test_a_model_that_nobody_knows_a_price_of_is_refused_with_the_lines_to_add() -> None:
    settings = Settings(embedder="openai:my-own-embedder", openai_base_url=HOME)
    with pytest.raises(BadSettings) as caught:
        price_of(settings, NOW)
    assert '[[prices]]\nmodel = "my-own-embedder"\ninput = 0' in caught.value.told
    assert "output" not in caught.value.told
    said = settings.model_copy(
        update={"prices": (NamedPrice.model_validate({"model": "my-own-embedder", "input": 0}),)}
    )
    assert a_million(said, "my-own-embedder", HOME) == 0


def test_a_local_embedder_needs_no_price() -> None:
    assert a_million(Settings()) == 20_000
