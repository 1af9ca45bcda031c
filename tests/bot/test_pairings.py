"""Knowledge in every place that the settings can name, put together as a person would."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from bot import app
from bot.app import embedding
from bot.errors import BadSettings
from bot.settings import Settings, load
from knowledge.base import PUBLIC, Scope
from knowledge.errors import Refused
from tests.doubles.embeddings import Embeddings
from tests.doubles.hashing import Hashing
from tests.doubles.pinecone.index import Index
from tests.doubles.pinecone.server import KEY, Pinecone

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

TEAM = "terminal:local"
SCOPE = Scope(workspace=TEAM, principals=frozenset({TEAM}))
PAIRINGS = (("embedded", "embedded"), ("embedded", "pinecone"))


@dataclass(frozen=True)
class Place:
    """A folder of documents, and the settings that keep them somewhere."""

    folder: Path
    settings: Settings
    pinecone: Pinecone | None

    async def sync(self) -> None:
        await app.synced(self.settings, [app.files(self.folder, readers=frozenset({TEAM}))])
        self.catch_up()

    def catch_up(self) -> None:
        if self.pinecone is not None:
            self.pinecone.catch_up()

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
def placed(folder: Path, words: str, vectors: str, **more: str) -> Generator[Place]:
    environ = {
        "FOOTNOTE_HOME": str(folder.parent / "home"),
        "FOOTNOTE_WORDS": words,
        "FOOTNOTE_VECTORS": vectors,
        **more,
    }
    if vectors != "pinecone":
        yield Place(folder, load(environ), None)
        return
    with Pinecone(Index(dimension=64)) as service:
        settings = load(environ | {"PINECONE_HOST": service.url, "PINECONE_API_KEY": KEY})
        yield Place(folder, settings, service)


@pytest.mark.parametrize(("words", "vectors"), PAIRINGS)
async def test_what_is_synced_is_found_changed_and_forgotten(folder: Path, words: str, vectors: str) -> None:
    with placed(folder, words, vectors) as place:
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
        place.catch_up()
        async with app.knowledge(place.settings) as known:
            assert await (await known.serving.now()).index.count(TEAM) == 0


async def test_vectors_move_to_pinecone_and_back_without_being_made_again(folder: Path) -> None:
    with placed(folder, "embedded", "embedded") as here, placed(folder, "embedded", "pinecone") as there:
        await here.sync()
        carried = await app.carried(there.settings)
        assert carried is not None
        assert (carried.copied, carried.embedded) == (2, 0)
        there.catch_up()
        assert (await there.found("How often are signing keys rotated?"))[0] == "pages/keys.md"
        back = await app.carried(here.settings.model_copy(update=_pinecone(there.settings)))
        assert back is not None
        assert (back.copied, back.embedded) == (2, 0)
        assert (await here.found("How often are signing keys rotated?"))[0] == "pages/keys.md"


async def test_an_endpoints_embeddings_are_paid_for_by_the_team(folder: Path) -> None:
    with Embeddings() as server:
        more = {
            "FOOTNOTE_EMBEDDER": "text-embedding-3-small",
            "FOOTNOTE_EMBEDDING_DIMENSIONS": "64",
            "FOOTNOTE_EMBEDDING_BASE_URL": server.url,
            "FOOTNOTE_EMBEDDING_API_KEY": "sk-test",
        }
        with placed(folder, "embedded", "embedded", **more) as place:
            await place.sync()
            assert (await place.found("How often are signing keys rotated?"))[0] == "pages/keys.md"
            assert await place.healthy()
        assert server.tokens > 0


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
            assert place.pinecone is not None
            place.pinecone.go()
            found = await known.retriever.retrieve("How often are signing keys rotated?", scope=SCOPE)
        assert found.passages[0].document == "pages/keys.md"
        assert found.missed is not None
        assert "PINECONE_HOST" in found.missed


def _pinecone(settings: Settings) -> dict[str, object]:
    return {"pinecone_host": settings.pinecone_host, "pinecone_api_key": settings.pinecone_api_key}
