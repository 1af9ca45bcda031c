from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING

import pytest
from structlog.testing import capture_logs

from adapters.base import Place
from bot.answering.turns import NewTurn
from bot.cli import person
from bot.cli.running import run
from bot.database import Database
from bot.inbox import Inbox
from bot.turns import Turns
from tests.doubles.adapters import a_question

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
    others = "only discord, slack:C1 are paused: footnote resume discord."
    assert told == f"footnote: Nothing is paused everywhere; {others}\n"
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


@pytest.mark.parametrize(("name", "platform"), [("slakc", "slakc"), ("slakc:C1", "slakc"), ("al", "al")])
def test_a_platform_that_nothing_came_from_is_paused_and_asked_about(
    capsys: pytest.CaptureFixture[str], name: str, platform: str
) -> None:
    with capture_logs():
        assert run(["pause", name]) == 0
    printed = capsys.readouterr()
    assert printed.out.startswith(f"Paused: {name}, since 20")
    assert printed.err == f"footnote: No question has ever come from {platform}; is that its name?\n"


@pytest.mark.parametrize("name", ["all", "slack", "slack:C1", "discord", "terminal", "pigeon:C1", "parrot"])
def test_a_platform_that_is_known_or_was_heard_of_is_not_asked_about(
    folder: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    asyncio.run(_asked_on_pigeon_and_answered_on_parrot(folder))
    with capture_logs():
        assert run(["pause", name]) == 0
    assert capsys.readouterr().err == ""


async def _asked_on_pigeon_and_answered_on_parrot(folder: Path) -> None:
    pigeon, parrot = (a_question(place=Place(platform=one, workspace="w", channel="c")) for one in ("pigeon", "parrot"))
    async with Database(folder / ".footnote" / "footnote.db") as database:
        await Inbox(database, Turns(database)).put(pigeon)
        await Turns(database).record(NewTurn(answer="a", question=parrot, text="So.", verdict="answered"))


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
