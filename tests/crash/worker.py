"""A bot in a process of its own, whose model is a script: takes questions in by a socket, answers them on the sink.

It ends itself, as by ``kill -9``, when it passes a named point for the n-th time. Faults can be planted in it, to see
that the campaign finds what they do.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import signal
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import event

import bot.dispatcher
from adapters.markup import Paragraph, Plain
from adapters.parts import Ending, Status, Text
from bot.answering.turns import NewTurn
from bot.database import Database
from bot.desk import FrontDesk
from bot.dispatcher import Dispatcher
from bot.ending import until_told
from bot.feedback.ratings import Ratings
from bot.inbox import Inbox
from bot.ops.logs import configure
from bot.payload import unpacked
from bot.turns import Turns
from tests.crash.sinking import PLATFORM, SinkAdapter
from tests.doubles.audiences import recall

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable, Collection, Mapping, Sequence

    from sqlalchemy import Connection

    from adapters.base import Question
    from adapters.parts import AnswerId, Part
    from bot.answering.around import Around
    from bot.answering.permission import Readers
    from bot.inbox import Claim, Owed

POINTS = (
    "drain",
    "insert",
    "acknowledge",
    "claim",
    "model",
    "intent",
    "post accepted",
    "outcome",
    "finish",
    "migration",
)
FAULTS = ("no fence", "no look-up", "early acknowledgement")


class Points:
    """Counts down to the point at which this process is to die; ``a|b`` is whichever comes."""

    def __init__(self, point: str, times: int) -> None:
        self._points = point.split("|")
        self._left = times

    def reach(self, point: str) -> None:
        if point in self._points:
            self._left -= 1
            if self._left <= 0:
                os.kill(os.getpid(), signal.SIGKILL)


class WatchedInbox(Inbox):
    def __init__(self, database: Database, *, points: Points, fenced: bool, lease_seconds: float) -> None:
        super().__init__(database, Turns(database), lease_seconds=lease_seconds, fenced=fenced)
        self._points = points
        self._fenced = fenced

    def _put(self, connection: Connection, row: Mapping[str, Any]) -> bool:
        fresh = super()._put(connection, row)
        self._points.reach("insert")
        return fresh

    async def claim(self, limit: int, platforms: Collection[str], /) -> Sequence[Owed]:
        claimed = await super().claim(limit, platforms)
        if claimed:
            self._points.reach("claim")
        return claimed

    async def finish(self, claim: Claim, turn: NewTurn | None = None, /) -> None:
        await super().finish(claim, turn)
        self._points.reach("finish")

    def close(self) -> None:
        super().close()
        self._points.reach("drain")

    async def renew(self, claims: Collection[Claim], /) -> frozenset[Claim]:
        held = await super().renew(claims)
        return held if self._fenced else frozenset(claims)


class Answers:
    """Three sentences, with pauses by a seed."""

    def __init__(self, points: Points, chance: random.Random, pause: float) -> None:
        self._points = points
        self._chance = chance
        self._pause = pause

    async def __call__(  # noqa: PLR0913 - as the engine's
        self,
        question: Question,
        readers: Readers,
        stop: asyncio.Event,
        /,
        *,
        answer: AnswerId,
        keep: Callable[[NewTurn], Awaitable[None]],
        around: Around | None,
    ) -> AsyncGenerator[Part]:
        yield Status(doing="searching")
        for number in ("one", "two", "three"):
            await asyncio.sleep(self._chance.random() * self._pause)
            self._points.reach("model")
            yield Text(block=Paragraph((Plain(f"{question.text} {number}."),)))
        await keep(NewTurn(answer=answer, question=question, text=question.text, verdict="answered"))
        yield Ending(answer=answer, verdict="answered")


class Intake:
    """Takes in questions, a JSON object a line, and says ``ok`` once each is safe."""

    def __init__(self, desk: FrontDesk, points: Points, *, early: bool) -> None:
        self._desk = desk
        self._points = points
        self._early = early

    async def serve(self, socket: Path) -> None:
        socket.unlink(missing_ok=True)
        server = await asyncio.start_unix_server(self._take, socket)
        try:
            await asyncio.Event().wait()
        finally:
            server.close()

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(Exception):  # not acknowledged, so it is delivered again
            while line := await reader.readline():
                if self._early:
                    writer.write(b"ok\n")
                    await writer.drain()
                    await asyncio.sleep(0.01)
                await self._desk.accept(unpacked(json.loads(line)))
                self._points.reach("acknowledge")
                if not self._early:
                    writer.write(b"ok\n")
                    await writer.drain()
        writer.close()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("database")
    parser.add_argument("intake", type=Path)
    parser.add_argument("sink", type=Path)
    parser.add_argument("--keys", action="store_true")
    parser.add_argument("--lease", type=float, default=2.0)
    parser.add_argument("--flight", type=int, default=16)
    parser.add_argument("--pause", type=float, default=0.01)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--kill-at", default="")
    parser.add_argument("--times", type=int, default=1)
    parser.add_argument("--fault", default="")
    return parser.parse_args()


async def main() -> int:
    told = _arguments()
    configure(level="error", form="json")
    points = Points(told.kill_at, told.times)
    where = told.database if "://" in told.database else Path(told.database)
    database = Database(where, busy_seconds=20.0)
    if told.fault == "no fence":  # nor the watch that a process keeps over itself
        bot.dispatcher._SAFE = 1_000.0  # type: ignore[misc]
    if told.kill_at == "migration":
        _watch_migration(points)
    adapter = SinkAdapter(told.sink, keys=told.keys, blind=told.fault == "no look-up", reach=points.reach)
    async with database, adapter:
        inbox = WatchedInbox(database, points=points, fenced=told.fault != "no fence", lease_seconds=told.lease)
        turns = Turns(database)
        desk = FrontDesk(inbox=inbox, turns=turns, recall=recall(turns), ratings=Ratings(database))
        dispatcher = Dispatcher(
            database=database,
            inbox=inbox,
            adapters={PLATFORM: adapter},
            answer=Answers(points, random.Random(told.seed), told.pause),  # noqa: S311 - pauses, no secrets
            max_in_flight=told.flight,
            tries=50,  # each death counts for all that was being answered, and here there are many
        )
        intake = Intake(desk, points, early=told.fault == "early acknowledgement")
        async with dispatcher.running():
            return 143 if await until_told(intake.serve(told.intake)) else 0


def _watch_migration(points: Points) -> None:
    """Reach the point at each statement that makes a table or an index."""
    from sqlalchemy import Engine  # noqa: PLC0415 - to hear of every engine

    @event.listens_for(Engine, "after_cursor_execute")
    def _(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.lstrip().upper().startswith("CREATE"):
            points.reach("migration")


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
