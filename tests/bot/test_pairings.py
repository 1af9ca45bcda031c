"""Knowledge in every place that the settings can name, put together as a person would."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from bot import app
from bot.app import embedding
from bot.errors import BadSettings
from bot.settings import load
from knowledge.base import PUBLIC, Scope
from knowledge.carrying import Carried
from knowledge.endpoint.base import PATIENT, Endpoint
from knowledge.errors import Refused, Unreachable
from knowledge.indexes.pgvector import index as pgvector
from knowledge.indexes.pgvector.patience import Patience as PgPatience
from knowledge.indexes.pinecone import index as pinecone
from knowledge.indexes.pinecone.patience import Patience
from tests.doubles.embeddings import Embeddings
from tests.doubles.hashing import Hashing
from tests.doubles.places import PAIRINGS, Place
from tests.doubles.places import placed as empty

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    from bot.settings import Settings
    from tests.doubles.postgres import Server

TEAM = "terminal:local"
SCOPE = Scope(workspace=TEAM, principals=frozenset({TEAM}))


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine takes longer than people wait for an answer."""
    monkeypatch.setattr(pinecone, "Patience", lambda: Patience(question=30.0, start=30.0, wait=0.01))
    monkeypatch.setattr(pgvector, "Patience", lambda: PgPatience(question=30.0))
    defaults = Endpoint.__init__.__kwdefaults__
    assert defaults is not None
    monkeypatch.setitem(defaults, "question", PATIENT)


@dataclass(frozen=True)
class Kept:
    """A folder of documents, and the settings that keep them somewhere."""

    folder: Path
    place: Place

    @property
    def settings(self) -> Settings:
        return self.place.settings

    async def sync(self) -> None:
        await app.synced(self.settings, [app.files(self.folder, readers=frozenset({TEAM}))])
        self.place.catch_up()

    async def found(self, asked: str, scope: Scope = SCOPE) -> list[str]:
        async with app.knowledge(self.settings) as known:
            found = await known.retriever.retrieve(asked, scope=scope)
        assert found.missed is None
        return [passage.document for passage in found.passages]

    async def healthy(self) -> bool:
        return all([one.ok async for one in app.findings(self.settings)])


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(embedding, "embedder_of", lambda *_: Hashing())
    pages = tmp_path / "pages"
    pages.mkdir()
    (pages / "keys.md").write_text("# Keys\n\nSigning keys are rotated every month by the night job.\n")
    (pages / "birds.md").write_text("# Birds\n\nBirds sing in the trees in the morning.\n")
    return pages


@contextmanager
def placed(folder: Path, words: str, vectors: str, server: Server | None = None, **more: str) -> Generator[Kept]:
    with empty(folder.parent / "home", words, vectors, server) as place:
        yield Kept(folder, place.wanting(**more))


@pytest.mark.parametrize(("words", "vectors"), PAIRINGS)
async def test_what_is_synced_is_found_changed_and_forgotten(
    folder: Path, server: Server, words: str, vectors: str
) -> None:
    with placed(folder, words, vectors, server) as place:
        await place.sync()
        assert (await place.found("How often are signing keys rotated?"))[0] == "pages/keys.md"
        assert await place.found("signing keys", Scope(workspace=TEAM, principals=frozenset({PUBLIC}))) == []
        assert await place.healthy()
        (folder / "keys.md").unlink()
        (folder / "birds.md").write_text("# Birds\n\nBirds are silent at noon.\n")
        await place.sync()
        assert await place.found("signing keys of birds") == ["pages/birds.md"]
        assert await place.healthy()
        assert await app.forgotten(place.settings, {"pages"}) == 1
        place.place.catch_up()
        async with app.knowledge(place.settings) as known:
            assert await (await known.serving.now()).index.count(TEAM) == 0


async def test_vectors_move_to_pinecone_and_back_without_being_made_again(folder: Path) -> None:
    with placed(folder, "embedded", "embedded") as here, placed(folder, "embedded", "pinecone") as there:
        await here.sync()
        carried = await app.carried(there.settings)
        assert carried is not None
        assert (carried.copied, carried.embedded) == (2, 0)
        there.place.catch_up()
        assert (await there.found("How often are signing keys rotated?"))[0] == "pages/keys.md"
        back = await app.carried(here.settings.model_copy(update=_pinecone(there.settings)))
        assert back is not None
        assert (back.copied, back.embedded) == (2, 0)
        assert (await here.found("How often are signing keys rotated?"))[0] == "pages/keys.md"


