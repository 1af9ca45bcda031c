"""What was asked and answered, kept in SQL: the history of every conversation."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, cast

from sqlalchemy import func, select

from adapters.base import Turn
from adapters.parts import Citation
from adapters.wishes import Past, Served
from bot.answering.turns import Answered, PastTurn, thread_of
from bot.tables import InboxRow, PostRow, TurnRow

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import ColumnElement, Connection, Row, Select, Table

    from adapters.base import MessageRef
    from adapters.parts import AnswerId, Verdict
    from bot.answering.turns import Earlier, NewTurn
    from bot.database import Database

_TURN = cast("Table", TurnRow.__table__)
_OVERVIEW = 50
"""Conversations in an overview, at most."""
SERVED: Final = 200
"""Conversations that are told to have been served lately, at most."""
_LATELY: Final = 10_000
"""Questions among which those conversations are looked for, at most."""


class Turns:
    """Writes a turn for each answered question, and reads them back by conversation or by person."""

    def __init__(self, database: Database) -> None:
        """``database`` is open for as long as this is used."""
        self._database = database

    async def record(self, turn: NewTurn, /) -> None:
        """Keep a turn, once: another one for the same question or answer changes nothing."""
        await self._database.write(lambda connection: self.recorded_in(connection, turn))

    def recorded_in(self, connection: Connection, turn: NewTurn, /) -> None:
        """Keep a turn as part of the caller's transaction."""
        connection.execute(self._database.insert_once(_TURN), _row(turn))

    async def recent(self, earlier: Earlier, limit: int, /) -> Sequence[PastTurn]:
        """Give the newest of these turns, at most ``limit``, oldest first."""
        newest = _of(earlier).order_by(TurnRow.number.desc()).limit(limit)
        rows = await self._read(newest)
        return tuple(_past_turn(row) for row in reversed(rows))

    async def history(self, earlier: Earlier, /) -> Sequence[Turn]:
        """Give all of these turns, oldest first, whoever may see them; ``bot.recall`` knows who may."""
        rows = await self._read(_of(earlier).order_by(TurnRow.number))
        return tuple(_turn(row) for row in rows)

    async def answered(self, answer: AnswerId, /) -> Answered | None:
        """Give one turn with what it cites, whoever may see it; None where it is not kept."""
        rows = await self._read(select(_TURN).where(TurnRow.answer == answer))
        return _answered(rows[0]) if rows else None

    async def conversation_below(self, first: MessageRef, /) -> str | None:
        """Give the conversation of the question whose reply begins with this message, answered or not yet."""
        posted = select(PostRow.question_id).where(
            PostRow.platform == first.platform,
            PostRow.workspace == first.workspace,
            PostRow.channel == first.channel,
            PostRow.message == first.message,
            PostRow.part == 0,
        )
        owed = select(InboxRow.conversation).where(InboxRow.id.in_(posted))
        found = owed.union_all(select(TurnRow.conversation).where(TurnRow.question_id.in_(posted))).limit(1)
        return await self._database.read(lambda connection: connection.scalar(found))

    async def served(self, platform: str, workspace: str, since: datetime, /) -> Sequence[Served]:
        """Give the conversations of a workspace that were asked in since then, most recent first, at most 200."""
        lately = (
            select(TurnRow.conversation, TurnRow.channel, TurnRow.asked_at)
            .where(TurnRow.platform == platform, TurnRow.workspace == workspace, TurnRow.asked_at >= since)
            .order_by(TurnRow.asked_at.desc())
            .limit(_LATELY)  # with it, SQLite takes the index over when, not that over conversations
            .subquery()
        )
        last = func.max(lately.c.asked_at)
        statement = (
            select(lately.c.conversation, func.coalesce(func.max(lately.c.channel), ""), last)
            .group_by(lately.c.conversation)
            .order_by(last.desc())
            .limit(SERVED)
        )
        rows = await self._read(statement)
        return tuple(Served(conversation=row[0], channel=row[1], last_at=row[2]) for row in rows)

    async def first_asked(self, earlier: Earlier, /) -> datetime | None:
        """Give when the first of these turns was asked; None where there is none."""
        (row,) = await self._read(select(func.min(TurnRow.asked_at)).where(*_meant(earlier)))
        return cast("datetime | None", row[0])

    async def conversations(self, person: str, platform: str, workspace: str, /) -> Sequence[Past]:
        """Give the conversations that a person asked in, at most 50, most recent first."""
        own = (TurnRow.platform == platform, TurnRow.workspace == workspace, TurnRow.asker == person)
        spans = (
            select(
                func.min(TurnRow.number).label("first"),
                func.max(TurnRow.number).label("last"),
                func.max(TurnRow.asked_at).label("last_at"),
                func.count().label("turns"),
            )
            .where(*own)
            .group_by(TurnRow.conversation)
            .subquery()
        )
        overview = (
            select(TurnRow.conversation, TurnRow.question, spans.c.turns, spans.c.last_at)
            .join(spans, TurnRow.number == spans.c.first)
            .order_by(spans.c.last.desc())
            .limit(_OVERVIEW)
        )
        rows = await self._read(overview)
        return tuple(Past(conversation=row[0], first_question=row[1], turns=row[2], last_at=row[3]) for row in rows)

    async def _read(self, statement: Select[*tuple[Any, ...]]) -> Sequence[Row[*tuple[Any, ...]]]:
        return await self._database.read(lambda connection: connection.execute(statement).all())


