from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings

from adapters.slack.events import Dropped
from adapters.slack.read import read
from tests.doubles.slack_junk import spoiled_payloads
from tests.doubles.slack_payloads import ME

pytestmark = pytest.mark.crash
NOW = datetime(2026, 11, 30, tzinfo=UTC)


@settings(max_examples=2_000)
@given(spoiled_payloads())
def test_none_of_2_000_spoiled_payloads_makes_the_reader_raise(payload: object) -> None:
    made = read(payload, ME, NOW)
    assert not isinstance(made, Dropped) or made.why
