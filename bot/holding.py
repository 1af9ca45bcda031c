"""Questions at paused places, in SQL: kept in their order, told so once an hour and channel, let go on resuming."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import and_, case, func, null, or_, select, text, update

from bot.paused import channel_name, names
from bot.payload import unpacked
from bot.tables import UNFINISHED, InboxRow, PauseNoticeRow, PauseRow

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

    from bot.database import Database
    from bot.inbox import Claim, Inbox, Owed

AGAIN: Final = 3_600.0
"""Seconds after which a paused channel is told so in words once more; in between, a reply is but its ending."""
_BATCH: Final = 1_000


class Holding:
    """Keeps what was asked at a paused place."""

    def __init__(self, database: Database, inbox: Inbox) -> None:
        """``inbox`` says which claims hold."""
        self._database = database
        self._inbox = inbox

    async def paused(self) -> frozenset[str]:
        """Give the names of all pauses. Raises StoreError."""

        async def work(connection: AsyncConnection) -> frozenset[str]:
            return frozenset(await connection.scalars(select(PauseRow.name)))

        return await self._database.read(work)

    async def mark(self, owed: Owed) -> bool:
        """Note that a question is about to be put off; give whether to say so in words. Raises LeaseLost, StoreError.

        The first in a channel since the pause began says it, and then the first after each hour; the same question
        does at each of its tries.
        """
        place, now = owed.question.place, self._database.now()
        since = select(func.max(PauseRow.since)).where(PauseRow.name.in_(names(place))).scalar_subquery()
        row = self._database.insert(PauseNoticeRow).values(
            channel=channel_name(place), question_id=owed.question.id, at=now
        )
        old = or_(PauseNoticeRow.at < since, PauseNoticeRow.at < now - AGAIN)
        first = row.on_conflict_do_update(
            index_elements=["channel"],
            set_={"question_id": row.excluded.question_id, "at": row.excluded.at},
            where=or_(PauseNoticeRow.question_id == owed.question.id, old),
        )

        async def work(connection: AsyncConnection) -> bool:
            await self._inbox.hold(connection, owed.claim)
            await connection.execute(update(InboxRow).where(InboxRow.number == owed.claim[0]).values(held_at=now))
            return (await connection.execute(first)).rowcount == 1

        return await self._database.wrote(work)

    async def hold(self, owed: Owed) -> None:
        """Keep the question until its place is resumed, or let it wait where that is so already.

        Raises LeaseLost, StoreError. The pause cannot end before this did, so whoever ends it finds the question.
        """
        place = owed.question.place
        pauses = select(PauseRow.name).where(PauseRow.name.in_(names(place))).limit(1).with_for_update(read=True)
        kept = {} if place.platform in self._inbox.local else {"owner": null()}

        async def work(connection: AsyncConnection) -> None:
            await self._inbox.hold(connection, owed.claim)
            still = await connection.scalar(pauses)
            held = update(InboxRow).where(InboxRow.number == owed.claim[0])
            await connection.execute(
                held.values(
                    state="paused" if still else "waiting",
                    lease_until=null(),
                    attempts=InboxRow.attempts - 1,
                    **kept,
                )
            )

        await self._database.wrote(work)

    async def begin(self, claim: Claim) -> None:
        """Note that what is posted from now on is the answer. Raises LeaseLost, StoreError."""

        async def work(connection: AsyncConnection) -> None:
            await self._inbox.hold(connection, claim)
            await connection.execute(update(InboxRow).where(InboxRow.number == claim[0]).values(held_at=null()))

        await self._database.wrote(work)

    async def release(self, paused: Collection[str]) -> int:
        """Let every question wait for its turn whose place is not among the paused; give how many. Raises StoreError.

        One that only its own process can answer waits for that first, as long as it lives.
        """
        free = await self._database.read(lambda connection: _free(connection, frozenset(paused)))

        async def work(connection: AsyncConnection) -> None:
            lease = self._database.now() + self._inbox.lease_seconds
            owned = case((InboxRow.owner.is_not(None), lease), else_=null())
            for start in range(0, len(free), _BATCH):
                of = and_(InboxRow.state == "paused", InboxRow.number.in_(free[start : start + _BATCH]))
                await connection.execute(update(InboxRow).where(of).values(state="waiting", lease_until=owned))

        if free:
            await self._database.wrote(work)
        return len(free)


async def _free(connection: AsyncConnection, paused: frozenset[str]) -> Sequence[int]:
    held = select(InboxRow.number, InboxRow.payload).where(text(UNFINISHED), InboxRow.state == "paused")
    rows = await connection.execute(held.order_by(InboxRow.number))
    return [row.number for row in rows if not names(unpacked(row.payload).place) & paused]
