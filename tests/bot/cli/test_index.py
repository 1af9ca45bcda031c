"""``footnote index`` and ``footnote doctor index``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from bot.app import embedding
from bot.cli.running import run
from tests.doubles.hashing import Hashing

if TYPE_CHECKING:
    from pathlib import Path

    from pytest import CaptureFixture, MonkeyPatch  # noqa: PT013 - shorter signatures


@pytest.fixture
def _synced(handbook: Path, capsys: CaptureFixture[str]) -> None:
    assert run(["sync", "handbook", "--quiet"]) == 0
    capsys.readouterr()


@pytest.fixture
def _another(_synced: None, monkeypatch: MonkeyPatch) -> None:
    """Another embedder is wanted now."""
    made = {"minilm": Hashing(), "lite": Hashing(model="other", dimensions=32)}
    monkeypatch.setattr(embedding, "embedder_of", lambda _, name: made[name])
    monkeypatch.setenv("FOOTNOTE_EMBEDDER", "lite")


@pytest.mark.usefixtures("_synced")
def test_it_is_shown_where_everything_is(capsys: CaptureFixture[str]) -> None:
    assert run(["index"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[:3] == ["Catalog and keywords", "   .footnote/knowledge.db", "   2 documents, 2 chunks"]
    assert lines[3:] == ["Vectors", "   serving: embedded, minilm (hashing, 64 dimensions, cosine)"]


@pytest.mark.usefixtures("_another")
def test_programs_get_what_serves_and_what_is_wanted(capsys: CaptureFixture[str]) -> None:
    assert run(["index", "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert (shown["documents"], shown["chunks"]) == (2, 2)
    assert shown["wanted"]["embedder"] == "lite"
    assert [(one["embedder"], one["state"]) for one in shown["vectors"]] == [("minilm", "serving")]


@pytest.mark.usefixtures("_another")
def test_what_is_wanted_is_brought_once(capsys: CaptureFixture[str]) -> None:
    assert run(["doctor", "index"]) == 1
    assert "wrong serving: Vectors of minilm in embedded still serve." in capsys.readouterr().out
    assert run(["index", "copy"]) == 0
    assert capsys.readouterr().out == "Other vectors serve now: 0 copied, 2 embedded.\n"
    assert run(["index", "copy"]) == 0
    assert "nothing to copy" in capsys.readouterr().out
    assert run(["index", "copy", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {}
    assert run(["doctor", "index"]) == 0


@pytest.mark.usefixtures("_another")
def test_a_sync_brings_what_is_wanted_first(capsys: CaptureFixture[str]) -> None:
    assert run(["sync", "handbook"]) == 0
    said = capsys.readouterr().out
    assert said.startswith("0 added, 0 changed, 2 unchanged, 0 removed")
    assert "2 chunks that answered already embedded anew" in said
    assert run(["doctor", "index", "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown["ok"]
    assert [one["what"] for one in shown["findings"]] == ["catalog", "embedder", "vectors", "complete"]


def test_of_an_empty_knowledge_it_is_said_what_to_do(folder: Path, capsys: CaptureFixture[str]) -> None:
    assert run(["doctor", "index"]) == 1
    assert "wrong complete: Nothing is synced yet: run footnote sync PATH." in capsys.readouterr().out


def test_a_catalog_is_not_copied_from_itself(folder: Path, capsys: CaptureFixture[str]) -> None:
    assert run(["index", "copy", "--from", "embedded"]) == 2
    assert "The catalog is embedded already" in capsys.readouterr().err
