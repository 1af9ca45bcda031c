from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from adapters.base import Place
from adapters.parts import Ending, Text
from adapters.plain import rendered
from bot import dispatcher
from bot.answering.turns import NewTurn
from bot.dispatcher import Dispatcher
from bot.due import OLD, TRIES
from bot.errors import NotPaused
from bot.holding import AGAIN, Holding
from bot.inbox import Inbox
from bot.pauses import Pauses
from bot.turns import Turns
from tests.doubles.adapters import NOON, RecordingAdapter, a_question

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable

    from sqlalchemy import Connection

    from adapters.base import Journal, Question
    from adapters.parts import AnswerId, Part
    from bot.answering.around import Around
    from bot.answering.permission import Readers
    from bot.database import Database
    from bot.inbox import Owed

PLACE = Place(platform="recording", workspace="recording:w", channel="c")
HERE = "recording:c"


def asked(name: str, conversation: str = "c1", *, channel: str = "c", age: float = 0.0) -> Question:
    question = replace(a_question(place=replace(PLACE, channel=channel)), id=name, conversation=conversation)
    return replace(question, asked_at=NOON.fromtimestamp(NOON.timestamp() - age, NOON.tzinfo))


async def answer(  # noqa: PLR0913 - as the engine's
    question: Question,
    readers: Readers,
    stop: asyncio.Event,
    /,
    *,
    answer: AnswerId,
    keep: Callable[[NewTurn], Awaitable[None]],
    around: Around | None,
) -> AsyncGenerator[Part]:
    await keep(NewTurn(answer=answer, question=question, text="So.", verdict="answered"))
    yield Ending(answer=answer, verdict="stopped" if stop.is_set() else "answered")


async def until(happened: Callable[[], bool]) -> None:
    """Wait a moment, and then until something has happened."""
    async with asyncio.timeout(30):
        await asyncio.sleep(0.01)
        while not happened():  # noqa: ASYNC110 - the database has no event
            await asyncio.sleep(0.01)


class Recorder(RecordingAdapter):
    """Keeps each reply apart, and can be told to fail."""

    def __init__(self) -> None:
        super().__init__()
        self.shown: list[tuple[str, str, str]] = []
        self.failing = False

    async def reply(self, question: Question, parts: AsyncGenerator[Part], journal: Journal, /) -> None:
        self.replies.pop(question.id, None)
        await super().reply(question, parts, journal)
        kept = self.replies[question.id]
        words = rendered(tuple(part.block for part in kept if isinstance(part, Text)))
        ending = kept[-1]
        assert isinstance(ending, Ending)
        self.shown.append((question.id, ending.verdict, words))
        if self.failing:
            raise ConnectionError

    def verdicts(self) -> list[tuple[str, str]]:
        return [(question, verdict) for question, verdict, _ in self.shown]

    def aloud(self) -> list[str]:
        return [question for question, verdict, words in self.shown if verdict == "paused" and words]


class Service:
    def __init__(self, database: Database) -> None:
        self.database = database
        self.inbox = Inbox(database, Turns(database), owner="one")
        self.pauses = Pauses(database)
        self.holding = Holding(database, self.inbox)
        self.adapter = Recorder()
        self.now = NOON.timestamp()
        self.dispatcher = Dispatcher(
            database=database,
            inbox=self.inbox,
            adapters={"recording": self.adapter},
            answer=answer,
            now=lambda: self.now,
        )

    async def put(self, *questions: Question) -> None:
        for question in questions:
            await self.inbox.put(question)

    async def rows(self) -> dict[str, str]:
        statement = text("SELECT id, state FROM inbox ORDER BY number")
        return dict(map(tuple, await self.database.read(lambda connection: connection.execute(statement).all())))

    async def until(self, **states: str) -> None:
        """Wait until questions are in these states."""
        while not states.items() <= (await self.rows()).items():
            await until(lambda: True)

    async def claim(self) -> Owed:
        (owed,) = await self.inbox.claim(1, {"recording"})
        return owed


