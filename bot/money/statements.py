"""The ledger's statements, built once for a process: what may be set apart, and what is booked.

One code for SQLite and PostgreSQL, but that PostgreSQL does two steps in one statement, as each takes a way to the
server. What concerns three accounts takes the parameters that ``added``, ``keys``, ``names`` and ``most`` give.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, cast

from sqlalchemy import (
    BigInteger,
    Boolean,
    Integer,
    String,
    and_,
    bindparam,
    exists,
    false,
    func,
    join,
    literal_column,
    null,
    or_,
    select,
    text,
    true,
    union_all,
    update,
)
from sqlalchemy import cast as sql_cast

from bot.money.limits import period
from bot.tables import COUNTING, OPEN, AccountRow, ChargeRow

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sqlalchemy import CTE, ColumnElement, CompoundSelect, Executable, Row, Table, Update
    from sqlalchemy.sql.dml import ReturningInsert, ReturningUpdate

    from bot.money.base import Holder, Payer, Unit
    from bot.money.limits import Limits, Use
    from bot.stores.base import Insert
    from bot.tables import ChargeState

ACCOUNT: Final = cast("Table", AccountRow.__table__)
CHARGE: Final = cast("Table", ChargeRow.__table__)
_KEY: Final = ("holder", "name", "period")
_USE: Final = ("spent", "reserved", "questions")
_MOST: Final = ("most_spent", "most_questions")
_COLUMNS: Final = (*_KEY, *_USE, *_MOST, "spent_warned", "questions_warned")
_HOLDERS: Final[tuple[Holder, ...]] = ("person", "workspace", "everyone")
"""In the order of ``Limits.ordered``."""
_MANY: Final = 1_000
"""Charges of vanished processes that are looked for at a time."""
_row = CHARGE.c


class Statements:
    """One process's statements; ``now`` gives the shared clock's time when one of them runs."""

    def __init__(  # noqa: PLR0913 - each is a fact about this process
        self,
        *,
        owner: str,
        lease_seconds: float,
        now: Callable[[], ColumnElement[float]],
        insert: Callable[[Table], Insert],
        chains: bool,
        warns: bool,
    ) -> None:
        """``owner`` names the process and nobody else; ``chains`` as in ``bot.stores.base.Store``.

        One that never ``warns`` leaves it to others to find out that a limit is nearly used up.
        """
        self.warns = warns
        self._owner = owner
        self._lease = lease_seconds
        self._now = now
        self.open = self._open(insert)
        self.known = select(true()).where(_row.id == bindparam("charge"))
        self.reserve = _changed(insert, _rows(_GIVEN), limited=True)
        self.book = _changed(insert, _rows(_GIVEN), limited=False)
        self.settle = _settled("open")
        self.open_and_reserve = self._open_and_reserve(insert) if chains else None
        self.settle_and_book = _settle_and_book(insert) if chains else None
        self.correct = _settled("assumed")
        self.release = _closed("open", state="released")
        self.assume = self._assumed()
        self.earlier = select(_row.id).where(*self._earlier(CHARGE))
        self.ended = select(_row.id).where(text(OPEN), _row.lease_until < now()).limit(_MANY)
        self.renew = self._renew()
        self.now = select(now())
        self.standing = _standing()
        self.warn: Mapping[Unit, Executable] = {
            "micros": _warned("spent_warned"),
            "questions": _warned("questions_warned"),
        }

    def _open(self, insert: Callable[[Table], Insert]) -> ReturningInsert[Any]:
        """Insert a charge, unless it is there; one that ``asks`` counts where no other of its answer does.

        Gives nothing where another process is just inserting one of the same answer that counts.
        """
        other = CHARGE.alias("other")
        counted = exists().where(other.c.answer == bindparam("of"), text(f"other.{COUNTING}"))
        given = ("id", "answer", "worst", "person", "workspace", "channel", "feature", "model")
        values = {
            "owner": self._owner,
            "lease_until": self._now() + self._lease,
            "state": "open",
            "cost": 0,
            "prompt_tokens": 0,
            "answer_tokens": 0,
            "estimated": False,
            "counts": and_(bindparam("asks", type_=Boolean()), ~counted),
            "begun_at": self._now(),
        }
        row = insert(CHARGE).values({name: bindparam(name) for name in given} | values)
        earlier = select(func.count()).select_from(other).where(*self._earlier(other))
        return row.on_conflict_do_nothing().returning(
            _row.begun_at, _row.counts, earlier.scalar_subquery().label("earlier")
        )

    def _earlier(self, charges: Any) -> tuple[ColumnElement[bool], ...]:  # noqa: ANN401 - a table or an alias of one
        """Open charges of the answer ``of`` that an earlier try of another process left."""
        is_open = cast("ColumnElement[bool]", text(f"{charges.name}.{OPEN}"))
        return (charges.c.answer == bindparam("of"), is_open, charges.c.owner != self._owner)

    def _open_and_reserve(self, insert: Callable[[Table], Insert]) -> Executable:
        """Do both at once; give what opening gives, and in how many accounts the call fits."""
        opened = self._open(insert).cte("opened")
        questions = sql_cast(opened.c.counts, Integer)
        rows = _rows(replace(_GIVEN, questions=questions, **_periods(opened)), opened)
        changed = _changed(insert, rows, limited=True).cte("changed")
        kept = select(func.count()).select_from(changed).scalar_subquery()
        return select(opened, kept.label("kept"))

    def _assumed(self) -> Executable:
        """Book a charge at its worst: ``at_once``, or where its lease ended."""
        due = or_(bindparam("at_once", type_=Boolean()), _row.lease_until < self._now())
        return _closed("open", state="assumed", cost=_row.worst).where(due)

    def _renew(self) -> Executable:
        among = _row.id.in_(bindparam("charges", expanding=True))
        return update(CHARGE).where(among, _row.state == "open").values(lease_until=self._now() + self._lease)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Given:
    """What is to be added to three accounts, and to which; parameters, or what another statement gives."""

    day: ColumnElement[str]
    month: ColumnElement[str]
    spent: ColumnElement[int]
    reserved: ColumnElement[int]
    questions: ColumnElement[int]


_GIVEN: Final = _Given(
    day=bindparam("day", type_=String()),
    month=bindparam("month", type_=String()),
    spent=bindparam("add_spent", type_=BigInteger()),
    reserved=bindparam("add_reserved", type_=BigInteger()),
    questions=bindparam("add_questions", type_=Integer()),
)


def _periods(charge: CTE) -> dict[str, Any]:
    """Name the day and month of a charge, as ``bot.money.limits.period`` does; where statements chain."""
    at = func.timezone("UTC", func.to_timestamp(charge.c.begun_at))
    return {"day": func.to_char(at, "YYYY-MM-DD"), "month": func.to_char(at, "YYYY-MM")}


def _rows(given: _Given, charge: CTE | None = None) -> CompoundSelect[Any]:
    """Give a row for each account, with as few parameters as there are values: each costs time at every call."""
    asked = {"workspace": given.questions}
    most = {"workspace": bindparam("most_questions", type_=Integer())}
    rows = [
        select(
            *_key(holder, given),
            given.spent,
            given.reserved,
            asked.get(holder, literal_column("0")),
            bindparam(f"most_{holder}", type_=BigInteger()),
            most.get(holder, null()),
            false(),
            false(),
        ).where(true())  # SQLite would take ON CONFLICT for the ON of a join
        for holder in _HOLDERS
    ]
    return union_all(*(rows if charge is None else [row.select_from(charge) for row in rows]))


def _key(holder: Holder, given: _Given) -> tuple[ColumnElement[str], ColumnElement[str], ColumnElement[str]]:
    """Give the key of a holder's account in the parameters that ``names`` and ``keys`` give."""
    name = literal_column("''") if holder == "everyone" else bindparam(f"its_{holder}", type_=String())
    return literal_column(f"'{holder}'"), name, given.month if holder == "workspace" else given.day


