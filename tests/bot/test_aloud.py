"""What ``footnote serve`` tells whoever watches it on a terminal."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from adapters.base import Place
from bot import app
from bot.ending import Told
from bot.settings import Settings
from bot.sources import NamedSource
from tests.doubles.adapters import RecordingAdapter, a_question

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from pathlib import Path

    from adapters.base import Desk, Journal, Question
    from adapters.parts import Part


class Slow(RecordingAdapter):
    """Asks, has every reply wait, and is told to end by a signal once so many of them do."""

    def __init__(self, *questions: Question, number: signal.Signals, after: int) -> None:
        super().__init__(*questions)
        self.signal = number
        self.after = after
        self.waiting = 0
        self.go = asyncio.Event()

    async def run(self, desk: Desk, /) -> None:
        await super().run(desk)
        await asyncio.Event().wait()

    async def reply(self, question: Question, parts: AsyncGenerator[Part], journal: Journal, /) -> None:
        self.waiting += 1
        if self.waiting == self.after:
            os.kill(os.getpid(), self.signal)
        await self.go.wait()
        await super().reply(question, parts, journal)


async def told(settings: Settings, number: signal.Signals, *texts: str) -> list[str]:
    """Serve until the signal; give what was said aloud."""
    place, said = Place(platform="recording", workspace="terminal:local", channel="c"), list[str]()
    asked = [
        replace(a_question(text, place), id=f"q{at}", conversation=f"c{at}", asked_at=datetime.now(UTC))
        for at, text in enumerate(texts)
    ]
    adapter = Slow(*asked, number=number, after=len(asked))

    def aloud(sentence: str) -> None:
        said.append(sentence)
        if sentence.startswith("Serving") and not asked:
            os.kill(os.getpid(), number)
        if sentence.startswith("Finishing"):
            adapter.go.set()

    async with asyncio.timeout(30):
        await app.serve(settings, [adapter], Told(60.0, print), aloud=aloud)
    assert len(adapter.replies) == len(texts)
    return said


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home", port=0, host="127.0.0.1", embedder="lite")


@pytest.mark.parametrize(
    ("number", "texts", "said"),
    [
        (signal.SIGINT, ["hello", "thanks"], "Finishing 2 answers; once more Ctrl-C ends at once."),
        (signal.SIGINT, ["hello"], "Finishing 1 answer; once more Ctrl-C ends at once."),
        (signal.SIGTERM, ["hello"], "Finishing 1 answer."),
    ],
)
async def test_it_says_which_answers_it_waits_for_at_its_end(
    settings: Settings, number: signal.Signals, texts: list[str], said: str
) -> None:
    assert (await told(settings, number, *texts))[-1] == said


async def test_with_no_answer_under_way_it_ends_without_a_word(settings: Settings) -> None:
    assert not [sentence for sentence in await told(settings, signal.SIGINT) if "Finishing" in sentence]


async def test_with_nothing_synced_it_says_so_at_its_start_and_logs_a_warning(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    sentence = (await told(settings, signal.SIGINT))[1]
    assert sentence == 'Nothing is synced yet, so each question gets "I don\'t know": run footnote sync PATH.'
    logged = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert ("warning", sentence) in [(line["level"], line["event"]) for line in logged]


async def test_with_sources_to_be_read_it_says_that_this_takes_a_while(settings: Settings, tmp_path: Path) -> None:
    named = settings.model_copy(update={"sources": (NamedSource(path=tmp_path / "gone"),)})
    assert "reads the sources of footnote.toml first" in (await told(named, signal.SIGINT))[1]


async def test_with_something_synced_it_says_nothing_of_that(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "page.md").write_text("# Keys\n\nKeys live for 90 days.\n")
    await app.synced(settings, [app.files(tmp_path / "page.md", readers=frozenset({settings.team}))])
    assert len(await told(settings, signal.SIGINT)) == 1
