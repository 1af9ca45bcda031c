"""What the ledger does in one transaction: set apart, settle, release, assume. Plain functions of a connection.

Every transaction comes to the same when it is done twice. Accounts are always locked in the order of
``Limits.ordered``, and after the charge, so that transactions wait for each other but never in a circle.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.errors import StoreBusy
from bot.money.base import WARNED, Account, Payer
from bot.money.limits import Limits, Obstacle, Use, Wanted, obstacle, resets_at
from bot.money.statements import added, key_of, keys, most, names

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sqlalchemy import Connection, Row

    from bot.money.base import Bill, Holder, Reservation, Unit
    from bot.money.statements import Statements

_TRIES = 10
"""Insertions of a charge, at most, while others of the same answer are inserted at the same time."""


class OverLimit(Exception):
    """The call does not keep a limit; raised so that the transaction leaves nothing."""

    def __init__(self, obstacle: Obstacle, at: float, *, earlier: bool) -> None:
        """Keep the limit, the time, and whether an earlier try at the answer left something open."""
        super().__init__()
        self.obstacle = obstacle
        self.at = at
        self.earlier = earlier


@dataclass(frozen=True, slots=True, kw_only=True)
class Warned:
    """A limit of which 80 % are spent now, for the first time in its period, and whose call did it."""

    account: Account
    payer: Payer


class Unclear(Exception):
    """Setting apart in one statement did not do; raised so that it leaves nothing, and is done step by step."""


def reserved_at_once_in(connection: Connection, sql: Statements, reservation: Reservation, limits: Limits) -> bool:
    """Set money apart in one statement, where the database can; give as ``reserved_in`` does. Raises Unclear."""
    call = reservation.call
    if sql.open_and_reserve is None or not Wanted(worst=call.worst, counts=call.asks).possible(limits):
        raise Unclear
    told = _charge(reservation) | names(call.payer) | most(limits) | {"add_spent": 0, "add_reserved": call.worst}
    row = connection.execute(sql.open_and_reserve, told).first()
    if row is None or row.kept < len(limits.ordered):
        raise Unclear
    return bool(row.earlier)


def reserved_in(connection: Connection, sql: Statements, reservation: Reservation, limits: Limits) -> bool:
    """Set money apart; give whether an earlier try at the answer left something open. Raises OverLimit."""
    opened = _opened(connection, sql, reservation)
    if opened is None:  # committed before, and the confirmation was lost
        return False
    at, earlier = opened.begun_at, bool(opened.earlier)
    wanted = Wanted(worst=reservation.call.worst, counts=opened.counts)
    kept: set[Holder] = set()
    if wanted.possible(limits):
        use = Use(reserved=wanted.worst, questions=int(wanted.counts))
        kept = set(connection.scalars(sql.reserve, added(reservation.call.payer, at, use, limits)))
    if len(kept) < len(limits.ordered):
        uses = _uses(connection, sql, reservation.call.payer, at)
        refused = {holder: use for holder, use in uses.items() if holder not in kept}  # the others hold this call too
        raise _over(obstacle(limits, refused, wanted, at), at, earlier=earlier)
    return earlier


def _over(found: Obstacle | None, at: float, *, earlier: bool) -> OverLimit | StoreBusy:
    if found is None:  # the row that refused was deleted in between: whatever that means, no call may be made
        return StoreBusy("The limits of money changed just now; try again in a moment.")
    return OverLimit(found, at, earlier=earlier)


def _opened(connection: Connection, sql: Statements, reservation: Reservation) -> Row[Any] | None:
    """Insert the charge; None where it is there already."""
    row = _charge(reservation)
    for _ in range(_TRIES):
        if (opened := connection.execute(sql.open, row).first()) is not None:
            return opened
        if connection.execute(sql.known, {"charge": reservation.id}).first() is not None:
            return None
    raise StoreBusy("The same answer is being paid for many times at once; try again in a moment.")


def _charge(reservation: Reservation) -> dict[str, Any]:
    call = reservation.call
    return {
        "id": reservation.id,
        "answer": call.answer,
        "of": call.answer,
        "asks": call.asks,
        "worst": call.worst,
        "person": call.payer.person,
        "workspace": call.payer.workspace,
        "channel": call.payer.channel,
        "feature": call.feature,
        "model": call.model,
    }


def closed_in(connection: Connection, sql: Statements, reservation: Reservation, bill: Bill | None) -> Sequence[Warned]:
    """Book what a call did cost, or nothing where there is no bill, and free the rest; once."""
    if bill is None:
        return _released(connection, sql, reservation)
    told = {
        "charge": reservation.id,
        "booked": bill.cost,
        "asked": bill.prompt_tokens,
        "said": bill.answer_tokens,
        "guessed": bill.estimated,
    }
    if sql.settle_and_book is not None:
        payer = reservation.call.payer
        if changed := connection.execute(sql.settle_and_book, told | names(payer) | most(None)).all():
            return _warned(connection, sql, changed, payer, changed[0].begun_at)
    elif (row := connection.execute(sql.settle, told).first()) is not None:
        return _booked(connection, sql, row, Use(spent=row.cost, reserved=-row.worst))
    if (row := connection.execute(sql.correct, told).first()) is not None:  # taken for lost, and booked at its worst
        return _booked(connection, sql, row, Use(spent=row.cost - row.worst))
    return ()


def _released(connection: Connection, sql: Statements, reservation: Reservation) -> Sequence[Warned]:
    """Free what is set apart. The question counts no more, and so another call for its answer may."""
    row = connection.execute(sql.release, {"charge": reservation.id}).first()
    if row is None:
        return ()
    return _booked(connection, sql, row, Use(reserved=-row.worst, questions=-int(row.counts)))


def assumed_in(connection: Connection, *, sql: Statements, charge: str, at_once: bool) -> Sequence[Warned] | None:
    """Book a charge at its worst; None where it is settled, or its owner's still and not to be booked ``at_once``."""
    row = connection.execute(sql.assume, {"charge": charge, "at_once": at_once}).first()
    return None if row is None else _booked(connection, sql, row, Use(spent=row.worst, reserved=-row.worst))


