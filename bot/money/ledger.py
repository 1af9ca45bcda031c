"""The ledger in SQL, shared by all processes on a database: reserve, settle, release, and what a crash leaves behind.

A reservation that is committed means that its call may have begun. Its process renews it while it lives; where a
process is gone, whoever sees it first books the call at its worst. If it comes back after all, only the difference to
the real cost is booked.
"""

from __future__ import annotations

import asyncio
import secrets
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING, Final

import structlog

from bot.errors import OverBudget, StoreError
from bot.money.base import Ledger, Reservation, Standing
from bot.money.booking import (
    OverLimit,
    Unclear,
    assumed_in,
    closed_in,
    reserved_at_once_in,
    reserved_in,
    used_in,
)
from bot.money.limits import accounts
from bot.money.statements import Statements
from bot.money.waiting import Lines
from bot.money.wording import held_up, refusal
from bot.ops.supervising import Side, beside

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Sequence

    from sqlalchemy import ColumnElement

    from bot.database import Database
    from bot.money.base import Account, Bill, Call, Payer
    from bot.money.booking import Warned
    from bot.money.limits import Limits, Obstacle

LEASE_SECONDS: Final = 30.0
_LEAVING: Final = 3.0
"""Seconds that a process which ends takes for what is not booked yet."""
_RENEWALS: Final = 3
"""Times that a lease is renewed before it would end."""
_log = structlog.get_logger()


