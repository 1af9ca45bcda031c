from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from bot.errors import Stopping
from bot.inbox import REMEMBERED, Inbox, Owed
from tests.doubles.adapters import a_question

FIRST = a_question()


async def claimed(inbox: Inbox) -> Owed:
    async with asyncio.timeout(1):
        return await inbox.claim()


async def test_a_conversations_questions_are_claimed_in_order_one_at_a_time() -> None:
    inbox = Inbox()
    for name in ("q1", "q2"):
        assert inbox.put(replace(FIRST, id=name))
    inbox.put(replace(FIRST, id="q3", conversation="c2"))
    first, other = await claimed(inbox), await claimed(inbox)
    assert [first.question.id, other.question.id] == ["q1", "q3"]
    inbox.finish(first)
    assert (await claimed(inbox)).question.id == "q2"


async def test_a_question_is_taken_in_once_even_when_it_comes_again_later() -> None:
    inbox = Inbox()
    assert inbox.put(FIRST)
    assert not inbox.put(FIRST)
    inbox.finish(await claimed(inbox))
    assert not inbox.put(FIRST)
    await inbox.emptied()


async def test_what_is_remembered_is_bounded() -> None:
    inbox = Inbox()
    for number in range(REMEMBERED + 1):
        inbox.put(replace(FIRST, id=f"q{number}", conversation=f"c{number}"))
        inbox.finish(await inbox.claim())
    assert not inbox.put(replace(FIRST, id=f"q{REMEMBERED}"))
    assert inbox.put(replace(FIRST, id="q0"))


async def test_only_an_answer_that_is_owed_can_be_stopped() -> None:
    inbox = Inbox()
    inbox.put(FIRST)
    assert inbox.stop(FIRST.id)
    owed = await claimed(inbox)
    assert owed.stop.is_set()
    inbox.finish(owed)
    assert not inbox.stop(FIRST.id)


async def test_a_closed_inbox_takes_in_nothing_and_still_knows_duplicates() -> None:
    inbox = Inbox()
    inbox.put(FIRST)
    inbox.close()
    assert not inbox.put(FIRST)
    with pytest.raises(Stopping):
        inbox.put(replace(FIRST, id="q2"))
