"""Questions that are owed an answer, in SQL: put, claim, renew, finish.

A claim gives a lease, an owner and a fence; every later write says by which claim it is made and changes nothing once
another process has made a newer one. One code for SQLite and PostgreSQL.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from sqlalchemy import and_, case, delete, exists, func, null, or_, select, text, true, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import aliased

from adapters.base import LeaseLost
from bot.errors import Stopping, StoreError
from bot.payload import packed, unpacked
from bot.tables import UNFINISHED, InboxRow

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from sqlalchemy import ColumnElement, Row, Select
    from sqlalchemy.ext.asyncio import AsyncConnection

    from adapters.base import AnswerId, Question
    from bot.answering.turns import NewTurn
    from bot.database import Database
    from bot.tables import Wish
    from bot.turns import Turns

LEASE_SECONDS: Final = 30.0
KEPT_SECONDS: Final = 24 * 3_600.0
"""How long a finished question is remembered, so that it is known when it is delivered again."""
_OFFERED_SECONDS: Final = 7 * 24 * 3_600.0

Claim: TypeAlias = tuple[int, int]
"""A question's number and the fence of the claim: whoever holds a lower fence was overtaken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """A claimed question, with its newest words. ``attempts`` counts this claim too.

    ``held``: what was posted so far only says that its place is paused.
    """

    claim: Claim
    question: Question
    answer: AnswerId
    attempts: int
    wanted: bool
    held: bool
    stop: Wish | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wished:
    """What people wish of a question that is being answered."""

    stop: Wish | None
    newer: str | None


class Inbox:
    """Gives each conversation's questions in their order, one at a time; conversations do not wait for each other."""

    def __init__(
        self,
        database: Database,
        turns: Turns,
        *,
        local: Collection[str] = (),
        lease_seconds: float = LEASE_SECONDS,
        owner: str | None = None,
    ) -> None:
        """``local`` are platforms whose questions only this process can answer, as long as it lives.

        ``owner`` names this process and nobody else.
        """
        self._database = database
        self._turns = turns
        self.local = frozenset(local)
        self.lease_seconds = lease_seconds
        self.owner = owner or secrets.token_hex(8)
        self._closed = False
        self._heard: list[Callable[[], None]] = []

    def on_change(self, hear: Callable[[], None], /) -> None:
        """Call this, in this process, after whatever may give something to do."""
        self._heard.append(hear)

    async def put(self, question: Question, /) -> bool:
        """Take a question in, and return once it is on the disk; False where it was taken in before.

        Raises Stopping once closed, and StoreError.
        """
        if self._closed:
            raise Stopping("Footnote is being stopped and takes no more questions. Ask again in a minute.")
        fresh = await self._database.wrote(lambda connection: self._put(connection, question))
        self._changed()
        return fresh

    async def _put(self, connection: AsyncConnection, question: Question) -> bool:
        now = self._database.now()
        local = question.place.platform in self.local
        row = self._database.insert(InboxRow).values(
            id=question.id,
            conversation=question.conversation,
            platform=question.place.platform,
            payload=packed(question),
            answer=secrets.token_hex(16),
            state="waiting",
            attempts=0,
            fence=0,
            owner=self.owner if local else None,
            lease_until=now + self.lease_seconds if local else None,
            wanted=False,
            put_at=now,
        )
        return (await connection.execute(row.on_conflict_do_nothing(index_elements=["id"]))).rowcount == 1

    async def claim(self, limit: int, platforms: Collection[str], /) -> Sequence[Owed]:
        """Claim the oldest question of conversations in which none is being answered, at most ``limit``, oldest first.

        A question whose lease ended is claimed again. Raises StoreError.
        """
        try:
            return await self._database.wrote(lambda connection: self._claim(connection, limit, platforms))
        except StoreError as error:
            if isinstance(error.__cause__, IntegrityError):  # another process was faster in one of the conversations
                return ()
            raise

    async def _claim(self, connection: AsyncConnection, limit: int, platforms: Collection[str]) -> Sequence[Owed]:
        now = self._database.now()
        due = _due(now, self.owner, platforms).limit(limit).cte("due")
        claimed = (
            update(InboxRow)
            .where(InboxRow.number.in_(select(due.c.number)))
            .values(
                state="running",
                owner=self.owner,
                fence=InboxRow.fence + 1,
                attempts=InboxRow.attempts + 1,
                lease_until=now + self.lease_seconds,
            )
            .returning(*InboxRow.__table__.columns)
        )
        rows = (await connection.execute(claimed)).all()
        return tuple(_owed(row) for row in sorted(rows, key=lambda row: row.number))

    async def renew(self, claims: Collection[Claim], /) -> frozenset[Claim]:
        """Keep these claims, and what waits for this process, for another lease; give those that are still held."""
        now = self._database.now()
        numbers = [number for number, _ in claims]
        waits = and_(InboxRow.state == "waiting", InboxRow.lease_until.is_not(None))
        runs = and_(InboxRow.state == "running", InboxRow.number.in_(numbers), InboxRow.lease_until > now)
        renewed = (
            update(InboxRow)
            .where(text(UNFINISHED), InboxRow.owner == self.owner, or_(waits, runs))
            .values(lease_until=now + self.lease_seconds)
            .returning(InboxRow.number, InboxRow.fence)
        )

        async def work(connection: AsyncConnection) -> frozenset[Claim]:
            return frozenset((number, fence) for number, fence in await connection.execute(renewed))

        return await self._database.wrote(work) & frozenset(claims)

    async def wishes(self, claims: Collection[Claim], /) -> Mapping[Claim, Wished]:
        """Give what is wished of these questions, by whatever process it was taken in."""
        wished = select(InboxRow.number, InboxRow.fence, InboxRow.stop, InboxRow.newer).where(
            InboxRow.number.in_([number for number, _ in claims]),
            or_(InboxRow.stop.is_not(None), InboxRow.newer.is_not(None)),
        )

        async def work(connection: AsyncConnection) -> Mapping[Claim, Wished]:
            rows = await connection.execute(wished)
            return {(row.number, row.fence): Wished(stop=row.stop, newer=row.newer) for row in rows}

        return await self._database.read(work)

    async def hold(self, connection: AsyncConnection, claim: Claim, /) -> None:
        """Keep the caller's transaction to this claim: nobody can claim anew before it ends. Raises LeaseLost."""
        held = select(true()).where(*self._held(claim)).with_for_update()
        if await connection.scalar(held) is None:
            raise LeaseLost

    async def finish(self, claim: Claim, turn: NewTurn | None = None, /) -> None:
        """Owe the question no longer, and keep its turn, in one transaction. Raises LeaseLost and StoreError."""

        async def work(connection: AsyncConnection) -> None:
            done = update(InboxRow).where(or_(and_(*self._held(claim)), self._finished(claim)))
            values = {"state": "finished", "finished_at": self._database.now(), "lease_until": null()}
            if not (await connection.execute(done.values(**values))).rowcount:
                raise LeaseLost
            if turn is not None:
                await self._turns.recorded_in(connection, turn)

        await self._database.wrote(work)
        self._changed()

    async def offered(self, claim: Claim, /) -> None:
        """Wait for its asker to say whether the question is still wanted. Raises LeaseLost."""
        await self._end(claim, state="offered", lease_until=null())

    async def fail(self, claim: Claim, seconds: float, /) -> None:
        """Let the question be tried again, by anyone, when so many seconds are over. Raises LeaseLost."""
        await self._end(claim, state="waiting", owner=null(), lease_until=self._database.now() + seconds)

    async def release(self, claim: Claim, /) -> None:
        """Leave the question to the next process, as though it had not been claimed. Raises LeaseLost."""
        await self._end(claim, state="waiting", owner=null(), lease_until=null(), attempts=InboxRow.attempts - 1)

    async def _end(self, claim: Claim, **values: Any) -> None:  # noqa: ANN401 - values and SQL expressions
        async def work(connection: AsyncConnection) -> bool:
            ended = update(InboxRow).where(*self._held(claim)).values(**values)
            return bool((await connection.execute(ended)).rowcount)

        if not await self._database.wrote(work):
            raise LeaseLost
        self._changed()

    async def stop(self, question: str, /, *, wish: Wish = "stopped") -> bool:
        """Ask for the end of an answer, begun or not; False where none is owed.

        A question that is gone before its answer was begun, or that was only offered or put off, is owed no more.
        """
        ended: ColumnElement[bool] = InboxRow.state.in_(("offered", "paused"))
        if wish == "deleted":
            ended = or_(ended, and_(InboxRow.state == "waiting", InboxRow.attempts == 0))
        return await self._wish(
            question,
            stop=wish,
            state=case((ended, "finished"), else_=InboxRow.state),
            finished_at=case((ended, self._database.now()), else_=null()),
        )

    async def edit(self, question: str, newer: str, /) -> bool:
        """Let a question say something else; whoever answers it heeds that until the first sentence is shown."""
        return await self._wish(question, newer=newer)

    async def want(self, question: str, /) -> bool:
        """Take in that an old question is still wanted; False where it was not offered."""
        return await self._wish(question, InboxRow.state == "offered", wanted=True, state="waiting", attempts=0)

    async def _wish(self, question: str, *where: ColumnElement[bool], **values: Any) -> bool:  # noqa: ANN401 - as above
        async def work(connection: AsyncConnection) -> bool:
            wished = update(InboxRow).where(InboxRow.id == question, text(UNFINISHED), *where).values(**values)
            return bool((await connection.execute(wished)).rowcount)

        found = await self._database.wrote(work)
        self._changed()
        return found

    async def sweep(self) -> int:
        """Forget what was finished more than a day ago, and what nobody wanted for a week; give how many."""
        now = self._database.now()
        old = or_(
            InboxRow.finished_at < now - KEPT_SECONDS,
            and_(InboxRow.state == "offered", InboxRow.put_at < now - _OFFERED_SECONDS),
        )

        async def work(connection: AsyncConnection) -> int:
            return int((await connection.execute(delete(InboxRow).where(old))).rowcount)

        return await self._database.wrote(work)

    async def owed(self) -> int:
        """Give how many questions wait or are being answered, by whomever."""
        waiting = select(func.count()).select_from(InboxRow).where(text(UNFINISHED), InboxRow.state != "offered")
        async with self._database.reading() as connection:
            return int(await connection.scalar(waiting) or 0)

    def close(self) -> None:
        """Take in nothing more."""
        self._closed = True

    def _held(self, claim: Claim) -> tuple[ColumnElement[bool], ...]:
        number, fence = claim
        return (
            InboxRow.number == number,
            InboxRow.state == "running",
            InboxRow.owner == self.owner,
            InboxRow.fence == fence,
            InboxRow.lease_until > self._database.now(),
        )

    def _finished(self, claim: Claim) -> ColumnElement[bool]:
        """Whether this very claim finished it already: a commit whose confirmation was lost."""
        number, fence = claim
        return and_(
            InboxRow.number == number,
            InboxRow.state == "finished",
            InboxRow.owner == self.owner,
            InboxRow.fence == fence,
        )

    def _changed(self) -> None:
        for hear in self._heard:
            hear()