async def test_an_endpoints_embeddings_are_paid_for_by_the_team(folder: Path) -> None:
    with Embeddings() as embeddings:
        more = {
            "FOOTNOTE_EMBEDDER": "text-embedding-3-small",
            "FOOTNOTE_EMBEDDING_DIMENSIONS": "64",
            "FOOTNOTE_EMBEDDING_BASE_URL": embeddings.url,
            "FOOTNOTE_EMBEDDING_API_KEY": "sk-test",
        }
        with placed(folder, "embedded", "embedded", None, **more) as place:
            await place.sync()
            assert (await place.found("How often are signing keys rotated?"))[0] == "pages/keys.md"
            assert await place.healthy()
        assert embeddings.tokens > 0


async def test_a_wrong_key_is_told_at_start_and_so_is_a_missing_host(folder: Path) -> None:
    with placed(folder, "embedded", "pinecone") as place:
        wrong = load(
            {
                "FOOTNOTE_HOME": str(folder.parent / "home"),
                "PINECONE_HOST": place.settings.pinecone_host or "",
                "PINECONE_API_KEY": "wrong",
            }
        )
        with pytest.raises(Refused, match="PINECONE_API_KEY"):
            async with app.knowledge(wrong):
                pass
        hostless = place.settings.model_copy(update={"pinecone_host": None, "vectors": "pinecone"})
        with pytest.raises(BadSettings, match="PINECONE_HOST"):
            async with app.knowledge(hostless):
                pass


async def test_a_question_while_pinecone_is_away_is_answered_by_keywords(folder: Path) -> None:
    with placed(folder, "embedded", "pinecone") as place:
        await place.sync()
        async with app.knowledge(place.settings) as known:
            assert place.place.pinecone is not None
            place.place.pinecone.go()
            found = await known.retriever.retrieve("How often are signing keys rotated?", scope=SCOPE)
        assert found.passages[0].document == "pages/keys.md"
        # A busy machine may find the connection slow before it finds it refused: the sentences differ, and both say it.
        assert found.missed is not None
        assert found.missed.startswith("Pinecone at 127.0.0.1")
        assert found.missed.endswith("Only keywords were searched.")


def _pinecone(settings: Settings) -> dict[str, object]:
    return {"pinecone_host": settings.pinecone_host, "pinecone_api_key": settings.pinecone_api_key}


async def test_a_team_that_outgrows_its_file_moves_to_a_server_and_back(folder: Path, server: Server) -> None:
    with placed(folder, "embedded", "embedded") as here, placed(folder, "postgres", "pinecone", server) as there:
        await here.sync()
        async with app.knowledge(here.settings) as known:
            before = await known.retriever.ranked("How often are signing keys rotated?", scope=SCOPE)
        copied = await app.copied(there.settings, "embedded")
        there.place.catch_up()
        assert (copied.documents, copied.chunks, copied.embedded) == (2, 2, 0)
        async with app.knowledge(there.settings) as known:
            after = await known.retriever.ranked("How often are signing keys rotated?", scope=SCOPE)
        assert [hit.chunk for hit in after.hits] == [hit.chunk for hit in before.hits]
        assert [hit.score for hit in after.hits] == pytest.approx([hit.score for hit in before.hits], abs=0.02)
        assert await there.healthy()
        await there.sync()
        (folder / "birds.md").unlink()
        await there.sync()
        back = here.settings.model_copy(
            update={**_pinecone(there.settings), "database_url": there.settings.database_url}
        )
        assert (await app.copied(back, "postgres")).removed == 1
        assert await here.found("signing keys of birds") == ["pages/keys.md"]


