"""A platform that is lost while the bot serves: what is told, and what is logged."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from adapters.slack.errors import SlackError
from adapters.slack.tokens import app_token_refused
from bot import app
from bot.ending import Told
from bot.errors import PlatformLost
from bot.settings import Settings
from tests.doubles.adapters import RecordingAdapter

if TYPE_CHECKING:
    from pathlib import Path

    from adapters.base import Desk


class Refusing(RecordingAdapter):
    """Cannot take in."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error

    async def run(self, _: Desk, /) -> None:
        raise self.error


async def _lost(home: Path, error: Exception, capsys: pytest.CaptureFixture[str]) -> tuple[str, str]:
    """Serve a platform that is lost by an error; give what is told, and what is logged."""
    free = Settings(home=home, port=0, host="127.0.0.1", log_format="json")
    with pytest.raises(PlatformLost) as lost:
        await app.serve(free, [Refusing(error)], Told(60.0, print))
    return lost.value.told, capsys.readouterr().err


async def test_a_platform_that_says_why_it_is_lost_is_logged_with_its_sentence_and_no_trace(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sentence = app_token_refused("invalid_auth")
    told, logged = await _lost(tmp_path, SlackError(sentence), capsys)
    assert told.endswith(f"Footnote ends: {sentence}")
    assert sentence in logged
    assert "Traceback" not in logged


async def test_a_platform_that_is_lost_to_something_unforeseen_is_logged_with_its_trace(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told, logged = await _lost(tmp_path, KeyError("cause"), capsys)
    assert "something unexpected went wrong (reference" in told
    assert "Traceback" in logged
