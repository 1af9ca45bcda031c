"""Charges and accounts as a ledger leaves them."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert

from bot.tables import AccountRow, ChargeRow

if TYPE_CHECKING:
    from bot.database import Database

EVENING = datetime(2026, 11, 24, 18, 0, tzinfo=UTC)
"""A Tuesday, of which three quarters are over."""
_NUMBERS = itertools.count()


def a_charge(**said: Any) -> dict[str, Any]:  # noqa: ANN401 - columns of any type
    """A call that was settled on that evening, but for what is said; ``at`` is when it was begun."""
    number = next(_NUMBERS)
    at: datetime = said.pop("at", EVENING)
    charge = {
        "id": f"charge-{number}",
        "answer": f"answer-{number}",
        "owner": "me",
        "lease_until": 0.0,
        "state": "settled",
        "worst": 1_000,
        "cost": 600,
        "person": "slack:T1:person:U1",
        "workspace": "slack:T1",
        "channel": "slack:T1:channel:C1",
        "feature": "answer",
        "model": "gpt-4.1-mini",
        "prompt_tokens": 1_000,
        "answer_tokens": 100,
        "estimated": False,
        "counts": False,
        "begun_at": at.timestamp(),
    }
    return charge | said


def an_account(**said: Any) -> dict[str, Any]:  # noqa: ANN401 - the same
    """Everyone's account of that day, without limits, but for what is said."""
    account = {
        "holder": "everyone",
        "name": "",
        "period": "2026-11-24",
        "spent": 0,
        "reserved": 0,
        "questions": 0,
        "most_spent": None,
        "most_questions": None,
        "spent_warned": False,
        "questions_warned": False,
    }
    return account | said


async def kept(database: Database, *charges: dict[str, Any], accounts: tuple[dict[str, Any], ...] = ()) -> None:
    """Write them down."""
    for row, values in ((ChargeRow, list(charges)), (AccountRow, list(accounts))):
        if values:
            statement = insert(row).values(values)
            await database.write(lambda connection, statement=statement: connection.execute(statement).rowcount)  # type: ignore[misc]
