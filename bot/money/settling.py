"""What every call has at its end, whatever it was for: what it did cost is booked, or its money is given back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog

from bot.errors import StoreError

if TYPE_CHECKING:
    from bot.money.base import Bill, Ledger, Reservation


async def closed(ledger: Ledger, reservation: Reservation, bill: Bill | None) -> None:
    """Book the bill of a call, or free its money where it was never begun, which is None.

    Where that fails, its worst is booked once the lease of the reservation is over.
    """
    try:
        if bill is None:
            await ledger.release(reservation)
        else:
            await ledger.settle(reservation, bill)
    except StoreError as error:
        structlog.get_logger().warning("a call is not settled, and so will count at its worst", why=error.told)
