"""One process syncs while another searches: the searcher sees all of the earlier knowledge, then all of the new."""

from __future__ import annotations

import asyncio
import json
import sys
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from knowledge.base import Query, Scope
from knowledge.catalog import Catalog
from knowledge.indexes.words import Words
from knowledge.stores.sqlite import SqliteStore
from tests.crash import together
from tests.crash.child import synced
from tests.crash.contents import answering
from tests.crash.library import FIRST, SECOND, write_first, write_second
from tests.crash.together import EDITIONS
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
    async with SqliteStore(file) as store:
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


async def _search(store: SqliteStore, edition: str) -> None:
    """Search for both editions' words, and find those of one."""
    hits = await Words(store).search(Query(text=f"{FIRST} {SECOND}", vector=None, scope=SCOPE, limit=100_000))
    passages = await Catalog(store).passages(hits, SCOPE)
    parts = [passage for passage in passages if passage.document == "library/long.md" and passage.heading]
    changed = {passage.heading[-1].split()[-1] for passage in parts}
    assert changed == {edition}


async def test_what_one_process_publishes_another_answers_from_soon_and_never_from_half(
    tmp_path: Path,
) -> None:
    folder, file = tmp_path / "library", tmp_path / "knowledge.db"
    together.write(folder, EDITIONS[0])
    await _synced_elsewhere(folder, file)
    seen: list[Seen] = []
    async with _asking(file) as searches:
        for published, edition in enumerate(EDITIONS, start=1):
            if published > 1:
                together.write(folder, edition)
                async with asyncio.TaskGroup() as tasks:
                    syncing = tasks.create_task(_synced_elsewhere(folder, file))
                    while not syncing.done():
                        seen.append(await anext(searches))
            async with asyncio.timeout(30):  # it looks every few seconds, and this machine may be busy
                while (last := await anext(searches)).before < published:
                    seen.append(last)
            assert last.found == together.expected(edition)
    publications = [together.expected(edition) for edition in EDITIONS]
    assert all(each.found in publications[each.before - 1 : each.after] for each in seen)
    assert {each.before for each in seen} >= {1, 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a search found, and how often the knowledge had been published before and after it."""

    before: int
    after: int
    found: list[list[str]]


@asynccontextmanager
async def _asking(file: Path) -> AsyncGenerator[AsyncGenerator[Seen]]:
    command, pipe = (sys.executable, "-m", "tests.crash.asker", str(file)), asyncio.subprocess.PIPE
    child = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdin=pipe, stdout=pipe)
    assert child.stdin is not None
    assert child.stdout is not None
    async with aclosing(_seen(child.stdout)) as searches:
        yield searches
        child.stdin.close()
        async for _ in searches:
            pass
    assert await child.wait() == 0


async def _seen(lines: asyncio.StreamReader) -> AsyncGenerator[Seen]:
    async for line in lines:
        said = json.loads(line)
        yield Seen(before=said["before"], after=said["after"], found=said["seen"])


async def _synced_elsewhere(folder: Path, file: Path) -> None:
    command = (sys.executable, "-m", "tests.crash.child", str(folder), str(file))
    child = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=asyncio.subprocess.DEVNULL)
    assert await child.wait() == 0
