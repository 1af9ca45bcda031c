"""The ledger's statements, built once for a process: what may be set apart, and what is booked.

One code for SQLite and PostgreSQL. .
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, cast

from sqlalchemy import (
    BigInteger,
    Boolean,
    and_,
    bindparam,
    exists,
    false,
    func,
    or_,
    select,
    text,
    true,
    union_all,
    update,
)

from bot.money.limits import period
from bot.tables import COUNTING, OPEN, AccountRow, ChargeRow

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sqlalchemy import ColumnElement, CompoundSelect, Executable, Row, Table, Update

    from bot.money.base import Unit
    from bot.money.limits import Limits, Use
    from bot.stores.base import Insert
    from bot.tables import ChargeState

ACCOUNT: Final = cast("Table", AccountRow.__table__)
CHARGE: Final = cast("Table", ChargeRow.__table__)
_KEY: Final = ("holder", "name", "period")
_USE: Final = ("spent", "reserved", "questions")
_MOST: Final = ("most_spent", "most_questions")
_GIVEN: Final = (*_KEY, *_USE, *_MOST)
_HOLDERS: Final = 3
_MANY: Final = 1_000
"""Charges of vanished processes that are looked for at a time."""
_row = CHARGE.c


class Statements:
    """One process's statements; ``now`` gives the shared clock's time when one of them runs."""

    def __init__(
        self,
        *,
        owner: str,
        lease_seconds: float,
        now: Callable[[], ColumnElement[float]],
        insert: Callable[[Table], Insert],
    ) -> None:
        """``owner`` names the process and nobody else."""
        self._owner = owner
        self._lease = lease_seconds
        self._now = now
        self.open = self._open(insert)
        self.known = select(true()).where(_row.id == bindparam("charge"))
        self.reserve = self._changed(insert, limited=True)
        self.book = self._changed(insert, limited=False)
        self.settle = _settled("open")
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

    def _open(self, insert: Callable[[Table], Insert]) -> Executable:
        """Insert a charge, unless it is there; it counts where no other of its answer does.

        Gives nothing where another process is just inserting one of the same answer that counts.
        """
        other = CHARGE.alias("other")
        given = ("id", "answer", "worst", "person", "workspace", "channel", "feature", "model")
        values = {
            "owner": self._owner,
            "lease_until": self._now() + self._lease,
            "state": "open",
            "cost": 0,
            "prompt_tokens": 0,
            "answer_tokens": 0,
            "estimated": False,
            "counts": ~exists().where(other.c.answer == bindparam("of"), text(f"other.{COUNTING}")),
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

    def _changed(self, insert: Callable[[Table], Insert], *, limited: bool) -> Executable:
        """Add to three accounts, in their order; where ``limited``, to none that would then exceed a limit.

        Gives those that were changed, as they are now. An account that is not there begins with what is added, so
        whoever reserves makes sure beforehand that it fits into an empty one.
        """
        row = insert(ACCOUNT).from_select([*_GIVEN, "spent_warned", "questions_warned"], _rows())
        added = {name: ACCOUNT.c[name] + row.excluded[name] for name in _USE}
        most = {name: row.excluded[name] for name in _MOST}
        within = and_(
            or_(most["most_spent"].is_(None), added["spent"] + added["reserved"] <= most["most_spent"]),
            or_(most["most_questions"].is_(None), added["questions"] <= most["most_questions"]),
        )
        changed = row.on_conflict_do_update(
            index_elements=_KEY, set_=added | (most if limited else {}), where=within if limited else None
        )
        return changed.returning(*ACCOUNT.columns)

    def _assumed(self) -> Executable:
        """Book a charge at its worst: ``at_once``, or where its lease ended."""
        due = or_(bindparam("at_once", type_=Boolean()), _row.lease_until < self._now())
        return _closed("open", state="assumed", cost=_row.worst).where(due)

    def _renew(self) -> Executable:
        among = _row.id.in_(bindparam("charges", expanding=True))
        return update(CHARGE).where(among, _row.state == "open").values(lease_until=self._now() + self._lease)


def _rows() -> CompoundSelect[Any]:
    """Give a row for each account, as ``added`` names its values."""
    rows = (
        select(*(bindparam(f"{name}{at}", type_=ACCOUNT.c[name].type) for name in _GIVEN), false(), false())
        for at in range(_HOLDERS)
    )
    return union_all(*(row.where(true()) for row in rows))  # SQLite would take ON CONFLICT for the ON of a join


def _closed(before: ChargeState, **values: Any) -> Update:  # noqa: ANN401 - values and SQL expressions
    """Close a charge that is in this state, and give what is to be booked of it."""
    closed = update(CHARGE).where(_row.id == bindparam("charge"), _row.state == before).values(**values)
    return closed.returning(
        _row.begun_at, _row.worst, _row.cost, _row.counts, _row.person, _row.workspace, _row.channel
    )


def _settled(before: ChargeState) -> Update:
    return _closed(
        before,
        state="settled",
        cost=bindparam("booked", type_=BigInteger()),
        prompt_tokens=bindparam("asked"),
        answer_tokens=bindparam("said"),
        estimated=bindparam("guessed"),
    )


def _standing() -> Executable:
    keys = (and_(*(ACCOUNT.c[name] == bindparam(f"{name}{at}") for name in _KEY)) for at in range(_HOLDERS))
    return select(ACCOUNT).where(or_(*keys))


def _warned(column: str) -> Update:
    """Note that somebody is told of an account."""
    return update(ACCOUNT).where(*(ACCOUNT.c[name] == bindparam(f"of_{name}") for name in _KEY)).values({column: True})


def key_of(account: Row[Any]) -> dict[str, str]:
    """Name one account."""
    return {f"of_{name}": getattr(account, name) for name in _KEY}


def keys(limits: Limits, at: float) -> dict[str, str]:
    """Name the accounts in which a time lies."""
    return {
        f"{name}{number}": value
        for number, limit in enumerate(limits.ordered)
        for name, value in zip(_KEY, (limit.holder, limit.name, period(limit.holder, at)), strict=True)
    }


def added(limits: Limits, at: float, use: Use) -> dict[str, Any]:
    """Say what is to be added to these accounts; questions count for a workspace alone."""
    values: dict[str, Any] = dict(keys(limits, at))
    for number, limit in enumerate(limits.ordered):
        questions = use.questions if limit.holder == "workspace" else 0
        row = (use.spent, use.reserved, questions, limit.micros, limit.questions)
        values |= {f"{name}{number}": value for name, value in zip((*_USE, *_MOST), row, strict=True)}
    return values
