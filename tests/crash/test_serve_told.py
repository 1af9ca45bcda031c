"""``footnote serve`` is told to end again and again while questions keep coming: it is gone in time, and loses none."""

from __future__ import annotations

import http.client
import time
import urllib.error
from typing import TYPE_CHECKING

import pytest

from tests.doubles.served import Loft

if TYPE_CHECKING:
    from pathlib import Path

    from tests.doubles.postgres import Server
    from tests.doubles.served import Served

ROUNDS = 10
AFTER = 12
"""Questions of a round before it is told to end; more come until it is gone."""
LIMIT = 30.0


@pytest.fixture(params=["sqlite", "postgresql"])
def loft(request: pytest.FixtureRequest, tmp_path: Path) -> Loft:
    settings = {"FOOTNOTE_MAX_IN_FLIGHT": "3", "FOOTNOTE_DRAIN_SECONDS": "0.5"}
    if request.param == "postgresql":
        server: Server = request.getfixturevalue("server")
        settings["DATABASE_URL"] = server.database()
    loft = Loft(folder=tmp_path, settings=settings)
    loft.tell(seconds=0.2, TIDY=5.0)
    return loft


def taken(service: Served, question: str, conversation: str) -> bool | None:
    """Ask; give whether it was taken in, and None where nobody is there any more."""
    try:
        return service.ask(question, conversation=conversation) == 202
    except (urllib.error.URLError, http.client.HTTPException, OSError):
        return None


@pytest.mark.crash
def test_told_to_end_ten_times_under_load_it_is_gone_in_time_and_loses_nothing(loft: Loft) -> None:
    safe: list[str] = []
    for number in range(ROUNDS):
        with loft.serve() as service:
            service.wait_for("serving")
            asked = 0
            told_at = 0.0
            while service.process.poll() is None:
                name = f"q{number}-{asked}"
                if taken(service, name, f"c{asked % 7}"):
                    safe.append(name)
                asked += 1
                if asked == AFTER:
                    told_at = time.monotonic()
                    service.signal()
            assert service.ended() == 0
            assert 0 < time.monotonic() - told_at < LIMIT
    assert len(safe) >= ROUNDS * AFTER
    loft.tell(seconds=0.0)
    with loft.serve(FOOTNOTE_MAX_IN_FLIGHT="20"):
        assert {loft.reply(name)["verdict"] for name in safe} == {"told"}
