"""``footnote sources`` and ``footnote forget``."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

import pytest

from bot.cli.running import run

if TYPE_CHECKING:
    from pathlib import Path

    from pytest import CaptureFixture, MonkeyPatch  # noqa: PT013 - shorter signatures


class Keyboard(io.StringIO):
    """A terminal at which somebody types this."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def _synced(handbook: Path, capsys: CaptureFixture[str]) -> None:
    assert run(["sync", "handbook", "--quiet"]) == 0
    assert run(["sync", "handbook/keys.md", "--name", "keys.md", "--public", "--quiet"]) == 0
    capsys.readouterr()


def _names(capsys: CaptureFixture[str]) -> list[str]:
    assert run(["sources", "--json"]) == 0
    return [source["name"] for source in json.loads(capsys.readouterr().out)["sources"]]


@pytest.mark.usefixtures("_synced")
def test_sources_are_listed_for_people(handbook: Path, capsys: CaptureFixture[str]) -> None:
    assert run(["sources"]) == 0
    first = capsys.readouterr().out.splitlines()[:4]
    assert first[0] == "handbook"
    assert first[1].startswith("   2 documents, 2 chunks; newest 20")
    assert first[2:] == [f"   from {handbook}", "   read by terminal:local"]


@pytest.mark.usefixtures("_synced")
def test_sources_are_listed_for_programs(handbook: Path, capsys: CaptureFixture[str]) -> None:
    assert run(["sources", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)["sources"][1]
    assert listed.pop("newest").endswith("+00:00")
    assert listed == {
        "name": "keys.md",
        "place": str(handbook / "keys.md"),
        "documents": 1,
        "chunks": 1,
        "readers": ["public"],
    }


def test_where_nothing_is_synced_that_is_told_and_no_failure(folder: Path, capsys: CaptureFixture[str]) -> None:
    assert run(["sources"]) == 0
    assert capsys.readouterr() == ("", "footnote: Nothing is synced yet: run footnote sync PATH\n")
    assert run(["sources", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"sources": []}
    assert (folder / ".footnote").stat().st_mode & 0o777 == 0o700


@pytest.mark.usefixtures("_synced")
def test_a_source_is_forgotten_and_the_others_stay(capsys: CaptureFixture[str]) -> None:
    assert run(["forget", "handbook", "--yes"]) == 0
    assert capsys.readouterr() == ("Forgot handbook: 2 documents.\n", "")
    assert _names(capsys) == ["keys.md"]
    assert run(["search", "backup", "--json"]) == 0
    assert "handbook" not in capsys.readouterr().out


@pytest.mark.usefixtures("_synced")
def test_several_sources_are_forgotten_together(capsys: CaptureFixture[str]) -> None:
    assert run(["forget", "handbook", "keys.md", "keys.md", "--yes"]) == 0
    assert capsys.readouterr().out == "Forgot handbook and keys.md: 3 documents.\n"
    assert _names(capsys) == []


@pytest.mark.usefixtures("_synced")
def test_an_unknown_source_is_told_with_the_known_ones(capsys: CaptureFixture[str]) -> None:
    assert run(["forget", "handbook", "hand\x1bbook", "--yes"]) == 1
    shown = capsys.readouterr()
    assert "; the sources are handbook, keys.md.\n" in shown.err
    assert "\x1b" not in shown.err
    assert _names(capsys) == ["handbook", "keys.md"]


@pytest.mark.usefixtures("_synced")
@pytest.mark.parametrize(
    ("typed", "code", "left"),
    [("y\n", 0, []), ("n\n", 1, ["handbook"]), ("\n", 1, ["handbook"]), ("", 130, ["handbook"])],
)
def test_at_a_terminal_it_asks_first(
    monkeypatch: MonkeyPatch, capsys: CaptureFixture[str], typed: str, code: int, left: list[str]
) -> None:
    monkeypatch.setattr("sys.stdin", Keyboard(typed))
    assert run(["forget", "handbook"]) == code
    assert "Forget all documents of handbook?" in capsys.readouterr().err
    assert _names(capsys) == [*left, "keys.md"]


@pytest.mark.usefixtures("_synced")
def test_without_a_terminal_it_takes_no_silence_for_a_yes(
    monkeypatch: MonkeyPatch, capsys: CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("y\n"))
    assert run(["forget", "handbook"]) == 2
    assert "--yes" in capsys.readouterr().err
    assert _names(capsys) == ["handbook", "keys.md"]


@pytest.mark.usefixtures("_synced")
def test_a_wrong_name_is_told_before_anybody_is_asked(capsys: CaptureFixture[str], monkeypatch: MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", Keyboard("y\n"))
    assert run(["forget", "handbook", "nope"]) == 1
    told = capsys.readouterr().err
    assert "no source called nope" in told
    assert "[y/N]" not in told
    assert _names(capsys) == ["handbook", "keys.md"]
