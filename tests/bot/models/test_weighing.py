from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.models.base import Exchange
from bot.models.endpoint import REASONING, Endpoint
from bot.models.weighing import bound, measure, messages
from knowledge.tokens import count
from tests.contracts.language_model import prompt

KNOWN = Endpoint(name="gpt-4.1-mini", base_url="http://here")
OTHER = Endpoint(name="llama3.1", base_url="http://here")
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)


def test_a_prompt_is_its_system_its_history_and_the_question() -> None:
    asked = replace(prompt(), history=(Exchange(question="and?", answer="so."),))
    assert [one["role"] for one in messages(asked)] == ["system", "user", "assistant", "user"]
    assert [one["content"] for one in messages(asked)][1:3] == ["and?", "so."]


def test_openais_models_are_counted_as_the_provider_does() -> None:
    """Its own example: "hi" costs eight tokens."""
    asked = replace(prompt(), system="", user="hi")
    system = 4
    assert bound(KNOWN, asked).prompt_tokens - system == 8


@given(system=TEXTS, user=TEXTS)
def test_bytes_bound_what_any_tokenizer_makes_of_a_text(system: str, user: str) -> None:
    asked = replace(prompt(), system=system, user=user)
    assert bound(OTHER, asked).prompt_tokens >= len(system.encode()) + len(user.encode())
    assert bound(OTHER, asked).prompt_tokens > bound(KNOWN, asked).prompt_tokens
    assert measure(OTHER.name)(user) >= measure(KNOWN.name)(user) == count(user)


def test_the_answer_is_bounded_by_its_limit() -> None:
    assert (bound(KNOWN, prompt()).answer_tokens, bound(KNOWN, prompt()).hidden) == (400, 0)


@pytest.mark.parametrize(("name", "given", "hidden"), [("o3", None, REASONING), ("o3", 50, 50), ("qwen3", 700, 700)])
def test_reasoning_comes_on_top_of_it(name: str, given: int | None, hidden: int) -> None:
    weighed = bound(Endpoint(name=name, base_url="http://here", reasoning_tokens=given), prompt())
    assert (weighed.answer_tokens, weighed.hidden) == (400 + hidden, hidden)
