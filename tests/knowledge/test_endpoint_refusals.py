from __future__ import annotations

import pytest

from knowledge.endpoint.refusals import Refusal, shown


@pytest.mark.parametrize(
    ("status", "message"),
    [
        (400, "This model's maximum context length is 8192 tokens, however you requested 9000 tokens."),
        (400, "Requested 350000 tokens, max 300000 tokens per request"),
        (400, "the input length exceeds the context length"),
        (413, "Payload Too Large"),
        (413, "`inputs` must have less than 512 tokens. Given: 600"),
        (422, "batch size 64 > maximum allowed batch size 32"),
        (500, "input is too large to process. increase the physical batch size"),
    ],
)
def test_what_is_too_much_is_asked_for_in_less_and_not_again(status: int, message: str) -> None:
    refusal = Refusal(status=status, message=message)
    assert (refusal.too_much, refusal.passes) == (True, False)


@pytest.mark.parametrize(
    ("status", "message"),
    [
        (400, "This model does not support specifying dimensions."),
        (400, "dimensions must be less than or equal to 1536"),
        (401, "Incorrect API key provided"),
        (404, "The model `x` does not exist"),
    ],
)
def test_what_is_wrong_stays_so(status: int, message: str) -> None:
    refusal = Refusal(status=status, message=message)
    assert (refusal.too_much, refusal.passes) == (False, False)


@pytest.mark.parametrize("status", [408, 409, 425, 429, 500, 502, 503, 529])
def test_a_server_that_is_busy_or_broken_may_answer_later(status: int) -> None:
    assert Refusal(status=status).passes


def test_an_account_without_money_does_not_fill_by_itself() -> None:
    for refusal in (Refusal(status=402), Refusal(status=429, code="insufficient_quota")):
        assert (refusal.unpaid, refusal.passes) == (True, False)


def test_an_address_is_shown_without_a_password() -> None:
    assert shown("https://me:secret@host:8080/v1") == "https://host:8080/v1"
