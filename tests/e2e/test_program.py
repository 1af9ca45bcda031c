"""The program as a newcomer starts it: a real process, a pipe, the shipped manual."""

from __future__ import annotations

import json
import os
import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.doubles.pseudo import PseudoTerminal

ROOT = Path(__file__).resolve().parents[2]
THREE = "How do I sync a folder?\nand what happens to files that I delete there?\nWhat is the capital of Australia?\n"


def run(home: Path, *arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
    """Run ``footnote`` to its end, in a folder without settings and with nothing in its environment but its home."""
    return subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        input=given,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        cwd=home,
        env={"FOOTNOTE_HOME": str(home), "PYTHONUTF8": "1"},
        check=False,
    )


def replies(output: str, questions: str) -> list[str]:
    """Cut what a piped chat printed into what follows each question that it repeats."""
    asked = [f"> {question}\n" for question in questions.splitlines()]
    assert all(output.count(line) == 1 for line in asked), output
    starts = [output.index(line) for line in asked]
    assert starts == sorted(starts)
    return [output[a:b] for a, b in zip(starts, [*starts[1:], len(output)], strict=True)]


def test_a_pipe_of_three_questions_gives_two_footnoted_answers_and_one_honest_one(home: Path) -> None:
    ended = run(home, "chat", given=THREE)
    assert ended.returncode == 0, ended.stderr
    first, second, third = replies(ended.stdout, THREE)
    for answer in (first, second):
        assert re.search(r"\[\d\]", answer)
        assert "Sources" in answer
        assert "knowledge.md" in answer or "commands.md" in answer or "start.md" in answer
    assert "footnote sync" in first
    assert re.search(r"remov|gone|no longer", second)
    assert "I don't know" in third
    assert "Canberra" not in ended.stdout


def test_a_first_chat_in_an_empty_home_reads_the_manual_by_itself(tmp_path: Path) -> None:
    ended = run(tmp_path, "chat", given="what is footnote?\n")
    assert ended.returncode == 0, ended.stderr
    assert "manual" in ended.stderr
    assert "[1]" in ended.stdout
    assert "manual" not in run(tmp_path, "chat", given="hello\n").stderr


def test_a_chat_that_is_told_to_end_says_so_and_leaves_the_terminal_in_order(home: Path) -> None:
    code = "from bot.__main__ import main; main()"
    environment = {"FOOTNOTE_HOME": str(home), "PATH": os.defpath, "PYTHONUTF8": "1"}
    with PseudoTerminal(code, ["chat"], cwd=ROOT, env=environment) as terminal:
        terminal.until("Ask a question.")
        terminal.until(">")
        terminal.terminate()
        assert terminal.ended() == 143
        assert "footnote: Footnote was told to end (SIGTERM), so this chat ends here." in terminal.shown
        assert "Traceback" not in terminal.shown


def test_a_pipe_that_is_told_to_end_has_shown_the_answer_under_way(home: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "bot", "chat"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=home,
        env={"FOOTNOTE_HOME": str(home), "PYTHONUTF8": "1"},
    ) as program:
        assert program.stdin is not None
        assert program.stdout is not None
        program.stdin.write("How do I sync a folder?\n")
        program.stdin.flush()
        assert program.stdout.readline().startswith("> How do I sync")
        program.terminate()
        assert program.wait(timeout=60) == 143  # its input is open until then
        shown, told = program.communicate()
    assert "Sources" in shown
    assert told == "footnote: Footnote was told to end (SIGTERM), so this chat ends here.\n"


def test_a_paused_chat_says_so_keeps_what_is_asked_and_answers_it_once_resumed(tmp_path: Path) -> None:
    assert run(tmp_path, "pause", "terminal").returncode == 0
    paused = run(tmp_path, "chat", given="hello\nhello again\n")
    assert paused.returncode == 1
    assert paused.stdout.count("Whoever runs me has paused me here.") == 1
    assert paused.stdout.count("\npaused\n") == 2
    assert run(tmp_path, "resume", "terminal").stdout == "Resumed: terminal. 2 questions were kept.\n"
    with closing(sqlite3.connect(tmp_path / "footnote.db")) as connection, connection:
        connection.execute("UPDATE inbox SET lease_until = 0")  # as when the first chat has been gone for a while
    resumed = run(tmp_path, "chat", given="thanks\n")
    assert resumed.returncode == 0
    assert "From an earlier chat:\n> hello\n" in resumed.stdout


def test_the_output_of_a_pipe_holds_no_colours_and_no_cursor_moves(home: Path) -> None:
    assert "\x1b" not in run(home, "chat", given="how do I rate an answer?\n").stdout


def test_ask_prints_the_fields_that_scripts_are_promised(home: Path) -> None:
    ended = run(home, "ask", "How do I sync a folder?", "--json")
    assert ended.returncode == 0, ended.stderr
    answer = json.loads(ended.stdout)
    assert set(answer) == {"answer", "verdict", "citations", "model", "usage", "took_ms", "verification"}
    assert answer["verdict"] == "answered"
    assert answer["took_ms"] > 0
    assert set(answer["usage"]) == {"prompt_tokens", "answer_tokens", "estimated"}
    for citation in answer["citations"]:
        assert set(citation) == {"number", "title", "url", "quote", "document", "dated", "stale_days", "newer"}
        assert f"[{citation['number']}]" in answer["answer"]


def test_ask_says_that_it_does_not_know_and_that_is_no_failure(home: Path) -> None:
    ended = run(home, "ask", "how long do I bake a sourdough bread", "--json")
    assert ended.returncode == 0
    assert json.loads(ended.stdout)["verdict"] == "unknown"


def test_a_filter_in_a_question_narrows_the_search(home: Path) -> None:
    answer = json.loads(run(home, "ask", "which settings are there? tag:settings", "--json").stdout)
    assert {citation["document"] for citation in answer["citations"]} == {"manual/settings.md"}


@pytest.mark.parametrize("words", ["parental leave year:1999", "tag:nothing settings"])
def test_a_filter_that_nothing_meets_ends_in_an_honest_answer(home: Path, words: str) -> None:
    assert json.loads(run(home, "ask", words, "--json").stdout)["verdict"] == "unknown"


def test_search_finds_the_page_without_writing_an_answer(home: Path) -> None:
    found = json.loads(run(home, "search", "back up footnote.db", "--json").stdout)
    assert found["passages"][0]["document"] == "manual/operating.md"
