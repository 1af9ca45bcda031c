from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot import app
from bot.cli.running import run

if TYPE_CHECKING:
    from pathlib import Path

    from adapters.base import Adapter
    from bot.settings import Settings


@pytest.fixture(autouse=True)
def served(handbook: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The platforms that were served."""
    platforms: list[str] = []

    async def service(_: Settings, adapter: Adapter) -> None:
        platforms.append(adapter.name)

    monkeypatch.setattr(app, "service", service)
    monkeypatch.setattr(app, "manual", lambda: handbook)
    return platforms


def test_a_newcomer_gets_the_manual_to_ask_about(served: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["chat"]) == 0
    told = capsys.readouterr().err
    assert "the manual of Footnote is read first" in told
    assert "Read 2 pages in " in told
    assert served == ["terminal"]


def test_it_starts_at_once_when_there_is_something_to_ask_about(
    served: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["sync", "handbook", "--quiet"]) == 0
    assert run(["chat"]) == 0
    assert capsys.readouterr() == ("", "")
    assert served == ["terminal"]
