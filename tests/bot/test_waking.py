"""What may be claimed is claimed at once, though nobody looks by the clock."""

from __future__ import annotations

import asyncio
import threading
from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from adapters.base import Place
from adapters.parts import Ending
from bot.answering.turns import NewTurn
from bot.database import Database
from bot.dispatcher import Dispatcher
from bot.inbox import Inbox
from bot.turns import Turns
from tests.doubles.adapters import NOON, RecordingAdapter, a_question

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable, Collection, Sequence
    from pathlib import Path
    from typing import Any

    from sqlalchemy import Connection

    from adapters.base import Journal, Question
    from adapters.parts import AnswerId, Part
    from bot.answering.around import Around
    from bot.answering.permission import Readers
    from bot.inbox import Owed

HOURS = 7_200.0


@pytest.fixture(autouse=True)
def _nobody_looks_by_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.dispatcher._IDLE", HOURS)


def question(name: str, conversation: str) -> Question:
    place = Place(platform="recording", workspace="w", channel="c")
    return replace(a_question(place=place), id=name, conversation=conversation)


class Answers:
    """Ends an answer when its gate is open."""

    def __init__(self) -> None:
        self.gates: defaultdict[str, asyncio.Event] = defaultdict(asyncio.Event)
        self.begun: asyncio.Queue[str] = asyncio.Queue()

    async def __call__(  # noqa: PLR0913 - as the engine's
        self,
        question: Question,
        readers: Readers,
        stop: asyncio.Event,
        /,
        *,
        answer: AnswerId,
        keep: Callable[[NewTurn], Awaitable[None]],
        around: Around | None,
    ) -> AsyncGenerator[Part]:
        self.begun.put_nowait(question.id)
        await self.gates[question.id].wait()
        await keep(NewTurn(answer=answer, question=question, text="So.", verdict="answered"))
        yield Ending(answer=answer, verdict="answered")


class Process:
    """One process's inbox and dispatcher; its leases are so long that it looks by the clock as seldom."""

    def __init__(self, database: Database, answer: Any, adapter: RecordingAdapter, places: int = 2) -> None:  # noqa: ANN401
        self.inbox = Inbox(database, Turns(database), lease_seconds=3 * HOURS)
        self.dispatcher = Dispatcher(
            database=database,
            inbox=self.inbox,
            adapters={"recording": adapter},
            answer=answer,
            max_in_flight=places,
            drain_seconds=5.0,
            now=NOON.timestamp,
        )


async def test_an_end_while_others_are_claimed_gives_its_place_to_one_more(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = Answers()
    process = Process(database, answers, RecordingAdapter())
    inbox, claim, looked, are_put = process.inbox, process.inbox.claim, asyncio.Event(), asyncio.Event()

    async def claim_slowly(limit: int, platforms: Collection[str]) -> Sequence[Owed]:
        if not looked.is_set():  # it found nothing, just before both came
            looked.set()
            await are_put.wait()
            return ()
        owed = await claim(limit, platforms)
        if not answers.gates["q0"].is_set():
            answers.gates["q0"].set()
            while process.dispatcher.under_way:  # noqa: ASYNC110 - nothing tells
                await asyncio.sleep(0)
        return owed

    async with process.dispatcher.running(), asyncio.timeout(30):
        await inbox.put(question("q0", "c0"))
        assert await answers.begun.get() == "q0"
        monkeypatch.setattr(inbox, "claim", claim_slowly)
        await inbox.stop("nothing")
        await looked.wait()
        for name in ("1", "2"):
            await inbox.put(question(f"q{name}", f"c{name}"))
        are_put.set()
        assert {await answers.begun.get() for _ in range(2)} == {"q1", "q2"}
        for gate in ("q1", "q2"):
            answers.gates[gate].set()


async def test_a_question_whose_put_is_cut_off_while_it_is_written_is_answered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers, inside, on = Answers(), threading.Event(), threading.Event()
    async with Database(tmp_path / "footnote.db") as database:
        process = Process(database, answers, RecordingAdapter())
        put = process.inbox._put

        def put_slowly(connection: Connection, row: dict[str, Any]) -> bool:
            inside.set()
            on.wait(30)
            return put(connection, row)

        async with process.dispatcher.running(), asyncio.timeout(30), asyncio.TaskGroup() as group:
            await process.inbox.put(question("q0", "c0"))
            assert await answers.begun.get() == "q0"
            for _ in range(5):
                await database.write(lambda _: None)  # it has looked again by now, and found nothing
            monkeypatch.setattr(process.inbox, "_put", put_slowly)
            putting = group.create_task(process.inbox.put(question("q1", "c1")))
            await asyncio.to_thread(inside.wait, 30)
            putting.cancel()
            await asyncio.wait((putting,))
            on.set()
            assert await answers.begun.get() == "q1"
            for gate in ("q0", "q1"):
                answers.gates[gate].set()


class OnceAway(RecordingAdapter):
    """Cannot show the first answer."""

    def __init__(self) -> None:
        super().__init__()
        self.away = True

    async def reply(self, question: Question, parts: AsyncGenerator[Part], journal: Journal, /) -> None:
        await super().reply(question, parts, journal)
        if self.away:
            self.away = False
            raise ConnectionError("the platform is away")


async def test_what_failed_is_tried_again_when_its_pause_is_over(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.dispatcher.pause", lambda _: 0.5)
    answers = Answers()
    answers.gates["q1"].set()
    process = Process(database, answers, OnceAway())
    async with process.dispatcher.running(), asyncio.timeout(30):
        await process.inbox.put(question("q1", "c1"))
        assert [await answers.begun.get() for _ in range(2)] == ["q1", "q1"]
