"""What was posted for a question, and what may have been: intent before a post, outcome after it, in SQL."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING, Any, Final, cast

from sqlalchemy import bindparam, select, update

from adapters.base import Journal, MessageRef, Posted
from bot.tables import PostRow

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sqlalchemy import Connection, Table

    from bot.database import Database
    from bot.inbox import Inbox, Owed

_POST: Final = cast("Table", PostRow.__table__)
_KNOWN: Final = select(_POST).where(_POST.c.question_id == bindparam("question")).order_by(_POST.c.part)
_NOTED: Final = (
    update(_POST)
    .where(_POST.c.question_id == bindparam("question"), _POST.c.part == bindparam("number"))
    .values(workspace=bindparam("in_workspace"), channel=bindparam("in_channel"), message=bindparam("as_message"))
)

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
        told = {"question": self._owed.question.id}
        rows = await self._database.read(lambda connection: connection.execute(_KNOWN, told).all())
        found = [(row.part, _message(row)) for row in rows]
        self.earlier = tuple(Posted(part=part, message=message) for part, message in found if message)
        self.unsure = any(message is None for _, message in found)

    async def before(self, part: int, /) -> str:
        """Write the intent, once for each part; see ``Journal``."""
        self._held()
        key = post_key(self._owed.question.id, part)
        if part not in self._noted:
            await self._database.write(lambda connection: self._intend(connection, part, key))
            self._held()
            self._noted.add(part)
        return key

    def _intend(self, connection: Connection, part: int, key: str) -> None:
        self._inbox.hold(connection, self._owed.claim)
        place = self._owed.question.place
        row = {
            "question_id": self._owed.question.id,
            "part": part,
            "key": key,
            "answer": self._owed.answer,
            "platform": place.platform,
            "workspace": place.workspace,
        }
        connection.execute(self._database.insert_once(_POST, "question_id", "part"), row)

    async def after(self, posted: Posted, /) -> None:
        """Write the outcome, while the claim holds; a newer claim looks for itself. Raises LeaseLost."""
        message = posted.message
        told = {"question": self._owed.question.id, "number": posted.part, "in_workspace": message.workspace}
        told |= {"in_channel": message.channel, "as_message": message.message}
        await self._database.write(lambda connection: self._note(connection, told))

    def _note(self, connection: Connection, told: Mapping[str, Any]) -> None:
        self._inbox.hold(connection, self._owed.claim)
        connection.execute(_NOTED, told)


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
