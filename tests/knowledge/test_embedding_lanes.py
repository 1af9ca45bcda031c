from __future__ import annotations

import asyncio
import os
import sys
import threading
from typing import TYPE_CHECKING, Literal

import numpy as np
import pytest

from knowledge.embedding.alone import Alone, Model
from knowledge.embedding.lanes import Lanes, behind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from knowledge.base import Vectors


class Gated(Model):
    """Gives a passage's vector once its gate is open; a question's at once."""

    def __init__(self) -> None:
        self.begun, self.gate = threading.Event(), threading.Event()

    def tokens(self, texts: Sequence[str], purpose: Literal["question", "passage"], /) -> list[list[int]]:
        return [[1] if purpose == "question" else [2] for _ in texts]

    def vector(self, tokens: list[int], /) -> Vectors:
        if tokens == [2]:
            self.begun.set()
            self.gate.wait()
        return np.ones(1, np.float32)


async def test_a_question_waits_for_no_passage() -> None:
    model = Gated()
    alone = Alone(lambda: model, dimensions=1, lanes=Lanes(2))
    async with asyncio.timeout(30), asyncio.TaskGroup() as tasks:
        passages = tasks.create_task(alone.embed(["p"] * 64, purpose="passage"))
        await asyncio.to_thread(model.begun.wait)
        asked = await alone.embed(["q"], purpose="question")
        assert not passages.done()
        model.gate.set()
    assert asked.vectors.shape == (1, 1)
    assert passages.result().vectors.shape == (64, 1)


def test_a_batch_keeps_every_lane_busy() -> None:
    batches = [Alone(Gated, dimensions=1, lanes=Lanes(count)).batch for count in (1, 2, 16)]
    assert batches == [64, 64, 512]


async def test_every_row_is_worked_off_once() -> None:
    done: list[int] = []
    await Lanes(3).each(done.append, range(100))
    assert sorted(done) == list(range(100))


async def test_no_rows_need_no_lane() -> None:
    await Lanes(3).each(lambda _: pytest.fail("there is nothing to do"), [])


async def test_what_is_cancelled_begins_no_further_row() -> None:
    begun, gate, ended = threading.Event(), threading.Event(), threading.Event()
    rows: list[int] = []

    def work(row: int) -> None:
        rows.append(row)
        begun.set()
        gate.wait()
        ended.set()

    lanes = Lanes(1)
    async with asyncio.TaskGroup() as tasks:
        working = tasks.create_task(lanes.each(work, range(10)))
        await asyncio.to_thread(begun.wait)
        working.cancel()
    gate.set()
    await asyncio.to_thread(ended.wait)
    await lanes.each(lambda row: rows.append(100 + row), [0])
    assert rows == [0, 100]


async def test_an_error_ends_the_work() -> None:
    def work(row: int) -> None:
        raise ValueError(row)

    with pytest.raises(ExceptionGroup):
        await Lanes(1).each(work, range(10))


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has a priority for each thread")
async def test_what_no_person_waits_for_gives_way() -> None:
    priorities: list[int] = []

    def work(_: int) -> None:
        priorities.append(os.getpriority(os.PRIO_PROCESS, threading.get_native_id()))

    lanes = Lanes(1)
    with behind():
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(lanes.each(work, [0]))
    await lanes.each(work, [0])
    own = os.getpriority(os.PRIO_PROCESS, 0)
    assert priorities == [min(19, own + 10), own]
