"""Commands run in this process, in a folder of their own, with an embedder that needs no model."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.app import embedding
from bot.ops import logs
from tests.doubles.hashing import Hashing

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The working folder of a command: empty, with no settings."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(embedding, "embedder_of", lambda *_: Hashing())
    monkeypatch.setattr(logs, "configure", lambda **_: None)  # it would hold on to pytest's standard error
    return tmp_path


@pytest.fixture
def handbook(folder: Path) -> Path:
    """Two pages to sync."""
    pages = folder / "handbook"
    pages.mkdir()
    (pages / "keys.md").write_text("# Keys\n\n## Rotation\n\nRotate every key once a month with `acme rotate`.\n")
    (pages / "backups.md").write_text("# Backups\n\nA backup runs every night at two o'clock.\n")
    return pages
