from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from adapters.base import LeaseLost, Person
from bot.answering.turns import NewTurn
from bot.errors import Stopping, StoreError
from bot.inbox import Inbox, Wished, principal
from bot.turns import Turns
from tests.doubles.adapters import a_question
from tests.doubles.answering import earlier

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy import Connection

    from adapters.base import Question
    from bot.database import Database
    from bot.inbox import Change, Owed

ALL = {"terminal"}


def ask(name: str, conversation: str = "c1") -> Question:
    return replace(a_question(), id=name, conversation=conversation)


@pytest.fixture
def inbox(database: Database) -> Inbox:
    return Inbox(database, Turns(database), owner="one")


@pytest.fixture
def other(database: Database) -> Inbox:
    return Inbox(database, Turns(database), owner="other")


async def put(inbox: Inbox, *names: str, conversation: str = "c1") -> None:
    for name in names:
        assert await inbox.put(ask(name, conversation))


async def claim(inbox: Inbox) -> Owed:
    (owed,) = await inbox.claim(1, ALL)
    return owed


def names(owed: Sequence[Owed]) -> list[str]:
    return [one.question.id for one in owed]


async def later(database: Database, seconds: float = 100.0) -> None:
    """Let so much time pass, for what the database knows of it."""

    def pass_by(connection: Connection) -> None:
        for column in ("lease_until", "finished_at", "put_at"):
            connection.execute(text(f"UPDATE inbox SET {column} = {column} - :past"), {"past": seconds})  # noqa: S608

    await database.write(pass_by)


async def test_a_conversations_questions_are_claimed_in_order_one_at_a_time(inbox: Inbox) -> None:
    await put(inbox, "q1", "q2")
    await put(inbox, "q3", conversation="c2")
    first = await inbox.claim(5, ALL)
    assert names(first) == ["q1", "q3"]
    assert names(await inbox.claim(5, ALL)) == []
    await inbox.finish(first[0].claim)
    assert names(await inbox.claim(5, ALL)) == ["q2"]


async def test_what_is_claimed_is_what_was_put(inbox: Inbox) -> None:
    await put(inbox, "q1")
    owed = await claim(inbox)
    assert owed.question == ask("q1")
    assert (owed.attempts, owed.wanted, owed.stop) == (1, False, None)


async def test_no_more_are_claimed_than_wanted_and_the_oldest_first(inbox: Inbox) -> None:
    for number in range(4):
        await put(inbox, f"q{number}", conversation=f"c{number}")
    assert names(await inbox.claim(3, ALL)) == ["q0", "q1", "q2"]


async def test_only_the_platforms_that_are_served_are_claimed(inbox: Inbox) -> None:
    await put(inbox, "q1")
    assert names(await inbox.claim(1, {"slack"})) == []


async def test_a_question_is_taken_in_once_even_when_it_comes_again_after_its_end(inbox: Inbox) -> None:
    await put(inbox, "q1")
    assert not await inbox.put(ask("q1"))
    await inbox.finish((await claim(inbox)).claim)
    assert not await inbox.put(ask("q1"))
    assert await inbox.owed() == 0


async def test_two_processes_never_claim_the_same(inbox: Inbox, other: Inbox) -> None:
    await put(inbox, "q1", "q2")
    assert names(await other.claim(1, ALL)) == ["q1"]
    assert names(await inbox.claim(1, ALL)) == []


async def test_the_database_itself_lets_one_question_of_a_conversation_run(inbox: Inbox, database: Database) -> None:
    await put(inbox, "q1", "q2")
    with pytest.raises(StoreError):
        await database.write(_collide)


