"""What was posted for a question, and what may have been: intent before a post, outcome after it, in SQL."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING, Final

from sqlalchemy import select, update

from adapters.base import Journal, MessageRef, Posted
from bot.tables import PostRow

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

    from bot.database import Database
    from bot.inbox import Inbox, Owed

_DIGEST: Final = 12
"""Bytes of a key: 24 characters, within what every platform takes as a nonce."""


def post_key(question: str, part: int) -> str:
    """Give the key of a part of a reply, the same in every process and at every try."""
    return blake2b(f"{part}:{question}".encode("utf-8", "surrogatepass"), digest_size=_DIGEST).hexdigest()


class SqlJournal(Journal):
    """The journal of one claimed question; each of its writes is made only while the claim holds."""

    def __init__(self, database: Database, inbox: Inbox, owed: Owed, held: Callable[[], None]) -> None:
        """``held`` raises LeaseLost once this process must take its lease for lost, without asking the database."""
        self._database = database
        self._inbox = inbox
        self._owed = owed
        self._held = held
        self._noted: set[int] = set()
        self.earlier: Sequence[Posted] = ()
        self.unsure = False

    async def load(self) -> None:
        """Read what earlier tries posted."""
        known = select(PostRow.__table__).where(PostRow.question_id == self._owed.question.id).order_by(PostRow.part)

        async def work(connection: AsyncConnection) -> Sequence[tuple[int, MessageRef | None]]:
            return [(row.part, _message(row)) for row in await connection.execute(known)]

        found = await self._database.read(work)
        self.earlier = tuple(Posted(part=part, message=message) for part, message in found if message)
        self.unsure = any(message is None for _, message in found)

    async def before(self, part: int, /) -> str:
        """Write the intent, once for each part; see ``Journal``."""
        self._held()
        if part not in self._noted:
            await self._database.wrote(lambda connection: self._intend(connection, part))
            self._held()
            self._noted.add(part)
        return post_key(self._owed.question.id, part)

    async def _intend(self, connection: AsyncConnection, part: int) -> None:
        await self._inbox.hold(connection, self._owed.claim)
        place = self._owed.question.place
        row = self._database.insert(PostRow).values(
            question_id=self._owed.question.id,
            part=part,
            key=post_key(self._owed.question.id, part),
            answer=self._owed.answer,
            platform=place.platform,
            workspace=place.workspace,
        )
        await connection.execute(row.on_conflict_do_nothing(index_elements=["question_id", "part"]))

    async def after(self, posted: Posted, /) -> None:
        """Write the outcome, while the claim holds; a newer claim looks for itself. Raises LeaseLost."""
        await self._database.wrote(lambda connection: self._note(connection, posted))

    async def _note(self, connection: AsyncConnection, posted: Posted) -> None:
        await self._inbox.hold(connection, self._owed.claim)
        message = posted.message
        noted = (
            update(PostRow)
            .where(PostRow.question_id == self._owed.question.id, PostRow.part == posted.part)
            .values(workspace=message.workspace, channel=message.channel, message=message.message)
        )
        await connection.execute(noted)


def _message(row: object) -> MessageRef | None:
    platform, workspace, channel, message = (
        getattr(row, name) for name in ("platform", "workspace", "channel", "message")
    )
    if message is None:
        return None
    return MessageRef(platform=platform, workspace=workspace, channel=channel, message=message)


class Unkept(Journal):
    """The journal of a reply that is made once and never taken up again."""

    earlier: Sequence[Posted] = ()
    unsure = False

    async def before(self, part: int, /) -> str:
        """Give a key that nobody will see again."""
        return post_key("", part)

    async def after(self, posted: Posted, /) -> None:
        """Keep nothing."""
