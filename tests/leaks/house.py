"""The real engine over real knowledge in one kind of store, with a model that repeats all that it is given."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from adapters.parts import Ending, PrivateOffer, Sources, Status, Text
from adapters.plain import rendered
from bot.answering.chance import Chance
from bot.answering.engine import Engine
from bot.answering.prompt_files import load
from bot.database import Database
from bot.models.base import Bound, Finished
from bot.recall import Recall
from bot.turns import Turns
from knowledge.base import Scope
from knowledge.catalog import Catalog
from knowledge.indexes.pgvector.index import PgVectors
from knowledge.indexes.pgvector.patience import Patience
from knowledge.indexes.pinecone.index import PineconeVectors
from knowledge.retriever import Retriever
from knowledge.stores.postgres import PostgresStore
from knowledge.stores.server import Server
from knowledge.stores.sqlite import SqliteStore
from knowledge.syncing import sync
from tests.doubles.adapters import RecordingAdapter
from tests.doubles.chains import admission, chained
from tests.doubles.hashing import Hashing
from tests.doubles.library import words_of
from tests.doubles.pinecone.library import Hasty
from tests.doubles.pinecone.server import KEY, Pinecone
from tests.doubles.serving import serving
from tests.doubles.shelf import Shelf
from tests.leaks.town import TEAM

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable, Collection

    from adapters.base import Audience, Journal, Person, Place, Question
    from adapters.parts import Part
    from adapters.wishes import History
    from bot.answering.gate import Outlook
    from bot.answering.permission import Readers
    from bot.answering.searching import Catalog as Readable
    from bot.answering.searching import Retriever as Finds
    from bot.answering.turns import Turns as Keeps
    from bot.models.base import Delta, Heard, Prompt
    from knowledge.base import VectorIndex
    from knowledge.serving import Serving
    from knowledge.stores.base import Store
    from tests.leaks.town import Town

Where: TypeAlias = Path | str | tuple[Path, Pinecone]
"""A file, the address of a PostgreSQL database, or a catalog's file beside Pinecone."""
Meanwhile: TypeAlias = "Callable[[], Awaitable[None]]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What is planted between the engine and what it stands on; nothing by default."""

    retriever: Callable[[Finds], Finds] = lambda it: it
    catalog: Callable[[Readable], Readable] = lambda it: it
    turns: Callable[[Keeps], Keeps] = lambda it: it
    readers: Callable[[Readers], Readers] = lambda it: it


class Parrot:
    """Repeats its prompt: passages as cited sentences, their titles as headings, history as all of these.

    ``heard`` are its prompts as they came. What happens meanwhile does so ``before`` the first word, ``midway``: after
    the first sentence, or in the ``end``, when the last one was said; once each.
    """

    name = "parrot"

    def __init__(self) -> None:
        self.heard: Callable[[str], None] = lambda _: None
        self.before: Meanwhile | None = None
        self.midway: Meanwhile | None = None
        self.end: Meanwhile | None = None

    def bound(self, prompt: Prompt, /) -> Bound:
        return Bound(prompt_tokens=1, answer_tokens=1)

    async def stream(self, prompt: Prompt, heard: Heard | None = None, /) -> AsyncGenerator[Delta]:
        said = "\n".join(f"{one.question}\n{one.answer}" for one in prompt.history)
        self.heard(f"{prompt.system}\n{prompt.user}\n{prompt.question}\n{said}")
        happens, self.before = self.before, None
        if happens is not None:
            await happens()
        for number, piece in enumerate(_repeated(prompt)):
            yield piece
            if number == 1 and self.midway is not None:
                happens, self.midway = self.midway, None
                await happens()
        happens, self.end = self.end, None
        if happens is not None:
            await happens()
        yield Finished(reason="stop", prompt_tokens=1, answer_tokens=1, estimated=False)


def _repeated(prompt: Prompt) -> list[str]:
    """Cite first what holds, so that what does not comes after something was shown."""
    sentences = [f"{line} [{one.number}]\n\n" for one in prompt.passages for line in one.text.splitlines() if line]
    headings = [f"## {one.title}\n\n{one.text.splitlines()[-1]} [{one.number}]\n\n" for one in prompt.passages]
    earlier = [
        f"{start}{line}{end}\n\n"
        for one in prompt.history
        for line in (one.question, *one.answer.splitlines())
        for start, end in (("", " [1]"), ("For ", ":"), ("## ", ""))
    ]
    return [*headings, *earlier, *sentences]


