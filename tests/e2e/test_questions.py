"""What newcomers ask, asked of the real bot: the shipped manual, the real embedder, the extractive model.

Everything is asked once; each test then judges one answer.
"""

from __future__ import annotations

import asyncio
import re
import tomllib
from contextlib import aclosing
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from adapters.markup import cited as footnotes
from adapters.markup import joined
from adapters.parts import Ending, Sources, Text
from adapters.sources import used
from bot.app import answering, manual, terminal
from bot.settings import Settings
from tests.e2e.judging import Asked, is_verbatim, uncited

if TYPE_CHECKING:
    from collections.abc import Mapping

    from adapters.base import Question
    from adapters.markup import Tree
    from bot.answering.engine import Engine
    from bot.answering.permission import Readers

_Step = tuple[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What an answer must be; ``weak`` says why it is known not to be so yet."""

    question: str
    verdict: str = "answered"
    documents: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    weak: str | None = None


def conversations() -> dict[str, tuple[Expected, ...]]:
    """Every conversation of the data file, by name."""
    content = tomllib.loads(Path(__file__).with_name("questions.toml").read_text(encoding="utf-8"))
    return {one["name"]: tuple(_expected(ask) for ask in one["asks"]) for one in content["conversation"]}


def _expected(ask: Mapping[str, Any]) -> Expected:
    lists = {name: tuple(ask.get(name, ())) for name in ("documents", "patterns")}
    return Expected(**{**ask, **lists})


CONVERSATIONS = conversations()
STEPS = [
    pytest.param(
        (name, at),
        id=f"{name}: {ask.question}",
        marks=[pytest.mark.xfail(reason=ask.weak, strict=True)] if ask.weak else [],
    )
    for name, asks in CONVERSATIONS.items()
    for at, ask in enumerate(asks)
]


@pytest.fixture(scope="session")
def transcript(home: Path) -> Mapping[_Step, Asked]:
    """Everything that was asked, and what came back."""
    return asyncio.run(_asked(Settings(home=home)))


async def _asked(settings: Settings) -> dict[_Step, Asked]:
    here = terminal(settings, user="newcomer")
    found: dict[_Step, Asked] = {}
    async with answering(settings) as (engine, _):
        for name, asks in CONVERSATIONS.items():
            for at, ask in enumerate(asks):
                question = replace(here.question(ask.question), conversation=f"terminal:{name}")
                readers = partial(here.audience, question.place, question.asker)
                found[name, at] = await _answer(engine, question, readers)
    return found


async def _answer(engine: Engine, question: Question, readers: Readers) -> Asked:
    tree: Tree = ()
    sources = Sources(citations=())
    ending: Ending | None = None
    async with aclosing(engine.answer(question, readers, asyncio.Event())) as parts:
        async for part in parts:
            match part:
                case Sources():
                    sources = part
                case Text():
                    tree = joined(tree, part.block, continues=part.continues)
                    known = {line.number for line in sources.citations}
                    assert known.issuperset(footnotes(tree)), "sources come before the text that cites them"
                case Ending():
                    ending = part
                case _:
                    pass
    assert ending is not None
    cited = used(sources.citations, ending.cited)
    return Asked(question=question.text, verdict=ending.verdict, tree=tree, citations=cited)


@pytest.mark.parametrize("step", STEPS)
def test_the_answer_is_what_a_newcomer_needs(step: _Step, transcript: Mapping[_Step, Asked]) -> None:
    expected, answer = CONVERSATIONS[step[0]][step[1]], transcript[step]
    assert answer.verdict == expected.verdict, answer.text
    cited = {Path(citation.document).name for citation in answer.citations}
    assert not expected.documents or cited & set(expected.documents), f"cited {cited}:\n{answer.text}"
    missing = [pattern for pattern in expected.patterns if not re.search(pattern, answer.text, re.IGNORECASE)]
    assert missing == [], answer.text


@pytest.mark.parametrize("step", [pytest.param(*step.values, id=step.id) for step in STEPS])
def test_every_claim_is_cited_and_every_quote_is_verbatim(step: _Step, transcript: Mapping[_Step, Asked]) -> None:
    answer = transcript[step]
    if answer.verdict == "answered":
        assert answer.citations
        assert uncited(answer.tree) == []
    for citation in answer.citations:
        document = (manual() / Path(citation.document).name).read_text(encoding="utf-8")
        assert is_verbatim(citation.quote, document), citation.quote


def test_there_are_enough_questions_of_each_sort() -> None:
    asks = [ask for one in CONVERSATIONS.values() for ask in one]
    assert sum(ask.verdict == "answered" for ask in asks) >= 30
    assert sum(ask.verdict == "unknown" for ask in asks) >= 5
    assert sum(ask.verdict == "told" for ask in asks) >= 3
    assert sum(len(one) > 1 for one in CONVERSATIONS.values()) >= 4
