"""A process that asks: ``python -m tests.doubles.rate_asker ADDRESS QUESTIONS``, beside others that do the same.

All its questions are one person's, at once, with ten a minute allowed. It prints how many were admitted.
"""

from __future__ import annotations

import asyncio
import os
import sys

from bot.money.base import Rate
from bot.money.shared import SharedWindows
from bot.money.windows import Windows
from bot.stores.redis import Redis
from bot.stores.redis_address import redis_address

PATIENT = 30.0
"""A budget that no busy machine exceeds: what is counted is who is admitted, not who is in time."""


async def admitted(address: str, questions: int) -> int:
    """Ask, and fail where Redis did not decide."""
    async with Redis(redis_address(address), budget=PATIENT) as redis:
        shared = SharedWindows(redis, Windows())
        sys.stdin.readline()  # all begin together
        async with asyncio.TaskGroup() as group:
            asked = [
                group.create_task(
                    shared.admit("slack:T1:person:U1", f"{os.getpid()}:{number}", (Rate(most=10, seconds=60),))
                )
                for number in range(questions)
            ]
        redis.here()
    return sum(each.result() is None for each in asked)


if __name__ == "__main__":
    sys.stdout.write(str(asyncio.run(admitted(sys.argv[1], int(sys.argv[2])))))