@pytest.fixture
def service(database: Database, monkeypatch: pytest.MonkeyPatch) -> Service:
    monkeypatch.setattr(dispatcher, "_MIND", 0.01)
    return Service(database)


async def test_what_is_asked_at_a_paused_place_is_kept_and_told_so_once_in_words(service: Service) -> None:
    await service.pauses.pause(HERE, by="op")
    await service.put(asked("q1"), asked("q2"), asked("q3", "c2"), asked("free", "c3", channel="d"))
    async with service.dispatcher.running():
        await service.until(q1="paused", q2="paused", q3="paused", free="finished")
    assert sorted(service.adapter.verdicts()) == [
        ("free", "answered"),
        ("q1", "paused"),
        ("q2", "paused"),
        ("q3", "paused"),
    ]
    assert len(service.adapter.aloud()) == 1


async def test_a_running_service_sees_a_pause_and_its_end_and_keeps_the_order(service: Service) -> None:
    async with service.dispatcher.running():
        await service.put(asked("q0"))
        await service.until(q0="finished")
        await service.pauses.pause("all", by="op")
        await until(lambda: service.dispatcher._paused == frozenset({"all"}))
        await service.put(asked("q1"), asked("q2"), asked("q3"))
        await service.until(q1="paused", q2="paused", q3="paused")
        await service.pauses.resume("all", by="op")
        await service.until(q1="finished", q2="finished", q3="finished")
    answered = [question for question, verdict in service.adapter.verdicts() if verdict == "answered"]
    assert answered == ["q0", "q1", "q2", "q3"]


async def test_what_was_resumed_while_nothing_ran_is_answered_at_the_next_start(service: Service) -> None:
    await service.pauses.pause(HERE, by="op")
    await service.put(asked("young", "c1"), asked("old", "c2"))
    async with service.dispatcher.running():
        await service.until(young="paused", old="paused")
    await service.pauses.resume(HERE, by="op")
    again = Service(service.database)
    async with again.dispatcher.running():
        await again.until(young="finished", old="finished")


async def test_on_resuming_an_old_question_is_asked_about_first_though_a_notice_was_posted(service: Service) -> None:
    await service.pauses.pause(HERE, by="op")
    await service.put(asked("young", "c1"), asked("old", "c2", age=OLD - 60))
    async with service.dispatcher.running():
        await service.until(young="paused", old="paused")
        service.now += 120
        await service.pauses.resume(HERE, by="op")
        await service.until(young="finished", old="offered")
        assert await service.inbox.want("old")
        await service.until(old="finished")
    assert [verdict for question, verdict in service.adapter.verdicts() if question == "old"] == [
        "paused",
        "offered",
        "answered",
    ]


async def test_waiting_for_long_costs_no_tries(service: Service) -> None:
    await service.pauses.pause(HERE, by="op")
    await service.put(asked("q1"))
    for _ in range(TRIES + 1):
        await service.holding.hold(await service.claim())
        await service.holding.release(frozenset())
    assert (await service.claim()).attempts == 1


async def test_an_answer_that_was_begun_before_the_pause_is_brought_to_its_end(service: Service) -> None:
    service.adapter.failing = True
    await service.put(asked("q1"))
    async with service.dispatcher.running():
        await service.until(q1="waiting")
        await until(lambda: bool(service.adapter.shown))
    service.adapter.failing = False
    await service.pauses.pause("all", by="op")
    await _forget_leases(service.database)
    again = Service(service.database)
    async with again.dispatcher.running():
        await again.until(q1="finished")
    assert again.adapter.verdicts() == [("q1", "answered")]


async def test_a_notice_whose_process_was_killed_is_given_again_by_the_same_question_in_words(
    service: Service,
) -> None:
    await service.pauses.pause(HERE, by="op")
    await service.put(asked("q1"))
    assert await service.holding.mark(await service.claim())
    await _forget_leases(service.database)
    other = Service(service.database)
    other.inbox = Inbox(service.database, Turns(service.database), owner="other")
    async with service.dispatcher.running():
        await service.until(q1="paused")
    assert service.adapter.aloud() == ["q1"]


