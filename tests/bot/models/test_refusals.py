from __future__ import annotations

import pytest

from bot.errors import ModelDown, ModelRefused, PromptRefused
from bot.models.endpoint import Endpoint, Remedy
from bot.models.refusals import refused
from knowledge.endpoint.refusals import Refusal, seconds

HERE = Endpoint(name="gpt-4.1-mini", base_url="http://me:secret@here/v1", key="sk-secret")


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("context_length_exceeded", ""),
        ("400", "This model's maximum context length is 4096 tokens. However, you requested 5000 tokens."),
        ("", "the request exceeds the available context size (4096 tokens), try increasing it"),
        ("", "prompt is too long: 210000 tokens > 200000 maximum"),
        ("", "Prompt contains 40000 tokens, too large for model with 32768 maximum context length"),
    ],
)
def test_a_prompt_that_is_too_long_says_nothing_about_the_model(code: str, message: str) -> None:
    error = refused(Refusal(status=400, code=code, message=message), HERE)
    assert isinstance(error, PromptRefused)
    assert "too long" in error.told


@pytest.mark.parametrize("status", [400, 403])
@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("invalid_prompt", "This prompt was limited for violating our usage policy."),
        ("data_inspection_failed", "Input data may contain inappropriate content."),
        ("content_filter", "The response was filtered due to the prompt triggering a content management policy."),
        ("", "Your request was flagged by our moderation system"),
    ],
)
def test_nor_does_one_that_a_filter_took(code: str, message: str, status: int) -> None:
    error = refused(Refusal(status=status, code=code, message=message), HERE)
    assert isinstance(error, PromptRefused)
    assert "withheld" in error.told


def test_a_body_that_is_too_large_is_a_prompt_that_is_too_long() -> None:
    assert isinstance(refused(Refusal(status=413), HERE), PromptRefused)


@pytest.mark.parametrize(
    "message",
    [
        "Unsupported value: 'temperature' does not support 0.2 with this model.",
        "max_tokens is too large: 5000. This model supports at most 4096 completion tokens.",
        "",
    ],
)
def test_a_setting_that_is_wrong_concerns_every_prompt(message: str) -> None:
    error = refused(Refusal(status=400, message=message), HERE)
    assert isinstance(error, ModelRefused)
    assert not isinstance(error, PromptRefused)


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 413, 422, 429, 500, 502, 503])
def test_a_refused_call_never_began(status: int) -> None:
    assert refused(Refusal(status=status), HERE).begun is False


@pytest.mark.parametrize("status", [408, 504, 524])
def test_one_that_something_in_between_gave_up_on_may_have(status: int) -> None:
    error = refused(Refusal(status=status), HERE)
    assert isinstance(error, ModelDown)
    assert error.begun is True


@pytest.mark.parametrize(("status", "kind"), [(429, ModelRefused), (503, ModelDown)])
def test_the_time_to_wait_is_kept_and_told(status: int, kind: type[Exception]) -> None:
    error = refused(Refusal(status=status, retry_after=2.4), HERE)
    assert isinstance(error, kind)
    assert error.retry_after == 2.4
    assert "2 s" in error.told


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({"retry-after": "17"}, 17.0),
        ({"retry-after": "0"}, 0.0),
        ({"retry-after-ms": "250", "retry-after": "1"}, 0.25),
        ({"retry-after-ms": "soon", "retry-after": "1"}, 1.0),
        ({"retry-after": "1e12"}, 86_400.0),
        ({"retry-after": "inf"}, 86_400.0),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "-3"}, None),
        ({"retry-after": "Wed, 21 Oct 2026 07:28:00 GMT"}, None),
        ({}, None),
    ],
)
def test_a_time_to_wait_is_bounded_and_may_be_missing(headers: dict[str, str], wait: float | None) -> None:
    assert seconds(headers) == wait


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 408, 409, 413, 418, 422, 429, 500, 502, 503, 504])
@pytest.mark.parametrize("code", ["", "insufficient_quota", "context_length_exceeded"])
def test_every_sentence_is_one_for_people_without_a_secret(status: int, code: str) -> None:
    told = refused(Refusal(status=status, code=code, message="sk-secret", retry_after=9), HERE).told
    assert told.endswith(".")
    assert "secret" not in told


def test_an_account_without_money_is_said_so() -> None:
    for refusal in (Refusal(status=402), Refusal(status=429, code="insufficient_quota")):
        assert "no money left" in refused(refusal, HERE).told


def test_a_model_of_a_table_has_its_remedy_there() -> None:
    there = Endpoint(name="m", base_url="http://x/v1", remedy=Remedy(key="OTHER_KEY", model="[[models]]"))
    assert "OTHER_KEY" in refused(Refusal(status=401), there).told
    assert "[[models]]" in refused(Refusal(status=404), there).told
