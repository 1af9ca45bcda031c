"""What becomes of a question whose answer did not come to its end at once."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text
from structlog.testing import capture_logs

from adapters.base import LeaseLost, MessageRef, Place, Posted
from adapters.parts import Ending, Text
from adapters.plain import block_text
from bot import dispatcher
from bot.answering.turns import NewTurn, at
from bot.dispatcher import Dispatcher
from bot.errors import StoreAway, StoreBusy, StoreError
from bot.inbox import Inbox
from bot.journal import SqlJournal
from bot.ops.logs import reference
from bot.turns import Turns
from tests.doubles.adapters import NOON, RecordingAdapter, a_question, said

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence

    from adapters.base import Journal, Question
    from adapters.parts import AnswerId, Part
    from bot.answering.around import Around
    from bot.answering.permission import Readers
    from bot.database import Database
    from bot.inbox import Claim, Owed

PLACE = Place(platform="recording", workspace="w", channel="c")
QUESTION = replace(a_question("Why?", PLACE), id="q1")
M1 = Posted(part=0, message=MessageRef(platform="recording", workspace="w", channel="c", message="m1"))


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
    yield said(f"About {question.text}")
    await keep(NewTurn(answer=answer, question=question, text="So.", verdict="answered"))
    yield Ending(answer=answer, verdict="answered")


class Showing(RecordingAdapter):
    """Keeps what each reply's journal knew; fails as often as it is told, with what it is told."""

    def __init__(self, *errors: BaseException) -> None:
        super().__init__()
        self.knew: list[tuple[Sequence[Posted], bool]] = []
        self._errors = list(errors)
        self.hangs: asyncio.Event | None = None
        self.begun = asyncio.Event()
        self.ended = asyncio.Event()

    async def reply(self, question: Question, parts: AsyncGenerator[Part], journal: Journal, /) -> None:
        self.knew.append((journal.earlier, journal.unsure))
        self.begun.set()
        if self.hangs is not None:
            try:
                await journal.before(0)
                await self.hangs.wait()
            finally:
                self.ended.set()
        if self._errors:
            raise self._errors.pop(0)
        self.replies.pop(question.id, None)
        await super().reply(question, parts, journal)

    def said(self, name: str = "q1") -> str:
        return " ".join(block_text(part.block).strip() for part in self.replies[name] if isinstance(part, Text))

    def verdict(self, name: str = "q1") -> str:
        ending = self.replies[name][-1]
        assert isinstance(ending, Ending)
        return ending.verdict


class Service:
    def __init__(self, database: Database, adapter: Showing, inbox: Inbox | None = None) -> None:
        self.database = database
        self.adapter = adapter
        self.turns = Turns(database)
        self.inbox = inbox or Inbox(database, self.turns)
        self.changed = asyncio.Event()
        self.inbox.on_change(lambda _: self.changed.set())
        self.dispatcher = Dispatcher(
            database=database,
            inbox=self.inbox,
            adapters={"recording": adapter},
            answer=answer,
            now=NOON.timestamp,
            drain_seconds=1.0,
        )

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        """Answer until nothing is owed, once the body is done."""
        async with asyncio.timeout(30), self.dispatcher.running():
            yield
            await self.settled()

    async def settled(self) -> None:
        while await self.inbox.owed():
            await self.changed.wait()
            self.changed.clear()


async def crashed(service: Service, *, times: int = 1, posted: bool = False, intended: bool = False) -> None:
    """Leave the question as processes do that were killed in the middle."""
    dead = Inbox(service.database, service.turns, owner="dead")
    await dead.put(QUESTION)
    for _ in range(times):
        (owed,) = await dead.claim(1, {"recording"})
        if posted or intended:
            await _journalled(service.database, dead, owed, posted=posted)
        await expired(service.database)


async def _journalled(database: Database, inbox: Inbox, owed: Owed, *, posted: bool) -> None:
    journal = SqlJournal(database, inbox, owed, lambda: None)
    await journal.before(0)
    if posted:
        await journal.after(M1)


async def expired(database: Database) -> None:
    await database.write(lambda connection: connection.execute(text("UPDATE inbox SET lease_until = 1")))


async def overtaken(database: Database) -> None:
    """Do at once what another process does that finds the lease ended."""
    claim = text(
        "UPDATE inbox SET owner = 'other', fence = fence + 1, attempts = attempts + 1, lease_until = lease_until + 600"
    )
    await database.write(lambda connection: connection.execute(claim))


async def leased_until(database: Database) -> float:
    until = text("SELECT lease_until FROM inbox WHERE id = 'q1'")
    return float(await database.read(lambda connection: connection.execute(until).scalar_one()))


