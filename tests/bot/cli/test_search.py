from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from bot.cli.running import run

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def _synced(handbook: Path) -> None:
    (handbook / "evil.md").write_text("# Elephants\n\nElephants \u202e\u009b2J never forget.\n")
    assert run(["sync", "handbook", "--quiet"]) == 0


def test_passages_are_shown_best_first(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["search", "rotate a key"]) == 0
    first, second, *_ = capsys.readouterr().out.splitlines()
    assert first.startswith("1. ")
    assert first.endswith("  Keys › Rotation")
    assert second == "   handbook/keys.md"


def test_programs_get_one_object(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["search", "rotate a key", "--json", "--limit", "1"]) == 0
    (passage,) = json.loads(capsys.readouterr().out)["passages"]
    assert set(passage) == {"number", "score", "title", "heading", "document", "url", "text"}
    assert passage["heading"] == ["Rotation"]
    assert 0 < passage["score"] <= 1


def test_conditions_narrow_a_search(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["search", "rotate a key source:elsewhere"]) == 0
    shown = capsys.readouterr()
    assert (shown.out, shown.err) == ("", "footnote: Nothing was found; try other words.\n")


def test_words_that_no_passage_holds_are_said_to_be_held_nowhere(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["search", "pachyderm"]) == 0
    assert capsys.readouterr().err.startswith("footnote: No passage holds these words;")
    assert run(["search", "rotate", "a", "key"]) == 0
    assert capsys.readouterr().err == ""


def test_passages_that_score_nothing_are_not_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["search", "elephants", "--limit", "50"]) == 0
    shown = capsys.readouterr().out
    assert "1. " in shown
    assert ". 0.00 " not in shown
    assert run(["search", "elephants", "--limit", "50", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)["passages"]
    assert 0 < len(found) < 3
    assert all(passage["score"] >= 0.005 for passage in found)


def test_too_long_a_search_is_told_as_too_long_a_question_is(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["search", "x" * 10_001]) == 1
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "has 10,001 characters; the most I can read is 10,000" in shown.err


@pytest.mark.parametrize("json_too", [[], ["--json"]])
def test_a_passage_cannot_drive_the_terminal(json_too: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["search", "elephants never forget \x1b[2J", *json_too]) == 0
    shown = capsys.readouterr().out
    assert "Elephants" in shown
    assert not set(shown) & set("\x1b\x9b\u202e")


@pytest.mark.parametrize("arguments", [["  "], ["x", "--limit", "0"], ["x", "--limit", "51"]])
def test_what_cannot_be_searched_is_refused(arguments: list[str]) -> None:
    assert run(["search", *arguments]) == 2
