"""A whole bot on a platform's double: knowledge, engine, inbox and adapter are real; the model is a script."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.answering.engine import Engine
from bot.answering.prompt_files import load
from bot.app import files, knowledge, synced
from bot.app.answering import surroundings
from bot.database import Database
from bot.desk import unlimited
from bot.feedback.ratings import Ratings
from bot.serving import Assembled, working
from bot.turns import Turns
from tests.doubles.chains import admission, chained
from tests.doubles.models import Scripted

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping
    from pathlib import Path

    from adapters.base import Adapter
    from bot.models.base import Delta, Heard, Prompt
    from bot.serving import Working
    from bot.settings import Settings
    from knowledge.base import Principal

HANDBOOK = """# Deploying

Deploys happen on Tuesdays at 14:00. Maria approves each deploy. A failed deploy is rolled back within 10 minutes.
"""
QUESTION = "When do deploys happen and who approves them?"
ANSWER = "Deploys happen on Tuesdays at 14:00. [1] Maria approves each deploy. [1]"


class Slowly(Scripted):
    """Says its text piece by piece, and waits for its ``gate``, if that is shut, once it said so much."""

    def __init__(self, text: str = ANSWER, *, size: int = 7) -> None:
        super().__init__(text, size=size)
        self.gate = asyncio.Event()
        self.gate.set()
        self.after: int | None = None
        """Characters after which it waits; None is never."""

    async def stream(self, prompt: Prompt, heard: Heard | None = None, /) -> AsyncGenerator[Delta]:
        said = 0
        inner = super().stream(prompt, heard)
        try:
            async for piece in inner:
                if self.after is not None and said >= self.after:
                    await self.gate.wait()
                said += len(piece) if isinstance(piece, str) else 0
                yield piece
        finally:
            await inner.aclose()


@dataclass(kw_only=True)
class Team:
    """What a test may look at beside the platform itself."""

    adapter: Adapter
    model: Slowly
    database: Database
    turns: Turns
    work: Working
    run: asyncio.Task[None] | None
    folder: Path
    settings: Settings
    ratings: Ratings = field(init=False)

    def __post_init__(self) -> None:
        self.ratings = Ratings(self.database)


async def taught(settings: Settings, documents: Mapping[frozenset[Principal], Mapping[str, str]]) -> Settings:
    """Sync documents by their readers, as a team does."""
    sources = []
    for number, (readers, texts) in enumerate(documents.items()):
        folder = settings.home / "sources" / str(number)
        folder.mkdir(parents=True)
        for name, text in texts.items():
            (folder / name).write_text(text)
        sources.append(files(folder, readers=readers, name=f"source-{number}"))
    await synced(settings, sources)
    return settings


@asynccontextmanager
async def at_work(settings: Settings, platform: Adapter, model: Slowly | None = None) -> AsyncGenerator[Team]:
    """Serve a platform with what is known, until the body is left; answers under way have five seconds then."""
    model = model or Slowly()
    async with AsyncExitStack() as opened:
        database = await opened.enter_async_context(Database(settings.database))
        known = await opened.enter_async_context(knowledge(settings))
        turns = Turns(database)
        gate = (await known.gate()).sufficient
        engine = Engine(
            retriever=known.retriever,
            catalog=known.catalog,
            admission=admission(),
            chain=chained(model),
            turns=turns,
            prompts=load(),
            workspace=settings.team,
            gate=gate,
            surroundings=surroundings(known.reader, gate),
        )

        async def usable() -> str:
            return "It can be searched."

        parts = Assembled(
            database=database, answer=engine.answer, usage=unlimited, readable=known.readable, knowledge=usable
        )
        adapter = await opened.enter_async_context(platform)
        owner = await opened.enter_async_context(asyncio.TaskGroup())
        work = await opened.enter_async_context(working(settings, parts, [adapter]))
        run = owner.create_task(adapter.run(work.desk))
        try:
            yield Team(
                adapter=adapter, model=model, database=database, turns=turns, work=work, run=run,
                folder=settings.home, settings=settings,
            )  # fmt: skip
        finally:
            run.cancel()
            with suppress(asyncio.CancelledError):
                await run