def _due(now: ColumnElement[float], owner: str, platforms: Collection[str]) -> Select[int]:
    """Find what may be claimed: claims whose lease ended, and what waits with nothing before it."""
    other = aliased(InboxRow, name="other")
    before = exists().where(
        other.conversation == InboxRow.conversation,
        text("other.state <> 'finished'"),
        or_(other.state == "running", and_(other.state == "waiting", other.number < InboxRow.number)),
    )
    free = or_(InboxRow.lease_until.is_(None), InboxRow.lease_until < now, InboxRow.owner == owner)
    return (
        select(InboxRow.number)
        .where(
            text(f"inbox.{UNFINISHED}"),
            InboxRow.platform.in_(sorted(platforms)),
            or_(
                and_(InboxRow.state == "running", InboxRow.lease_until < now),
                and_(InboxRow.state == "waiting", free, ~before),
            ),
        )
        .order_by(InboxRow.number)
        .with_for_update(skip_locked=True, of=InboxRow)
    )


def _owed(row: Row[Any]) -> Owed:
    question = unpacked(row.payload)
    return Owed(
        claim=(row.number, row.fence),
        question=question if row.newer is None else replace(question, text=row.newer),
        answer=row.answer,
        attempts=row.attempts,
        wanted=row.wanted,
        held=row.held_at is not None,
        stop=row.stop,
    )
