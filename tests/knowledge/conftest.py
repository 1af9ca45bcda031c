"""Where knowledge can be: what holds for a store holds in a file and on a server."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.doubles.postgres import Server


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Path | str:
    """The place of an empty store, on each of the kinds that there are."""
    if request.param == "sqlite":
        return tmp_path / "knowledge.db"
    running: Server = request.getfixturevalue("server")
    return running.cleared()
