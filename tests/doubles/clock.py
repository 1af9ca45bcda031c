"""A clock that a test moves, as the database would read it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import Double, bindparam

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement

EVENING = datetime(2026, 11, 30, 23, 59, tzinfo=UTC)


class Clock:
    """The last minute of a month, until it is moved."""

    def __init__(self) -> None:
        self.at = EVENING

    def now(self) -> ColumnElement[float]:
        return bindparam(None, callable_=self._read, type_=Double(), unique=True)

    def _read(self) -> float:
        return self.at.timestamp()

    def move(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)