async def state(database: Database) -> tuple[object, ...]:
    row = text("SELECT state, attempts FROM inbox WHERE id = 'q1'")
    return tuple(await database.read(lambda connection: connection.execute(row).one()))


@pytest.mark.parametrize(
    ("posted", "intended", "knew"),
    [(False, False, ((), False)), (True, False, ((M1,), False)), (False, True, ((), True))],
    ids=["nothing", "posted", "unsure"],
)
async def test_what_a_killed_process_left_is_taken_up_with_what_it_posted(
    database: Database, *, posted: bool, intended: bool, knew: tuple[Sequence[Posted], bool]
) -> None:
    service = Service(database, Showing())
    await crashed(service, posted=posted, intended=intended)
    async with service.running():
        pass
    assert service.adapter.knew == [knew]
    assert service.adapter.said() == "About Why?"
    assert await state(database) == ("finished", 2)


async def test_after_five_tries_there_is_an_apology_with_the_reference(database: Database) -> None:
    service = Service(database, Showing())
    await crashed(service, times=5, posted=True)
    async with service.running():
        pass
    assert reference("q1") in service.adapter.said()
    assert service.adapter.verdict() == "failed"
    assert [turn.verdict for turn in await service.turns.history(at(PLACE, "c1"))] == ["failed"]


async def test_a_question_whose_apology_fails_as_often_is_given_up_and_logged(database: Database) -> None:
    service = Service(database, Showing())
    await crashed(service, times=10)
    with capture_logs() as logs:
        async with service.running():
            pass
    assert service.adapter.replies == {}
    assert [line["log_level"] for line in logs if "given up" in line["event"]] == ["error"]


