from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select, update

from adapters.discord.events import Ticket
from adapters.discord.tickets import Sealed
from adapters.sealing import Cipher, Unreadable, derived
from bot.tickets import TICKET, Tickets

if TYPE_CHECKING:
    from bot.database import Database

TOKEN = "made.up.token"
UNTIL = datetime.fromtimestamp(int(time.time()) + 900, UTC)
ONE = Ticket(id="7", token="aW50ZXJhY3Rpb24", application="9", until=UNTIL, private=True)


async def row(database: Database) -> str:
    return str(await database.read(lambda connection: connection.execute(select(TICKET.c.sealed)).scalar_one()))


async def test_what_one_process_kept_another_of_the_same_bot_reads(database: Database) -> None:
    await Sealed(Tickets(database), TOKEN).keep("q1", ONE, "discord:1")
    assert await Sealed(Tickets(database), TOKEN).of("q1") == ONE
    assert await Sealed(Tickets(database), TOKEN).of("q2") is None


async def test_nobody_reads_it_in_the_database(database: Database) -> None:
    await Sealed(Tickets(database), TOKEN).keep("q1", ONE, "discord:1")
    assert ONE.token not in await row(database)


async def test_what_cannot_be_read_is_none(database: Database) -> None:
    sealed = Sealed(Tickets(database), TOKEN)
    await sealed.keep("q1", ONE, "discord:1")
    assert await Sealed(Tickets(database), "another.bots.token").of("q1") is None
    for broken in ("", "garbage", Cipher([derived(TOKEN, "another purpose")]).encrypted("{}")):
        changed = update(TICKET).values(sealed=broken)
        await database.write(lambda connection: connection.execute(changed).rowcount)  # noqa: B023 - it is run here
        assert await sealed.of("q1") is None


async def test_what_is_over_or_of_a_guild_that_left_is_none(database: Database) -> None:
    sealed = Sealed(Tickets(database), TOKEN)
    over = Ticket(id="7", token="t", application="9", until=datetime.now(UTC) - timedelta(seconds=1))
    await sealed.keep("q1", over, "discord:1")
    assert await sealed.of("q1") is None
    await sealed.keep("q2", ONE, "discord:1")
    await sealed.forget("discord:1")
    assert await sealed.of("q2") is None


def test_a_key_is_made_for_one_purpose_and_one_secret() -> None:
    assert derived(TOKEN, "a") == derived(TOKEN, "a")
    assert len({derived(TOKEN, "a"), derived(TOKEN, "b"), derived("other", "a")}) == 3
    with pytest.raises(Unreadable):
        Cipher([derived(TOKEN, "a")]).decrypted(Cipher([derived(TOKEN, "b")]).encrypted("x"))
