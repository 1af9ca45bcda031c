from __future__ import annotations

import time
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from bot.tickets import TICKET, Tickets

if TYPE_CHECKING:
    from bot.database import Database

GUILD = "discord:1"


async def rows(database: Database) -> int:
    many = select(func.count()).select_from(TICKET)
    return int(await database.read(lambda connection: connection.execute(many).scalar_one()))


async def test_a_ticket_is_there_for_whichever_process_answers(database: Database) -> None:
    await Tickets(database).keep("q1", "sealed", GUILD, time.time() + 60)
    assert await Tickets(database).of("q1") == "sealed"
    assert await Tickets(database).of("q2") is None


async def test_the_same_question_has_the_same_ticket(database: Database) -> None:
    tickets = Tickets(database)
    await tickets.keep("q1", "first", GUILD, time.time() + 60)
    await tickets.keep("q1", "second", GUILD, time.time() + 60)
    assert await tickets.of("q1") == "first"


async def test_one_that_is_over_is_none_and_goes_with_the_next(database: Database) -> None:
    tickets = Tickets(database)
    await tickets.keep("q1", "old", GUILD, time.time() - 1)
    assert await tickets.of("q1") is None
    await tickets.keep("q2", "new", GUILD, time.time() + 60)
    assert await rows(database) == 1
    await tickets.keep("q1", "anew", GUILD, time.time() + 60)
    assert await tickets.of("q1") == "anew"


async def test_a_sweep_erases_what_is_over(database: Database) -> None:
    tickets = Tickets(database)
    await tickets.keep("q2", "new", GUILD, time.time() + 60)
    await tickets.keep("q1", "old", GUILD, time.time() - 1)
    await tickets.sweep()
    assert await rows(database) == 1


async def test_those_of_a_workspace_that_left_are_erased(database: Database) -> None:
    tickets = Tickets(database)
    await tickets.keep("q1", "a", GUILD, time.time() + 60)
    await tickets.keep("q2", "b", "discord:10", time.time() + 60)
    await tickets.forget(GUILD)
    assert await tickets.of("q1") is None
    assert await tickets.of("q2") == "b"