async def test_a_running_bot_answers_from_the_old_vectors_until_the_new_ones_serve(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = {"minilm": Hashing(), "lite": Hashing(model="other", dimensions=32)}
    monkeypatch.setattr(embedding, "embedder_of", lambda _, name: made[name])
    with placed(folder, "embedded", "embedded") as old:
        await old.sync()
        async with app.knowledge(old.place.wanting(FOOTNOTE_EMBEDDER="lite").settings) as known:
            used: list[str] = []

            async def ask() -> None:
                while "lite" not in used:
                    found = await known.retriever.retrieve("How often are signing keys rotated?", scope=SCOPE)
                    assert (found.missed, found.passages[0].document) == (None, "pages/keys.md")
                    used.append((await known.serving.now()).kept.embedder)

            async with asyncio.timeout(30), asyncio.TaskGroup() as tasks:
                asking = tasks.create_task(ask())
                assert await known.carry() is not None
                await asking
    assert used[-1] == "lite"


def test_what_an_index_logs_is_not_on_standard_output(folder: Path) -> None:
    with placed(folder, "embedded", "pinecone") as place:
        environ = {**os.environ, **place.place.environ, "FOOTNOTE_LOG_LEVEL": "info"}  # noqa: TID251 - a child's
        command = (sys.executable, "-m", "bot", "doctor", "index", "--json")
        ran = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
    assert json.loads(ran.stdout)["findings"][0]["what"] == "catalog"
    assert "asked pinecone" in ran.stderr


@pytest.mark.parametrize("vectors", ["postgres", "pinecone"])
async def test_two_catalogs_that_share_an_index_leave_each_others_vectors_alone(
    folder: Path, server: Server, vectors: str
) -> None:
    with placed(folder, "embedded", vectors, server) as one:
        other = Kept(folder, one.place.wanting(FOOTNOTE_HOME=str(folder.parent / "elsewhere")))
        await one.sync()
        await other.sync()
        back = Kept(folder, other.place.wanting(FOOTNOTE_VECTORS="embedded"))
        assert await app.carried(back.settings) is not None
        assert await app.forgotten(back.settings, {"pages"}) == 2
        one.place.catch_up()
        assert await one.healthy()
        assert (await one.found("How often are signing keys rotated?"))[0] == "pages/keys.md"


async def test_another_way_to_compare_or_to_write_the_same_index_loses_nothing(folder: Path) -> None:
    with placed(folder, "embedded", "pinecone") as place:
        await place.sync()
        dot = Kept(folder, place.place.wanting(FOOTNOTE_METRIC="dot"))
        await dot.sync()
        assert await dot.healthy()
        assert (await dot.found("How often are signing keys rotated?"))[0] == "pages/keys.md"


async def test_a_place_that_the_settings_no_longer_name_ends_nothing(folder: Path, server: Server) -> None:
    with placed(folder, "embedded", "postgres", server) as there:
        await there.sync()
        environ = {name: value for name, value in there.place.environ.items() if name != "DATABASE_URL"}
        environ["FOOTNOTE_VECTORS"] = "embedded"
        here = Kept(folder, Place(environ, load(environ), None))
        async with app.knowledge(here.settings) as known:
            found = await known.retriever.retrieve("How often are signing keys rotated?", scope=SCOPE)
        assert found.missed is not None
        assert (await app.carried(here.settings, anew=True)) is not None
        assert (await here.found("How often are signing keys rotated?"))[0] == "pages/keys.md"


async def test_vectors_in_another_database_are_noticed_and_made_anew_where_that_is_asked(
    folder: Path, server: Server
) -> None:
    with placed(folder, "embedded", "postgres", server) as one, placed(folder, "embedded", "postgres", server) as other:
        await one.sync()
        with pytest.raises(Unreachable, match="another database"):
            await app.carried(other.settings)
        assert (await app.carried(other.settings, anew=True)) == Carried(embedded=2)
        assert (await other.found("How often are signing keys rotated?"))[0] == "pages/keys.md"
        assert not await other.healthy()  # what is in the first database could not be cleared, and is named


async def test_postgres_without_an_address_is_a_finding_and_no_answer(folder: Path) -> None:
    with placed(folder, "embedded", "postgres") as place:
        (finding,) = [one async for one in app.findings(place.settings)]
        assert not finding.ok
        assert "DATABASE_URL is not set" in finding.told
        with pytest.raises(BadSettings, match="DATABASE_URL"):
            async with app.knowledge(place.settings):
                pass