class SqlLedger(Ledger):
    """Keeps limits. ``running`` renews what this process has reserved, and books what others left behind."""

    def __init__(  # noqa: PLR0913 - each is a fact about this process
        self,
        database: Database,
        limits: Callable[[Payer], Limits],
        *,
        wait_seconds: float,
        alert: Callable[[Account, Payer], None] | None = None,
        lease_seconds: float = LEASE_SECONDS,
        owner: str | None = None,
        now: Callable[[], ColumnElement[float]] | None = None,
    ) -> None:
        """``wait_seconds`` is how long a call waits for money that others under way may leave.

        ``alert`` is told, once in a day or month by whichever process sees it, that 80 % of everyone's limit or of a
        workspace's are used, and by whose call; without it, that is left to other processes.
        ``owner`` names this process and nobody else; ``now`` is for tests.
        """
        self._database = database
        self._limits = limits
        self._wait_seconds = wait_seconds
        self._alert = alert
        self._lease_seconds = lease_seconds
        self._sql = Statements(
            owner=owner or secrets.token_hex(8),
            lease_seconds=lease_seconds,
            now=now or database.now,
            insert=database.insert,
            chains=database.chains,
            warns=alert is not None,
        )
        self._lines = Lines()
        self._held: set[str] = set()
        self._unbooked: dict[str, tuple[Reservation, Bill | None]] = {}

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        """Renew and recover while the body runs."""
        every = self._lease_seconds / _RENEWALS
        async with beside(Side(name="reservations of money", work=self.keep, every=every, longest_pause=every)):
            try:
                yield
            finally:
                await self._leave()

    async def _leave(self) -> None:
        """Book what could not be booked so far; what cannot be booked now either will count at its worst."""
        try:
            async with asyncio.timeout(_LEAVING):
                for reservation, bill in list(self._unbooked.values()):
                    await self._close(reservation, bill)
        except (StoreError, TimeoutError):
            _log.warning("calls are not settled, and so will count at their worst", calls=len(self._unbooked))

    async def standing(self, payer: Payer, /) -> Standing:
        """Say how a payer stands now. Raises StoreError."""
        limits = self._limits(payer)
        at, uses = await self._database.read(lambda connection: used_in(connection, self._sql, payer))
        return Standing(accounts=accounts(limits, uses, at), small_only=limits.small_only)

    async def reserve(self, call: Call, /, *, waits: bool = True) -> Reservation:
        """Set the call's worst cost apart, or wait for it. Raises OverBudget and StoreError."""
        reservation = Reservation(id=secrets.token_hex(16), call=call)
        try:
            await self._reserved(reservation, self._limits(call.payer), self._wait_seconds if waits else 0.0)
        except OverBudget:
            raise
        except BaseException:  # cancelled, or its confirmation was lost: it may be committed all the same
            self._unbooked[reservation.id] = (reservation, None)
            raise
        self._held.add(reservation.id)
        return reservation

    async def settle(self, reservation: Reservation, bill: Bill, /) -> None:
        """Book what the call did cost, and free the rest. Settling again changes nothing. Raises StoreError.

        Where it fails, or is cancelled, ``running`` tries it again.
        """
        call = reservation.call
        if bill.cost > call.worst:
            _log.warning("a call cost more than it could", model=call.model, worst=call.worst, cost=bill.cost)
        await self._close(reservation, bill)

    async def release(self, reservation: Reservation, /) -> None:
        """Free all of it. After settling it changes nothing. Raises StoreError."""
        await self._close(reservation, None)

    async def keep(self) -> None:
        """Renew this process's leases, make up for what could not be booked, and recover. Raises StoreError."""
        if held := list(self._held):
            told = {"charges": held}
            await self._database.write(lambda connection: connection.execute(self._sql.renew, told).rowcount)
        for reservation, bill in list(self._unbooked.values()):
            await self._close(reservation, bill)
        await self.recover()

    async def recover(self) -> int:
        """Book at its worst what vanished processes left open, once their leases are over; give how many there were."""
        found = await self._database.read(lambda connection: connection.scalars(self._sql.ended).all())
        return await self._assume(found, at_once=False)

    async def _reserved(self, reservation: Reservation, limits: Limits, seconds: float) -> None:
        """Set apart at once, or in this call's turn among those that the same limit keeps waiting."""
        held = await self._tried(reservation, limits)
        if held is None:
            return
        until = asyncio.get_running_loop().time() + seconds
        try:
            async with self._lines.turn((held.limit.holder, held.limit.name), until):
                freed = self._lines.freed
                while (still := await self._tried(reservation, limits)) is not None:
                    held = still
                    await self._lines.wait(freed, until)
                    freed = self._lines.freed
        except TimeoutError:
            raise OverBudget(held_up(held.account), held.account) from None

    async def _tried(self, reservation: Reservation, limits: Limits) -> Obstacle | None:
        """Try once; give what is in the way where it may pass. Raises OverBudget where it does not."""
        over: OverLimit | None = None
        try:
            earlier = await self._set_apart(reservation, limits)
        except OverLimit as error:
            over, earlier = error, error.earlier
        if earlier:
            await self._assume_earlier(reservation.call)
        if over is None:
            return None
        if not over.obstacle.passes:
            raise OverBudget(refusal(over.obstacle, over.at), over.obstacle.account)
        return over.obstacle

    async def _set_apart(self, reservation: Reservation, limits: Limits) -> bool:
        if self._database.chains:
            with suppress(Unclear):
                return await self._database.write(lambda one: reserved_at_once_in(one, self._sql, reservation, limits))
        return await self._database.write(lambda one: reserved_in(one, self._sql, reservation, limits))

    async def _close(self, reservation: Reservation, bill: Bill | None) -> None:
        """Settle or release; what was wished first holds until it is done."""
        reservation, bill = self._unbooked.setdefault(reservation.id, (reservation, bill))
        warned = await self._database.write(lambda connection: closed_in(connection, self._sql, reservation, bill))
        self._unbooked.pop(reservation.id, None)
        self._held.discard(reservation.id)
        self._booked(warned)

    async def _assume_earlier(self, call: Call) -> None:
        """Book at its worst what an earlier try at the answer left open: whoever made it is gone, or was overtaken."""
        told = {"of": call.answer}
        found = await self._database.read(lambda connection: connection.scalars(self._sql.earlier, told).all())
        await self._assume(found, at_once=True)

    async def _assume(self, charges: Sequence[str], *, at_once: bool) -> int:
        assumed = 0
        for charge in charges:  # each by itself: two payers' accounts in one transaction could wait in a circle
            assume = partial(assumed_in, sql=self._sql, charge=charge, at_once=at_once)
            if (warned := await self._database.write(assume)) is not None:
                assumed += 1
                self._booked(warned)
        if assumed:
            _log.warning("calls of a process that is gone were booked at their worst", calls=assumed)
        return assumed

    def _booked(self, warned: Sequence[Warned]) -> None:
        self._lines.free()
        if self._alert is not None:
            for one in warned:
                self._alert(one.account, one.payer)
