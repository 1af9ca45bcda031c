from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from bot import app
from bot.errors import BadSettings
from bot.settings import load
from knowledge import embedders
from knowledge.base import Scope
from knowledge.fusion import fused

OWN = '''
"""An embedder in one file."""

import numpy as np

from knowledge.base import Embedded, Embedder, VectorSpec


def embedder(cache):
    return Letters()


class Letters(Embedder):
    spec = VectorSpec(model="letters", dimensions=26)
    vector_share = 0.9
    batch = 10

    async def embed(self, texts, /, *, purpose):
        counts = [[1e-3 + text.lower().count(chr(97 + letter)) for letter in range(26)] for text in texts]
        vectors = np.array(counts, np.float32).reshape(len(texts), 26)
        return Embedded(vectors=vectors / np.linalg.norm(vectors, axis=1, keepdims=True), tokens=len(texts))
'''


@pytest.fixture
def letters(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A new embedder: a file in the folder of embedders, as far as Python can tell."""
    folder = tmp_path / "embedders"
    folder.mkdir()
    (folder / "letters.py").write_text(OWN)
    monkeypatch.setattr(embedders, "__path__", [*embedders.__path__, str(folder)])
    monkeypatch.delitem(sys.modules, "knowledge.embedders.letters", raising=False)
    return "letters"


def test_every_embedder_is_found_by_its_name() -> None:
    assert embedders.names() == ("e5", "lite", "minilm")


async def test_one_more_file_is_one_more_embedder(letters: str, tmp_path: Path) -> None:
    settings = load({"FOOTNOTE_EMBEDDER": letters, "FOOTNOTE_HOME": str(tmp_path / "home")})
    page = tmp_path / "zoo.md"
    page.write_text("# Zoo\n\nZebras doze.\n")
    team = frozenset({settings.team})
    await app.synced(settings, [app.files(page, readers=team)])
    async with app.knowledge(settings) as known:
        assert known.reader.spec.model == "letters"
        scope = Scope(workspace=settings.team, principals=team)
        found = await known.retriever.ranked("zzzebra dozzzing", scope=scope)
    assert found.passages[0].text.endswith("Zebras doze.")
    assert fused(found.rankings)[0].score == pytest.approx(0.9)


def test_a_name_that_is_none_is_refused_with_those_that_are() -> None:
    with pytest.raises(BadSettings, match="FOOTNOTE_EMBEDDER is 'letters'; it must be e5, lite or minilm"):
        load({"FOOTNOTE_EMBEDDER": "letters"})


def test_reading_the_settings_imports_no_embedder() -> None:
    code = (
        "import sys, bot.settings; bot.settings.load({});"
        "heavy = {f'knowledge.embedders.{name}' for name in ('e5', 'lite', 'minilm')} | {'numpy'};"
        "sys.exit(len(heavy & sys.modules.keys()))"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=Path(app.__file__).parents[1], check=False).returncode == 0
