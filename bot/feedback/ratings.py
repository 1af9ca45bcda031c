"""Thumbs: one vote a person and answer, the last one counts, and it can be withdrawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import exists, select
from sqlalchemy.dialects.sqlite import insert

from bot.errors import NoSuchAnswer
from bot.tables import RatingRow, TurnRow

if TYPE_CHECKING:
    from collections.abc import Mapping

    from adapters.base import AnswerId, Rated, Vote
    from bot.database import Database


class Ratings:
    """Keeps votes. They are last by the time of the click, in whatever order they arrive."""

    def __init__(self, database: Database) -> None:
        """``database`` is open for as long as this is used."""
        self._database = database

    async def vote(self, rated: Rated, /) -> None:
        """Keep a vote in place of that person's earlier one; raises NoSuchAnswer."""
        row = insert(RatingRow).values(answer=rated.answer, person=rated.person.id, vote=rated.vote, at=rated.at)
        newer = row.on_conflict_do_update(
            index_elements=["answer", "person"],
            set_={"vote": row.excluded.vote, "at": row.excluded.at},
            where=row.excluded.at >= RatingRow.at,
        )
        async with self._database.writing() as session:
            if not await session.scalar(select(exists().where(TurnRow.answer == rated.answer))):
                raise NoSuchAnswer(
                    "That answer is not kept here, so it cannot be rated. Ask again, and rate the new one."
                )
            await session.execute(newer)

    async def votes(self, answer: AnswerId, /) -> Mapping[str, Vote]:
        """Give each person's vote on an answer, those that were withdrawn left out."""
        kept = select(RatingRow.person, RatingRow.vote).where(RatingRow.answer == answer, RatingRow.vote != 0)
        async with self._database.reading() as session:
            rows = (await session.execute(kept)).all()
        return {person: 1 if vote > 0 else -1 for person, vote in rows}
