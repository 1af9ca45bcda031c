"""Questions at paused places, in SQL: kept in their order, told so once an hour and channel, let go on resuming."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

from sqlalchemy import and_, func, null, or_, select, update

from bot.claiming import INBOX
from bot.paused import channel_name, names
from bot.pauses import HELD, PAUSE
from bot.payload import unpacked
from bot.tables import PauseNoticeRow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection, Table

    from bot.database import Database
    from bot.inbox import Claim, Inbox, Owed

AGAIN: Final = 3_600.0
"""Seconds after which a paused channel is told so in words once more; in between, a reply is but its ending."""
_BATCH: Final = 1_000
_NOTICE: Final = cast("Table", PauseNoticeRow.__table__)


class Holding:
    """Keeps what was asked at a paused place."""

    def __init__(self, database: Database, inbox: Inbox) -> None:
        """``inbox`` says which claims hold."""
        self._database = database
        self._inbox = inbox

    async def paused(self) -> frozenset[str]:
        """Give the names of all pauses. Raises StoreError."""
        return frozenset(await self._database.read(lambda connection: connection.scalars(select(PAUSE.c.name)).all()))

    async def mark(self, owed: Owed) -> bool:
        """Note that a question is about to be put off; give whether to say so in words. Raises LeaseLost, StoreError.

        The first in a channel since the pause began says it, and then the first after each hour; the same question
        does at each of its tries.
        """
        place, now = owed.question.place, self._database.now()
        since = select(func.max(PAUSE.c.since)).where(PAUSE.c.name.in_(names(place))).scalar_subquery()
        row = self._database.insert(_NOTICE).values(channel=channel_name(place), question_id=owed.question.id, at=now)
        mine = _NOTICE.c.question_id == owed.question.id
        first = row.on_conflict_do_update(
            index_elements=["channel"],
            set_={"question_id": row.excluded.question_id, "at": row.excluded.at},
            where=or_(mine, _NOTICE.c.at < since, _NOTICE.c.at < now - AGAIN),
        )

        def work(connection: Connection) -> bool:
            self._inbox.hold(connection, owed.claim)
            connection.execute(update(INBOX).where(INBOX.c.number == owed.claim[0]).values(held_at=now))
            return connection.execute(first).rowcount == 1

        return await self._database.write(work)

    async def hold(self, owed: Owed) -> None:
        """Keep the question until its place is resumed, or let it wait where that is so already.

        Raises LeaseLost, StoreError. The pause cannot end before this did, so whoever ends it finds the question. One
        that only this process can answer stays its own, as long as it lives.
        """
        place = owed.question.place
        pauses = select(PAUSE.c.name).where(PAUSE.c.name.in_(names(place))).limit(1).with_for_update(read=True)
        own = {} if place.platform in self._inbox.local else {"owner": null(), "lease_until": null()}
        put_off = update(INBOX).where(INBOX.c.number == owed.claim[0]).values(attempts=INBOX.c.attempts - 1, **own)

        def work(connection: Connection) -> None:
            self._inbox.hold(connection, owed.claim)
            still = connection.execute(pauses).first()
            connection.execute(put_off.values(state="paused" if still else "waiting"))

        await self._database.write(work)

    async def begin(self, claim: Claim) -> None:
        """Note that what is posted from now on is the answer. Raises LeaseLost, StoreError."""

        def work(connection: Connection) -> None:
            self._inbox.hold(connection, claim)
            connection.execute(update(INBOX).where(INBOX.c.number == claim[0]).values(held_at=null()))

        await self._database.write(work)

    async def release(self, paused: frozenset[str]) -> int:
        """Let every question wait for its turn whose place is not paused; give how many. Raises StoreError."""
        held = await self._database.read(lambda connection: connection.execute(HELD).all())
        free = [row.number for row in held if not names(unpacked(row.payload).place) & paused]
        if free:
            await self._database.write(lambda connection: _release(connection, free))
        return len(free)


def _release(connection: Connection, numbers: Sequence[int]) -> None:
    for start in range(0, len(numbers), _BATCH):
        among = and_(INBOX.c.state == "paused", INBOX.c.number.in_(numbers[start : start + _BATCH]))
        connection.execute(update(INBOX).where(among).values(state="waiting"))
