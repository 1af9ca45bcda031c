"""Questions that are owed an answer, in SQL: put, claim, renew, finish.

A claim gives a lease, an owner and a fence; every later write says by which claim it is made and changes nothing once
another process has made a newer one. One code for SQLite and PostgreSQL; ``bot.claiming`` has its statements.
"""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

from sqlalchemy.exc import IntegrityError

from adapters.base import LeaseLost
from adapters.clock import Running
from adapters.remembering import Remembered
from bot.claiming import Statements
from bot.errors import Stopping, StoreError
from bot.payload import packed, unpacked

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Executable, Row

    from adapters.base import Person, Principal, Question
    from adapters.parts import AnswerId
    from bot.answering.turns import NewTurn
    from bot.database import Database
    from bot.tables import Wish
    from bot.turns import Turns

LEASE_SECONDS: Final = 30.0
_LOOKS: Final = 10
"""Looks for something to claim, at most, while other processes are faster each time."""
_NEWEST: Final = 1_000
_LATELY: Final = 60.0
"""Seconds for which it is known without asking that a question was taken in: a mention in Slack is two events."""

Claim: TypeAlias = tuple[int, int]
"""A question's number and the fence of the claim: whoever holds a lower fence was overtaken."""
Change: TypeAlias = Literal["claimable", "wished", "done"]
"""What may be there now: something to claim, a wish of somebody, which may be both, or nothing to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """A claimed question, with its newest words. ``attempts`` counts this claim too.

    ``held``: what was posted so far only says that its place is paused, or asks whether it is still wanted.
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

    def __init__(  # noqa: PLR0913 - each is a fact about this process
        self,
        database: Database,
        turns: Turns,
        *,
        local: Collection[str] = (),
        lease_seconds: float = LEASE_SECONDS,
        owner: str | None = None,
        fenced: bool = True,
    ) -> None:
        """``local`` are platforms whose questions only this process can answer, as long as it lives.

        ``owner`` names this process and nobody else. ``fenced`` is for the test that sees what the fence is for.
        """
        self._database = database
        self._turns = turns
        self.local = frozenset(local)
        self.lease_seconds = lease_seconds
        self._sql = Statements(
            owner=owner or secrets.token_hex(8),
            lease_seconds=lease_seconds,
            local=self.local,
            now=database.now,
            insert=database.insert,
            fenced=fenced,
        )
        self._closed = False
        self._heard: list[Callable[[Change], None]] = []
        self._lately: Remembered[str, None] = Remembered(Running(), seconds=_LATELY, most=_NEWEST)

    def on_change(self, hear: Callable[[Change], None], /) -> None:
        """Call this, in this process, after whatever changed."""
        self._heard.append(hear)

    async def put(self, question: Question, /) -> bool:
        """Take a question in, and return once it is on the disk; False where it was taken in before.

        Raises Stopping once closed, and StoreError.
        """
        if self._closed:
            raise Stopping("Footnote is being stopped and takes no more questions. Ask again in a minute.")
        fresh = False

        async def once() -> None:
            nonlocal fresh
            row = {
                "id": question.id,
                "conversation": question.conversation,
                "platform": question.place.platform,
                "payload": packed(question),
                "asker": principal(question.place.workspace, question.asker),
                "answer": secrets.token_hex(16),
                "local": question.place.platform in self.local,
            }
            fresh = await self._write(lambda connection: self._put(connection, row))

        await self._lately.get(question.id, once)
        if fresh:
            self._changed("claimable")
        return fresh

    def _put(self, connection: Connection, row: Mapping[str, Any]) -> bool:
        return connection.execute(self._sql.put, row).rowcount == 1

    async def claim(self, limit: int, platforms: Collection[str], /) -> Sequence[Owed]:
        """Claim the oldest question of conversations in which none is being answered, at most ``limit``, oldest first.

        A question whose lease ended is claimed again. Where another process was faster in one of the conversations, it
        looks again at once: the others are free. Raises StoreError.
        """
        told = {"limit": limit, "platforms": list(platforms)}
        for _ in range(_LOOKS - 1):
            try:
                return await self._claimed(told)
            except StoreError as error:
                if not isinstance(error.__cause__, IntegrityError):
                    raise
        return await self._claimed(told)

    async def _claimed(self, told: Mapping[str, Any]) -> Sequence[Owed]:
        rows = await self._database.write(lambda connection: connection.execute(self._sql.claim, told).all())
        return tuple(_owed(row) for row in sorted(rows, key=lambda row: row.number))

    async def renew(self, claims: Collection[Claim], /) -> frozenset[Claim]:
        """Keep these claims, and what waits for this process, for another lease; give those that are still held."""
        told = {"numbers": [number for number, _ in claims]}
        rows = await self._database.write(lambda connection: connection.execute(self._sql.renew, told).all())
        return frozenset((number, fence) for number, fence in rows) & frozenset(claims)

    async def wishes(self, claims: Collection[Claim], /) -> Mapping[Claim, Wished]:
        """Give what is wished of these questions, by whatever process it was taken in."""
        told = {"numbers": [number for number, _ in claims]}
        rows = await self._database.read(lambda connection: connection.execute(self._sql.wishes, told).all())
        return {(row.number, row.fence): Wished(stop=row.stop, newer=row.newer) for row in rows}

    def hold(self, connection: Connection, claim: Claim, /) -> None:
        """Keep the caller's transaction to this claim: nobody can claim anew before it ends. Raises LeaseLost."""
        if connection.execute(self._sql.hold, _claimed(claim)).first() is None:
            raise LeaseLost

    async def finish(self, claim: Claim, turn: NewTurn | None = None, /) -> None:
        """Owe the question no longer, and keep its turn, in one transaction. Raises LeaseLost and StoreError."""

        def work(connection: Connection) -> bool:
            if not connection.execute(self._sql.finish, _claimed(claim)).rowcount:
                raise LeaseLost
            if turn is not None:
                self._turns.recorded_in(connection, turn)
            if not self._database.serial:
                return True  # what is put meanwhile cannot be seen
            return connection.execute(self._sql.next, {"claimed": claim[0]}).first() is not None

        self._changed("claimable" if await self._write(work) else "done")

    async def offering(self, claim: Claim, /) -> None:
        """Note that its asker is about to be asked whether the question is still wanted. Raises LeaseLost."""
        await self._end(self._sql.offering, claim)

    async def offered(self, claim: Claim, /) -> None:
        """Wait for its asker to say whether the question is still wanted. Raises LeaseLost."""
        await self._end(self._sql.offer, claim)

    async def fail(self, claim: Claim, seconds: float, /) -> None:
        """Let the question be tried again when so many seconds are over, by whoever can. Raises LeaseLost."""
        await self._end(self._sql.fail, claim, seconds=seconds)

    async def release(self, claim: Claim, /) -> None:
        """Leave the question to the next process, as though it had not been claimed. Raises LeaseLost."""
        await self._end(self._sql.release, claim)

    async def stop(self, question: str, /, *, by: Principal | None = None) -> bool:
        """Ask for the end of an answer, begun or not; False where none is owed to ``by``.

        One that was only offered or put off is owed no more. Without ``by`` it may be anybody's.
        """
        return await self._wish(self._sql.stop, question=question, by=by)

    async def halt(self, conversation: str, /, *, by: Principal) -> bool:
        """Ask for the end of every answer that is owed to ``by`` in a conversation; False where none is."""
        return await self._wish(self._sql.halt, talk=conversation, by=by)

    async def delete(self, question: str, /) -> bool:
        """Ask for the end of an answer whose question is gone; False where none is owed.

        Before its answer was begun, or where it was only offered or put off, it is owed no more.
        """
        return await self._wish(self._sql.delete, question=question)

    async def edit(self, question: str, newer: str, /) -> bool:
        """Let a question say something else; whoever answers it heeds that until the first sentence is shown."""
        return await self._wish(self._sql.edit, question=question, words=newer)

    async def want(self, question: str, /, *, by: Principal | None = None) -> bool:
        """Take in that an old question is still wanted; False where it was not offered to ``by``, if that is given."""
        return await self._wish(self._sql.want, question=question, by=by)

    async def asked(self, question: str, /) -> Question | None:
        """Give a question, with its newest words, as long as it is remembered: until a day after its answer."""
        row = await self._database.read(
            lambda connection: connection.execute(self._sql.asked, {"id": question}).first()
        )
        return None if row is None else _newest(row)

    async def behind(self, answer: str, /) -> Question | None:
        """Give what an answer is to, with its newest words, as long as it is remembered."""
        row = await self._database.read(
            lambda connection: connection.execute(self._sql.behind, {"answer": answer}).first()
        )
        return None if row is None else _newest(row)

    async def owed_since(self, platform: str, workspace: Principal, since: datetime, /) -> Sequence[Question]:
        """Give what was asked in a workspace since then and is owed an answer: the newest 1,000 at most."""
        told = {"platform": platform, "workspace": workspace, "limit": _NEWEST}
        rows = await self._database.read(lambda connection: connection.execute(self._sql.owed_since, told).all())
        owed = (unpacked(row.payload) for row in rows)
        return tuple(question for question in owed if question.asked_at >= since)

    async def owed_in(self, platform: str, workspace: Principal, conversation: str, /) -> Sequence[datetime]:
        """Give when that was asked to which an answer is owed in a conversation of a workspace."""
        told = {"platform": platform, "workspace": workspace, "talk": conversation}
        rows = await self._database.read(lambda connection: connection.execute(self._sql.owed_in, told).all())
        return tuple(unpacked(row.payload).asked_at for row in rows)

    async def sweep(self) -> int:
        """Forget what was finished more than a day ago, and what nobody wanted for a week; give how many."""
        return await self._database.write(lambda connection: connection.execute(self._sql.sweep).rowcount)

    async def owed(self) -> int:
        """Give how many questions wait or are being answered, by whomever."""
        return await self._database.read(lambda connection: connection.execute(self._sql.owed).scalar_one())

    def close(self) -> None:
        """Take in nothing more."""
        self._closed = True

    async def _end(self, statement: Executable, claim: Claim, **told: float) -> None:
        if not await self._written(statement, _claimed(claim) | told):
            raise LeaseLost
        self._changed("claimable")

    async def _wish(self, statement: Executable, **told: str | None) -> bool:
        found = await self._written(statement, told)
        self._changed("wished")
        return found

    async def _written(self, statement: Executable, told: Mapping[str, Any]) -> bool:
        return await self._write(lambda connection: bool(connection.execute(statement, told).rowcount))

    async def _write(self, work: Callable[[Connection], bool]) -> bool:
        try:
            return await self._database.write(work)
        except asyncio.CancelledError:
            self._changed("claimable")  # it may be written all the same, before what is claimed next
            raise

    def _changed(self, change: Change) -> None:
        for hear in self._heard:
            hear(change)


def principal(workspace: Principal, person: Person) -> Principal:
    """Give a person of a workspace as a principal: names alone are theirs only within it."""
    return f"{workspace}:person:{person.id}"


def _claimed(claim: Claim) -> dict[str, float]:
    number, fence = claim
    return {"claimed": number, "held_fence": fence}


def _newest(row: Row[*tuple[Any, ...]]) -> Question:
    question = unpacked(row.payload)
    return question if row.newer is None else replace(question, text=row.newer)


def _owed(row: Row[Any]) -> Owed:
    return Owed(
        claim=(row.number, row.fence),
        question=_newest(row),
        answer=row.answer,
        attempts=row.attempts,
        wanted=row.wanted,
        held=row.held_at is not None,
        stop=row.stop,
    )
