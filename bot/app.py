"""The composition root: the one place that names concrete classes, each imported where it is needed.

``knowledge`` what is known · ``synced`` makes it known · ``sources`` lists it · ``forgotten`` ends it · ``engine`` what
answers · ``answering`` both, for one question · ``service`` all of it behind the terminal · ``serve`` all of it behind
``platforms`` · ``pauses`` what is paused. Each opens what it needs and closes it again.
"""

from __future__ import annotations

from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import bot

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Collection, Sequence
    from contextlib import AbstractAsyncContextManager

    from adapters.base import Adapter
    from adapters.terminal import Terminal
    from bot.answering.engine import Engine
    from bot.answering.gate import Gate
    from bot.answering.turns import Turns as KeptTurns
    from bot.database import Database
    from bot.ending import Told
    from bot.models.base import LanguageModel
    from bot.pauses import Pauses
    from bot.serving import Assembled
    from bot.settings import Settings
    from knowledge.base import Document, Embedder, Genre, Index, Principal, Source
    from knowledge.catalog import Catalog, ListedSource
    from knowledge.chunking import Chunked
    from knowledge.notes import Notes
    from knowledge.retriever import Retriever
    from knowledge.sources.files import Files
    from knowledge.sources.rows import Rows
    from knowledge.staging import Progress
    from knowledge.store import Store
    from knowledge.syncing import Summary


@dataclass(frozen=True, slots=True, kw_only=True)
class Knowledge:
    """What is known, open: to search, to look up, and to sync."""

    store: Store
    catalog: Catalog
    indexes: Sequence[Index]
    embedder: Embedder
    retriever: Retriever
    workspace: str

    async def gate(self) -> Gate:
        """Give the gate that was fitted to this knowledge, or the shipped one."""
        from bot.answering.calibration import read

        return read(await self._notes().read(f"gate.{self.workspace}"), model=self.embedder.spec.model)

    async def keep(self, gate: Gate | None) -> None:
        """Let a gate decide from the next start on; None: the shipped one."""
        from bot.answering.calibration import written

        text = None if gate is None else written(gate, model=self.embedder.spec.model)
        await self._notes().write(f"gate.{self.workspace}", text)

    def _notes(self) -> Notes:
        from knowledge.notes import Notes

        return Notes(self.store)

    async def sync(
        self,
        sources: Sequence[Source],
        *,
        progress: Callable[[Progress], None] | None = None,
        rebuild: bool = False,
        moved: bool = False,
    ) -> Summary:
        """Make known what the sources give; see ``knowledge.syncing.sync``."""
        from knowledge.syncing import sync

        return await sync(
            sources,
            workspace=self.workspace,
            catalog=self.catalog,
            indexes=self.indexes,
            embedder=self.embedder,
            progress=progress,
            rebuild=rebuild,
            moved=moved,
        )


@asynccontextmanager
async def knowledge(settings: Settings, *, file: Path | None = None) -> AsyncGenerator[Knowledge]:
    """Open what is known for searching: the team's, or what another ``file`` holds.

    Raises KnowledgeError, WrongVectors where another embedder made it.
    """
    async with _opened(settings, file=file) as known:
        for index in known.indexes:
            await index.prepare(known.embedder.spec)
        yield known


async def synced(
    settings: Settings,
    sources: Sequence[Source],
    *,
    progress: Callable[[Progress], None] | None = None,
    rebuild: bool = False,
    moved: bool = False,
) -> Summary:
    """Open what is known and sync the sources into it. Raises KnowledgeError."""
    _logged(settings)
    async with _opened(settings) as known:
        return await known.sync(sources, progress=progress, rebuild=rebuild, moved=moved)


async def sources(settings: Settings) -> tuple[ListedSource, ...]:
    """Give the sources that answer, whichever embedder read them. Raises KnowledgeError."""
    async with _opened(settings) as known:
        return await known.catalog.sources(settings.team)


async def forgotten(settings: Settings, names: Collection[str]) -> int:
    """Forget these sources, and give how many documents they had. Raises KnowledgeError, NoSuchSource among it."""
    from knowledge.forgetting import forget

    async with _opened(settings) as known:
        return await forget(names, workspace=settings.team, catalog=known.catalog, indexes=known.indexes)


