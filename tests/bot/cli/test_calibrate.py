from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING

import pytest

from bot.answering.gate import SHIPPED
from bot.app import knowledge
from bot.cli.running import run
from bot.settings import load

if TYPE_CHECKING:
    from pathlib import Path

    from bot.answering.gate import Gate


@pytest.fixture(autouse=True)
def _synced(handbook: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["sync", "handbook", "--quiet"]) == 0
    (handbook.parent / "asked.txt").write_text("How do I rotate a key?\nWhen does a backup run?\n")
    (handbook.parent / "others.txt").write_text("Who won the cup in Brazil?\n")
    capsys.readouterr()


def kept() -> Gate:
    async def read() -> Gate:
        async with knowledge(load()) as known:
            return await known.gate()

    return asyncio.run(read())


def test_a_few_questions_set_the_bar(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["calibrate", "asked.txt", "--others", "others.txt"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "The bar was set by 2 answerable questions and 1 other.",
        "So few say little: give 20 or more that are asked in your team's own words.",
        "It lets 100% of the answerable through and stops 100% of the others.",
        "It decides from the next start on; footnote calibrate --forget undoes it.",
    ]
    assert kept().least > SHIPPED.least


def test_the_bot_decides_by_it_until_it_is_forgotten(handbook: Path, capsys: pytest.CaptureFixture[str]) -> None:
    question = "How do I rotate a key?"
    (handbook.parent / "asked.txt").write_text("Rotate every key once a month with acme rotate\n")
    assert run(["ask", question, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["verdict"] == "answered"
    assert run(["calibrate", "asked.txt", "--answered", "1"]) == 0
    capsys.readouterr()
    assert run(["ask", question, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["verdict"] == "unknown"
    assert run(["calibrate", "--forget"]) == 0
    assert "shipped one again" in capsys.readouterr().out
    assert kept() is SHIPPED


def test_a_dry_run_keeps_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["calibrate", "asked.txt", "--dry-run", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found == {
        "answerable": 2, "others": 0, "fitted": False, "passed": 1.0, "stopped": None, "apart": None, "kept": False,
    }  # fmt: skip
    assert kept() is SHIPPED


def test_enough_questions_of_both_sorts_fit_the_gate(handbook: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = [{"text": f"How do I rotate key {number}?", "metadata": {"answerable": True}} for number in range(40)]
    asked += [{"text": f"Who won cup {number} in Brazil?", "metadata": {"answerable": False}} for number in range(40)]
    (handbook.parent / "asked.jsonl").write_text("".join(json.dumps(row) + "\n" for row in asked))
    assert run(["calibrate", "asked.jsonl", "--answered", "0.9"]) == 0
    shown = capsys.readouterr().out
    assert "The gate was fitted to 40 answerable questions and 40 others." in shown
    assert "Of others that it was not fitted to it stops 100% (five-fold)." in shown
    assert "stated" in kept().weights


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        ([], 2, "Name a FILE of questions, or give --forget alone."),
        (["asked.txt", "--forget"], 2, "Name a FILE of questions, or give --forget alone."),
        (["nowhere.txt"], 1, "nowhere.txt cannot be read: no such file or directory."),
        (["empty.txt"], 1, "There is no question that should be answered; the bar is set by those."),
        (["asked.txt", "--answered", "0.2"], 2, "0.2 is not in the range"),
    ],
)
def test_a_mistake_is_one_sentence(
    handbook: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], code: int, told: str
) -> None:
    (handbook.parent / "empty.txt").write_text("# nothing\n")
    assert run(["calibrate", *arguments]) == code
    assert told in capsys.readouterr().err


def test_without_knowledge_there_is_nothing_to_fit_to(
    handbook: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FOOTNOTE_HOME", "elsewhere")
    assert run(["calibrate", "asked.txt"]) == 1
    assert "footnote sync" in capsys.readouterr().err