async def test_whoever_was_overtaken_in_one_conversation_claims_at_once_in_the_others(
    inbox: Inbox, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await put(inbox, "q1", "q2")
    write, tries = database.write, iter([True, True, False])

    async def overtaken(work: Callable[[Connection], object]) -> object:
        return await write(_collide if next(tries) else work)

    monkeypatch.setattr(database, "write", overtaken)
    assert names(await inbox.claim(1, ALL)) == ["q1"]


def _collide(connection: Connection) -> object:
    return connection.execute(text("UPDATE inbox SET state = 'running'"))


async def test_a_lease_that_ended_is_claimed_by_another_process(inbox: Inbox, other: Inbox, database: Database) -> None:
    await put(inbox, "q1")
    before = await claim(inbox)
    assert names(await other.claim(1, ALL)) == []
    await later(database)
    owed = await claim(other)
    assert owed.question.id == "q1"
    assert owed.attempts == 2
    assert owed.claim > before.claim
    assert owed.answer == before.answer


async def test_whoever_lost_a_lease_can_write_nothing_more(inbox: Inbox, other: Inbox, database: Database) -> None:
    await put(inbox, "q1")
    lost = (await claim(inbox)).claim
    await later(database)
    held = (await claim(other)).claim
    turn = NewTurn(answer="a1", question=ask("q1"), text="So.", verdict="answered")
    for write in (inbox.finish(lost, turn), inbox.offered(lost), inbox.fail(lost, 1.0), inbox.release(lost)):
        with pytest.raises(LeaseLost):
            await write
    with pytest.raises(LeaseLost):
        await database.write(lambda connection: inbox.hold(connection, lost))
    assert await inbox.renew([lost]) == frozenset()
    assert await Turns(database).history(earlier()) == ()
    await other.finish(held)


async def test_a_lease_that_ended_holds_no_more_though_nobody_took_it(inbox: Inbox, database: Database) -> None:
    await put(inbox, "q1")
    owed = await claim(inbox)
    await later(database)
    with pytest.raises(LeaseLost):
        await inbox.finish(owed.claim)


async def test_the_same_process_claiming_again_overtakes_itself(inbox: Inbox, database: Database) -> None:
    await put(inbox, "q1")
    before = await claim(inbox)
    await later(database)
    again = await claim(inbox)
    with pytest.raises(LeaseLost):
        await inbox.finish(before.claim)
    await inbox.finish(again.claim)


async def test_a_renewed_lease_goes_on(inbox: Inbox, other: Inbox, database: Database) -> None:
    await put(inbox, "q1")
    owed = await claim(inbox)
    await later(database, 20.0)
    assert await inbox.renew([owed.claim]) == {owed.claim}
    await later(database, 20.0)
    assert names(await other.claim(1, ALL)) == []
    await inbox.finish(owed.claim)


async def test_a_claim_that_this_process_does_not_know_of_is_not_renewed(
    inbox: Inbox, other: Inbox, database: Database
) -> None:
    await put(inbox, "q1")
    await claim(inbox)
    await inbox.renew([])
    await later(database)
    assert names(await other.claim(1, ALL)) == ["q1"]


async def test_finishing_keeps_the_turn_and_may_be_said_again(inbox: Inbox, database: Database) -> None:
    await put(inbox, "q1")
    owed = await claim(inbox)
    turn = NewTurn(answer=owed.answer, question=owed.question, text="So.", verdict="answered")
    await inbox.finish(owed.claim, turn)
    await inbox.finish(owed.claim, turn)
    assert [kept.text for kept in await Turns(database).history(earlier())] == ["So."]


async def test_what_failed_waits_its_time_and_keeps_its_conversations_order(
    inbox: Inbox, other: Inbox, database: Database
) -> None:
    await put(inbox, "q1", "q2")
    await inbox.fail((await claim(inbox)).claim, 60.0)
    assert names(await other.claim(5, ALL)) == []
    await later(database)
    owed = await claim(other)
    assert (owed.question.id, owed.attempts) == ("q1", 2)


async def test_what_is_released_is_claimed_at_once_and_the_try_does_not_count(inbox: Inbox, other: Inbox) -> None:
    await put(inbox, "q1")
    await inbox.release((await claim(inbox)).claim)
    owed = await claim(other)
    assert owed.attempts == 1


async def test_only_an_answer_that_is_owed_can_be_stopped(inbox: Inbox, other: Inbox) -> None:
    await put(inbox, "q1")
    assert await other.stop("q1")
    owed = await claim(inbox)
    assert owed.stop == "stopped"
    await inbox.finish(owed.claim)
    assert not await other.stop("q1")


async def test_wishes_reach_the_process_that_answers(inbox: Inbox, other: Inbox) -> None:
    await put(inbox, "q1")
    await put(inbox, "q2", conversation="c2")
    first, second = await inbox.claim(2, ALL)
    assert await inbox.wishes([first.claim, second.claim]) == {}
    await other.stop("q1")
    await other.edit("q2", "something else")
    assert await inbox.wishes([first.claim, second.claim]) == {
        first.claim: Wished(stop="stopped", newer=None),
        second.claim: Wished(stop=None, newer="something else"),
    }


async def test_a_question_that_was_edited_while_it_waited_says_the_new_thing(inbox: Inbox) -> None:
    await put(inbox, "q1")
    await inbox.edit("q1", "something else")
    assert (await claim(inbox)).question.text == "something else"


async def test_a_question_can_be_read_again_in_its_newest_words_also_after_its_answer(inbox: Inbox) -> None:
    await put(inbox, "q1")
    assert await inbox.asked("q2") is None
    await inbox.edit("q1", "something else")
    await inbox.finish((await claim(inbox)).claim)
    asked = await inbox.asked("q1")
    assert asked is not None
    assert (asked.id, asked.text) == ("q1", "something else")


async def test_a_question_that_is_gone_before_its_answer_was_begun_is_owed_no_more(inbox: Inbox) -> None:
    await put(inbox, "q1", "q2")
    assert await inbox.delete("q1")
    assert names(await inbox.claim(5, ALL)) == ["q2"]


async def test_a_question_that_is_gone_after_its_answer_was_begun_is_owed_its_end(inbox: Inbox, other: Inbox) -> None:
    await put(inbox, "q1")
    await inbox.release((await claim(inbox)).claim)
    assert await inbox.delete("q1")
    assert (await claim(other)).stop == "deleted"


async def test_a_question_that_is_gone_meanwhile_is_stopped(inbox: Inbox, other: Inbox) -> None:
    await put(inbox, "q1")
    owed = await claim(inbox)
    await other.delete("q1")
    assert await inbox.wishes([owed.claim]) == {owed.claim: Wished(stop="deleted", newer=None)}
    await inbox.finish(owed.claim)


async def test_an_offered_question_holds_nobody_up_and_is_answered_once_it_is_wanted(inbox: Inbox) -> None:
    await put(inbox, "q1", "q2")
    await inbox.offered((await claim(inbox)).claim)
    second = await claim(inbox)
    assert second.question.id == "q2"
    assert await inbox.want("q1")
    assert not await inbox.want("q1")
    assert names(await inbox.claim(5, ALL)) == []
    await inbox.finish(second.claim)
    owed = await claim(inbox)
    assert (owed.question.id, owed.wanted, owed.attempts) == ("q1", True, 1)


async def test_an_offered_question_may_be_declined(inbox: Inbox) -> None:
    await put(inbox, "q1")
    await inbox.offered((await claim(inbox)).claim)
    assert await inbox.stop("q1")
    assert not await inbox.want("q1")


async def test_what_only_one_process_can_answer_is_its_own_as_long_as_it_lives(
    other: Inbox, database: Database
) -> None:
    here = Inbox(database, Turns(database), local=ALL, owner="here")
    await put(here, "q1")
    assert names(await other.claim(1, ALL)) == []
    await later(database, 20.0)
    await here.renew([])
    await later(database, 20.0)
    assert names(await other.claim(1, ALL)) == []
    await later(database)
    assert names(await other.claim(1, ALL)) == ["q1"]


async def test_what_only_one_process_can_answer_stays_its_own_when_it_failed_and_waits_its_time(
    other: Inbox, database: Database
) -> None:
    here = Inbox(database, Turns(database), local=ALL, owner="here")
    await put(here, "q1")
    await here.fail((await claim(here)).claim, 60.0)
    await here.renew([])
    assert names(await here.claim(1, ALL)) == []
    await later(database, 61.0)
    assert names(await other.claim(1, ALL)) == []
    await here.renew([])
    await later(database, 20.0)
    assert names(await other.claim(1, ALL)) == []
    owed = await claim(here)
    assert owed.attempts == 2
    await here.fail(owed.claim, 60.0)
    await later(database)
    assert names(await other.claim(1, ALL)) == ["q1"]


async def test_a_process_claims_what_is_its_own(database: Database) -> None:
    here = Inbox(database, Turns(database), local=ALL)
    await put(here, "q1")
    assert names(await here.claim(1, ALL)) == ["q1"]


async def test_a_finished_question_is_remembered_for_a_day(inbox: Inbox, database: Database) -> None:
    await put(inbox, "q1", "q2")
    await inbox.finish((await claim(inbox)).claim)
    await later(database, 23 * 3_600)
    assert await inbox.sweep() == 0
    assert not await inbox.put(ask("q1"))
    await later(database, 2 * 3_600)
    assert await inbox.sweep() == 1
    assert await inbox.owed() == 1


async def test_two_events_of_one_question_at_once_take_it_in_once_and_write_once(
    inbox: Inbox, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    writes: list[object] = []
    write = database.write

    async def counted(work: Callable[[Connection], object], /) -> object:
        writes.append(work)
        return await write(work)

    monkeypatch.setattr(database, "write", counted)
    async with asyncio.TaskGroup() as group:
        events = [group.create_task(inbox.put(ask("q1"))) for _ in range(3)]
    assert sorted(event.result() for event in events) == [False, False, True]
    assert not await inbox.put(ask("q1"))
    assert len(writes) == 1


async def test_the_second_event_takes_a_question_in_where_the_first_could_not(
    inbox: Inbox, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    write, errors = database.write, [StoreError("It is full.")]

    async def failing(work: Callable[[Connection], object], /) -> object:
        if errors:
            raise errors.pop()
        return await write(work)

    monkeypatch.setattr(database, "write", failing)
    async with asyncio.TaskGroup() as group:
        first, second = (group.create_task(_tried(inbox)) for _ in range(2))
    assert (first.result(), second.result()) == (None, True)


async def _tried(inbox: Inbox) -> bool | None:
    try:
        return await inbox.put(ask("q1"))
    except StoreError:
        return None


async def test_a_closed_inbox_takes_in_nothing(inbox: Inbox) -> None:
    inbox.close()
    with pytest.raises(Stopping, match="Ask again"):
        await inbox.put(ask("q1"))
    assert await inbox.owed() == 0


async def test_whoever_listens_here_is_told_of_what_gives_something_to_do(inbox: Inbox) -> None:
    heard: list[Change] = []
    inbox.on_change(heard.append)
    await put(inbox, "q1", "q2")
    await inbox.finish((await claim(inbox)).claim)
    await inbox.stop("q2")
    assert heard == ["claimable", "claimable", "claimable", "wished"]


async def test_the_end_of_a_conversations_only_question_gives_nothing_to_do_where_writes_follow_each_other(
    inbox: Inbox, database: Database
) -> None:
    heard: list[Change] = []
    await put(inbox, "q1")
    await put(inbox, "q2", conversation="c2")
    inbox.on_change(heard.append)
    await inbox.finish((await claim(inbox)).claim)
    assert heard == ["done" if database.serial else "claimable"]


async def test_words_that_no_database_stores_are_stored_all_the_same(inbox: Inbox, database: Database) -> None:
    odd = replace(ask("q1"), text="nul \0, half a pair \ud800, and 漢字")
    await inbox.put(odd)
    owed = await claim(inbox)
    assert owed.question == odd
    await inbox.finish(owed.claim, NewTurn(answer="a1", question=odd, text=odd.text, verdict="answered"))
    (turn,) = await Turns(database).history(earlier())
    assert turn.text == "nul \ufffd, half a pair ?, and 漢字"


async def test_whoever_has_an_odd_name_may_stop_what_they_asked_all_the_same(inbox: Inbox) -> None:
    odd = replace(ask("q1"), asker=Person(id="nul \0, half a pair \ud800", name="Odd"), text="nul \0")
    await inbox.put(odd)
    assert not await inbox.stop("q1", by=principal("terminal:local", replace(odd.asker, id="odd")))
    assert await inbox.stop("q1", by=principal("terminal:local", odd.asker))
