"""Knowledge in any pairing of places, under kills: what answers is whole, and the next try ends where one go would."""

from __future__ import annotations

import asyncio
import os
import random
import shutil
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from sqlalchemy import select

from bot.app import embedding
from bot.app.knowing import opened
from knowledge.tables import Edition
from knowledge.whole import wholes
from tests.crash.library import write_first, write_second
from tests.doubles.hashing import Hashing
from tests.doubles.places import PAIRINGS, placed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.doubles.places import Place
    from tests.doubles.postgres import Server

ROOT = Path(__file__).parents[2]
MANY = 20


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedding, "embedder_of", lambda _, name: Hashing(model=name, dimensions=64))


async def test_syncs_killed_again_and_again_end_where_one_go_would(tmp_path: Path, server: Server) -> None:
    await _syncs_killed(tmp_path, server, ("postgres", "pinecone"), documents=25, kills=3, seed=0)


@pytest.mark.crash
@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(("words", "vectors"), PAIRINGS)
async def test_syncs_killed_many_times_end_where_one_go_would(
    tmp_path: Path, server: Server, words: str, vectors: str, seed: int
) -> None:
    await _syncs_killed(tmp_path, server, (words, vectors), documents=150, kills=MANY, seed=seed)


@pytest.mark.crash
@pytest.mark.parametrize(("words", "vectors"), [pair for pair in PAIRINGS if pair[1] != "embedded"])
async def test_vectors_carried_elsewhere_under_kills_arrive_whole(
    tmp_path: Path, server: Server, words: str, vectors: str
) -> None:
    await _carried_killed(tmp_path, server, (words, vectors), documents=150, kills=MANY)


@pytest.mark.crash
@pytest.mark.parametrize(("words", "vectors"), PAIRINGS[3:])
async def test_knowledge_copied_to_a_server_under_kills_arrives_whole(
    tmp_path: Path, server: Server, words: str, vectors: str
) -> None:
    await _copied_killed(tmp_path, server, (words, vectors), documents=150, kills=MANY)


@pytest.mark.crash
@pytest.mark.parametrize(("words", "vectors"), PAIRINGS)
async def test_a_source_forgotten_under_kills_is_gone_everywhere(
    tmp_path: Path, server: Server, words: str, vectors: str
) -> None:
    folder = tmp_path / "library"
    write_first(folder, 20)
    with placed(tmp_path / "home", words, vectors, server) as place:
        await _done("sync", folder, place)
        for last in range(12, 40, 3):
            await _run("forget", folder, place, last)
        await _run("forget", folder, place, 0)
        shutil.rmtree(folder)
        folder.mkdir()
        (folder / "again.md").write_text("# Again\n\nSomething else.\n")
        await _done("sync", folder, place)
        held = await _held(place)
    assert set(held["documents"]) == {"library/again.md"}
    assert held["count"] == 1


async def _syncs_killed(  # noqa: PLR0913 - what differs from test to test
    home: Path, server: Server, pairing: tuple[str, str], *, documents: int, kills: int, seed: int
) -> None:
    """Kill syncs of a second edition at random steps until one ends by itself, and look after each what answers."""
    chance = random.Random(f"{seed} {pairing}")  # noqa: S311 - points to kill at, no secret
    folder = home / "library"
    write_first(folder, documents)
    with placed(home / "whole", *pairing, server) as whole, placed(home / "killed", *pairing, server) as place:
        for one in (whole, place):
            await _done("sync", folder, one)
        first = (await _held(place))["documents"]
        write_second(folder, documents)
        steps = await _done("sync", folder, whole)
        wanted = await _held(whole)
        assert first != wanted["documents"]
        for _ in range(kills):
            killed = await _run("sync", folder, place, 1 + chance.randrange(steps))
            found = (await _held(place))["documents"]
            assert found in (first, wanted["documents"])
            if not killed:
                break
        await _done("sync", folder, place)
        _same(await _held(place), wanted)


