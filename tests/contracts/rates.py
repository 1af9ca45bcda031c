"""What limits rates keeps to this. Subclass it, and give the fixtures ``rates`` and ``forward``.

``forward`` lets so many seconds pass. A server's clock goes on by itself, so nothing here needs it to stand still.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeAlias

import pytest

from bot.money.base import Denied, Rate

if TYPE_CHECKING:
    from bot.money.base import Rates

Forward: TypeAlias = Callable[[float], None]

ANN, BOB = "slack:T1:person:U1", "slack:T1:person:U2"
MINUTE = (Rate(most=3, seconds=60),)
TIERS = (Rate(most=3, seconds=60), Rate(most=5, seconds=3_600), Rate(most=8, seconds=86_400))


async def ask(rates: Rates, number: object, limits: Sequence[Rate] = MINUTE, person: str = ANN) -> Denied | None:
    return await rates.admit(person, f"q{number}", limits)


async def fill(rates: Rates, count: int, limits: Sequence[Rate] = MINUTE) -> None:
    for number in range(count):
        assert await ask(rates, f"fill{number}", limits) is None


async def refusal(rates: Rates, number: object, limits: Sequence[Rate] = MINUTE) -> Denied:
    found = await ask(rates, number, limits)
    assert found is not None
    return found


class RatesContract:
    """The rules of ``bot.money.base.Rates``."""

    async def test_as_many_as_the_rate_says_are_admitted(self, rates: Rates) -> None:
        await fill(rates, 3)
        assert (await refusal(rates, 1)).rate == MINUTE[0]

    async def test_of_200_at_once_exactly_10_are_admitted(self, rates: Rates) -> None:
        limits = (Rate(most=10, seconds=60), Rate(most=100, seconds=3_600))
        async with asyncio.TaskGroup() as group:
            asked = [group.create_task(ask(rates, number, limits)) for number in range(200)]
        assert sum(each.result() is None for each in asked) == 10

    async def test_people_do_not_share_their_windows(self, rates: Rates) -> None:
        await fill(rates, 3)
        assert await ask(rates, 1, person=BOB) is None

    async def test_a_window_slides(self, rates: Rates, forward: Forward) -> None:
        await fill(rates, 1)
        forward(40)
        await ask(rates, "b")
        await ask(rates, "c")
        assert 12 < (await refusal(rates, 1)).wait <= 20
        forward(20)
        assert await ask(rates, 2) is None
        assert 32 < (await refusal(rates, 3)).wait <= 40

    async def test_a_question_counts_once_however_often_it_is_tried(self, rates: Rates) -> None:
        for _ in range(5):
            assert await ask(rates, "same") is None
        await fill(rates, 2)
        assert await ask(rates, "same") is None
        assert await ask(rates, "other") is not None

    async def test_a_denied_question_counts_in_no_window(self, rates: Rates, forward: Forward) -> None:
        await fill(rates, 3, TIERS)
        for number in range(20):
            assert await ask(rates, number, TIERS) is not None
        forward(60)
        assert await ask(rates, "a", TIERS) is None
        assert await ask(rates, "b", TIERS) is None
        assert (await refusal(rates, "c", TIERS)).rate == TIERS[1]

    async def test_the_rate_whose_room_comes_back_last_is_named(self, rates: Rates, forward: Forward) -> None:
        await fill(rates, 3, TIERS)
        forward(100)
        for name in "ab":
            await ask(rates, name, TIERS)
        found = await refusal(rates, 1, TIERS)
        assert found.rate == TIERS[1]
        assert 3_490 < found.wait <= 3_500

    async def test_the_longest_window_forgets_after_its_day(self, rates: Rates, forward: Forward) -> None:
        await fill(rates, 2, (Rate(most=2, seconds=86_400),))
        forward(86_399)
        assert await ask(rates, 1, (Rate(most=2, seconds=86_400),)) is not None
        forward(1)
        assert await ask(rates, 1, (Rate(most=2, seconds=86_400),)) is None

    async def test_the_first_refusal_alone_is_told(self, rates: Rates) -> None:
        await fill(rates, 3)
        assert [(await refusal(rates, number)).first for number in range(3)] == [True, False, False]

    async def test_what_was_told_is_told_again_when_it_is_tried_again(self, rates: Rates) -> None:
        await fill(rates, 3)
        assert [(await refusal(rates, number)).first for number in (1, 2, 1, 2)] == [True, False, True, False]

    async def test_after_there_was_room_a_refusal_is_told_anew(self, rates: Rates, forward: Forward) -> None:
        await fill(rates, 3)
        await refusal(rates, 1)
        forward(60)
        for name in "abc":
            await ask(rates, name)
        assert [(await refusal(rates, number)).first for number in (2, 1)] == [True, False]

    async def test_room_that_nobody_took_is_room_too(self, rates: Rates, forward: Forward) -> None:
        await fill(rates, 3)
        await refusal(rates, 1)
        forward(60)
        nobody = (Rate(most=0, seconds=60),)
        assert (await refusal(rates, 2, nobody)).first

    async def test_a_rate_of_none_admits_nobody_and_never_will(self, rates: Rates) -> None:
        none = (Rate(most=0, seconds=60), Rate(most=5, seconds=3_600))
        found = await refusal(rates, 1, none)
        assert found == Denied(rate=none[0], wait=math.inf, first=True)
        assert not (await refusal(rates, 2, none)).first
        assert await ask(rates, 3) is None

    async def test_limits_are_those_of_each_call(self, rates: Rates) -> None:
        await fill(rates, 3)
        assert await ask(rates, 1, (Rate(most=4, seconds=60),)) is None
        assert await ask(rates, 2, (Rate(most=2, seconds=60),)) is not None

    async def test_halved_limits_wait_until_enough_have_left(self, rates: Rates, forward: Forward) -> None:
        await fill(rates, 1)
        forward(10)
        await ask(rates, "b")
        forward(10)
        await ask(rates, "c")
        assert 52 < (await refusal(rates, 1, (Rate(most=1, seconds=60),))).wait <= 60
        assert 42 < (await refusal(rates, 1, (Rate(most=2, seconds=60),))).wait <= 50

    async def test_without_a_rate_everything_is_admitted(self, rates: Rates) -> None:
        assert await ask(rates, 1, ()) is None

    @pytest.mark.parametrize("name", ["", "ünïcode 🙂", "lone \ud800", "new\r\nline", "x" * 10_000])
    async def test_names_may_be_anything(self, rates: Rates, name: str) -> None:
        one = (Rate(most=1, seconds=60),)
        assert await rates.admit(name, name, one) is None
        assert await rates.admit(name, name, one) is None
        assert await rates.admit(name, name + "!", one) is not None
