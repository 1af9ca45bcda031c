"""Thumbs: one vote a person and answer, the last one counts, and it can be withdrawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

from sqlalchemy import select

from adapters.base import MessageRef
from bot.errors import NoSuchAnswer
from bot.tables import InboxRow, PostRow, RatingRow, TurnRow

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import CompoundSelect, Connection, Select, Table

    from adapters.base import Rated, Vote
    from adapters.parts import AnswerId
    from bot.database import Database

_RATING: Final = cast("Table", RatingRow.__table__)


class Ratings:
    """Keeps votes. They are last by the time of the click, in whatever order they arrive."""

    def __init__(self, database: Database) -> None:
        """``database`` is open for as long as this is used."""
        self._database = database

    async def vote(self, rated: Rated, /) -> None:
        """Keep a vote in place of that person's earlier one; raises NoSuchAnswer."""
        await self._database.write(lambda connection: self._vote(connection, rated))

    def _vote(self, connection: Connection, rated: Rated) -> None:
        answer = connection.scalar(_answer(rated.target))
        if answer is None:
            raise NoSuchAnswer("That answer is not kept here, so it cannot be rated. Ask again, and rate the new one.")
        row = self._database.insert(_RATING).values(answer=answer, person=rated.person.id, vote=rated.vote, at=rated.at)
        newer = row.on_conflict_do_update(
            index_elements=["answer", "person"],
            set_={"vote": row.excluded.vote, "at": row.excluded.at},
            where=row.excluded.at >= _RATING.c.at,
        )
        connection.execute(newer)

    async def votes(self, answer: AnswerId, /) -> Mapping[str, Vote]:
        """Give each person's vote on an answer, those that were withdrawn left out."""
        kept = select(RatingRow.person, RatingRow.vote).where(RatingRow.answer == answer, RatingRow.vote != 0)
        rows = await self._database.read(lambda connection: connection.execute(kept).all())
        return {person: 1 if vote > 0 else -1 for person, vote in rows}


def _answer(target: AnswerId | MessageRef) -> Select[str] | CompoundSelect[str]:
    """Find the answer that is meant, also while its last words are being shown and its turn is not yet kept."""
    if isinstance(target, MessageRef):
        return select(PostRow.answer).where(
            PostRow.platform == target.platform,
            PostRow.workspace == target.workspace,
            PostRow.channel == target.channel,
            PostRow.message == target.message,
        )
    kept = select(TurnRow.answer).where(TurnRow.answer == target)
    return kept.union_all(select(InboxRow.answer).where(InboxRow.answer == target)).limit(1)
