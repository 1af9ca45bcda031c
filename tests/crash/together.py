"""Documents that answer one question together, in editions that tell themselves apart by their first word."""

from __future__ import annotations

from typing import TYPE_CHECKING

from knowledge.base import Scope
from tests.doubles.shelf import TEAM

if TYPE_CHECKING:
    from pathlib import Path

SCOPE = Scope(workspace=TEAM, principals=frozenset({TEAM}))
QUESTION = "harbour lantern"
EDITIONS = ("dawn", "noon", "dusk")
_STAYS = "stays"


def write(folder: Path, edition: str) -> None:
    """Make the folder that edition's: all its documents but one differ from every other edition's."""
    folder.mkdir(exist_ok=True)
    for path in folder.iterdir():
        path.unlink()
    for name, word in _documents(edition).items():
        own = " ".join(f"{name}{number}" for number in range(20))
        (folder / f"{name}.txt").write_text(f"{word} harbour lantern {own}\n", encoding="utf-8")


def expected(edition: str) -> list[list[str]]:
    """Give what a search for the question finds in that edition: documents and their first words."""
    return sorted([f"library/{name}.txt", word] for name, word in _documents(edition).items())


def _documents(edition: str) -> dict[str, str]:
    """Six that change, one that is this edition's alone, and one that is in all of them as it is."""
    names = [*(f"page{number}" for number in range(6)), f"only-{edition}"]
    return dict.fromkeys(names, edition) | {_STAYS: _STAYS}