def _of(earlier: Earlier) -> Select[*tuple[Any, ...]]:
    return select(_TURN).where(*_meant(earlier))


def _meant(earlier: Earlier) -> Iterator[ColumnElement[bool]]:
    yield TurnRow.platform == earlier.platform
    yield TurnRow.workspace == earlier.workspace
    yield TurnRow.conversation == earlier.conversation
    if earlier.asker is not None:
        yield TurnRow.asker == earlier.asker
    if earlier.before is not None:
        yield TurnRow.asked_at < earlier.before


def _row(turn: NewTurn) -> dict[str, Any]:
    question = turn.question
    return {
        "answer": turn.answer,
        "question_id": question.id,
        "conversation": question.conversation,
        "platform": question.place.platform,
        "workspace": question.place.workspace,
        "channel": question.place.channel,
        "thread": thread_of(question),
        "private_to": question.place.private_to,
        "asker": question.asker.id,
        "question": question.text,
        "text": turn.text,
        "verdict": turn.verdict,
        "documents": sorted(turn.documents.union(line.document for line in turn.citations if not line.said)),
        "citations": [_plain(citation) for citation in turn.citations],
        "model": turn.model,
        "prompt": turn.prompt,
        "prompt_tokens": turn.usage.prompt_tokens,
        "answer_tokens": turn.usage.answer_tokens,
        "estimated": turn.usage.estimated,
        "took_ms": turn.took_ms,
        "verification": asdict(turn.verification) | {"valid": turn.verification.valid} if turn.verification else None,
        "asked_at": question.asked_at,
    }


def _plain(citation: Citation) -> dict[str, Any]:
    """A citation as JSON takes it: its time as text, in ISO 8601."""
    return asdict(citation) | {"dated": citation.dated.isoformat() if citation.dated else None}


def _citation(kept: dict[str, Any]) -> Citation:
    dated = kept.get("dated")
    times = {"dated": datetime.fromisoformat(dated) if dated else None, "section": tuple(kept.get("section", ()))}
    return Citation(**kept | times)


def _answered(row: Row[Any]) -> Answered:
    return Answered(
        turn=_turn(row),
        platform=row.platform,
        workspace=row.workspace,
        conversation=row.conversation,
        citations=tuple(_citation(one) for one in row.citations),
    )


def _past_turn(row: Row[Any]) -> PastTurn:
    return PastTurn(
        question=row.question,
        answer=row.text,
        verdict=cast("Verdict", row.verdict),
        documents=frozenset(row.documents),
        private_to=row.private_to,
    )


def _turn(row: Row[Any]) -> Turn:
    return Turn(
        answer=row.answer,
        question=row.question,
        text=row.text,
        verdict=cast("Verdict", row.verdict),
        asked_at=row.asked_at,
        asker=row.asker,
        channel=row.channel,
        thread=row.thread,
        documents=frozenset(row.documents),
        private_to=row.private_to,
    )
