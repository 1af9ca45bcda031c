"""A few hundred generated files, in two editions: the second changes, adds, moves and removes some of the first."""

from __future__ import annotations

import os
import random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

WORDS = (  # noqa: SIM905 - thirty words read better so
    "token key rotate deploy rollback staging workspace channel answer passage citation index embedder ledger limit "
    "budget invoice refund policy retention backup restore cluster region latency timeout retry queue worker schema"
).split()
FIRST, SECOND = "morning", "evening"
"""A word that every document of the first edition has, and one that every document of the second has."""
MODIFIED = 1_790_000_000
"""Seconds since the epoch: the files' own time, so that two makings of a folder are alike."""


def write_first(folder: Path, count: int) -> None:
    """Write the first edition of ``count`` documents, one that is long and one that cannot be read."""
    for number in range(count):
        _write(folder, number, FIRST)
    _put(folder / "long.md", "\n\n".join(_section(number, FIRST) for number in range(120)))
    _put(folder / "torn.md", b"\x00\x01\x02 not text \xff" * 40)


def write_second(folder: Path, count: int) -> None:
    """Turn the first edition into the second: all change but the last fifth, some are moved, some removed and added."""
    for number in range(count):
        if number % 7 == 3:
            (folder / _name(number)).unlink()
        elif number < count * 4 // 5:
            _write(folder, number, SECOND)
    for number in range(count, count + count // 10):
        _write(folder, number, SECOND)
    (folder / _name(0)).rename(folder / "moved.md")
    _put(folder / "long.md", "\n\n".join(_section(number, SECOND) for number in range(100)))


def _write(folder: Path, number: int, edition: str) -> None:
    chance = random.Random(f"{number} {edition}")  # noqa: S311 - words, no secret
    front = f"---\ntags: [{chance.choice(WORDS)}]\nyear: {chance.randint(2019, 2026)}\n---\n" if number % 3 == 0 else ""
    parts = (_section(chance.randrange(1000), edition) for _ in range(chance.randint(1, 6)))
    _put(folder / _name(number), f"{front}# Document {number}\n\n" + "\n\n".join(parts))


def _section(number: int, edition: str) -> str:
    chance = random.Random(f"section {number}")  # noqa: S311 - words, no secret
    sentences = (" ".join(chance.choices(WORDS, k=12)).capitalize() + "." for _ in range(chance.randint(4, 14)))
    code = f"```sh\nfootnote {chance.choice(WORDS)} --{chance.choice(WORDS)}\n```"
    return f"## Part {number} of the {edition}\n\n{' '.join(sentences)}\n\n{code}"


def _name(number: int) -> str:
    return f"part{number % 5}/document-{number:04}.md"


def _put(path: Path, content: str | bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    os.utime(path, (MODIFIED, MODIFIED))
