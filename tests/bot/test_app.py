from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from pydantic import SecretStr

from adapters.base import Audience, Place, Rated, Stopped
from adapters.parts import Ending, Sources
from adapters.wishes import Conversations, History
from bot import app
from bot.app.answering import chain, prices
from bot.database import Database
from bot.ending import Told
from bot.errors import BadSettings, PlatformLost, StoreError
from bot.feedback.ratings import Ratings
from bot.settings import Settings
from bot.sources import NamedSource
from knowledge.base import Scope
from knowledge.errors import NothingThere
from tests.doubles.adapters import MARY, NOON, RecordingAdapter, a_question

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from adapters.base import Desk, Journal, Question, Turn
    from adapters.parts import Part, Verdict
    from adapters.wishes import Past
    from tests.doubles.postgres import Server

TEAM = "terminal:local"
READERS = frozenset({TEAM})
PLACE = Place(platform="recording", workspace=TEAM, channel="c")
PAGE = """# Backups

## When backups run

A backup of the database runs every night at two o'clock. Each backup is kept for thirty days.

## Restoring

To restore a backup, run `acme restore NAME`. Restoring takes about ten minutes.
"""


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A home in which one page was synced."""
    folder = tmp_path_factory.mktemp("handbook")
    (folder / "backups.md").write_text(PAGE)
    settings = Settings(home=tmp_path_factory.mktemp("home"))
    summary = asyncio.run(app.synced(settings, [app.files(folder, readers=READERS)]))
    assert summary.added == 1
    return settings


def asked_now(text: str) -> Question:
    return replace(a_question(text, PLACE), asked_at=datetime.now(UTC))


class Talker(RecordingAdapter):
    """Asks one question after the other, each when the one before was answered; then does what it was given to do."""

    def __init__(self, *questions: str, audience: frozenset[str] = READERS) -> None:
        super().__init__(audience=Audience(everyone=audience, asker=frozenset()))
        self._texts = questions
        self.conversation = uuid4().hex
        self._ended = asyncio.Event()
        self.turns: list[Turn] = []
        self.past: list[Past] = []

    async def run(self, desk: Desk, /) -> None:
        for number, text in enumerate(self._texts):
            self._ended.clear()
            await desk.accept(
                replace(asked_now(text), id=f"{self.conversation}:{number}", conversation=self.conversation)
            )
            await self._ended.wait()
        for ending in self.endings():
            await desk.accept(Rated(target=ending.answer, person=MARY, vote=1, at=NOON))
        self.turns += await desk.history(self.wish())
        self.past += await desk.conversations(
            Conversations(person=MARY, platform="recording", workspace=PLACE.workspace)
        )

    async def reply(self, question: Question, parts: AsyncGenerator[Part], journal: Journal, /) -> None:
        await super().reply(question, parts, journal)
        self._ended.set()

    def wish(self) -> History:
        return History(conversation=self.conversation, person=MARY, place=PLACE)

    def endings(self) -> list[Ending]:
        return [part for parts in self.replies.values() for part in parts if isinstance(part, Ending)]

    def verdicts(self) -> list[Verdict]:
        return [ending.verdict for ending in self.endings()]


async def test_a_platform_is_served_from_question_to_rating(settings: Settings) -> None:
    talker = Talker("hello", "How do I restore a backup?", "Who won the chess championship in 1972?")
    await app.service(settings, talker)
    assert talker.verdicts() == ["told", "answered", "unknown"]
    assert "acme restore NAME" in talker.turns[1].text
    assert talker.past[0].turns == 3
    async with Database(settings.bot_database) as database:
        votes = [await Ratings(database).votes(ending.answer) for ending in talker.endings()]
    assert votes == [{"mary": 1}] * 3
    assert not talker.open


async def test_a_platform_is_served_from_a_server_too(settings: Settings, server: Server) -> None:
    address = SecretStr(await asyncio.to_thread(server.database))
    served = settings.model_copy(update={"database_url": address})
    before, after = Talker("hello", "How do I restore a backup?"), Talker()
    after.conversation = before.conversation
    await app.service(served, before)
    await app.service(served, after)
    assert [turn.verdict for turn in after.turns] == ["told", "answered"]
    elsewhere = Talker()
    elsewhere.conversation = before.conversation
    await app.service(settings, elsewhere)
    assert elsewhere.turns == []


async def test_an_answer_cites_what_was_synced(settings: Settings) -> None:
    talker = Talker("How do I restore a backup?")
    await app.service(settings, talker)
    (parts,) = talker.replies.values()
    *_, sources = [part for part in parts if isinstance(part, Sources)]
    assert sources.citations[0].document == f"{sources.citations[0].document.partition('/')[0]}/backups.md"


async def test_who_may_not_read_gets_nothing_of_it(settings: Settings) -> None:
    talker = Talker("How do I restore a backup?", audience=frozenset({"public", "slack:T1"}))
    await app.service(settings, talker)
    assert talker.verdicts() == ["unknown"]
    assert "backup" not in str(next(iter(talker.replies.values()))).lower()


async def test_a_turn_of_an_earlier_run_is_there_in_the_next(settings: Settings) -> None:
    before, after = Talker("How do I restore a backup?"), Talker()
    after.conversation = before.conversation
    await app.service(settings, before)
    await app.service(settings, after)
    assert [turn.question for turn in after.turns] == ["How do I restore a backup?"]


async def test_stop_reaches_a_model_that_hangs(settings: Settings) -> None:
    class Stopper(Talker):
        async def run(self, desk: Desk, /) -> None:
            self._ended.clear()
            asked = replace(asked_now("How do I restore a backup?"), id="stopped-one")
            await desk.accept(asked)
            await self.writing.wait()
            await desk.accept(Stopped(question=asked.id, person=MARY, workspace=asked.place.workspace))
            await self._ended.wait()

        async def reply(self, question: Question, parts: AsyncGenerator[Part], journal: Journal, /) -> None:
            async def watched() -> AsyncGenerator[Part]:
                async for part in parts:
                    self.writing.set()
                    yield part

            await super().reply(question, watched(), journal)

        writing = asyncio.Event()

    writers: list[asyncio.StreamWriter] = []

    async with asyncio.timeout(30):
        server = await asyncio.start_server(lambda _, writer: writers.append(writer), "127.0.0.1", 0)
        async with server:
            port = server.sockets[0].getsockname()[1]
            hanging = settings.model_copy(
                update={"openai_api_key": SecretStr("k"), "openai_base_url": f"http://127.0.0.1:{port}/v1"}
            )
            stopper = Stopper()
            await app.service(hanging, stopper)
        for writer in writers:
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()
    assert stopper.verdicts() == ["stopped"]


@pytest.mark.parametrize("drain_seconds", [25.0, 0.0])
async def test_told_to_end_it_takes_no_more_and_lets_the_answer_under_way_finish(
    settings: Settings, drain_seconds: float
) -> None:
    class Busy(Talker):
        told = asyncio.Event()

        async def run(self, desk: Desk, /) -> None:
            try:
                await super().run(desk)
            finally:
                self.told.set()

        async def reply(self, question: Question, parts: AsyncGenerator[Part], journal: Journal, /) -> None:
            os.kill(os.getpid(), signal.SIGTERM)
            await self.told.wait()
            await super().reply(question, parts, journal)

    before = signal.getsignal(signal.SIGTERM)
    busy = Busy("How do I restore a backup?", "When do backups run?")
    assert await app.service(settings.model_copy(update={"drain_seconds": drain_seconds}), busy)
    assert busy.verdicts() == (["answered"] if drain_seconds else [])
    assert signal.getsignal(signal.SIGTERM) is before


async def test_a_running_bot_answers_from_a_source_that_changed_meanwhile(tmp_path: Path) -> None:
    pages = tmp_path / "pages"
    pages.mkdir()
    settings = Settings(
        home=tmp_path / "home",
        embedder="lite",
        sources=(NamedSource(path=tmp_path / "gone"), NamedSource(path=pages, readers=(TEAM,))),
    )
    published, told = asyncio.Event(), list[str]()

    def hear(sentence: str) -> None:
        told.append(sentence)
        if "brought up to date:" in sentence:
            published.set()

    class Waiting(Talker):
        async def run(self, desk: Desk, /) -> None:
            assert "gone does not exist" in told[0]
            await published.wait()
            await super().run(desk)

    (pages / "backups.md").write_text(PAGE)
    waiting = Waiting("How do I restore a backup?")
    async with asyncio.timeout(30):
        await app.service(settings, waiting, told=hear)
    assert waiting.verdicts() == ["answered"]
    assert told[1:] == ["The source pages was brought up to date: 1 added."]


async def test_a_search_may_be_made_without_a_bot(settings: Settings) -> None:
    async with app.knowledge(settings) as known:
        found = await known.retriever.retrieve(
            "restore a backup", scope=Scope(workspace=TEAM, principals=READERS), passages=1
        )
        assert (await known.catalog.counts(TEAM)).documents == 1
    assert "acme restore" in found.passages[0].text


async def test_another_embedders_knowledge_answers_until_it_is_carried_over(settings: Settings) -> None:
    other = settings.model_copy(update={"embedder": "lite"})
    async with app.knowledge(other) as known:
        scope = Scope(workspace=settings.team, principals=frozenset({settings.team}))
        before = await known.retriever.ranked("backups", scope=scope)
        assert (await known.serving.now()).kept.embedder == "minilm"
        carried = await known.carry()
        after = await known.retriever.ranked("backups", scope=scope)
        assert (await known.serving.now()).kept.embedder == "lite"
    assert carried is not None
    assert carried.embedded == (await _chunks(settings)) > 0
    assert (before.missed, after.missed) == (None, None)
    assert {hit.chunk for hit in before.hits} == {hit.chunk for hit in after.hits}


async def _chunks(settings: Settings) -> int:
    async with app.knowledge(settings) as known:
        return (await known.catalog.counts(settings.team)).chunks


async def test_a_broken_database_is_told_before_anything_is_asked(tmp_path: Path) -> None:
    (tmp_path / "footnote.db").write_bytes(b"broken" * 1000)
    with pytest.raises(StoreError, match="damaged"):
        await app.service(Settings(home=tmp_path), Talker())


async def test_a_worker_serves_no_platform_that_only_its_own_process_can_answer(settings: Settings) -> None:
    class Homing(Talker):
        anywhere = False

    said: list[str] = []

    def aloud(sentence: str) -> None:
        said.append(sentence)
        os.kill(os.getpid(), signal.SIGTERM)

    assert app.platforms(settings) == ()
    await app.serve(settings, [Homing()], Told(60.0, print), takes_in=False, aloud=aloud)
    assert said == [
        "No platform is configured, so nobody can ask here; footnote chat needs none. It serves without HTTP."
    ]


async def test_serving_takes_in_at_every_platform_until_one_is_lost(tmp_path: Path) -> None:
    class Other(Talker):
        name = "other"

        async def run(self, desk: Desk, /) -> None:
            try:
                await asyncio.Event().wait()
            finally:
                self.turns += await desk.history(self.wish())

    talker, other = Talker("hello"), Other()
    said: list[str] = []
    free = Settings(home=tmp_path, port=0, host="127.0.0.1")
    with pytest.raises(PlatformLost, match="recording is lost, and so Footnote ends: it ended by itself"):
        await app.serve(free, [talker, other], Told(60.0, print), aloud=said.append)
    assert talker.verdicts() == ["told"]
    assert [talker.open, other.open] == [False, False]
    assert "Serving recording, other with HTTP on port" in said[0]


async def test_the_chain_follows_the_settings(settings: Settings) -> None:
    keyed = settings.model_copy(update={"openai_api_key": SecretStr("k"), "model": "gpt-4.1-mini"})
    async with app.knowledge(settings) as known:
        async with chain(settings, known.reader, prices(settings)) as models:
            assert (models.links, models.last.name) == ((), "extractive")
        async with chain(keyed, known.reader, prices(keyed)) as models:
            assert [link.name for link in models.links] == ["gpt-4.1-mini"]
            assert models.links[0].price is not None


async def test_a_model_without_a_price_is_refused_before_anything_is_opened(tmp_path: Path) -> None:
    unknown = Settings(home=tmp_path / "home", openai_api_key=SecretStr("k"), model="nobody-knows-it")
    with pytest.raises(BadSettings, match="nobody-knows-it"):
        async with app.answering(unknown):
            pytest.fail("it was opened")
    assert not (tmp_path / "home").exists()


async def test_one_file_is_cut_as_a_sync_would(tmp_path: Path) -> None:
    file = tmp_path / "backups.md"
    file.write_text(PAGE)
    document, cut = await app.chunks_of(file)
    assert document.format == "markdown"
    assert cut.title == "Backups"
    assert cut.chunks
    with pytest.raises(NothingThere):
        await app.chunks_of(tmp_path / "gone.md")


def test_the_manual_is_where_it_is_shipped() -> None:
    assert (app.manual() / "index.md").is_file()


def test_importing_the_root_imports_nothing_concrete() -> None:
    code = (
        "import sys, bot.app; heavy = {'sqlalchemy', 'onnxruntime', 'numpy', 'openai', 'rich', 'alembic', 'pydantic',"
        "'fastapi', 'uvicorn', 'starlette'};"
        "sys.exit(len(heavy & sys.modules.keys()))"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=Path(app.__file__).parents[1], check=False).returncode == 0
