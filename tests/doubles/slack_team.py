"""A whole bot in Slack: knowledge, engine, inbox and adapter are real; Slack is the double, the model a script."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from bot.answering.engine import Engine
from bot.answering.prompt_files import load
from bot.app import files, knowledge, synced
from bot.app.answering import surroundings
from bot.app.slack import platform
from bot.database import Database
from bot.desk import unlimited
from bot.feedback.ratings import Ratings
from bot.ops.http import application, listening
from bot.ops.readiness import Readiness
from bot.serving import Assembled, working
from bot.settings import Settings
from bot.turns import Turns
from tests.doubles.chains import admission, chained
from tests.doubles.models import Scripted

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping, Sequence
    from pathlib import Path

    from adapters.base import Adapter
    from adapters.policies import Policies
    from bot.models.base import Delta, Heard, Prompt
    from bot.serving import Working
    from knowledge.base import Principal
    from tests.doubles.slack import Message, Slack

Transport = Literal["socket", "http"]
HANDBOOK = """# Deploying

Deploys happen on Tuesdays at 14:00. Maria approves each deploy. A failed deploy is rolled back within 10 minutes.
"""
QUESTION = "When do deploys happen and who approves them?"
ANSWER = "Deploys happen on Tuesdays at 14:00. [1] Maria approves each deploy. [1]"


class Ticking:
    """The double's clock as the adapter's: time passes for both alike."""

    def __init__(self, slack: Slack) -> None:
        self._clock = slack.clock

    def now(self) -> float:
        return self._clock.now()

    async def sleep(self, seconds: float, /) -> None:
        await self._clock.until(self._clock.now() + seconds)


class Slowly(Scripted):
    """Says its text piece by piece; before the piece of each number in ``gates`` it waits until that gate is opened."""

    def __init__(self, text: str = ANSWER, *, size: int = 7) -> None:
        super().__init__(text, size=size)
        self.gate = asyncio.Event()
        self.gate.set()
        self.after: int | None = None
        """Characters after which it waits for the gate."""

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
    """What a test may look at beside Slack itself."""

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


async def known(home: Path, slack: Slack, documents: Mapping[frozenset[Principal], Mapping[str, str]]) -> Settings:
    """Sync documents by their readers, as a team does."""
    settings = settings_of(home, slack)
    sources = []
    for number, (readers, texts) in enumerate(documents.items()):
        folder = home / "sources" / str(number)
        folder.mkdir(parents=True)
        for name, text in texts.items():
            (folder / name).write_text(text)
        sources.append(files(folder, readers=readers, name=f"source-{number}"))
    await synced(settings, sources)
    return settings


def settings_of(home: Path, slack: Slack) -> Settings:
    return Settings.model_validate(
        {
            "home": home,
            "team": f"slack:{slack.home.id}",
            "embedder": "lite",
            "max_in_flight": 64,
            "drain_seconds": 5.0,
            "slack": {
                "bot_token": slack.token,
                "app_token": slack.app_token,
                "signing_secret": slack.signing_secret,
                "api_url": slack.api_url,
            },
        }
    )


@asynccontextmanager
async def team(
    slack: Slack,
    settings: Settings,
    transport: Transport = "socket",
    *,
    model: Slowly | None = None,
    policies: Policies | None = None,
) -> AsyncGenerator[Team]:
    """Serve Slack with what is known, until the body is left; answers under way have five seconds then."""
    gone = {"app_token": None} if transport == "http" else {"signing_secret": None}
    settings = settings.model_copy(update={"slack": settings.slack.model_copy(update=gone)})
    model = model or Slowly()
    async with AsyncExitStack() as opened:
        database = await opened.enter_async_context(Database(settings.database))
        known_ = await opened.enter_async_context(knowledge(settings))
        turns = Turns(database)
        gate = (await known_.gate()).sufficient
        engine = Engine(
            retriever=known_.retriever,
            catalog=known_.catalog,
            admission=admission(),
            chain=chained(model),
            turns=turns,
            prompts=load(),
            workspace=settings.team,
            gate=gate,
            surroundings=surroundings(known_.reader, gate),
        )

        async def usable() -> str:
            return "It can be searched."

        parts = Assembled(
            database=database, answer=engine.answer, usage=unlimited, readable=known_.readable, knowledge=usable
        )
        adapter = await opened.enter_async_context(platform(settings, policies=policies, clock=Ticking(slack)))
        readiness = Readiness()
        readiness.phase = "serving"
        owner = await opened.enter_async_context(asyncio.TaskGroup())
        work = await opened.enter_async_context(working(settings, parts, [adapter]))
        run = owner.create_task(adapter.run(work.desk))
        try:
            async with listening(application(readiness, list(adapter.routes)), "127.0.0.1", 0) as port:
                if transport == "http":
                    await slack.deliver_to(f"http://127.0.0.1:{port}/slack/events")
                else:
                    await slack.until(lambda: slack.sockets.open, within=30)
                yield Team(
                    adapter=adapter, model=model, database=database, turns=turns, work=work, run=run,
                    folder=settings.home, settings=settings,
                )  # fmt: skip
        finally:
            run.cancel()
            with suppress(asyncio.CancelledError):
                await run


def whole(answers: Sequence[Message]) -> bool:
    """Whether an answer stands that is not growing any more: its thumbs are there."""
    return any(button["action_id"] == "rate" for said in answers for button in said.buttons)
