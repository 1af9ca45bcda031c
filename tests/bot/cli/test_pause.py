from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from structlog.testing import capture_logs

from bot.cli import person
from bot.cli.running import run

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def mary(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(person, "user", lambda: "mary")


def out(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> str:
    """Run a command; give what it printed, or, where it fails, what it told."""
    with capture_logs():
        assert run(arguments) == code
    printed = capsys.readouterr()
    return printed.err if code else printed.out


def test_everything_is_paused_listed_and_resumed(capsys: pytest.CaptureFixture[str]) -> None:
    assert out(capsys, "pause", "--list") == "Nothing is paused.\n"
    paused = out(capsys, "pause")
    assert paused.startswith("Paused: all, since 20")
    assert paused.endswith(" UTC by mary. Questions are kept until footnote resume all.\n")
    assert out(capsys, "pause", "--list").startswith("all, since 20")
    assert out(capsys, "resume") == "Resumed: all. 0 questions were kept.\n"
    assert out(capsys, "pause", "--list") == "Nothing is paused.\n"


def test_one_place_is_resumed_by_its_name_and_the_others_are_said(capsys: pytest.CaptureFixture[str]) -> None:
    out(capsys, "pause", "slack:C1")
    out(capsys, "pause", "discord")
    told = out(capsys, "resume", code=1)
    assert told == "footnote: There is no pause of all; paused is discord, slack:C1.\n"
    assert out(capsys, "resume", "slack:C1").endswith("kept.\nStill paused: discord.\n")


def test_json_holds_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    (one,) = json.loads(out(capsys, "pause", "slack", "--json"))["paused"]
    assert (one["name"], one["by"]) == ("slack", "mary")
    assert one["since"].endswith("+00:00")
    assert json.loads(out(capsys, "pause", "--list", "--json")) == {"paused": [one]}
    assert json.loads(out(capsys, "resume", "slack", "--json")) == {"paused": [], "kept": 0}


@pytest.mark.parametrize("name", ["Slack", "slack:", "#general", "slack:" + "C" * 300])
def test_what_is_no_place_is_refused(capsys: pytest.CaptureFixture[str], name: str) -> None:
    assert "name a platform such as slack" in out(capsys, "pause", name, code=2)


def test_who_paused_what_is_logged() -> None:
    with capture_logs() as logs:
        run(["pause", "slack"])
        run(["resume", "slack"])
    audit = [(line["event"], line["place"], line["by"]) for line in logs if "place" in line]
    assert audit == [("paused", "slack", "mary"), ("resumed", "slack", "mary")]


def test_a_paused_terminal_is_not_asked(capsys: pytest.CaptureFixture[str]) -> None:
    out(capsys, "pause", "terminal")
    told = out(capsys, "ask", "How?", code=1)
    assert told.startswith("footnote: Footnote is paused here: terminal, since 20")
    assert told.endswith(" by mary. footnote resume terminal ends that.\n")
