"""Who pays for a call to a model, what it may cost, and the seams of the ledger and of rates. Pure.

Money is whole micro-dollars: millionths of a dollar, so that a sum is never off by what floats lose.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, Protocol, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from adapters.base import Person, Place, Principal
    from adapters.parts import AnswerId

Micros: TypeAlias = int
"""Millionths of a dollar."""
DOLLAR: Final[Micros] = 1_000_000

Feature: TypeAlias = Literal["answer", "embedding", "rewriting"]
"""What a call was for."""
SYNC: Final = "sync:"
"""What the ``answer`` of a call begins with that is for a sync, and so for no question."""
Holder: TypeAlias = Literal["person", "everyone", "workspace"]
"""Whose limit: a person's of a day, that of everyone together of a day, or a workspace's plan of a month."""
Unit: TypeAlias = Literal["micros", "questions"]
Stage: TypeAlias = Literal["free", "warned", "thrifty", "spent"]
"""How far a limit is used: under 80 %, from 80 %, from 90 % (small models, half rates), all of it (quotes alone)."""

WARNED: Final = 0.8
THRIFTY: Final = 0.9


@dataclass(frozen=True, slots=True, kw_only=True)
class Payer:
    """Whose limits a call counts against, and where it was asked: three principals, such as ``slack:T1:person:U1``.

    What a workspace pays by itself, such as a sync, has the workspace in all three, and is within no person's limit.
    """

    person: Principal
    workspace: Principal
    channel: Principal


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A call to a model that is about to be made. ``worst`` is the most that it can cost."""

    answer: AnswerId
    payer: Payer
    feature: Feature
    model: str
    worst: Micros

    @property
    def asks(self) -> bool:
        """Whether it may count as a question of a plan: embedding does not, as it costs nothing where it is local."""
        return self.feature != "embedding"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """What a call did cost. ``answer_tokens`` hold those of reasoning; ``estimated``: the server did not say."""

    prompt_tokens: int
    answer_tokens: int
    cost: Micros
    estimated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Reservation:
    """Money that is set apart for one call until it is settled or released."""

    id: str
    call: Call


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A limit and how far it is used. A limit of a plan may count questions: then ``unit`` says so."""

    holder: Holder
    unit: Unit
    used: int
    limit: int
    resets_at: datetime

    @property
    def share(self) -> float:
        """What is used of the limit, from 0 up; a limit of 0 is used up."""
        return self.used / self.limit if self.limit else 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How somebody stands: every limit that applies. ``small_only``: their plan has no strong models."""

    accounts: tuple[Account, ...]
    small_only: bool = False

    @property
    def tightest(self) -> Account | None:
        """The limit that is used furthest; None where none applies."""
        return max(self.accounts, key=lambda account: account.share, default=None)

    @property
    def stage(self) -> Stage:
        """How far the tightest limit is used."""
        share = self.tightest.share if self.tightest else 0.0
        return "spent" if share >= 1 else "thrifty" if share >= THRIFTY else "warned" if share >= WARNED else "free"


class Price(Protocol):
    """What a model's tokens cost; ``bot.money.prices`` knows it. It rises with each of its numbers."""

    def cost(self, *, prompt_tokens: int, answer_tokens: int, cached_tokens: int = 0) -> Micros:
        """Give the cost of one call, rounded up; ``cached_tokens`` are those of the prompt that cost less."""
        ...


class Ledger(Protocol):
    """Keeps every limit at every moment: what is spent and what is set apart never exceed it together.

    ``bot.money.ledger.SqlLedger`` does so in SQL. Each of these raises StoreError where the database cannot be used:
    then no call may be made.
    """

    async def standing(self, payer: Payer, /) -> Standing:
        """Say how a payer stands now."""
        ...

    async def reserve(self, call: Call, /, *, waits: bool = True) -> Reservation:
        """Set the call's worst cost apart; only then may it be made.

        Where calls under way may leave enough it ``waits`` a little. Raises OverBudget.
        """
        ...

    async def settle(self, reservation: Reservation, bill: Bill, /) -> None:
        """Book what the call did cost, and free the rest. Settling again changes nothing."""
        ...

    async def release(self, reservation: Reservation, /) -> None:
        """Free all of it: the call was never begun, or its server refused it. Not after settling."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """At most so many questions in any so many seconds."""

    most: int
    seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Denied:
    """Too many questions of one person.

    ``wait`` is the seconds until one more is admitted; ``first`` says that none was denied since there was room last,
    so that this one is told in words.
    """

    rate: Rate
    wait: float
    first: bool


class Rates(Protocol):
    """Sliding windows, a set for each person: ``Windows`` in ``bot.money.windows``, ``SharedWindows`` on Redis."""

    async def admit(self, person: Principal, question: str, rates: Sequence[Rate], /) -> Denied | None:
        """Admit a question, which counts in every window from now on, or say why not; a denied one counts in none.

        The same question counts once, however often it is tried. Raises nothing.
        """
        ...


def payer(place: Place, person: Person) -> Payer:
    """Say who pays for what a person asks at a place."""
    return Payer(
        person=f"{place.workspace}:person:{person.id}",
        workspace=place.workspace,
        channel=f"{place.workspace}:channel:{place.channel}",
    )