async def _carried_killed(home: Path, server: Server, pairing: tuple[str, str], *, documents: int, kills: int) -> None:
    """Carry to another place and back, each time to another model or the same one, killed at random steps."""
    words, vectors = pairing
    chance = random.Random(f"{pairing}")  # noqa: S311 - points to kill at, no secret
    folder = home / "library"
    write_first(folder, documents)
    with placed(home / "home", words, vectors, server) as place:
        here = place.wanting(FOOTNOTE_VECTORS="embedded")
        await _done("sync", folder, here)
        wanted = await _held(here)
        wishes = (place, here, place.wanting(FOOTNOTE_EMBEDDER="lite"), here.wanting(FOOTNOTE_EMBEDDER="e5"))
        for wish in wishes:
            for _ in range(kills):
                if not await _run("carry", folder, wish, 20 + chance.randrange(3 * documents)):
                    break
            await _run("carry", folder, wish, 0)
            held = await _held(wish)
            assert held["wanted"]
            _same(held, wanted)


async def _copied_killed(home: Path, server: Server, pairing: tuple[str, str], *, documents: int, kills: int) -> None:
    """Copy a file's knowledge to a server, killed at random steps, until it has all of it."""
    chance = random.Random(f"copy {pairing}")  # noqa: S311 - points to kill at, no secret
    folder = home / "library"
    write_first(folder, documents)
    with placed(home / "home", *pairing, server) as place:
        here = place.wanting(FOOTNOTE_WORDS="embedded", FOOTNOTE_VECTORS="embedded")
        await _done("sync", folder, here)
        wanted = await _held(here)
        for _ in range(kills):
            if not await _run("copy", folder, place, 20 + chance.randrange(6 * documents)):
                break
        await _run("copy", folder, place, 0)
        _same(await _held(place), wanted)


async def _done(what: str, folder: Path, place: Place) -> int:
    """Let it end, and give how many steps that took."""
    child = await _child(what, folder, place, 0)
    said = (await child.communicate())[0]
    assert child.returncode == 0
    place.catch_up()
    return int(said)


async def _run(what: str, folder: Path, place: Place, last: int) -> bool:
    """Give whether it was killed; else it ended by itself, well or because there was nothing left to do."""
    child = await _child(what, folder, place, last)
    await child.communicate()
    place.catch_up()
    assert child.returncode in ({0, 1, -signal.SIGKILL} if what == "forget" else {0, -signal.SIGKILL})
    return child.returncode == -signal.SIGKILL


async def _child(what: str, folder: Path, place: Place, last: int) -> asyncio.subprocess.Process:
    command: Sequence[str] = (sys.executable, "-m", "tests.crash.keeper", what, str(folder), str(last))
    return await asyncio.create_subprocess_exec(
        *command,
        cwd=ROOT,
        env={**os.environ, **place.environ},  # noqa: TID251 - a child's
        stdout=asyncio.subprocess.PIPE,
    )


async def _held(place: Place) -> dict[str, Any]:
    """Give what answers, whole, with its vectors; and what the index holds besides, and what is left to do."""
    async with opened(place.settings) as known:
        serving = await known.serving.sets.serving()
        assert serving is not None
        async with known.store.read() as connection:
            numbers = (await connection.scalars(select(Edition.number).where(Edition.state == "live"))).all()
            editions = await wholes(connection, numbers)
        index = await known.serving.index(serving.kept)
        chunks = [chunk for one in editions for chunk in one.chunks]
        return {
            "documents": {one.particulars["document"]: one.particulars["digest"] for one in editions},
            "particulars": {
                one.particulars["id"]: (one.particulars["title"], one.readers, one.attributes, one.chunks)
                for one in editions
            },
            "vectors": await index.vectors(known.workspace, [chunk.id for chunk in chunks]),
            "count": await index.count(known.workspace),
            "leaving": await known.serving.sets.leaving(),
            "sets": [one.state for one in await known.serving.sets.all()],
            "wanted": serving.kept == known.serving.wanted,
        }


def _same(held: dict[str, Any], wanted: dict[str, Any]) -> None:
    assert held["documents"] == wanted["documents"]
    assert held["particulars"] == wanted["particulars"]
    assert held["vectors"].keys() == wanted["vectors"].keys()
    for name, vector in held["vectors"].items():
        np.testing.assert_allclose(vector, wanted["vectors"][name], atol=2e-3)
    assert held["count"] == len(held["vectors"])
    assert held["leaving"] == ()
    assert held["sets"] == ["serving"]