@dataclass(slots=True, kw_only=True)
class House:
    """An engine, its turns, and the shelf that is synced; ``now`` is the engine's clock in seconds."""

    town: Town
    engine: Engine
    recall: Recall
    parrot: Parrot
    shelf: Shelf
    catalog: Catalog
    serving: Serving
    store: Store
    database: Database
    fault: Fault
    clock: list[float] = field(default_factory=lambda: [0.0])
    words: int = 0

    async def sync(self) -> None:
        """Publish what is on the shelf: what is true from this moment on."""
        summary = await sync([self.shelf], catalog=self.catalog, serving=self.serving, words=words_of(self.store))
        assert not summary.skipped
        self.town.written = {one.title.rpartition(" ")[2]: one for one in self.shelf.on_it.values()}

    async def asked(self, question: Question, each: Callable[[str], None]) -> tuple[list[Part], bool]:
        """Answer; ``each`` is given what a part shows as it comes. Gives the parts, and whether one was an offer."""

        async def readers() -> Audience:
            return await self.town.audience(question.place, question.asker)

        parts: list[Part] = []
        stream = self.engine.answer(question, self.fault.readers(readers), asyncio.Event(), answer=question.id)
        async with aclosing(stream) as given:
            async for part in given:
                each(_shown(part))
                parts.append(part)
        return parts, any(isinstance(part, PrivateOffer) for part in parts)

    @staticmethod
    def wall() -> datetime:
        """The time by the clock of the database: a question that is old is not answered at once."""
        return datetime.now(UTC)

    async def remembered(self, wish: History) -> str:
        """Give all that a conversation's history shows."""
        return "\n".join(f"{turn.question}\n{turn.text}" for turn in await self.recall.history(wish))


def _shown(part: Part) -> str:
    match part:
        case Text():
            return rendered((part.block,))
        case Sources() | Status() | Ending() | PrivateOffer():
            return repr(part)


class Doorkeeper(RecordingAdapter):
    """The town's platform, for the desk."""

    def __init__(self, town: Town) -> None:
        super().__init__()
        self._town = town
        self._ended: dict[str, asyncio.Event] = defaultdict(asyncio.Event)

    async def reply(self, question: Question, parts: AsyncGenerator[Part], journal: Journal, /) -> None:
        await super().reply(question, parts, journal)
        self._ended[question.id].set()

    async def replied(self, question: str) -> list[Part]:
        """Wait for a reply's end, and give its parts."""
        await self._ended[question].wait()
        return self.replies[question]

    async def audience(self, place: Place, asker: Person, /) -> Audience:
        return await self._town.audience(place, asker)


def _enough(outlook: Outlook) -> bool:
    return outlook.signals.coverage >= 0.3


@asynccontextmanager
async def opened(where: Where, turns: Path, town: Town, fault: Fault) -> AsyncGenerator[House]:
    """Open a house on an empty store, with turns in a database that is migrated already."""
    async with AsyncExitStack() as stack:
        store, index = await _stored(where, stack)
        database = await stack.enter_async_context(Database(turns))
        catalog, kept, parrot, clock = Catalog(store), Turns(database), Parrot(), [0.0]
        embedder = Hashing()
        if index is not None:
            await index.prepare(embedder.spec)
        vectors = serving(store, embedder, workspace=TEAM, index=index)
        retriever = Retriever(words=words_of(store), vectors=vectors, catalog=catalog)
        engine = Engine(
            retriever=fault.retriever(retriever),
            catalog=fault.catalog(catalog),
            admission=admission(),
            chain=chained(parrot),
            turns=fault.turns(kept),
            prompts=load(),
            workspace=TEAM,
            gate=_enough,
            chance=Chance(seconds=lambda: clock[0]),
        )

        async def readable(documents: Collection[str], principals: frozenset[str]) -> frozenset[str]:
            scope = Scope(workspace=TEAM, principals=principals)
            return await fault.catalog(catalog).readable(documents, scope)

        recall = Recall(turns=kept, adapters={"recording": Doorkeeper(town)}, readable=readable)
        yield House(
            town=town,
            engine=engine,
            recall=recall,
            parrot=parrot,
            shelf=Shelf(),
            catalog=catalog,
            serving=vectors,
            store=store,
            database=database,
            fault=fault,
            clock=clock,
        )


async def _stored(where: Where, stack: AsyncExitStack) -> tuple[Store, VectorIndex | None]:
    """Give an empty store with the index of vectors that stands beside it, None where that is its own."""
    if isinstance(where, Path):
        return await stack.enter_async_context(SqliteStore(where)), None
    if isinstance(where, str):
        server = Server(where)
        store = await stack.enter_async_context(PostgresStore(server))
        return store, PgVectors(server, Catalog(store), patience=Patience(question=30.0))
    path, service = where
    file = await stack.enter_async_context(SqliteStore(path))
    pinecone = PineconeVectors(service.url, KEY, Catalog(file), clock=Hasty())
    return file, await stack.enter_async_context(pinecone)
