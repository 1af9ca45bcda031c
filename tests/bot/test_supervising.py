from __future__ import annotations

import asyncio
from typing import NoReturn

import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from bot.errors import StoreAway
from bot.ops.supervising import Side, beside, pause, supervised


class Clock:
    """Counts the seconds that are slept, and ends the test after so many sleeps."""

    def __init__(self, sleeps: int) -> None:
        self.slept: list[float] = []
        self._left = sleeps

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self._left -= 1
        if not self._left:
            raise asyncio.CancelledError


class Flaky:
    """Raises what it is given, one after the other; None is a success."""

    def __init__(self, *outcomes: Exception | None) -> None:
        self._outcomes = list(outcomes)

    async def __call__(self) -> None:
        if (outcome := self._outcomes.pop(0)) is not None:
            raise outcome


async def supervise(*outcomes: Exception | None) -> tuple[list[float], list[tuple[str, str]]]:
    clock = Clock(len(outcomes))
    with capture_logs() as logs, pytest.raises(asyncio.CancelledError):
        await supervised(Side(name="side", work=Flaky(*outcomes), every=60.0), clock.sleep)
    return clock.slept, [(line["log_level"], line["event"]) for line in logs]


async def test_it_is_done_again_after_its_interval() -> None:
    assert await supervise(None, None) == ([60.0, 60.0], [])


async def test_failures_are_said_once_and_tried_again_after_a_growing_pause() -> None:
    slept, said = await supervise(LookupError(), LookupError(), LookupError(), None)
    assert slept == [1.0, 2.0, 4.0, 60.0]
    assert [event for level, event in said if level != "debug"] == [
        "a side task failed and is tried again",
        "a side task works again",
    ]
    assert said[0][0] == "error"


async def test_an_error_that_explains_itself_is_a_warning() -> None:
    assert (await supervise(StoreAway("It is away.")))[1] == [("warning", "a side task failed and is tried again")]


async def test_a_failure_after_a_success_is_said_anew() -> None:
    _, said = await supervise(LookupError(), None, LookupError())
    assert [event for _, event in said].count("a side task failed and is tried again") == 2


async def test_what_stands_beside_ends_with_the_body_and_takes_nothing_down() -> None:
    began, ended = asyncio.Event(), asyncio.Event()

    async def broken() -> NoReturn:
        raise LookupError

    async def long() -> None:
        began.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    async def serve() -> None:
        async with beside(Side(name="broken", work=broken, every=1.0), Side(name="long", work=long, every=1.0)):
            await began.wait()
            raise ConnectionError

    with capture_logs(), pytest.raises(ConnectionError):
        await serve()
    assert ended.is_set()


@given(st.integers(1, 10_000))
def test_pauses_grow_to_a_bound(failures: int) -> None:
    assert 0 < pause(failures) <= pause(failures + 1) <= 300
