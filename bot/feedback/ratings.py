"""Thumbs, and reasons: one vote a person and answer, the last one counts, and it can be withdrawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, cast

from sqlalchemy import case, null, or_, select

from adapters.base import MessageRef
from bot.errors import NoSuchAnswer
from bot.tables import InboxRow, PostRow, RatingRow, TurnRow
from knowledge.masking import masked

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import CompoundSelect, Connection, Select, Table

    from adapters.base import Explained, Rated, Vote
    from adapters.parts import AnswerId
    from bot.database import Database

_RATING: Final = cast("Table", RatingRow.__table__)
_REASON: Final = 32
"""Characters of a reason's name that are kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why somebody thinks that an answer is bad; the comment is data, whatever it says."""

    reason: str
    comment: str


class Ratings:
    """Keeps votes. They are last by the time of the click, in whatever order they arrive."""

    def __init__(self, database: Database) -> None:
        """``database`` is open for as long as this is used."""
        self._database = database

    async def vote(self, rated: Rated, /) -> None:
        """Keep a vote in place of that person's earlier one; raises NoSuchAnswer."""
        await self._database.write(lambda connection: self._vote(connection, rated))

    def _vote(self, connection: Connection, rated: Rated) -> None:
        answer = _found(connection, rated.target)
        row = self._database.insert(_RATING).values(answer=answer, person=rated.person.id, vote=rated.vote, at=rated.at)
        kept = {name: case((row.excluded.vote > 0, null()), else_=_RATING.c[name]) for name in ("reason", "comment")}
        newer = row.on_conflict_do_update(
            index_elements=["answer", "person"],
            set_={"vote": row.excluded.vote, "at": row.excluded.at, **kept},
            where=row.excluded.at >= _RATING.c.at,
        )
        connection.execute(newer)

    async def explain(self, explained: Explained, /) -> None:
        """Keep why somebody thinks an answer bad, which is a thumb down too; raises NoSuchAnswer.

        The comment's secrets are masked. A thumb up that was given later stays, and is not explained.
        """
        await self._database.write(lambda connection: self._explain(connection, explained))

    def _explain(self, connection: Connection, explained: Explained) -> None:
        row = self._database.insert(_RATING).values(
            answer=_found(connection, explained.answer),
            person=explained.person.id,
            vote=-1,
            at=explained.at,
            reason=explained.reason[:_REASON],
            comment=masked(explained.comment) or None,
        )
        later = row.excluded.at >= _RATING.c.at
        again = row.on_conflict_do_update(
            index_elements=["answer", "person"],
            set_={
                "vote": case((later, row.excluded.vote), else_=_RATING.c.vote),
                "at": case((later, row.excluded.at), else_=_RATING.c.at),
                "reason": row.excluded.reason,
                "comment": row.excluded.comment,
            },
            where=or_(later, _RATING.c.vote <= 0),
        )
        connection.execute(again)

    async def votes(self, answer: AnswerId, /) -> Mapping[str, Vote]:
        """Give each person's vote on an answer, those that were withdrawn left out."""
        kept = select(RatingRow.person, RatingRow.vote).where(RatingRow.answer == answer, RatingRow.vote != 0)
        rows = await self._database.read(lambda connection: connection.execute(kept).all())
        return {person: 1 if vote > 0 else -1 for person, vote in rows}

    async def reasons(self, answer: AnswerId, /) -> Mapping[str, Reason]:
        """Give why each person thought an answer bad, also those who withdrew their vote afterwards."""
        kept = select(RatingRow.person, RatingRow.reason, RatingRow.comment)
        given = kept.where(RatingRow.answer == answer, RatingRow.reason.is_not(None))
        rows = await self._database.read(lambda connection: connection.execute(given).all())
        return {row.person: Reason(reason=row.reason, comment=row.comment or "") for row in rows}


def _found(connection: Connection, target: AnswerId | MessageRef) -> AnswerId:
    answer = connection.scalar(_answer(target))
    if answer is None:
        raise NoSuchAnswer("That answer is not kept here, so it cannot be rated. Ask again, and rate the new one.")
    return answer


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
