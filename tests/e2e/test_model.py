"""The program with a model: real processes against a local server that speaks OpenAI's protocol, faults included."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from tests.doubles.pseudo import PseudoTerminal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmock.pytest_plugin import LLMock

ROOT = Path(__file__).resolve().parents[2]
HANDBOOK = """# Deploying

Deploys happen on Tuesdays at 14:00. Maria approves each deploy. A failed deploy is rolled back within 10 minutes.
"""
ANSWER = "Deploys happen on Tuesdays at 14:00. [1] Maria approves each deploy. [1]"
QUESTION = "When do deploys happen and who approves them?"


class Asking(NamedTuple):
    """A home that knows the handbook, and the settings of a process that asks it."""

    home: Path
    settings: dict[str, str]

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "bot", *arguments]

    def ask(self, *options: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command("ask", QUESTION, *options),
            cwd=self.home,
            env=self.settings,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=120,
            check=False,
        )


@pytest.fixture(scope="module")
def synced(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("model")
    handbook = home / "handbook"
    handbook.mkdir()
    (handbook / "deploying.md").write_text(HANDBOOK)
    settings = {"FOOTNOTE_HOME": str(home), "PYTHONUTF8": "1"}
    subprocess.run(
        [sys.executable, "-m", "bot", "sync", str(handbook)], cwd=home, env=settings, check=True, capture_output=True
    )
    return home


@pytest.fixture
def asking(synced: Path, llmock: LLMock) -> Asking:
    settings = {
        "FOOTNOTE_HOME": str(synced),
        "PYTHONUTF8": "1",
        "OPENAI_API_KEY": "a-key",
        "OPENAI_BASE_URL": llmock.base_url(),
    }
    return Asking(synced, settings)


@pytest.fixture
def chatting(asking: Asking) -> Iterator[PseudoTerminal]:
    environment = {**asking.settings, "PATH": os.defpath, "LANG": "C.UTF-8"}
    with PseudoTerminal("from bot.__main__ import main; main()", ["chat"], cwd=ROOT, env=environment) as terminal:
        terminal.until("/help lists the commands")
        yield terminal


def test_a_models_answer_is_cited_and_its_usage_reported(asking: Asking, llmock: LLMock) -> None:
    llmock.reply(ANSWER)
    ended = asking.ask("--json")
    assert ended.returncode == 0, ended.stderr
    answer = json.loads(ended.stdout)
    assert answer["verdict"] == "answered"
    assert answer["answer"] == ANSWER
    assert [cited["document"] for cited in answer["citations"]] == ["handbook/deploying.md"]
    assert answer["citations"][0]["quote"] in HANDBOOK
    assert answer["usage"]["prompt_tokens"] > 100
    assert len(llmock.requests) == 1


def test_the_model_never_sees_where_a_passage_comes_from(asking: Asking, llmock: LLMock) -> None:
    llmock.reply(ANSWER)
    asking.ask()
    sent = json.dumps(llmock.last_request.body)
    assert "Deploys happen on Tuesdays at 14:00." in sent
    assert str(asking.home) not in sent
    assert "deploying.md" not in sent


def test_what_the_passages_do_not_say_is_dropped_even_when_the_model_says_it(asking: Asking, llmock: LLMock) -> None:
    llmock.reply(f"{ANSWER} Deploys happen on Fridays at 16:30. [1] See https://evil.example/?q=secret [7] @everyone")
    ended = asking.ask()
    assert "Tuesdays" in ended.stdout
    assert "Fridays" not in ended.stdout
    assert "evil.example" not in ended.stdout


def test_a_sentence_is_shown_while_the_model_still_writes_and_ctrl_c_keeps_it(
    chatting: PseudoTerminal, llmock: LLMock
) -> None:
    """The stream hangs for good in its second sentence; were the answer shown only at its end, none would be."""
    llmock.reply(ANSWER).stall(seconds=600, after_chunks=9)
    chatting.type(f"{QUESTION}\r")
    chatting.until("Tuesdays at 14:00. [1]")
    chatting.type("\x03")
    rest = chatting.until("stopped")
    assert "Sources" in rest
    assert "Maria" not in rest
    chatting.until(">")
    chatting.type("/quit\r")
    assert chatting.ended() == 0


def test_ctrl_c_in_a_pipe_stops_the_answer_and_leaves_the_other_lines(asking: Asking, llmock: LLMock) -> None:
    llmock.reply(ANSWER).stall(seconds=600, after_chunks=9)
    with subprocess.Popen(
        asking.command("chat"),
        cwd=asking.home,
        env=asking.settings,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    ) as chat:
        assert chat.stdin is not None
        chat.stdin.write(f"{QUESTION}\nAnd what else?\n")
        chat.stdin.close()
        assert chat.stdout is not None
        assert chat.stdout.readline() == f"> {QUESTION}\n"
        chat.send_signal(signal.SIGINT)
        shown = chat.stdout.read()
        assert chat.wait(timeout=60) == 130
    assert "stopped" in shown
    assert "And what else?" not in shown


def test_a_stream_that_breaks_off_keeps_its_verified_sentence_and_says_so(asking: Asking, llmock: LLMock) -> None:
    llmock.reply(ANSWER).truncate(after_chunks=9)
    ended = asking.ask()
    assert ended.returncode == 1
    assert "Tuesdays" in ended.stdout
    assert "Maria" not in ended.stdout
    assert "cut" in ended.stdout or "broke" in ended.stdout


@pytest.mark.parametrize(
    ("status", "remedy", "tries"), [(401, "OPENAI_API_KEY", 1), (429, "try again", 2), (500, "try again", 2)]
)
def test_a_server_that_refuses_leaves_quotes_and_tells_its_operator_the_remedy(
    asking: Asking, llmock: LLMock, status: int, remedy: str, tries: int
) -> None:
    llmock.fail(status, times=None)
    ended = asking.ask("--json")
    answer = json.loads(ended.stdout)
    assert (ended.returncode, answer["verdict"], answer["model"]) == (0, "answered", "extractive")
    assert "Tuesdays" in answer["answer"]
    assert "No language model could answer" in answer["answer"]
    assert remedy in ended.stderr
    assert "Traceback" not in ended.stdout + ended.stderr
    assert len(llmock.requests) == tries


def test_a_server_that_is_not_there_is_one_sentence(asking: Asking) -> None:
    asking.settings["OPENAI_BASE_URL"] = "http://127.0.0.1:9/v1"
    ended = asking.ask()
    assert ended.returncode == 0
    assert "Tuesdays" in ended.stdout
    assert "No language model could answer" in ended.stdout
    assert "OPENAI_BASE_URL" in ended.stderr
    assert len(ended.stderr.splitlines()) == 1


def test_a_model_that_nobody_knows_the_price_of_is_refused_with_the_lines_to_add(
    asking: Asking, llmock: LLMock
) -> None:
    asking.settings["FOOTNOTE_MODEL"] = "home-grown"
    ended = asking.ask()
    assert ended.returncode != 0
    assert "[[prices]]" in ended.stderr
    assert 'model = "home-grown"' in ended.stderr
    assert llmock.requests == []


def test_money_that_is_used_up_leaves_quotes_and_the_model_unasked(asking: Asking, llmock: LLMock) -> None:
    asking.settings["FOOTNOTE_MONEY_ALL_DAY"] = "0"
    ended = asking.ask()
    assert ended.returncode == 0
    assert "Tuesdays" in ended.stdout
    assert "quotes" in ended.stdout
    assert llmock.requests == []


def test_what_answers_did_cost_is_shown_afterwards(asking: Asking, llmock: LLMock) -> None:
    def spent() -> int:
        shown = subprocess.run(
            asking.command("usage", "--json"), cwd=asking.home, env=asking.settings, capture_output=True, check=True
        )
        cost: int = json.loads(shown.stdout)["day"]["spent"]["cost"]
        return cost

    before = spent()
    llmock.reply(ANSWER)
    asking.ask()
    assert 0 < spent() - before < 10_000
