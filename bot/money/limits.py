"""Limits of money and of questions: of which period they are, what is left, and which one is in the way. Pure.

Days and months are those of UTC. A period is named as ISO 8601 names it, "2026-11-25" or "2026-11", so that names sort.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from bot.money.base import Account

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.money.base import Holder, Micros

_DAY: Final = "%Y-%m-%d"
_MONTH: Final = "%Y-%m"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """The most that a holder may use in a period; None is without limit. ``name``: a principal, or nothing."""

    holder: Holder
    name: str = ""
    micros: Micros | None = None
    questions: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """All that a payer's calls count against. ``small_only``: their plan has no strong models."""

    person: Limit
    workspace: Limit
    everyone: Limit
    small_only: bool = False

    @property
    def ordered(self) -> tuple[Limit, Limit, Limit]:
        """Give them as every transaction locks them, so that none waits for another in a circle.

        What everyone shares comes last: it is locked for the shortest time.
        """
        return (self.person, self.workspace, self.everyone)


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """What was used of a limit: micro-dollars that are booked, those that are set apart, and questions."""

    spent: Micros = 0
    reserved: Micros = 0
    questions: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a call asks for: its worst cost, and whether it counts as a question of its workspace's plan."""

    worst: Micros
    counts: bool

    def of(self, account: Account) -> int:
        """Give how much of a limit it asks for, in the limit's unit."""
        return self.worst if account.unit == "micros" else int(self.counts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Obstacle:
    """A limit that a call does not keep.

    ``passes``: it may, once calls under way are settled. ``never``: the whole limit does not suffice for it.
    """

    limit: Limit
    account: Account
    passes: bool
    never: bool


def obstacle(limits: Limits, uses: Mapping[Holder, Use], wanted: Wanted, at: float) -> Obstacle | None:
    """Find what stands in the way at a time, in seconds since 1970; of several the one that does so for longest."""
    found = [
        Obstacle(
            limit=limit,
            account=account,
            passes=account.unit == "micros" and account.used + wanted.of(account) <= account.limit,
            never=wanted.of(account) > account.limit,
        )
        for limit in limits.ordered
        for account, taken in _accounts(limit, uses.get(limit.holder, Use()), at)
        if taken + wanted.of(account) > account.limit
    ]
    return max(found, key=lambda one: (not one.passes, one.never, one.account.resets_at), default=None)


def accounts(limits: Limits, uses: Mapping[Holder, Use], at: float) -> tuple[Account, ...]:
    """Give every limit with what is used of it at a time; what is only set apart is not used."""
    each = [_accounts(limit, uses.get(limit.holder, Use()), at) for limit in limits.ordered]
    return tuple(account for some in each for account, _ in some)


def _accounts(limit: Limit, use: Use, at: float) -> list[tuple[Account, int]]:
    """Give an account for each unit that is limited, and what is used or set apart of it."""
    ends = resets_at(limit.holder, at)
    found: list[tuple[Account, int]] = []
    if (most := limit.micros) is not None:
        account = Account(holder=limit.holder, unit="micros", used=use.spent, limit=most, resets_at=ends)
        found.append((account, use.spent + use.reserved))
    if (most := limit.questions) is not None:
        account = Account(holder=limit.holder, unit="questions", used=use.questions, limit=most, resets_at=ends)
        found.append((account, use.questions))
    return found


def period(holder: Holder, at: float) -> str:
    """Name the period in which a time lies: a month of a workspace, a day of others."""
    return datetime.fromtimestamp(at, UTC).strftime(_MONTH if holder == "workspace" else _DAY)


def resets_at(holder: Holder, at: float) -> datetime:
    """Give the end of that period."""
    day = datetime.fromtimestamp(at, UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    if holder == "workspace":
        return (day.replace(day=1) + timedelta(days=32)).replace(day=1)
    return day + timedelta(days=1)
