from __future__ import annotations

import asyncio
import os
import signal
import threading

import pytest

from bot.ending import Told


class Leaving:
    """What a process would do when it is left."""

    def __init__(self) -> None:
        self.codes: list[int] = []
        self.left = threading.Event()

    def __call__(self, code: int) -> None:
        self.codes.append(code)
        self.left.set()


def send(number: signal.Signals) -> None:
    os.kill(os.getpid(), number)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_the_first_signal_cancels_the_body_which_may_take_its_time(number: signal.Signals) -> None:
    tidied = False
    with Told(60.0, Leaving()) as told:
        async with told.heeded():
            send(number)
            try:
                await asyncio.Event().wait()
            finally:
                await asyncio.sleep(0)
                tidied = True
    assert tidied
    assert told.asked


async def test_a_signal_that_came_before_is_heeded_at_once() -> None:
    with Told(60.0, Leaving()) as told:
        send(signal.SIGTERM)
        async with asyncio.timeout(30), told.heeded():
            await asyncio.Event().wait()


async def test_without_a_signal_the_body_ends_by_itself_and_its_errors_come_out() -> None:
    with Told(60.0, Leaving()) as told:
        async with told.heeded():
            pass
        with pytest.raises(TimeoutError):
            async with told.heeded():
                raise TimeoutError
    assert not told.asked


async def test_the_same_signal_again_leaves_and_another_kind_does_not() -> None:
    leaving = Leaving()
    with Told(60.0, leaving):
        send(signal.SIGTERM)
        send(signal.SIGINT)
        assert leaving.codes == []
        send(signal.SIGTERM)
        assert leaving.codes == [128 + signal.SIGTERM]


async def test_whoever_was_asked_is_left_in_time_even_with_a_loop_that_hangs() -> None:
    leaving = Leaving()
    with Told(0.0, leaving):
        send(signal.SIGTERM)
        assert leaving.left.wait(10)  # the loop is not given a turn
    assert leaving.codes == [0]


async def test_signals_are_given_back() -> None:
    before = [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)]
    with Told(60.0, Leaving()):
        assert signal.getsignal(signal.SIGTERM) != before[0]
    assert [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)] == before
