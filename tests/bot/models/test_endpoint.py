from __future__ import annotations

import pytest

from bot.models.endpoint import REASONING, Endpoint, counted_exactly, newer, reasoning


@pytest.mark.parametrize(
    "name", ["o1", "o3-mini", "o4-mini", "gpt-5", "gpt-5-mini", "gpt-5.1", "openai/gpt-6", "gpt-10"]
)
def test_a_reasoning_model_is_known_by_its_name(name: str) -> None:
    assert reasoning(name) == REASONING
    assert newer(name)


@pytest.mark.parametrize(
    "name", ["gpt-4.1-mini", "gpt-4o", "gpt-oss-120b", "llama3.1", "o10", "olmo", "gpt-50b", "mistral-small", "phi-o1"]
)
def test_others_are_taken_to_say_all_that_they_think(name: str) -> None:
    assert reasoning(name) == 0
    assert not newer(name)


def test_a_model_for_chat_does_not_reason_but_wants_the_newer_limit() -> None:
    assert reasoning("gpt-5-chat-latest") == 0
    assert newer("gpt-5-chat-latest")


def test_what_is_set_wins_over_the_name() -> None:
    assert Endpoint(name="o3", base_url="http://here").allowance == REASONING
    assert Endpoint(name="o3", base_url="http://here", reasoning_tokens=0).allowance == 0
    assert Endpoint(name="qwen3", base_url="http://here", reasoning_tokens=900).allowance == 900


@pytest.mark.parametrize(
    "name", ["gpt-4o", "gpt-4o-mini", "gpt-4.1", "ft:gpt-4.1-nano:acme", "o3", "gpt-5.1", "chatgpt-4o-latest"]
)
def test_the_tokens_of_openais_models_are_counted(name: str) -> None:
    assert counted_exactly(name)


@pytest.mark.parametrize(
    "name", ["gpt-4", "gpt-4-turbo", "gpt-3.5-turbo", "gpt-6", "gpt-oss-20b", "llama3", "o3x", "qwen"]
)
def test_those_of_others_are_not(name: str) -> None:
    assert not counted_exactly(name)


def test_an_address_is_shown_without_a_password_and_an_endpoint_without_its_key() -> None:
    endpoint = Endpoint(name="m", base_url="https://me:secret@models.example/v1", key="sk-secret")
    assert endpoint.address == "https://models.example/v1"
    assert "sk-secret" not in repr(endpoint)