async def test_a_reply_that_fails_is_tried_again_with_what_is_known_by_then(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.dispatcher.pause", lambda _: 0.0)
    service = Service(database, Showing(ConnectionError(), ConnectionError()))
    async with service.running():
        await service.inbox.put(QUESTION)
    assert len(service.adapter.knew) == 3
    assert service.adapter.said() == "About Why?"
    assert await state(database) == ("finished", 3)


async def test_an_old_question_is_asked_about_first_and_answered_in_place_after_a_yes(database: Database) -> None:
    service = Service(database, Showing())
    old = replace(QUESTION, asked_at=NOON - timedelta(hours=3))
    async with service.running():
        await service.inbox.put(old)
        await service.settled()
        assert service.adapter.said() == (
            "You asked this 3 hours ago, and I could not answer then. Do you still want it?"
        )
        assert service.adapter.verdict() == "offered"
        assert await service.turns.history(at(PLACE, "c1")) == ()
        await service.inbox.want("q1")
    assert service.adapter.said() == "About Why?"
    first, second = service.adapter.knew
    assert first == ((), False)
    assert [posted.message.message for posted in second[0]] == ["q1"]


async def test_an_offer_that_was_posted_but_not_kept_is_made_again_and_nothing_answered_unasked(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.dispatcher.pause", lambda _: 0.0)

    class Killed(Inbox):
        times = 0

        async def offered(self, claim: Claim, /) -> None:
            self.times += 1
            if self.times == 1:
                raise ConnectionError
            await super().offered(claim)

    class Noting(Showing):
        async def reply(self, question: Question, parts: AsyncGenerator[Part], journal: Journal, /) -> None:
            await journal.before(0)
            await super().reply(question, parts, journal)

    service = Service(database, Noting(), Killed(database, Turns(database)))
    async with service.running():
        await service.inbox.put(replace(QUESTION, asked_at=NOON - timedelta(hours=3)))
        await service.settled()
        assert service.adapter.verdict() == "offered"
        assert await service.inbox.want("q1")
    assert service.adapter.verdict() == "answered"
    assert len(service.adapter.knew) == 3


async def test_whoever_was_overtaken_ends_at_once_and_posts_nothing_more(database: Database) -> None:
    adapter = Showing()
    adapter.hangs = asyncio.Event()
    service = Service(database, adapter, Inbox(database, Turns(database), lease_seconds=3.0))
    with capture_logs() as logs:
        async with asyncio.timeout(30), service.dispatcher.running():
            await service.inbox.put(QUESTION)
            await adapter.begun.wait()
            await overtaken(database)
            await adapter.ended.wait()
    assert any("taken this question over" in line["event"] for line in logs)
    assert adapter.replies == {}
    assert await state(database) == ("running", 2)


async def test_a_process_that_cannot_renew_takes_its_lease_for_lost_by_its_own_clock(database: Database) -> None:
    class Cut(Inbox):
        async def renew(self, claims: object, /) -> frozenset[Claim]:
            raise StoreAway("The server is away.")

    adapter = Showing()
    adapter.hangs = asyncio.Event()
    service = Service(database, adapter, Cut(database, Turns(database), lease_seconds=1.5))
    with capture_logs() as logs:
        async with asyncio.timeout(30), service.dispatcher.running():
            await service.inbox.put(QUESTION)
            await adapter.ended.wait()
    assert any("taken this question over" in line["event"] for line in logs)
    assert adapter.replies == {}


async def test_leases_are_renewed_as_long_as_an_answer_takes(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Leases of a minute, which are renewed as often as those of a fraction of a second."""
    monkeypatch.setattr(dispatcher, "_SAFE", 100.0)
    adapter = Showing()
    adapter.hangs = asyncio.Event()
    renewed = asyncio.Event()

    class Counting(Inbox):
        async def renew(self, claims: object, /) -> frozenset[Claim]:
            held = await super().renew(claims)  # type: ignore[arg-type]
            if held:
                ends.append(await leased_until(database))
            if len(ends) == 4:
                renewed.set()
            return held

    ends: list[float] = []
    inbox = Counting(database, Turns(database), lease_seconds=60.0)
    inbox.lease_seconds = 0.6
    service = Service(database, adapter, inbox)
    async with service.running():
        await service.inbox.put(QUESTION)
        await renewed.wait()
        adapter.hangs.set()
    assert sorted(set(ends)) == ends
    assert await state(database) == ("finished", 1)


async def test_a_turn_that_cannot_be_kept_leaves_the_answer_finished(database: Database) -> None:
    class Forgetful(Inbox):
        async def finish(self, claim: Claim, turn: NewTurn | None = None, /) -> None:
            if turn is not None:
                raise StoreError("PostgreSQL refused a statement.")
            await super().finish(claim)

    service = Service(database, Showing(), Forgetful(database, Turns(database)))
    with capture_logs() as logs:
        async with service.running():
            await service.inbox.put(QUESTION)
    assert service.adapter.verdict() == "answered"
    assert await state(database) == ("finished", 1)
    assert [line["why"] for line in logs if "the answer stands" in line["event"]] == ["PostgreSQL refused a statement."]


@pytest.mark.parametrize("passing", [StoreAway, StoreBusy])
async def test_a_turn_is_kept_once_the_database_is_back_unlocked_or_has_room(
    database: Database, monkeypatch: pytest.MonkeyPatch, passing: type[StoreError]
) -> None:
    monkeypatch.setattr("bot.dispatcher._AWAY", 0.01)

    class Passing(Inbox):
        left = 3

        async def finish(self, claim: Claim, turn: NewTurn | None = None, /) -> None:
            self.left -= 1
            if self.left > 0:
                raise passing("Not now.")
            await super().finish(claim, turn)

    service = Service(database, Showing(), Passing(database, Turns(database)))
    async with service.running():
        await service.inbox.put(QUESTION)
    assert [turn.verdict for turn in await service.turns.history(at(PLACE, "c1"))] == ["answered"]
    assert len(service.adapter.knew) == 1


async def test_a_database_that_is_away_is_waited_for_and_said_once(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.dispatcher._AWAY", 0.01)

    class Away(Inbox):
        left = 5

        async def claim(self, *told: object) -> Sequence[Owed]:
            self.left -= 1
            if self.left > 0:
                raise StoreAway("The server is away.")
            return await super().claim(*told)  # type: ignore[arg-type]

        async def finish(self, claim: Claim, turn: NewTurn | None = None, /) -> None:
            self.left += 2
            if self.left == 2:
                raise StoreAway("The server is away.")
            await super().finish(claim, turn)

    service = Service(database, Showing(), Away(database, Turns(database)))
    with capture_logs() as logs:
        async with service.running():
            await service.inbox.put(QUESTION)
    said = [line["event"] for line in logs if "claimed" in line["event"]]
    assert said[:2] == ["no questions can be claimed for now", "questions can be claimed again"]
    assert service.adapter.verdict() == "answered"


async def test_a_loop_that_breaks_ends_the_service_and_says_why(database: Database) -> None:
    class Broken(Inbox):
        async def claim(self, *told: object) -> Sequence[Owed]:
            raise LookupError("a mistake of ours")

    service = Service(database, Showing(), Broken(database, Turns(database)))
    with pytest.raises(ExceptionGroup) as caught:
        async with asyncio.timeout(30), service.dispatcher.running():
            await asyncio.Event().wait()
    assert caught.group_contains(LookupError)


async def test_a_lost_lease_that_an_adapter_hears_of_first_is_no_failure(database: Database) -> None:
    service = Service(database, Showing(LeaseLost()))
    with capture_logs() as logs:
        async with asyncio.timeout(30), service.dispatcher.running():
            await service.inbox.put(QUESTION)
            await service.adapter.begun.wait()
    assert not [line for line in logs if line["event"] == "the reply failed"]
    assert await state(database) == ("running", 1)
