"""Requests to Discord that nobody waits for any more."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import pytest
from discord.http import Route

from adapters.discord.calls import answered
from adapters.discord.errors import Unsure
from adapters.discord.flights import Flight, Flights, Left

_ROUTE = Route("GET", "/users/@me")


class Slow:
    """A request that is at a point of its way until the test goes on."""

    def __init__(self) -> None:
        self.there = asyncio.Event()
        self.goes_on = asyncio.Event()
        self.ended: list[str] = []

    async def __call__(self, _: Route, *, trace_request_ctx: Flight) -> str:
        self.flight = trace_request_ctx
        self.there.set()
        try:
            await self.goes_on.wait()
        except asyncio.CancelledError:
            self.ended.append("cancelled")
            raise
        try:
            self.flight.sets_out()
        except Left:
            self.ended.append("left")
            raise
        self.ended.append("sent")
        return "done"


async def _left(state: str) -> list[str]:
    """Give what becomes of a request that is left in this state, and then goes on."""
    slow, flight = Slow(), Flight()
    async with Flights() as flights, asyncio.TaskGroup() as group:
        waits = group.create_task(flights.owning(slow)(_ROUTE, flight=flight))
        await slow.there.wait()
        flight.state = state  # type: ignore[assignment]
        waits.cancel()
        with suppress(asyncio.CancelledError):
            await waits
        slow.goes_on.set()
        await asyncio.wait(flights._tasks)
    return slow.ended


@pytest.mark.parametrize("state", ["waiting", "sent"])
async def test_what_waits_or_is_on_its_way_is_cancelled(state: str) -> None:
    assert await _left(state) == ["cancelled"]


@pytest.mark.parametrize("state", ["resting", "landed"])
async def test_what_rests_or_has_landed_comes_to_its_end_and_is_not_sent_again(state: str) -> None:
    assert await _left(state) == ["left"]


async def test_a_request_does_not_set_out_once_its_time_is_over_and_is_not_cancelled_then() -> None:
    def over() -> None:
        raise RuntimeError

    flight = Flight(renew=over)
    with pytest.raises(Left):
        flight.sets_out()
    assert flight.undone
    assert not flight.leave()


async def test_the_seconds_count_anew_from_when_a_request_sets_out(monkeypatch: pytest.MonkeyPatch) -> None:
    flight, loop = Flight(), asyncio.get_running_loop()
    passed, time = [0.0], loop.time
    monkeypatch.setattr(loop, "time", lambda: time() + passed[0])

    async def asked() -> str:
        for _ in range(2):
            passed[0] += 20.0
            for _ in range(3):
                await asyncio.sleep(0)
            flight.sets_out()
        return "done"

    assert await answered("something", asked(), within=30.0, flight=flight) == "done"


async def test_what_was_sent_before_may_have_been_done() -> None:
    flight = Flight()
    flight.sets_out()
    flight.state = "landed"
    flight.sets_out()
    flight.state = "resting"
    assert not flight.undone


async def test_a_request_that_fails_says_so_to_whoever_waits() -> None:
    async def broken(_: Route, **given: object) -> str:
        assert given
        raise OSError

    async with Flights() as flights:
        with pytest.raises(Unsure):
            await answered("something", flights.owning(broken)(_ROUTE))
