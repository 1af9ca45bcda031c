from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from bot import app
from bot.cli.running import run
from knowledge.turnstile import alone

if TYPE_CHECKING:
    from pathlib import Path

    from adapters.base import Adapter
    from adapters.terminal import Terminal
    from bot.settings import Settings


@pytest.fixture(autouse=True)
def served(handbook: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The platforms that were served."""
    platforms: list[str] = []

    async def service(_: Settings, adapter: Adapter, **_told: object) -> None:
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


def test_where_nothing_is_known_the_sources_of_the_settings_are_read_first_and_not_the_manual(
    handbook: Path, served: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    (handbook.parent / "footnote.toml").write_text(
        '[[sources]]\npath = "gone"\n[[sources]]\npath = "handbook"\nname = "ours"\n'
    )
    assert run(["chat"]) == 0
    told = capsys.readouterr().err
    assert "the sources that footnote.toml names are read first" in told
    assert "Read 2 pages in " in told
    assert run(["sources", "--json"]) == 0
    assert [source["name"] for source in json.loads(capsys.readouterr().out)["sources"]] == ["ours"]
    assert run(["chat"]) == 0
    assert capsys.readouterr() == ("", "")
    assert served == ["terminal", "terminal"]


def test_it_starts_at_once_when_there_is_something_to_ask_about(
    served: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["sync", "handbook", "--quiet"]) == 0
    assert run(["chat"]) == 0
    assert capsys.readouterr() == ("", "")
    assert served == ["terminal"]


def test_a_manual_that_an_upgrade_brought_is_read_without_a_word(
    handbook: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["chat"]) == 0
    (handbook / "keys.md").write_text("# Keys\n\nThe newer manual knows of wombats.\n")
    capsys.readouterr()
    assert run(["chat"]) == 0
    assert capsys.readouterr() == ("", "")
    assert run(["search", "wombats", "--json"]) == 0
    assert "newer manual" in capsys.readouterr().out


@pytest.mark.parametrize("other", [["other"], ["other", "--name", "manual", "--moved"]], ids=["beside", "instead"])
def test_beside_documents_of_ones_own_the_manual_is_left_alone(
    folder: Path, handbook: Path, other: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["chat"]) == 0
    (folder / "other").mkdir()
    (folder / "other" / "own.md").write_text("# Own\n\nThese are mine.\n")
    assert run(["sync", *other, "--quiet"]) == 0
    (handbook / "keys.md").write_text("# Keys\n\nThe newer manual knows of wombats.\n")
    assert run(["chat"]) == 0
    capsys.readouterr()
    assert run(["search", "newer wombats mine", "--json"]) == 0
    found = capsys.readouterr().out
    assert "These are mine" in found
    assert "newer manual" not in found


def test_who_may_read_the_manual_stays_as_it_was_chosen(handbook: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["sync", "handbook", "--name", "manual", "--public", "--quiet"]) == 0
    (handbook / "keys.md").write_text("# Keys\n\nThere are none.\n")
    assert run(["chat"]) == 0
    assert run(["sources", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["sources"][0]["readers"] == ["public"]


def test_a_manual_that_cannot_be_read_now_keeps_nobody_from_talking(
    folder: Path, served: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["chat"]) == 0
    capsys.readouterr()
    with alone(folder / ".footnote" / "knowledge.db"):
        assert run(["chat"]) == 0
    assert capsys.readouterr() == ("", "")
    assert served == ["terminal", "terminal"]


@pytest.mark.parametrize(("failed", "code"), [(False, 0), (True, 1)])
def test_a_pipe_that_was_not_answered_throughout_fails(
    monkeypatch: pytest.MonkeyPatch, *, failed: bool, code: int
) -> None:
    async def service(_: Settings, adapter: Terminal, **_told: object) -> None:
        adapter.failed = failed

    monkeypatch.setattr(app, "service", service)
    assert run(["chat"]) == code
