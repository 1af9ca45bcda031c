from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from contextlib import aclosing
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
import structlog
from structlog.testing import capture_logs

from adapters.base import Audience, Place
from adapters.errors import PlatformError
from adapters.parts import Ending
from bot.answering.permission import audience_of
from bot.answering.turns import NewTurn
from bot.dispatcher import Dispatcher
from bot.errors import Stopping
from bot.inbox import Inbox
from bot.ops.logs import reference
from bot.turns import Turns
from tests.doubles.adapters import NOON, RecordingAdapter, a_question

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable

    from adapters.base import Journal, Person, Question
    from adapters.parts import AnswerId, Part, Verdict
    from bot.answering.around import Around
    from bot.answering.permission import Readers
    from bot.database import Database

PLACE = Place(platform="recording", workspace="w", channel="c")


def question(name: str, conversation: str = "c1", platform: str = "recording") -> Question:
    return replace(a_question(place=replace(PLACE, platform=platform)), id=name, conversation=conversation)


class Answers:
    """Answers each question when its gate is open, and knows what ran at the same time."""

    def __init__(self, *, open_gates: bool = True) -> None:
        self.gates: defaultdict[str, asyncio.Event] = defaultdict(asyncio.Event)
        self.begun: asyncio.Queue[str] = asyncio.Queue()
        self.order: list[str] = []
        self.ended: list[str] = []
        self.running: Counter[str] = Counter()
        self.most = 0
        self.audiences: list[Audience] = []
        self.references: list[str | None] = []
        self._open = open_gates

    def open_all(self) -> None:
        self._open = True

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
        self.order.append(question.id)
        self.audiences.append(await audience_of(readers))
        self.references.append(structlog.contextvars.get_contextvars().get("reference"))
        self.running[question.conversation] += 1
        assert self.running[question.conversation] == 1, "two answers in one conversation"
        self.most = max(self.most, self.running.total())
        self.begun.put_nowait(question.id)
        try:
            gate = self.gates[question.id]
            await asyncio.sleep(0)
            while not (self._open or gate.is_set() or stop.is_set()):  # noqa: ASYNC110 - two events at once
                await asyncio.sleep(0)
            verdict: Verdict = "stopped" if stop.is_set() else "answered"
            await keep(NewTurn(answer=answer, question=question, text="So.", verdict=verdict))
            yield Ending(answer=answer, verdict=verdict)
        finally:
            self.running[question.conversation] -= 1
            self.ended.append(question.id)


class FailingAdapter(RecordingAdapter):
    """Cannot show the answers to some questions, nor say who reads."""

    name = "failing"
    error: Exception = ConnectionError("the platform is away")

    async def reply(self, question: Question, parts: AsyncGenerator[Part], journal: Journal, /) -> None:
        await super().reply(question, parts, journal)
        raise self.error

    async def audience(self, place: Place, asker: Person, /) -> Audience:
        raise ConnectionError("the platform is away")


class Service:
    def __init__(
        self, database: Database, answers: Answers, *, max_in_flight: int = 8, drain_seconds: float = 5.0
    ) -> None:
        self.turns = Turns(database)
        self.inbox = Inbox(database, self.turns)
        self.adapter = RecordingAdapter()
        self.failing = FailingAdapter()
        self.changed = asyncio.Event()
        self.inbox.on_change(lambda _: self.changed.set())
        self.dispatcher = Dispatcher(
            database=database,
            inbox=self.inbox,
            adapters={"recording": self.adapter, "failing": self.failing},
            answer=answers,
            max_in_flight=max_in_flight,
            drain_seconds=drain_seconds,
            now=NOON.timestamp,
        )

    async def put(self, *questions: Question) -> None:
        for asked in questions:
            await self.inbox.put(asked)

    async def settled(self, owed: int = 0) -> None:
        """Wait until no more than so many questions are owed an answer."""
        async with asyncio.timeout(30):
            while await self.inbox.owed() > owed:
                await self.changed.wait()
                self.changed.clear()

    def verdicts(self) -> dict[str, str]:
        return {
            name: parts[-1].verdict for name, parts in self.adapter.replies.items() if isinstance(parts[-1], Ending)
        }