def used_in(connection: Connection, sql: Statements, payer: Payer) -> tuple[float, Mapping[Holder, Use]]:
    """Give the time, and what is used of these limits then."""
    at: float = connection.execute(sql.now).scalar_one()
    return at, _uses(connection, sql, payer, at)


def _uses(connection: Connection, sql: Statements, payer: Payer, at: float) -> Mapping[Holder, Use]:
    rows = connection.execute(sql.standing, keys(payer, at))
    return {row.holder: Use(spent=row.spent, reserved=row.reserved, questions=row.questions) for row in rows}


def _booked(connection: Connection, sql: Statements, row: Row[Any], use: Use) -> Sequence[Warned]:
    """Add to the accounts of a charge; give those that are now to be warned of, and note that they were."""
    payer = Payer(person=row.person, workspace=row.workspace, channel=row.channel)
    changed = connection.execute(sql.book, added(payer, row.begun_at, use)).all()
    return _warned(connection, sql, changed, payer, row.begun_at)


def _warned(
    connection: Connection, sql: Statements, changed: Sequence[Row[Any]], payer: Payer, at: float
) -> Sequence[Warned]:
    warned = []
    for each in changed if sql.warns else ():
        for account in _near(each, at):
            connection.execute(sql.warn[account.unit], key_of(each))
            warned.append(Warned(account=account, payer=payer))
    return warned


def _near(row: Row[Any], at: float) -> Iterator[Account]:
    """Give the limits of an account, but for a person's, that are nearly used and of which nobody was told."""
    if row.holder == "person":
        return
    if not row.spent_warned and _warns(row.spent, row.most_spent):
        yield _account(row, "micros", row.spent, row.most_spent, at)
    if not row.questions_warned and _warns(row.questions, row.most_questions):
        yield _account(row, "questions", row.questions, row.most_questions, at)


def _account(row: Row[Any], unit: Unit, used: int, limit: int, at: float) -> Account:
    return Account(holder=row.holder, unit=unit, used=used, limit=limit, resets_at=resets_at(row.holder, at))


def _warns(used: int, limit: int | None) -> bool:
    return limit is not None and used >= WARNED * limit
