"""Rates that several processes keep together, on Redis: one script, so one round trip, and no race.

The windows of this process go along and take over while Redis is away, so that a person who has just used theirs up
does not get them anew.
"""

from __future__ import annotations

import math
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, Final

from bot.errors import RedisAway
from bot.money.base import Rates
from bot.money.sliding import REMEMBERED, SECOND, denied
from bot.stores.redis import Script

if TYPE_CHECKING:
    from collections.abc import Sequence

    from adapters.base import Principal
    from bot.money.base import Denied, Rate
    from bot.money.windows import Windows
    from bot.stores.redis import Redis

_NEVER: Final = -1

_ADMIT: Final = Script("""
local asked, told = KEYS[1], KEYS[2]
local question, remembered = ARGV[1], tonumber(ARGV[2])
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]

redis.call('ZREMRANGEBYSCORE', asked, '-inf', now - remembered)
if redis.call('ZSCORE', asked, question) then return {} end

local waits, longest = {}, 0
for at = 3, #ARGV, 2 do
  local most, window, wait = tonumber(ARGV[at]), tonumber(ARGV[at + 1]), 0
  if most == 0 then
    wait, longest = -1, remembered
  else
    local edge = redis.call('ZRANGE', asked, -most, -most, 'WITHSCORES')
    if edge[2] then wait = math.max(0, edge[2] + window - now) end
    longest = math.max(longest, wait)
  end
  waits[#waits + 1] = wait
end

if longest == 0 then
  redis.call('ZADD', asked, now, question)
  redis.call('PEXPIRE', asked, remembered / 1000)
  redis.call('DEL', told)
  return {}
end

local first = redis.call('GET', told) or question
redis.call('SET', told, first, 'PX', math.ceil(longest / 1000))
table.insert(waits, 1, first == question and 1 or 0)
return waits
""")
"""What ``bot.money.sliding.Asked.admit`` does, by the server's clock.

KEYS: the log, a sorted set of questions by the microsecond; the question that was told. ARGV: the question; the
microseconds that questions are remembered for; of each rate its most, and its window in microseconds. Gives nothing
where the question is admitted, else whether it is the one that is told, and of each rate the microseconds until it has
room, -1 for never. A server reads Lua's numbers to 17 digits, which these times have fewer of.
"""


class SharedWindows(Rates):
    """The windows of everyone who asked any process that shares a Redis."""

    def __init__(self, redis: Redis, local: Windows) -> None:
        """``local`` hears of each question that is admitted here, and decides while Redis is away."""
        self._redis = redis
        self._local = local

    async def admit(self, person: Principal, question: str, rates: Sequence[Rate], /) -> Denied | None:
        """Admit a question, or say why not."""
        try:
            found = await self._redis.run(
                _ADMIT, _keys(person), _arguments(question, rates), lambda answer: _read(answer, rates)
            )
        except RedisAway:
            return await self._local.admit(person, question, rates)
        if found is None:
            self._local.note(person, question)
        return found

    async def probe(self) -> str:
        """Say for ``/readyz`` that rates are shared; raises RedisAway while they are not."""
        self._redis.here()
        return "Redis answers, so all processes count questions together."


def _keys(person: Principal) -> tuple[str, str]:
    """Name the keys of a person; the braces keep both on one node of a cluster."""
    key = f"footnote:rates:{{{_hashed(person).hex()}}}"
    return f"{key}:asked", f"{key}:told"


def _arguments(question: str, rates: Sequence[Rate]) -> list[bytes | int]:
    windows = [number for rate in rates for number in (rate.most, rate.seconds * SECOND)]
    return [_hashed(question), REMEMBERED * SECOND, *windows]


def _hashed(name: str) -> bytes:
    """Stand for who asked and where: Redis may be somebody else's, and these are no business of theirs."""
    return blake2b(name.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def _read(answer: Any, rates: Sequence[Rate]) -> Denied | None:  # noqa: ANN401 - what a server said
    """Read what the script gave; raises ValueError where it is something else."""
    match answer:
        case []:
            return None
        case [0 | 1 as told, *waits] if len(waits) == len(rates) and all(isinstance(wait, int) for wait in waits):
            return denied(rates, [math.inf if wait == _NEVER else wait for wait in waits], first=bool(told))
        case _:
            raise ValueError
