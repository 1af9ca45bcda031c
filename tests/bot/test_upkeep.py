from __future__ import annotations

import asyncio
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
import structlog

from bot.upkeep import Checked, Upkeep
from knowledge.carrying import Carried
from knowledge.errors import Busy, NothingThere, Unreachable, WrongVectors
from knowledge.syncing import Seconds, Summary
from tests.doubles.shelf import Shelf

if TYPE_CHECKING:
    from collections.abc import Sequence

    from knowledge.base import Source

NOTHING = Summary(
    added=0,
    changed=0,
    unchanged=3,
    removed=0,
    resumed=0,
    skipped=(),
    chunks=0,
    bytes=0,
    seconds=0.1,
    stages=Seconds(read=0, chunk=0, embed=0, write=0),
)


class Handbook(Shelf, Checked):
    """A source that is there, or is not."""

    def __init__(self, name: str, *, wrong: str | None = None) -> None:
        super().__init__(name=name)
        self._wrong = wrong

    def check(self) -> None:
        if self._wrong:
            raise NothingThere(self._wrong)


class Bot:
    """Keeps its sources up to date as the outcomes say, through a clock that stands still until ``until``."""

    def __init__(self, *sources: Checked, outcomes: Sequence[Summary | Exception], minutes: float = 60) -> None:
        self.synced: list[str] = []
        self.told: list[str] = []
        self.slept: list[float] = []
        self._outcomes = list(outcomes)
        self._done = asyncio.Event()
        self.upkeep = Upkeep(
            sources=sources, sync=self._sync, minutes=minutes, told=self.told.append, sleep=self._sleep
        )

    async def until_over(self) -> None:
        """Run until there are no outcomes left."""
        async with asyncio.timeout(30), self.upkeep.running():
            await self._done.wait()

    async def _sync(self, source: Source) -> Summary:
        self.synced.append(source.name)
        outcome = self._outcomes.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    async def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        if not self._outcomes:
            self._done.set()
            await asyncio.Event().wait()
        await asyncio.sleep(0)


async def test_a_source_is_synced_at_the_start_and_then_every_so_often() -> None:
    bot = Bot(Handbook("handbook"), outcomes=[NOTHING] * 3, minutes=15)
    await bot.until_over()
    assert bot.synced == ["handbook"] * 3
    assert bot.slept == [900.0] * 3
    assert bot.told == []


async def test_what_changed_is_told_in_one_sentence() -> None:
    bot = Bot(Handbook("handbook"), outcomes=[replace(NOTHING, added=1_200, removed=1)])
    await bot.until_over()
    assert bot.told == ["The source handbook was brought up to date: 1,200 added, 1 removed."]


async def test_several_sources_are_synced_one_at_a_time() -> None:
    running, most = 0, 0
    ended = asyncio.Event()
    left = ["a", "b", "c"]

    async def sync(source: Source) -> Summary:
        nonlocal running, most
        running += 1
        most = max(most, running)
        for _ in range(3):
            await asyncio.sleep(0)
        running -= 1
        left.remove(source.name)
        if not left:
            ended.set()
        return NOTHING

    async with asyncio.timeout(30), Upkeep(sources=[Handbook(name) for name in left], sync=sync, minutes=0).running():
        await ended.wait()
    assert most == 1


async def test_a_failure_is_told_once_and_tried_again_ever_more_seldom() -> None:
    lost = NothingThere("/x does not exist; check the path.")
    bot = Bot(Handbook("handbook"), outcomes=[lost, lost, lost, NOTHING, lost], minutes=3)
    await bot.until_over()
    assert bot.slept == [60.0, 120.0, 180.0, 180.0, 60.0]
    sentence = "The source handbook could not be brought up to date and is tried again: /x does not exist;"
    assert [told.startswith(sentence) for told in bot.told] == [True, True]


async def test_what_is_synced_once_is_tried_until_it_is() -> None:
    bot = Bot(Handbook("handbook"), outcomes=[*[WrongVectors("Other vectors.")] * 8, NOTHING], minutes=0)
    async with asyncio.timeout(30):
        await bot.upkeep._keep(Handbook("handbook"))
    assert bot.slept == [60.0, 120.0, 240.0, 480.0, 960.0, 1920.0, 3600.0, 3600.0]


