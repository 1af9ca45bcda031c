"""What the engine itself costs per question: everything but the model and the retrieval, which are scripted here.

Five passages fill the context, six earlier turns the history; the model writes about 400 tokens, one at a time, which
the engine cuts into units, verifies against the passages and shows. CPU time of the process, all threads together.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from contextlib import aclosing
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from adapters.base import Audience, Person, Place, Question
from adapters.parts import Ending, Text
from bot.answering import prompt_files
from bot.answering.engine import Engine
from bot.database import Database
from bot.models.base import Prompt
from bot.money.base import Ledger, Reservation, Standing
from bot.money.ledger import SqlLedger
from bot.plans import Plans
from bot.policy import MoneySettings, RateSettings
from bot.turns import Turns
from knowledge.base import Passage, Retrieved, Signals
from tests.benchmarks.figures import Figure
from tests.doubles.audiences import always
from tests.doubles.chains import admission, chained
from tests.doubles.models import Scripted

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable, Collection, Sequence

    from bot.answering.turns import Earlier, NewTurn, PastTurn
    from bot.answering.turns import Turns as AnyTurns
    from bot.models.base import Delta, Heard
    from bot.money.base import Bill, Call, Payer
    from knowledge.base import Filter, Scope
    from knowledge.meaning import Paying

TEAM = "terminal:local"
EVERYONE = Audience(everyone=frozenset({"public", TEAM}), asker=frozenset())
PARTS = ("hinge", "spring", "valve", "gasket", "rotor")
SENTENCES = tuple(
    f"The {part} of pump {number} is replaced after {number * 100} hours of work at most"
    for part in PARTS
    for number in range(2, 14)
)
WRITTEN = " ".join(f"{sentence} [{1 + at // 12}]." for at, sentence in enumerate(SENTENCES) if at % 3 == 0)
"""Twenty sentences, four from each passage."""
FIRST = WRITTEN[: WRITTEN.index(".") + 1]


class Known:
    """Finds five passages for every question, and lets everything be read.

    ``fresh``: passages that no earlier question found, so that nothing about them is known from before.
    """

    def __init__(self, *, fresh: bool) -> None:
        self.fresh = fresh
        self.found = count()

    passages = tuple(
        Passage(
            chunk=f"{part}:0",
            document=f"manual/{part}.md",
            title=f"Pumps: the {part}",
            text=". ".join(sentence for sentence in SENTENCES if part in sentence) + ".",
            heading=("Maintenance", part.title()),
            url=None,
            source="manual",
            score=1.0,
            updated_at=datetime(2026, 1, 1, tzinfo=UTC),
        )
        for part in PARTS
    )

    async def retrieve(  # noqa: PLR0913 - as the retriever's
        self,
        text: str,
        /,
        *,
        scope: Scope,
        filters: tuple[Filter, ...] = (),
        passages: int = 5,
        tokens: int = 1200,
        asking: str | None = None,
        paying: Paying | None = None,
    ) -> Retrieved:
        passed = self.passages
        if self.fresh:
            said = f" Copy {next(self.found)} of this page."
            passed = tuple(replace(passage, text=passage.text + said) for passage in passed)
        return Retrieved(passages=passed, signals=Signals(similarity=0.9, coverage=1.0, terms=3))

    async def readable(self, documents: Collection[str], scope: Scope) -> frozenset[str]:
        return frozenset(documents)


class Forgetful:
    """Keeps no turn, and has no earlier one."""

    async def recent(self, earlier: Earlier, limit: int, /) -> Sequence[PastTurn]:
        return ()

    async def record(self, turn: NewTurn, /) -> None:
        return


class Free(Ledger):
    """Keeps no account at all."""

    async def standing(self, payer: Payer, /) -> Standing:
        return Standing(accounts=())

    async def reserve(self, call: Call, /, *, waits: bool = True) -> Reservation:
        return Reservation(id="", call=call)

    async def settle(self, reservation: Reservation, bill: Bill, /) -> None:
        return

    async def release(self, reservation: Reservation, /) -> None:
        return


def figures(*, questions: int = 100) -> Sequence[Figure]:
    """Answer many questions: over passages known or fresh, without history and with history in SQL."""
    alone = asyncio.run(_cpu_ms(_listened, questions))
    measured = {
        "no history, passages known": asyncio.run(_cpu_ms(_asking(Forgetful(), fresh=False), questions)),
        "no history, passages fresh": asyncio.run(_cpu_ms(_asking(Forgetful(), fresh=True), questions)),
        "history in SQL, passages known": asyncio.run(_with_database(questions, fresh=False)),
        "history in SQL, passages fresh": asyncio.run(_with_database(questions, fresh=True)),
        "history and money in SQL, passages known": asyncio.run(_with_database(questions, fresh=False, paid=True)),
    }
    before, paid = measured["history in SQL, passages known"], measured["history and money in SQL, passages known"]
    return (
        Figure(name="scripted model alone, CPU per question", value=alone, unit="ms"),
        *(
            Figure(
                name=f"engine, {name}",
                value=value - alone,
                unit="ms",
                ratio=(value - alone) / alone,
                to="scripted model alone",
                aim="at most 5 ms",
            )
            for name, value in measured.items()
        ),
        Figure(
            name="of that, rates and money: standing, admission, reserving, settling",
            value=paid - before,
            unit="ms",
            ratio=(paid - before) / (paid - alone),
            to="the engine",
        ),
        Figure(
            name="read of a model when the first sentence is shown",
            value=(read := asyncio.run(_read_when_shown())),
            unit="characters",
            ratio=read / len(FIRST),
            to="that sentence",
            aim="at most 2 sentences",
        ),
    )


async def _with_database(questions: int, *, fresh: bool, paid: bool = False) -> float:
    with tempfile.TemporaryDirectory() as home:
        async with Database(Path(home, "footnote.db")) as database:
            ledger = SqlLedger(database, Plans(MoneySettings()).limits, wait_seconds=0.0) if paid else Free()
            return await _cpu_ms(_asking(Turns(database), fresh=fresh, ledger=ledger), questions)


async def _cpu_ms(work: Callable[[], Awaitable[None]], times: int) -> float:
    """Give the mean CPU milliseconds, after ten runs that fill caches and load what is loaded once."""
    for _ in range(10):
        await work()
    started = time.process_time()
    for _ in range(times):
        await work()
    return (time.process_time() - started) * 1_000 / times


async def _listened() -> None:
    prompt = Prompt(version="", system="", history=(), user="", question="", passages=(), max_tokens=400)
    async with aclosing(_model().stream(prompt)) as stream:
        async for _ in stream:
            pass


class Watched(Scripted):
    """Counts the characters that were read of it."""

    read = 0

    async def stream(self, prompt: Prompt, heard: Heard | None = None, /) -> AsyncGenerator[Delta]:
        async with aclosing(super().stream(prompt, heard)) as stream:
            async for delta in stream:
                self.read += len(delta) if isinstance(delta, str) else 0
                yield delta


async def _read_when_shown() -> int:
    """Give how many characters of a stream are read by the time that its first sentence is shown."""
    model = Watched(WRITTEN, size=1)
    engine = _engine(Forgetful(), model, fresh=False)
    question = asked(0, "When is the spring of pump 2 replaced?")
    async with aclosing(engine.answer(question, always(EVERYONE), asyncio.Event())) as parts:
        async for part in parts:
            if isinstance(part, Text):
                return model.read
    raise RuntimeError("nothing was shown")


def _asking(turns: AnyTurns, *, fresh: bool, ledger: Ledger | None = None) -> Callable[[], Awaitable[None]]:
    engine = _engine(turns, _model(), fresh=fresh, ledger=ledger)
    numbers = count()

    async def ask() -> None:
        number = next(numbers)
        question = asked(number, f"When is the spring of pump {2 + number % 12} replaced, and the valve?")
        async with aclosing(engine.answer(question, always(EVERYONE), asyncio.Event())) as parts:
            last = [part async for part in parts][-1]
        if not isinstance(last, Ending) or last.verdict != "answered" or len(last.cited) != len(PARTS):
            raise RuntimeError(f"the engine did not answer as it should: {last}")

    return ask


def _engine(turns: AnyTurns, model: Scripted, *, fresh: bool, ledger: Ledger | None = None) -> Engine:
    known = Known(fresh=fresh)
    return Engine(
        retriever=known,
        catalog=known,
        admission=admission(ledger or Free(), windows=RateSettings(minute=100_000, hour=100_000, day=100_000).windows),
        chain=chained(model),
        turns=turns,
        prompts=prompt_files.load(),
        workspace=TEAM,
        gate=lambda _: True,
    )


def _model() -> Scripted:
    return Scripted(WRITTEN, size=4)


def asked(number: int, text: str) -> Question:
    """Make a question of one conversation."""
    return Question(
        id=f"q{number}",
        conversation="terminal:local:bench",
        place=Place(platform="terminal", workspace=TEAM, channel="bench"),
        asker=Person(id="bench", name="bench"),
        text=text,
        asked_at=datetime.now(UTC),
    )