async def test_words_come_again_after_an_hour_and_for_a_later_pause(service: Service) -> None:
    holding = service.holding
    await service.pauses.pause(HERE, by="op")
    await service.put(*(asked(f"q{number}", f"c{number}") for number in range(5)))
    owed = await service.inbox.claim(5, {"recording"})
    assert [await holding.mark(one) for one in owed[:2]] == [True, False]
    await _age(service.database, AGAIN + 1)
    assert [await holding.mark(one) for one in owed[2:4]] == [True, False]
    await _age(service.database, 1.0)
    await service.pauses.resume(HERE, by="op")
    await service.pauses.pause("all", by="op")
    assert await holding.mark(owed[4])


async def test_a_question_put_off_after_its_place_was_resumed_waits_for_its_turn(service: Service) -> None:
    await service.put(asked("q1"), asked("q2"))
    await service.holding.hold(await service.claim())
    assert await service.rows() == {"q1": "waiting", "q2": "waiting"}


@pytest.mark.parametrize("way", [Inbox.stop, Inbox.delete])
async def test_a_question_that_is_kept_can_be_taken_back(
    service: Service, way: Callable[[Inbox, str], Awaitable[bool]]
) -> None:
    await service.pauses.pause(HERE, by="op")
    await service.put(asked("q1"))
    await service.holding.hold(await service.claim())
    assert await way(service.inbox, "q1")
    assert await service.rows() == {"q1": "finished"}


async def test_what_only_its_own_process_can_answer_waits_for_that_first(database: Database) -> None:
    own = Inbox(database, Turns(database), owner="one", local={"recording"})
    other = Inbox(database, Turns(database), owner="other", local={"recording"})
    await Pauses(database).pause("all", by="op")
    await own.put(asked("q1"))
    (owed,) = await own.claim(1, {"recording"})
    await Holding(database, own).hold(owed)
    assert await own.renew(()) == frozenset()
    await Holding(database, other).release(frozenset())
    assert await other.claim(1, {"recording"}) == ()
    assert len(await own.claim(1, {"recording"})) == 1


async def test_pauses_are_listed_once_and_the_first_stays(service: Service) -> None:
    await service.pauses.pause("slack", by="mary")
    await service.pauses.pause("slack", by="john")
    await service.pauses.pause("all", by="john")
    assert [(pause.name, pause.by) for pause in await service.pauses.listed()] == [("all", "john"), ("slack", "mary")]


async def test_resuming_what_is_not_paused_names_what_is(service: Service) -> None:
    with pytest.raises(NotPaused, match=r"There is no pause of slack; nothing is paused\."):
        await service.pauses.resume("slack", by="op")
    await service.pauses.pause("slack:C1", by="op")
    with pytest.raises(NotPaused, match=r"There is no pause of slack; paused is slack:C1\."):
        await service.pauses.resume("slack", by="op")


async def test_what_a_pause_keeps_is_counted(service: Service) -> None:
    await service.pauses.pause("all", by="op")
    await service.put(asked("q1", "c1"), asked("q2", "c2", channel="d"))
    for owed in await service.inbox.claim(2, {"recording"}):
        await service.holding.hold(owed)
    assert [await service.pauses.held(name) for name in ("all", "recording", "recording:c", "slack")] == [2, 2, 1, 0]


async def _forget_leases(database: Database) -> None:
    """Let a lease's time pass, as after a process was killed."""
    gone = text("UPDATE inbox SET lease_until = 0 WHERE lease_until IS NOT NULL")
    await database.write(lambda connection: connection.execute(gone).rowcount)


async def _age(database: Database, seconds: float) -> None:
    """Let so much time pass for pauses and notices."""

    def pass_by(connection: Connection) -> None:
        for change in ("UPDATE pause_notice SET at = at - :by", "UPDATE pause SET since = since - :by"):
            connection.execute(text(change), {"by": seconds})

    await database.write(pass_by)
