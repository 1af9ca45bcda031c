"""What was spent, read from the charges: in all, by whom or on what, and which limits are nearly used up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias, cast

from sqlalchemy import Integer, and_, case, distinct, func, or_, select, text
from sqlalchemy import cast as as_type

from bot.money.base import SYNC, WARNED, Payer
from bot.tables import OPEN, AccountRow, ChargeRow

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy import ColumnElement, Row, Table

    from bot.database import Database
    from bot.money.base import Holder, Micros
    from bot.money.forecasting import Span
    from bot.money.limits import Limits

By: TypeAlias = Literal["person", "channel", "workspace", "feature", "model"]
TOP: Final = 10

_ACCOUNT: Final = cast("Table", AccountRow.__table__).c
_CHARGE: Final = cast("Table", ChargeRow.__table__).c
_BOOKED: Final = _CHARGE.state.in_(("settled", "assumed"))
_GUESSED: Final = or_(_CHARGE.estimated, _CHARGE.state == "assumed")
"""Either its server did not say what a call used, or nobody was there to hear it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """What calls did cost. ``guessed`` are those whose cost is an estimate or the most that it can be."""

    cost: Micros = 0
    calls: int = 0
    questions: int = 0
    prompt_tokens: int = 0
    answer_tokens: int = 0
    guessed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """What was spent by one person, in one channel, on one model, and so on."""

    name: str
    spent: Spent


@dataclass(frozen=True, slots=True, kw_only=True)
class SetApart:
    """Calls that are under way, and the most that they can cost."""

    calls: int
    worst: Micros


@dataclass(frozen=True, slots=True, kw_only=True)
class Nearly:
    """A limit that is nearly or wholly used up, of a holder and its period, "2026-11-25" or "2026-11"."""

    holder: Holder
    name: str
    period: str
    unit: Literal["micros", "questions"]
    used: int
    limit: int


class Usage:
    """Reads what was spent. Each of these is one query, and raises StoreError."""

    def __init__(self, database: Database) -> None:
        """``database`` is open for as long as this is used."""
        self._database = database

    async def spent(self, span: Span) -> Spent:
        """Give what all calls that were begun in a span did cost."""
        statement = select(*_sums()).where(_BOOKED, _within(span))
        return _spent(await self._database.read(lambda connection: connection.execute(statement).one()))

    async def top(self, by: By, span: Span, *, most: int = TOP) -> Sequence[Share]:
        """Give who or what did cost most in a span, the dearest first."""
        name = _CHARGE[by]
        statement = (
            select(name.label("name"), *_sums())
            .where(_BOOKED, _within(span))
            .group_by(name)
            .order_by(func.sum(_CHARGE.cost).desc(), func.count().desc(), name)
            .limit(most)
        )
        rows = await self._database.read(lambda connection: connection.execute(statement).all())
        return [Share(name=row.name, spent=_spent(row)) for row in rows]

    async def set_apart(self) -> SetApart:
        """Give what is under way now."""
        statement = select(func.count(), func.coalesce(func.sum(_CHARGE.worst), 0)).where(text(OPEN))
        calls, worst = await self._database.read(lambda connection: connection.execute(statement).one())
        return SetApart(calls=calls, worst=int(worst))

    async def nearly(
        self, periods: Sequence[str], limits: Callable[[Payer], Limits], *, most: int = TOP
    ) -> Sequence[Nearly]:
        """Give the limits of these periods, as they are now, of which 80 % and more are used, the fullest first."""
        statement = select(cast("Table", AccountRow.__table__)).where(
            _ACCOUNT.period.in_(periods), or_(_ACCOUNT.spent > 0, _ACCOUNT.questions > 0)
        )
        rows = await self._database.read(lambda connection: connection.execute(statement).all())
        found = [one for row in rows for one in _nearly(row, limits) if one.used >= WARNED * one.limit]
        return sorted(found, key=lambda one: (-one.used / max(1, one.limit), one.name))[:most]


def _within(span: Span) -> ColumnElement[bool]:
    return and_(_CHARGE.begun_at >= span.begin.timestamp(), _CHARGE.begun_at < span.end.timestamp())


def _sums() -> tuple[ColumnElement[Any], ...]:
    return (
        func.coalesce(func.sum(_CHARGE.cost), 0).label("cost"),
        func.count().label("calls"),
        func.count(distinct(case((~_CHARGE.answer.startswith(SYNC), _CHARGE.answer)))).label("questions"),
        func.coalesce(func.sum(_CHARGE.prompt_tokens), 0).label("prompt_tokens"),
        func.coalesce(func.sum(_CHARGE.answer_tokens), 0).label("answer_tokens"),
        func.coalesce(func.sum(as_type(case((_GUESSED, 1), else_=0), Integer)), 0).label("guessed"),
    )


def _spent(row: Row[Any]) -> Spent:
    """Sums are no ``int`` on every database."""
    return Spent(
        cost=int(row.cost),
        calls=row.calls,
        questions=row.questions,
        prompt_tokens=int(row.prompt_tokens),
        answer_tokens=int(row.answer_tokens),
        guessed=int(row.guessed),
    )


def _nearly(row: Row[Any], limits: Callable[[Payer], Limits]) -> Sequence[Nearly]:
    now = limits(Payer(person=row.name, workspace=row.name, channel=row.name))
    limit = {"person": now.person, "workspace": now.workspace, "everyone": now.everyone}[row.holder]
    both: tuple[tuple[Literal["micros", "questions"], int, int | None], ...] = (
        ("micros", row.spent, limit.micros),
        ("questions", row.questions, limit.questions),
    )
    return [
        Nearly(holder=row.holder, name=row.name, period=row.period, unit=unit, used=used, limit=most)
        for unit, used, most in both
        if most is not None and used
    ]
