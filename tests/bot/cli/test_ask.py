from __future__ import annotations

import asyncio
import io
import json
import sys
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from adapters.parts import Ending
from bot import app
from bot.answering.permission import audience_of
from bot.cli.running import run
from knowledge.catalog import Counts
from tests.doubles.adapters import AN_ANSWER, Stream, said

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from pathlib import Path

    from adapters.base import Question
    from adapters.parts import Part
    from bot.answering.permission import Readers


class Answering:
    """Stands for the engine and the catalog behind it."""

    def __init__(self) -> None:
        self.parts: tuple[Part, ...] = AN_ANSWER
        self.documents = 1
        self.asked: list[tuple[Question, Readers]] = []

    def answer(self, question: Question, readers: Readers, _: object) -> AsyncGenerator[Part]:
        self.asked.append((question, readers))
        return Stream(*self.parts)()

    async def counts(self, _: str) -> Counts:
        return Counts(documents=self.documents, chunks=self.documents)

    @asynccontextmanager
    async def opened(self, _: object) -> AsyncGenerator[tuple[object, object]]:
        yield self, self


@pytest.fixture(autouse=True)
def engine(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Answering:
    engine = Answering()
    monkeypatch.setattr(app, "answering", engine.opened)
    return engine


def test_an_answer_goes_to_a_pipe_with_its_sources(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["ask", "How do I set a key?"]) == 0
    shown = capsys.readouterr()
    assert shown.err == ""
    assert shown.out == (
        "Set OPENAI_API_KEY.[1] Nothing else is needed.[1]\n\n"
        "Sources\n[1] Settings › Keys\n    https://docs.example/settings · changed 2026-11-21\n\n"
    )


def test_programs_get_one_object(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["ask", "How?", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert list(answer) == ["answer", "verdict", "citations", "model", "usage", "took_ms", "verification"]
    assert [citation["number"] for citation in answer["citations"]] == [1]


@pytest.mark.parametrize("verdict", ["failed", "cut"])
def test_an_answer_that_did_not_come_out_whole_fails(
    engine: Answering, verdict: str, capsys: pytest.CaptureFixture[str]
) -> None:
    engine.parts = (said("The model is down."), Ending(answer="a1", verdict=verdict, reference="r-7"))  # type: ignore[arg-type]
    assert run(["ask", "How?"]) == 1
    assert "The model is down." in capsys.readouterr().out


def test_a_failure_is_in_the_object_and_its_reference_on_standard_error(
    engine: Answering, capsys: pytest.CaptureFixture[str]
) -> None:
    engine.parts = (said("The model is down: try again."), Ending(answer="a1", verdict="failed", reference="r-7"))
    assert run(["ask", "How?", "--json"]) == 1
    shown = capsys.readouterr()
    answer = json.loads(shown.out)
    assert (answer["verdict"], answer["answer"]) == ("failed", "The model is down: try again.")
    assert "r-7" not in shown.out
    assert shown.err == "footnote: The answer is not whole; its reference in the log is r-7.\n"


def test_not_knowing_is_no_failure(engine: Answering) -> None:
    engine.parts = (said("I don't know."), Ending(answer="a1", verdict="unknown"))
    assert run(["ask", "How?", "--json"]) == 0


def test_nothing_is_asked_of_an_empty_knowledge(engine: Answering, capsys: pytest.CaptureFixture[str]) -> None:
    engine.documents = 0
    assert run(["ask", "How?"]) == 1
    assert capsys.readouterr().err == "footnote: Nothing is synced yet: run footnote sync PATH\n"
    assert not engine.asked


@pytest.mark.parametrize("question", ["", " \n\t"])
def test_an_empty_question_is_refused(question: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["ask", question]) == 2
    assert "The question is empty" in capsys.readouterr().err


def test_words_without_quotation_marks_are_one_question(engine: Answering) -> None:
    assert run(["ask", "How", "do", "I", "start?", "--json"]) == 0
    assert engine.asked[0][0].text == "How do I start?"


def test_a_dash_reads_the_question_from_standard_input(engine: Answering, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        sys, "stdin", SimpleNamespace(buffer=io.BytesIO(b"How do\nI start?\xff\n"), isatty=lambda: False)
    )
    assert run(["ask", "-"]) == 0
    assert engine.asked[0][0].text == "How do\nI start?�"


def test_it_is_asked_as_the_person_who_sits_here(engine: Answering, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGNAME", "ada l:x")
    assert run(["ask", "How?", "--json"]) == 0
    question, readers = engine.asked[0]
    audience = asyncio.run(audience_of(readers))
    assert (question.place.platform, question.asker.id) == ("terminal", "ada_l_x")
    assert audience.everyone == {"public", "terminal:local", "terminal:local:person:ada_l_x"}


def test_a_question_over_the_limit_is_refused(engine: Answering, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["ask", "a" * 10_001]) == 1
    shown = capsys.readouterr()
    assert (shown.out, shown.err.count("\n")) == ("", 1)
    assert "10,001 characters" in shown.err
    assert not engine.asked
