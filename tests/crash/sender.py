"""People in a process of their own: ask in many conversations, each in order, and some questions twice.

A question that is not acknowledged is delivered again, by whatever worker there is, as platforms do.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from adapters.base import Person, Place, Question
from bot.payload import packed
from tests.crash.sinking import PLATFORM

if TYPE_CHECKING:
    from collections.abc import Sequence

_ACKNOWLEDGED = 5.0
"""Seconds that a platform waits for an acknowledgement before it delivers again."""


def question(number: int, conversations: int) -> Question:
    conversation = f"c{number % conversations}"
    return Question(
        id=f"q{number:05}",
        conversation=conversation,
        place=Place(platform=PLATFORM, workspace="sink:1", channel=conversation),
        asker=Person(id="mary", name="Mary"),
        text=f"Answer {number}:",
        asked_at=datetime.now(UTC),
    )


class Sender:
    def __init__(self, sockets: Sequence[Path], seed: int, twice: float, rate: float) -> None:
        self._sockets = sockets
        self._chance = random.Random(seed)  # noqa: S311 - who gets what when, no secrets
        self._twice = twice
        self._rate = rate

    async def ask(self, questions: Sequence[Question]) -> None:
        """Ask one conversation's questions, each when the one before was acknowledged."""
        for asked in questions:
            twice = self._chance.random() < self._twice
            at_once = self._chance.random() < 0.5
            now = replace(asked, asked_at=datetime.now(UTC))
            if twice and at_once:
                async with asyncio.TaskGroup() as group:
                    group.create_task(self._deliver(now))
                    group.create_task(self._deliver(now))
            else:
                await self._deliver(now)
                if twice:
                    await self._deliver(now)
            await asyncio.sleep(self._chance.random() * self._rate)

    async def _deliver(self, asked: Question) -> None:
        line = json.dumps(packed(asked)).encode() + b"\n"
        while not await self._tried(self._chance.choice(self._sockets), line):
            await asyncio.sleep(0.02)

    async def _tried(self, socket: Path, line: bytes) -> bool:
        try:
            async with asyncio.timeout(_ACKNOWLEDGED):
                reader, writer = await asyncio.open_unix_connection(socket)
                try:
                    writer.write(line)
                    return await reader.readline() == b"ok\n"
                finally:
                    writer.close()
        except (OSError, TimeoutError):
            return False


async def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("sockets", nargs="+", type=Path)
    parser.add_argument("--questions", type=int, default=1_000)
    parser.add_argument("--conversations", type=int, default=50)
    parser.add_argument("--twice", type=float, default=0.1)
    parser.add_argument("--rate", type=float, default=0.1)
    parser.add_argument("--seed", type=int, default=0)
    told = parser.parse_args()
    sender = Sender(told.sockets, told.seed, told.twice, told.rate)
    async with asyncio.TaskGroup() as people:
        for conversation in range(told.conversations):
            numbers = range(conversation, told.questions, told.conversations)
            people.create_task(sender.ask([question(number, told.conversations) for number in numbers]))


if __name__ == "__main__":
    asyncio.run(main())
