"""A platform that is a folder and a few HTTP routes: what a service is seen to do in a process of its own."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from contextlib import aclosing, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from starlette.responses import JSONResponse
from starlette.routing import Route

from adapters.base import Adapter, Audience, MessageRef, Person, Place, Posted, Question
from adapters.parts import Ending, Text
from adapters.plain import rendered
from bot import app, serving
from bot.__main__ import main

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from starlette.requests import Request

    from adapters.base import Desk, Journal, Notice
    from adapters.parts import Part
    from bot.settings import Settings

TEAM = "pigeon:loft"


class Pigeon(Adapter):
    """Takes in by ``POST /pigeon/questions``, and writes each reply to a file of its question's name.

    A file ``hold`` in the folder keeps replies from ending, as a slow model would. ``fault`` is how it misbehaves.
    """

    name = "pigeon"
    anywhere = True

    def __init__(self, folder: Path, fault: str = "", seconds: float = 0.0) -> None:
        """``seconds`` are what each reply takes besides."""
        self._folder = folder
        self._fault = fault
        self._seconds = seconds
        self._desk: Desk | None = None
        self.routes = (
            Route("/pigeon/questions", self._take, methods=["POST"]),
            Route("/pigeon/faulty", self._fail),
        )

    async def __aenter__(self) -> Self:
        self._write("opened", "")
        if self._fault == "never opens":
            await _deaf()
        return self

    async def __aexit__(self, *exc: object) -> None:
        if self._fault == "never closes":
            await _deaf()

    async def run(self, desk: Desk, /) -> None:
        self._desk = desk
        if self._fault in {"ends", "breaks"}:
            await self._told_to("lose")
            if self._fault == "breaks":
                raise ConnectionResetError("xoxb-secret-secret")
            return
        if self._fault == "never stops":
            await _deaf()
        if self._fault == "blocks":
            await self._told_to("block")
            while True:
                time.sleep(1)  # noqa: ASYNC251 - that is the fault
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            if self._fault == "returns when cancelled":
                return
            if self._fault == "breaks when cancelled":
                raise ConnectionResetError from None
            raise

    async def reply(self, question: Question, parts: AsyncGenerator[Part], journal: Journal, /) -> None:
        await journal.before(0)
        trees, verdict = [], ""
        async with aclosing(parts):
            async for part in parts:
                if isinstance(part, Text):
                    trees.append(part.block)
                if isinstance(part, Ending):
                    verdict = part.verdict
        self._write(f"{question.id}.begun", "")
        await asyncio.sleep(self._seconds)
        while (self._folder / "hold").exists():
            try:
                await asyncio.sleep(0.02)
            except asyncio.CancelledError:
                if self._fault != "never gives up":
                    raise
        text = json.dumps({"verdict": verdict, "text": rendered(tuple(trees)), "by": os.getpid()})
        self._write(question.id, text)
        message = MessageRef(platform=self.name, workspace=TEAM, channel=question.place.channel, message=question.id)
        await journal.after(Posted(part=0, message=message))

    async def audience(self, place: Place, asker: Person, /) -> Audience:
        return Audience(everyone=frozenset({"public", TEAM}), asker=frozenset())

    async def notify(self, place: Place, notice: Notice, /) -> None:
        self._write(f"notice.{place.channel}", rendered(notice.blocks))

    async def _take(self, request: Request) -> JSONResponse:
        asked: dict[str, Any] = await request.json()
        assert self._desk is not None
        place = Place(platform=self.name, workspace=TEAM, channel=asked.get("channel", "C1"))
        question = Question(
            id=asked["id"],
            conversation=asked.get("conversation", asked["id"]),
            place=place,
            asker=Person(id="mary", name="Mary"),
            text=asked.get("text", "hello"),
            asked_at=datetime.fromtimestamp(asked.get("asked_at", time.time()), UTC),
        )
        await self._desk.accept(question)
        return JSONResponse({"taken": question.id}, 202)

    async def _fail(self, _: Request) -> JSONResponse:
        raise LookupError("xoxb-secret-secret")

    async def _told_to(self, what: str) -> None:
        while not (self._folder / what).exists():  # noqa: ASYNC110 - the same
            await asyncio.sleep(0.02)

    def _write(self, name: str, text: str) -> None:
        """Write whole or not at all, for whoever waits for it."""
        new = self._folder / f".{name}.{os.getpid()}"
        new.write_text(text)
        new.replace(self._folder / name)


async def _deaf() -> None:
    while True:
        with suppress(asyncio.CancelledError):
            await asyncio.Event().wait()


def platforms(settings: Settings) -> list[Adapter]:
    """Give a pigeon for the folder, and with the fault, that a file in the working folder names."""
    return [Pigeon(Path(TOLD["folder"]), TOLD.get("fault", ""), TOLD.get("seconds", 0.0))]


if __name__ == "__main__":
    TOLD = json.loads(Path("pigeon.json").read_text())
    vars(serving).update({name: TOLD[name] for name in ("TIDY", "EVERY") if name in TOLD})
    app.platforms = platforms  # the program of a team that has pigeons
    sys.argv[0] = "footnote"
    main()