async def test_conversations_keep_their_order_while_many_run_at_once(database: Database) -> None:
    answers = Answers(open_gates=False)
    service = Service(database, answers)
    await service.put(*(question(f"q{number:02}", f"c{number % 5}") for number in range(30)))
    async with service.dispatcher.running():
        for _ in range(5):
            await answers.begun.get()
        answers.open_all()
        await service.settled()
    for conversation in range(5):
        names = [name for name in answers.order if int(name[1:]) % 5 == conversation]
        assert names == sorted(names)
    assert len(service.verdicts()) == 30
    assert answers.most == 5


async def test_no_more_answers_run_than_the_bound_allows(database: Database) -> None:
    answers = Answers(open_gates=False)
    service = Service(database, answers, max_in_flight=2)
    async with service.dispatcher.running():
        for number in range(4):
            await service.inbox.put(question(f"q{number}", f"c{number}"))
        first, second = await answers.begun.get(), await answers.begun.get()
        for _ in range(20):
            await asyncio.sleep(0)
        assert answers.begun.empty()
        answers.gates[first].set()
        third = await answers.begun.get()
        assert {first, second, third} == {"q0", "q1", "q2"}
        for number in range(4):
            answers.gates[f"q{number}"].set()
    assert answers.most == 2


async def test_an_end_lets_another_conversation_begin_though_nobody_looks_by_the_clock(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.dispatcher._IDLE", 3_600.0)  # a third of a lease is left, of which ten are too many
    service = Service(database, Answers(), max_in_flight=2)
    await service.put(*(question(f"q{number}", f"c{number}") for number in range(12)))
    async with service.dispatcher.running():
        await service.settled()
    assert len(service.verdicts()) == 12


async def test_a_question_that_comes_twice_is_answered_once(database: Database) -> None:
    answers = Answers()
    service = Service(database, answers)
    async with service.dispatcher.running():
        await service.put(question("q1"), question("q1"))
        await service.settled()
    assert answers.order == ["q1"]


async def test_stop_ends_the_answer_that_runs_and_the_one_that_waits(database: Database) -> None:
    answers = Answers(open_gates=False)
    service = Service(database, answers)
    async with service.dispatcher.running():
        for name in ("q1", "q2"):
            await service.inbox.put(question(name))
        await answers.begun.get()
        await service.inbox.stop("q2")
        await service.inbox.stop("q1")
        await service.settled()
    assert service.verdicts() == {"q1": "stopped", "q2": "stopped"}


async def test_a_reply_that_fails_takes_nothing_else_down_and_is_logged_with_its_reference(database: Database) -> None:
    answers = Answers()
    service = Service(database, answers)
    with capture_logs(processors=[structlog.contextvars.merge_contextvars]) as logs:
        async with service.dispatcher.running():
            await service.put(question("bad", "c1", "failing"), question("q1", "c2"))
            await service.settled(owed=1)
    assert service.verdicts() == {"q1": "answered"}
    failed = [line for line in logs if line["event"] == "the reply failed"]
    assert [line["reference"] for line in failed] == [reference("bad")]
    assert failed[0]["exc_info"] is service.failing.error


async def test_a_platform_that_is_away_is_logged_by_its_sentence_and_without_a_trace(database: Database) -> None:
    service = Service(database, Answers())
    service.failing.error = PlatformError("The platform cannot be reached.")
    with capture_logs() as logs:
        async with service.dispatcher.running():
            await service.put(question("bad", "c1", "failing"), question("q1", "c2"))
            await service.settled(owed=1)
    (failed,) = [line for line in logs if line["event"] == "the reply failed"]
    assert (failed["why"], failed["exc_info"]) == ("The platform cannot be reached.", None)


async def test_a_platform_that_is_not_served_here_is_left_to_a_process_that_serves_it(database: Database) -> None:
    service = Service(database, Answers())
    async with service.dispatcher.running():
        await service.put(question("bad", "c1", "pigeon"), question("q1", "c2"))
        await service.settled(owed=1)
    assert service.verdicts() == {"q1": "answered"}


async def test_an_unknown_audience_is_nobody(database: Database) -> None:
    answers = Answers()
    service = Service(database, answers)
    async with service.dispatcher.running():
        await service.put(question("q1", "c1", "failing"))
        await answers.begun.get()
    assert answers.audiences == [Audience(everyone=frozenset(), asker=frozenset())]
    assert len(service.failing.replies["q1"]) == 1


async def test_the_answer_is_made_under_the_questions_reference(database: Database) -> None:
    answers = Answers()
    service = Service(database, answers)
    async with service.dispatcher.running():
        for name in ("q1", "q2"):
            await service.inbox.put(question(name, conversation=name))
        await service.settled()
    assert sorted(answers.references, key=str) == sorted([reference("q1"), reference("q2")])


async def test_nothing_of_a_question_is_logged_but_hashes(database: Database) -> None:
    service = Service(database, Answers())
    with capture_logs() as logs:
        async with service.dispatcher.running():
            await service.inbox.put(replace(question("q1"), text="my private question"))
            await service.settled()
    assert logs
    assert "private" not in str(logs)


async def test_ending_takes_in_nothing_more_finishes_what_is_begun_and_leaves_the_rest(database: Database) -> None:
    answers = Answers(open_gates=False)
    service = Service(database, answers)
    async with service.dispatcher.running():
        await service.put(question("q1"), question("q2"))
        await answers.begun.get()
        answers.gates["q1"].set()
    assert service.verdicts() == {"q1": "answered"}
    assert await service.inbox.owed() == 1
    with pytest.raises(Stopping):
        await service.inbox.put(question("q3"))


async def test_what_takes_longer_than_the_time_to_drain_is_cut_short(database: Database) -> None:
    answers = Answers(open_gates=False)
    service = Service(database, answers, drain_seconds=0.0)
    async with service.dispatcher.running():
        await service.inbox.put(question("q1"))
        await answers.begun.get()
    assert answers.ended == ["q1"]
    assert service.adapter.replies == {"q1": []}
    (owed,) = await service.inbox.claim(1, {"recording"})
    assert (owed.question.id, owed.attempts) == ("q1", 1)


async def test_answers_under_way_still_finish_when_the_service_is_cancelled(database: Database) -> None:
    answers = Answers(open_gates=False)
    service = Service(database, answers)

    async def serve() -> None:
        async with service.dispatcher.running():
            await service.inbox.put(question("q1"))
            await asyncio.Event().wait()

    async with asyncio.TaskGroup() as owner:
        serving = owner.create_task(serve())
        await answers.begun.get()
        serving.cancel()
        await asyncio.sleep(0)
        answers.gates["q1"].set()
    assert serving.cancelled()
    assert service.verdicts() == {"q1": "answered"}


async def test_an_error_of_the_body_comes_out_as_itself(database: Database) -> None:
    service = Service(database, Answers())
    with pytest.raises(LookupError):
        async with service.dispatcher.running():
            raise LookupError


async def test_a_reply_that_stops_early_closes_the_answer(database: Database) -> None:
    class Impatient(RecordingAdapter):
        async def reply(self, question: Question, parts: AsyncGenerator[Part], journal: Journal, /) -> None:
            async with aclosing(parts):
                await anext(parts)

    answers = Answers()
    service = Service(database, answers)
    service.dispatcher._adapters = {"recording": Impatient()}
    async with service.dispatcher.running():
        await service.put(question("q1"), question("q2"))
        await service.settled()
    assert answers.order == answers.ended == ["q1", "q2"]