async def test_another_sync_at_work_is_no_failure() -> None:
    bot = Bot(Handbook("handbook"), outcomes=[Busy("Another sync is writing."), NOTHING])
    await bot.until_over()
    assert bot.told == []
    assert bot.slept[0] == 60.0


async def test_a_failing_source_holds_up_no_other() -> None:
    bot = Bot(Handbook("a"), Handbook("b"), outcomes=[NothingThere("Gone."), NOTHING, NOTHING])
    await bot.until_over()
    assert sorted(bot.synced[:2]) == ["a", "b"]


async def test_what_is_not_there_is_told_before_anything_else_and_not_again() -> None:
    told: list[str] = []
    tried = asyncio.Event()

    async def sync(_: Source) -> Summary:
        tried.set()
        raise NothingThere("/x does not exist.")

    async with Upkeep(
        sources=[Handbook("handbook", wrong="/x does not exist.")], sync=sync, minutes=0, told=told.append
    ).running():
        assert len(told) == 1
        await tried.wait()
        await asyncio.sleep(0)
    assert len(told) == 1


async def test_whatever_fails_is_logged_where_nobody_listens_and_the_bot_goes_on() -> None:
    bot = Bot(Handbook("handbook"), outcomes=[NothingThere("Gone."), RuntimeError("a bug"), NOTHING])
    bot.upkeep._told = None
    with structlog.testing.capture_logs() as logs:
        await bot.until_over()
    assert [(line["log_level"], line["source"]) for line in logs] == [
        ("warning", "handbook"),
        ("error", "handbook"),
        ("info", "handbook"),
    ]
    assert logs[0]["told"] == "Gone."


async def test_the_end_of_the_bot_ends_a_sync_at_once() -> None:
    begun, cancelled = asyncio.Event(), asyncio.Event()

    async def sync(_: Source) -> Summary:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()
        return NOTHING

    async with asyncio.timeout(30), Upkeep(sources=[Handbook("handbook")], sync=sync, minutes=60).running():
        await begun.wait()
    assert cancelled.is_set()


async def test_the_interpreter_is_shared_more_finely_while_a_source_is_synced() -> None:
    before, during = sys.getswitchinterval(), list[float]()

    async def sync(_: Source) -> Summary:
        during.append(sys.getswitchinterval())
        return NOTHING

    async with asyncio.timeout(30):
        await Upkeep(sources=[], sync=sync, minutes=0)._keep(Handbook("handbook"))
    assert during[0] < before
    assert sys.getswitchinterval() == before


async def test_an_error_of_the_bot_comes_out_as_itself() -> None:
    bot = Bot(Handbook("handbook"), outcomes=[NOTHING])
    with pytest.raises(ZeroDivisionError):
        async with bot.upkeep.running():
            raise ZeroDivisionError


async def test_vectors_are_carried_before_anything_is_synced_and_tried_until_they_are() -> None:
    order: list[str] = []
    outcomes: list[Carried | Exception | None] = [
        Unreachable("It is away."),
        Unreachable("It is away."),
        Carried(copied=7),
    ]
    done = asyncio.Event()
    told: list[str] = []
    slept: list[float] = []

    async def carry() -> Carried | None:
        order.append("carry")
        outcome = outcomes.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        done.set()
        return outcome

    async def sync(_: Source) -> Summary:
        order.append("sync")
        return NOTHING

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        await asyncio.sleep(0)

    upkeep = Upkeep(sources=[Handbook("a")], sync=sync, minutes=0, told=told.append, carry=carry, sleep=sleep)
    async with asyncio.timeout(30), upkeep.running():
        await done.wait()
    assert order[0] == "carry"
    assert "sync" in order  # what cannot be carried now holds up no sync
    assert slept == [60.0, 120.0]
    assert told == [
        "The vectors could not be carried over, which is tried again: It is away.",
        "Other vectors serve now: 7 copied, 0 embedded.",
    ]