@asynccontextmanager
async def pauses(settings: Settings) -> AsyncGenerator[Pauses]:
    """Open what is paused. Raises StoreError."""
    from bot.database import Database
    from bot.pauses import Pauses

    _logged(settings)
    async with Database(settings.database) as database:
        yield Pauses(database)


def engine(settings: Settings, known: Knowledge, turns: KeptTurns, model: LanguageModel, gate: Gate) -> Engine:
    """Put an engine together; its knowledge is that of the team."""
    from bot.answering import prompt_files
    from bot.answering.engine import Engine

    return Engine(
        retriever=known.retriever,
        catalog=known.catalog,
        model=model,
        turns=turns,
        prompt=prompt_files.load(),
        workspace=settings.team,
        gate=gate.sufficient,
    )


@asynccontextmanager
async def answering(settings: Settings) -> AsyncGenerator[tuple[Engine, Catalog]]:
    """Open all that answering takes: an engine, and the catalog of what it knows."""
    async with _assembled(settings) as (answerer, known, _):
        yield answerer, known.catalog


async def service(settings: Settings, adapter: Adapter, *, told: Callable[[str], None] | None = None) -> bool:
    """Serve one platform until it ends, SIGTERM comes or this is cancelled; give whether SIGTERM came.

    Answers under way then have their time to end. Meanwhile the sources that the settings name are kept up to date;
    ``told`` hears of it.
    """
    from bot.ending import until_told
    from bot.serving import working

    async with _parts(settings, told) as parts, adapter, working(settings, parts, [adapter]) as work:
        return await until_told(adapter.run(work.desk))


def platforms(_: Settings) -> Sequence[Adapter]:
    """Make every platform that is configured. There is none yet that a service could run."""
    return ()


async def serve(
    settings: Settings,
    adapters: Sequence[Adapter],
    told: Told,
    *,
    takes_in: bool = True,
    began: Callable[[str], None] = lambda _: None,
) -> None:
    """Serve these platforms until told to end; see ``bot.serving.Service``."""
    from bot.serving import Service

    _logged(settings)
    with told:
        await Service(settings, adapters, told, takes_in=takes_in, began=began).run(_parts(settings))


def terminal(settings: Settings, *, user: str) -> Terminal:
    """Make this process's terminal a platform, or the pipe that it reads from."""
    import secrets
    import sys
    from datetime import UTC, datetime

    from rich.console import Console

    from adapters.terminal import Terminal
    from adapters.terminal.lines import Keyboard, Pipe

    watched = sys.stdin is not None and sys.stdin.isatty() and sys.stdout.isatty()
    return Terminal(
        team=settings.team,
        user=user,
        lines=Keyboard() if watched else Pipe(0),
        console=Console(markup=False, emoji=False, highlight=False),
        now=lambda: datetime.now(UTC),
        token=lambda: secrets.token_hex(8),
    )


def named(settings: Settings) -> list[Files]:
    """Make what the settings name sources."""
    from bot.sources import may_read

    return [
        files(
            one.path,
            readers=may_read(settings.team, readers=one.readers, public=one.public),
            name=one.name,
            genre=one.kind,
        )
        for one in settings.sources
    ]


def files(path: Path, *, readers: frozenset[Principal], name: str | None = None, genre: Genre | None = None) -> Files:
    """Make a file or folder a source."""
    from knowledge.sources.files import Files

    return Files(path, readers=readers, name=name, genre=genre)


def rows(folder: Path, *, pages: bool) -> Rows:
    """Make the corpus of a question set a source; its documents are public."""
    from bot.evaluation.collection import CORPUS
    from knowledge.base import PUBLIC
    from knowledge.sources.rows import Rows

    return Rows(folder / CORPUS, name=folder.absolute().name or "root", readers=frozenset({PUBLIC}), pages=pages)


def manual() -> Path:
    """Give the folder of the shipped manual: inside an installed package, else in the checkout."""
    home = Path(bot.__file__).parent
    installed = home / "manual"
    return installed if installed.is_dir() else home.parent / "docs"


