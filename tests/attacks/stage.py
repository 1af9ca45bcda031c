"""A real bot in a folder: sync, search, gate, prompt, verifier, history and screen are its own; its model obeys."""

from __future__ import annotations

import asyncio
import io
import itertools
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from rich.console import Console

from adapters.base import Audience, Person, Place, Question
from adapters.terminal.screen import Screen
from adapters.terminal.showing import Shown, show
from bot.answering.engine import Engine
from bot.answering.prompt_files import load
from bot.app import files, knowledge, synced
from bot.app.answering import surroundings
from bot.database import Database
from bot.settings import Settings
from bot.turns import Turns
from tests.doubles.audiences import always
from tests.doubles.chains import admission, chained
from tests.doubles.models import Scripted

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
    from pathlib import Path

    from adapters.base import Principal
    from adapters.messages import Said
    from adapters.parts import Part
    from bot.models.base import Prompt
    from bot.money.base import Rate
    from knowledge.base import Source
    from knowledge.syncing import Summary

TEAM = "terminal:local"
EVERYONE = frozenset({"public", TEAM})
_NUMBERS = itertools.count()
"""Of conversations, as the tests share a home."""


class Obeying(Scripted):
    """Says what the attacker makes it say, of all that its prompt holds."""

    def __init__(self, says: Callable[[Prompt], str], *, error: Exception | None = None) -> None:
        super().__init__(error=error)
        self._says = says

    def pieces(self, prompt: Prompt) -> Sequence[str]:
        """Say it in pieces that cut every mark in two."""
        text = self._says(prompt)
        return [text[at : at + 3] for at in range(0, len(text), 3)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a reader saw: on a terminal and in a pipe, with the source list and its quotes; and how it ended."""

    screen: str
    piped: str
    verdict: str
    documents: frozenset[str]

    @property
    def answer(self) -> str:
        """Give what was said, without the source list."""
        return self.piped.split("Sources\n")[0]

    @property
    def all(self) -> str:
        """Give both."""
        return self.screen + self.piped


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """The bot, open, with the model that it asks."""

    engine: Engine
    model: Scripted
    turns: Turns
    conversation: str

    def question(self, text: str, at: int) -> Question:
        """A question of this conversation, numbered."""
        return a_question(text, at, conversation=self.conversation)

    async def ask(
        self,
        text: str,
        *,
        may: frozenset[Principal] = EVERYONE,
        also: frozenset[Principal] = frozenset(),
        at: int = 1,
        thread: Sequence[Said] = (),
    ) -> Seen:
        """Ask for readers who all hold ``may``; the asker holds ``also`` beside it. ``at`` numbers the question.

        ``thread`` was said before.
        """

        async def around() -> Sequence[Said]:
            return thread

        audience = always(Audience(everyone=may, asker=also))
        asked = self.question(text, at)
        return await _seen([part async for part in self.engine.answer(asked, audience, asyncio.Event(), around=around)])


def a_question(text: str, at: int, *, conversation: str = "c") -> Question:
    """A question of a conversation, numbered."""
    return Question(
        id=f"{conversation}-{at}",
        conversation=conversation,
        place=Place(platform="terminal", workspace="local", channel="c1"),
        asker=Person(id="u", name="You"),
        text=text,
        asked_at=datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=at),
    )


async def _seen(parts: Sequence[Part]) -> Seen:
    screen, shown = await _on(parts, terminal=True)
    piped, _ = await _on(parts, terminal=False)
    assert shown is not None
    documents = frozenset(citation.document for citation in shown.citations)
    return Seen(screen=screen, piped=piped, verdict=shown.ending.verdict, documents=documents)


async def _on(parts: Sequence[Part], *, terminal: bool) -> tuple[str, Shown | None]:
    async def stream() -> AsyncGenerator[Part]:
        for part in parts:
            yield part

    out = io.StringIO()
    console = Console(file=out, force_terminal=terminal, width=200, color_system="standard" if terminal else None)
    screen = Screen(console)
    shown = await show(screen, stream())
    if shown is not None:
        screen.sources(shown.citations, quotes=True)
    return out.getvalue(), shown


@asynccontextmanager
async def staged(
    home: Path,
    says: str | Callable[[Prompt], str],
    *,
    error: Exception | None = None,
    windows: Sequence[Rate] = (),
) -> AsyncGenerator[Stage]:
    """Open the bot in a folder; its model says this, or what it makes of its prompt."""
    settings = Settings(home=home, log_level="info")
    model = Obeying((lambda _: says) if isinstance(says, str) else says, error=error)
    async with Database(settings.database) as database, knowledge(settings) as known:
        turns, gate = Turns(database), await known.gate()
        engine = Engine(
            retriever=known.retriever,
            catalog=known.catalog,
            admission=admission(windows=windows),
            chain=chained(model),
            turns=turns,
            prompts=load(),
            workspace=settings.team,
            gate=gate.sufficient,
            surroundings=surroundings(known.reader, gate.sufficient),
        )
        yield Stage(engine=engine, model=model, turns=turns, conversation=f"c{next(_NUMBERS)}")


def planted(home: Path, documents: Mapping[str, str], *, readers: frozenset[Principal] = EVERYONE) -> Summary:
    """Write documents into a folder of their own, named after their readers, and sync it as a team does."""
    folder = home / "sources" / "-".join(sorted(readers)).replace(":", ".")
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in documents.items():
        (folder / name).write_text(text, encoding="utf-8")
    source: Source = files(folder, readers=readers, name=folder.name)
    return asyncio.run(synced(Settings(home=home), [source]))