def _changed(insert: Callable[[Table], Insert], rows: CompoundSelect[Any], *, limited: bool) -> ReturningInsert[Any]:
    """Add to three accounts, in their order, and give those that were changed, as they are now.

    Where ``limited``, none is changed that would then exceed a limit. An account that is not there begins with what
    is added, so whoever reserves makes sure beforehand that it fits into an empty one.
    """
    row = insert(ACCOUNT).from_select(_COLUMNS, rows)
    added = {name: ACCOUNT.c[name] + row.excluded[name] for name in _USE}
    most = {name: row.excluded[name] for name in _MOST}
    within = and_(
        or_(most["most_spent"].is_(None), added["spent"] + added["reserved"] <= most["most_spent"]),
        or_(most["most_questions"].is_(None), added["questions"] <= most["most_questions"]),
    )
    if not limited:
        return row.on_conflict_do_update(index_elements=_KEY, set_=added).returning(*ACCOUNT.columns)
    changed = row.on_conflict_do_update(index_elements=_KEY, set_=added | most, where=within)
    return changed.returning(ACCOUNT.c.holder)


def _settle_and_book(insert: Callable[[Table], Insert]) -> Executable:
    """Do both at once; give the accounts, each with when the charge was begun."""
    closed = _settled("open").cte("closed")
    given = _Given(spent=closed.c.cost, reserved=-closed.c.worst, questions=literal_column("0"), **_periods(closed))
    changed = _changed(insert, _rows(given, closed), limited=False).cte("changed")
    return select(changed, closed.c.begun_at).select_from(join(changed, closed, true()))