async def chunks_of(file: Path, *, genre: Genre | None = None) -> tuple[Document, Chunked]:
    """Read one file as a sync would, and cut it as this kind of document. Raises NothingThere and Unreadable."""
    from knowledge.base import PUBLIC
    from knowledge.chunking import chunked
    from knowledge.errors import Unreadable
    from knowledge.tokens import count

    source = files(file, readers=frozenset({PUBLIC}), genre=genre)
    async with aclosing(source.documents()) as documents:
        async for document in documents:
            return document, chunked(document, "inspected", count)
    raise Unreadable(*(f"{file} cannot be read: {skipped.told}" for skipped in source.skipped))


@asynccontextmanager
async def _assembled(settings: Settings) -> AsyncGenerator[tuple[Engine, Knowledge, Database]]:
    from bot.database import Database
    from bot.turns import Turns

    _logged(settings)
    async with AsyncExitStack() as opened:
        known = await opened.enter_async_context(knowledge(settings))
        database = await opened.enter_async_context(Database(settings.database))
        model = await opened.enter_async_context(_model(settings, known.embedder))
        yield engine(settings, known, Turns(database), model, await known.gate()), known, database


def _upkeep(
    settings: Settings, known: Knowledge, told: Callable[[str], None] | None
) -> AbstractAsyncContextManager[None]:
    """Sync through a store and indexes of its own, beside those that answer, but with the same embedder."""
    from bot.upkeep import Upkeep
    from knowledge.embedding.lanes import behind

    async def sync(source: Source) -> Summary:
        with behind():
            async with _opened(settings, known.embedder) as beside:
                return await beside.sync([source])

    return Upkeep(sources=named(settings), sync=sync, minutes=settings.sync_minutes, told=told).running()


@asynccontextmanager
async def _parts(settings: Settings, told: Callable[[str], None] | None = None) -> AsyncGenerator[Assembled]:
    """Open what answering takes, follow what is published, and keep the named sources up to date."""
    import asyncio

    from bot.serving import Assembled
    from knowledge.following import following
    from knowledge.tokens import count

    await asyncio.to_thread(count, "")  # loads its table for half a second, which leases cannot wait for later
    async with (
        _assembled(settings) as (answerer, known, database),
        following(known.indexes, known.workspace),
        _upkeep(settings, known, told),
    ):

        async def probe() -> str:
            if await known.store.generation(settings.team):
                return "The knowledge can be searched."
            return "The knowledge can be searched, and nothing is synced yet."

        keyed = settings.openai_api_key is not None
        yield Assembled(
            database=database,
            answer=answerer.answer,
            knowledge=probe,
            model="A model's key is set; its server is not asked here."
            if keyed
            else "No key is set: answers are quotes.",
        )


@asynccontextmanager
async def _opened(
    settings: Settings, embedder: Embedder | None = None, file: Path | None = None
) -> AsyncGenerator[Knowledge]:
    from knowledge.catalog import Catalog
    from knowledge.indexes.vectors import VectorMatrix
    from knowledge.indexes.words import Words
    from knowledge.retriever import Retriever
    from knowledge.sentences import Sentences
    from knowledge.store import Store

    embedder = embedder or _embedder(settings)
    async with Store(file or settings.knowledge_database) as store:
        catalog = Catalog(store)
        indexes = (Words(store), VectorMatrix(store))
        yield Knowledge(
            store=store,
            catalog=catalog,
            indexes=indexes,
            embedder=embedder,
            retriever=Retriever(indexes=indexes, embedder=embedder, catalog=catalog, sentences=Sentences(embedder)),
            workspace=settings.team,
        )


def _embedder(settings: Settings) -> Embedder:
    from knowledge import embedders

    return embedders.load(settings.embedder, settings.home)


@asynccontextmanager
async def _model(settings: Settings, embedder: Embedder) -> AsyncGenerator[LanguageModel]:
    """Give the chat model where there is a key for it, else the one that quotes."""
    if settings.openai_api_key is None:
        from bot.models.extractive import Extractive

        yield Extractive(embedder.embed)
        return
    from bot.models.openai import OpenAiChat
    from bot.providers import endpoint, listed

    model = OpenAiChat(endpoint(listed(settings)[0]))
    async with aclosing(model):
        yield model


def _logged(settings: Settings) -> None:
    from bot.ops.logs import configure

    configure(level=settings.log_level, form=settings.log_format)
