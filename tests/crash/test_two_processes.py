"""One process syncs while another searches: the searcher sees all of the earlier knowledge, then all of the new."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from knowledge.base import Query, Scope
from knowledge.catalog import Catalog
from knowledge.indexes.words import Words
from knowledge.store import Store
from tests.crash.child import synced
from tests.crash.contents import answering
from tests.crash.library import FIRST, SECOND, write_first, write_second
from tests.doubles.hashing import Hashing
from tests.doubles.shelf import TEAM

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

ROOT = Path(__file__).parents[2]
BEFORE = {"reading", "embedded", "staged", "publishing"}
"""The stages in which nothing is published yet; at each of them the other process stands still."""
SCOPE = Scope(workspace=TEAM, principals=frozenset({TEAM}))


async def test_a_searcher_never_sees_half_of_what_another_process_syncs(tmp_path: Path) -> None:
    folder, file = tmp_path / "library", tmp_path / "knowledge.db"
    write_first(folder, 60)
    async with Store(file) as store:
        await synced(folder, store, Hashing())
        before, pictures = answering(file), []
        write_second(folder, 60)
        async for line in _syncing(folder, file):
            stage = line.split()[0]
            pictures.append((stage, answering(file)))
            await _search(store, FIRST if stage in BEFORE else SECOND)
        after = answering(file)
    assert before != after
    assert all(picture == (before if stage in BEFORE else after) for stage, picture in pictures)
    assert {stage for stage, _ in pictures} == BEFORE | {"published", "steps"}


async def _syncing(folder: Path, file: Path) -> AsyncGenerator[str]:
    command = (sys.executable, "-m", "tests.crash.child", str(folder), str(file), "asking")
    pipe = asyncio.subprocess.PIPE
    child = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdin=pipe, stdout=pipe)
    assert child.stdin is not None
    assert child.stdout is not None
    async for line in child.stdout:
        yield line.decode()
        child.stdin.write(b"go on\n")
    assert await child.wait() == 0


async def _search(store: Store, edition: str) -> None:
    """Search for both editions' words, and find those of one."""
    hits = await Words(store).search(Query(text=f"{FIRST} {SECOND}", vector=None, scope=SCOPE, limit=100_000))
    passages = await Catalog(store).passages(hits, SCOPE)
    parts = [passage for passage in passages if passage.document == "library/long.md" and passage.heading]
    changed = {passage.heading[-1].split()[-1] for passage in parts}
    assert changed == {edition}