def _closed(before: ChargeState, **values: Any) -> ReturningUpdate[Any]:  # noqa: ANN401 - values and SQL expressions
    """Close a charge that is in this state, and give what is to be booked of it."""
    closed = update(CHARGE).where(_row.id == bindparam("charge"), _row.state == before).values(**values)
    return closed.returning(
        _row.begun_at, _row.worst, _row.cost, _row.counts, _row.person, _row.workspace, _row.channel
    )


def _settled(before: ChargeState) -> ReturningUpdate[Any]:
    return _closed(
        before,
        state="settled",
        cost=bindparam("booked", type_=BigInteger()),
        prompt_tokens=bindparam("asked"),
        answer_tokens=bindparam("said"),
        estimated=bindparam("guessed"),
    )


def _standing() -> Executable:
    ours = (
        and_(*(ACCOUNT.c[name] == value for name, value in zip(_KEY, _key(holder, _GIVEN), strict=True)))
        for holder in _HOLDERS
    )
    return select(ACCOUNT).where(or_(*ours))


def _warned(column: str) -> Update:
    """Note that somebody is told of an account."""
    return update(ACCOUNT).where(*(ACCOUNT.c[name] == bindparam(f"of_{name}") for name in _KEY)).values({column: True})


def key_of(account: Row[Any]) -> dict[str, str]:
    """Name one account."""
    return {f"of_{name}": getattr(account, name) for name in _KEY}


def names(payer: Payer) -> dict[str, Any]:
    """Name a payer's accounts; no parameter is called as a column of the charge, which it would be taken for."""
    return {"its_person": payer.person, "its_workspace": payer.workspace}


def keys(payer: Payer, at: float) -> dict[str, Any]:
    """Name the three accounts of a payer in which a time lies."""
    day = period("person", at)
    return names(payer) | {"day": day, "month": day[:7]}


def most(limits: Limits | None) -> dict[str, Any]:
    """Say what the limits are, for accounts that do not have them yet."""
    return {
        "most_person": limits and limits.person.micros,
        "most_workspace": limits and limits.workspace.micros,
        "most_everyone": limits and limits.everyone.micros,
        "most_questions": limits and limits.workspace.questions,
    }


def added(payer: Payer, at: float, use: Use, limits: Limits | None = None) -> dict[str, Any]:
    """Say what is to be added to these accounts; questions count for a workspace alone."""
    use_of = {"add_spent": use.spent, "add_reserved": use.reserved, "add_questions": use.questions}
    return keys(payer, at) | use_of | most(limits)
