"""What of an answer differs from run to run."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True, kw_only=True)
class Chance:
    """What differs from run to run, so that a test can choose it: seconds, the day, random words, an answer's id."""

    seconds: Callable[[], float] = time.perf_counter
    now: Callable[[], datetime] = field(default=lambda: datetime.now(UTC))
    word: Callable[[], str] = field(default=lambda: secrets.token_hex(8))
    answer: Callable[[], str] = field(default=lambda: secrets.token_hex(16))
