"""A sync that is killed anywhere leaves a sound file; the next one goes on, and ends where one in one go would have."""

from __future__ import annotations

import asyncio
import random
import shutil
import signal
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from knowledge.stores.sqlite import SqliteStore
from tests.crash.child import synced
from tests.crash.contents import answering, contents, found, waiting
from tests.crash.library import write_first, write_second
from tests.doubles.hashing import Hashing
from tests.doubles.shelf import TEAM

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).parents[2]
SEED = 20_261_121


PUBLISHING = 26
"""Database steps from the beginning of the publication to the end of the sync."""


async def test_a_first_sync_killed_at_a_few_points_is_completed_by_the_next(tmp_path: Path) -> None:
    await kill_and_complete(await _first_sync(tmp_path, 60), tmp_path, spread=3)


async def test_a_later_sync_killed_at_a_few_points_is_completed_by_the_next(tmp_path: Path) -> None:
    await kill_and_complete(await _later_sync(tmp_path, 60), tmp_path, spread=3, last=(2, 3))


@pytest.mark.crash
@pytest.mark.parametrize("seed", range(5))
async def test_a_first_sync_killed_at_many_points_is_completed_by_the_next(tmp_path: Path, seed: int) -> None:
    await kill_and_complete(await _first_sync(tmp_path, 300), tmp_path, spread=5, seed=seed)


@pytest.mark.crash
@pytest.mark.parametrize("seed", range(4))
async def test_a_later_sync_killed_at_many_points_is_completed_by_the_next(tmp_path: Path, seed: int) -> None:
    await kill_and_complete(await _later_sync(tmp_path, 300), tmp_path, spread=4, seed=seed)


@pytest.mark.crash
async def test_a_sync_killed_at_every_step_of_its_publication_is_completed_by_the_next(tmp_path: Path) -> None:
    await kill_and_complete(await _later_sync(tmp_path, 300), tmp_path, last=range(PUBLISHING))


async def kill_and_complete(
    case: Case,
    home: Path,
    *,
    spread: int = 0,
    last: Sequence[int] = (),
    seed: int = 0,
) -> None:
    """Kill over the whole run, in turn by step of the database and by line of progress; then at steps from the end."""
    chance = random.Random(SEED + seed)  # noqa: S311 - points to kill at, no secret
    whole = await _watched(case, home / "whole")
    for number in range(spread):
        at = (number + chance.random()) / spread
        if (number + seed) % 2:
            await _killed_and_completed(case, home / str(number), line=1 + int(at * whole.lines))
        else:
            await _killed_and_completed(case, home / str(number), step=1 + int(at * whole.steps))
    for back in last:
        await _killed_and_completed(case, home / f"last-{back}", step=whole.steps - back)


async def _killed_and_completed(case: Case, work: Path, *, line: int = 0, step: int = 0) -> None:
    await _killed(case, work, line=line, step=step)
    await _completed(case, work)
    shutil.rmtree(work)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A folder to sync; the file as it was before, if there was one; and what it must be after."""

    folder: Path
    before: Path | None
    after: Path
    generation: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """How many lines and database steps a sync takes that nobody kills."""

    lines: int
    steps: int


async def _first_sync(home: Path, documents: int) -> Case:
    folder = home / "library"
    write_first(folder, documents)
    return Case(folder=folder, before=None, after=await _in_one_go(folder, home / "after.db"), generation=1)


async def _later_sync(home: Path, documents: int) -> Case:
    folder = home / "library"
    write_first(folder, documents)
    before = await _in_one_go(folder, home / "before.db")
    write_second(folder, documents)
    return Case(folder=folder, before=before, after=await _in_one_go(folder, home / "after.db"), generation=2)


async def _in_one_go(folder: Path, file: Path) -> Path:
    async with SqliteStore(file) as store:
        await synced(folder, store, Hashing())
    return file


def _set_out(case: Case, work: Path) -> Path:
    work.mkdir()
    file = work / "knowledge.db"
    if case.before is not None:
        shutil.copy(case.before, file)
    return file


async def _child(arguments: Sequence[object]) -> asyncio.subprocess.Process:
    command = (sys.executable, "-m", "tests.crash.child", *map(str, arguments))
    return await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=asyncio.subprocess.PIPE)


async def _watched(case: Case, work: Path) -> Whole:
    child = await _child([case.folder, _set_out(case, work)])
    lines = (await child.communicate())[0].decode().splitlines()
    assert child.returncode == 0
    return Whole(lines=len(lines) - 1, steps=int(lines[-1].removeprefix("steps ")))


async def _killed(case: Case, work: Path, *, line: int = 0, step: int = 0) -> None:
    """Run until the step, or until that many lines were read; at a line the sync is somewhere after it."""
    child = await _child([case.folder, _set_out(case, work), step])
    assert child.stdout is not None
    for _ in range(line):
        await child.stdout.readline()
    if line:
        child.kill()
    await child.communicate()
    assert child.returncode == -signal.SIGKILL or (line and child.returncode == 0)


async def _completed(case: Case, work: Path) -> None:
    file = work / "knowledge.db"
    old = answering(case.before) if case.before is not None else {}
    new = answering(case.after)
    async with SqliteStore(file) as store:
        left = answering(file)
        assert left in (old, new), "half of it was published"
        kept = waiting(file) - (waiting(case.before) if case.before is not None and left == old else 0)
        embedder = Hashing()
        summary = await synced(case.folder, store, embedder)
        assert answering(file) == new
        assert await store.generation(TEAM) == case.generation
        assert len(embedder.texts) == summary.chunks
        assert summary.resumed or left == new or not kept
        results = await found(store)
    async with SqliteStore(case.after) as reference:
        assert results == await found(reference)
    assert contents(file) == contents(case.after)
    assert _embedded_once(case, kept, summary.chunks, published=left == new)


def _embedded_once(case: Case, kept: int, embedded: int, *, published: bool) -> bool:
    """Say whether the second sync embedded just what the first had not staged."""
    if published:
        return embedded == 0
    same = answering(case.before).items() & answering(case.after).items() if case.before is not None else set()
    return kept + embedded == _chunks(case.after) - _chunks(case.after, {document for document, _ in same})


def _chunks(file: Path, documents: set[str] | None = None) -> int:
    owner = {row[0]: row[3] for row in contents(file)["edition"]}
    chunks = contents(file)["chunk"]
    return len(chunks) if documents is None else sum(owner[str(chunk[1])] in documents for chunk in chunks)
