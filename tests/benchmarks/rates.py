"""What asking the rates costs: on Redis, in this process, and in the moment that Redis goes.

Valkey runs on this machine, so its figures hold no network. Questions come one after the other, of 300 people, each of
whom asks 20 things where ten a minute are allowed: half of them are refused. An outage is met by 200 questions at once,
which is the worst that can meet one: all of them wait until the first knows.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from redis.asyncio import Redis as Client

from bot.money.shared import SharedWindows
from bot.money.windows import Windows
from bot.ops.logs import configure
from bot.policy import RateSettings
from bot.stores.redis import Redis
from bot.stores.redis_address import redis_address
from tests.benchmarks.figures import Figure
from tests.doubles import valkey

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence

    from bot.money.base import Rates

_PEOPLE: Final = 300
_QUESTIONS: Final = 20
_AT_ONCE: Final = 200
_TIMES: Final = 3
_TIERS: Final = RateSettings().windows


async def one_by_one(work: Callable[[str, str], Awaitable[object]]) -> list[float]:
    """Give the sorted milliseconds that each question took."""
    took = []
    for question in range(_QUESTIONS):
        for person in range(_PEOPLE):
            began = time.perf_counter()
            await work(f"bench:T1:person:U{person}", f"q{question}")
            took.append((time.perf_counter() - began) * 1_000)
    return sorted(took)


async def at_once(rates: Rates, name: str) -> list[float]:
    """Give the sorted milliseconds that each of 200 questions of as many people took."""

    async def timed(person: int) -> float:
        began = time.perf_counter()
        await rates.admit(f"bench:T1:person:{name}{person}", "q", _TIERS)
        return (time.perf_counter() - began) * 1_000

    async with asyncio.TaskGroup() as group:
        asked = [group.create_task(timed(person)) for person in range(_AT_ONCE)]
    return sorted(each.result() for each in asked)


@contextmanager
def stopped(server: valkey.Server) -> Iterator[None]:
    """Have it killed meanwhile."""
    server.stop()
    try:
        yield
    finally:
        server.start()


async def outages(server: valkey.Server, *, black_hole: bool) -> list[float]:
    """Give the milliseconds that questions took in the moment of an outage, of three such moments."""
    took: list[float] = []
    async with Redis(redis_address(server.address)) as redis:
        shared = SharedWindows(redis, Windows())
        for time_of_it in range(_TIMES):
            with server.frozen() if black_hole else stopped(server):
                took += await at_once(shared, f"{black_hole}{time_of_it}")
            await redis.look()
            redis.here()
    return sorted(took)


async def measured(server: valkey.Server) -> Mapping[str, Sequence[float]]:
    """Measure everything; each is a sorted list of milliseconds."""
    client, local = Client.from_url(server.address), Windows()
    found: dict[str, Sequence[float]] = {}
    async with client, Redis(redis_address(server.address)) as redis:
        shared = SharedWindows(redis, Windows())
        found["ping"] = await one_by_one(lambda *_: client.ping())
        found["shared"] = await one_by_one(lambda person, question: shared.admit(person, question, _TIERS))
        found["local"] = await one_by_one(lambda person, question: local.admit(person, question, _TIERS))
        found["at once"] = sorted([took for at in range(_TIMES) for took in await at_once(shared, f"well{at}")])
        redis.here()
    found["stopped"] = await outages(server, black_hole=False)
    found["black hole"] = await outages(server, black_hole=True)
    return found


def figures() -> Sequence[Figure]:
    """Measure on a server of its own."""
    configure(level="error")
    with valkey.running() as server:
        found = asyncio.run(measured(server))
    return [
        Figure(name="a bare PING, p50", value=_percentile(found["ping"], 50), unit="ms"),
        *_three("Redis: three windows", found["shared"], found["ping"], "at most 0.5 ms"),
        *_three("in process: three windows", found["local"], found["ping"], "at most 0.1 ms"),
        Figure(name="Redis: 200 at once, p99", value=_percentile(found["at once"], 99), unit="ms"),
        _added("Redis stopped: 200 at once, p99 added", found["stopped"], found["at once"]),
        _added("Redis a black hole: 200 at once, p99 added", found["black hole"], found["at once"]),
    ]


def _three(name: str, took: Sequence[float], ping: Sequence[float], aim: str) -> Iterator[Figure]:
    for percent in (50, 95, 99):
        value = _percentile(took, percent)
        yield Figure(
            name=f"{name}, p{percent}",
            value=value,
            unit="ms",
            ratio=value / _percentile(ping, percent),
            to=f"PING, p{percent}",
            aim=aim if percent == 50 else "",
        )


def _added(name: str, took: Sequence[float], well: Sequence[float]) -> Figure:
    return Figure(name=name, value=_percentile(took, 99) - _percentile(well, 99), unit="ms", aim="at most 100 ms")


def _percentile(ordered: Sequence[float], percent: int) -> float:
    return ordered[len(ordered) * percent // 100]
