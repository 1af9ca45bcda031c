"""A home into which the shipped manual was synced, once for all end-to-end tests."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from bot.app import files, manual, synced
from bot.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder; the embedder's weights are the real ones."""
    settings = Settings(home=tmp_path_factory.mktemp("home"))
    source = files(manual(), readers=frozenset({settings.team}), name="manual")
    asyncio.run(synced(settings, [source]))
    return settings.home
