"""The Procfile, line by line as it stands, run as a host's runner does: by a shell that finds ``footnote`` on PATH."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.doubles.served import PATIENCE, ROOT, Loft, Served, until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.doubles.postgres import Server

PROCFILE = dict(line.split(": ", 1) for line in (ROOT / "Procfile").read_text().splitlines())


@pytest.fixture(params=["sqlite", "postgresql"])
def loft(request: pytest.FixtureRequest, tmp_path: Path) -> Loft:
    """A team that has pigeons: ``footnote`` on its PATH is the program with that platform."""
    programs = tmp_path / "bin"
    programs.mkdir()
    program = programs / "footnote"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m tests.doubles.pigeon "$@"\n')
    program.chmod(0o755)
    settings = {"PATH": f"{programs}:/usr/bin:/bin"}
    if request.param == "postgresql":
        server: Server = request.getfixturevalue("server")
        settings["DATABASE_URL"] = server.empty()
    return Loft(folder=tmp_path, settings=settings)


@contextmanager
def ran(loft: Loft, name: str) -> Iterator[Served]:
    """Run a line of the Procfile."""
    log = loft.folder / f"log-{name}"
    with log.open("w") as to:
        process = subprocess.Popen(
            ["/bin/sh", "-c", f"exec {PROCFILE[name]}"], cwd=loft.folder, env=loft.environment(), stderr=to
        )
    with Served(process=process, log=log) as service:
        yield service


def test_it_names_a_release_a_web_process_and_a_worker() -> None:
    assert list(PROCFILE) == ["release", "web", "worker"]


def test_the_shipped_program_runs_as_it_stands_and_says_that_no_platform_is_configured(tmp_path: Path) -> None:
    program = Path(sys.executable).parent
    loft = Loft(folder=tmp_path, settings={"PATH": f"{program}:{os.defpath}"})
    with ran(loft, "release") as release:
        assert release.process.wait(PATIENCE) == 0
    with ran(loft, "web") as web, ran(loft, "worker") as worker:
        for process in (web, worker):
            process.wait_for("no platform is configured, so nobody can ask")
        assert web.get("/healthz")[0] == 200
        status, report = web.get("/readyz")
        assert status == 503
        assert "No platform is configured" in str(report)
        for process in (web, worker):
            process.signal(signal.SIGTERM)
        assert [web.ended(), worker.ended()] == [0, 0]


def test_its_lines_migrate_take_in_and_answer_once_there_is_a_platform(loft: Loft) -> None:
    with ran(loft, "release") as release:
        assert release.process.wait(PATIENCE) == 0
    with ran(loft, "web") as web, ran(loft, "worker") as worker:
        until(lambda: web.get("/readyz")[0] == 200)
        worker.wait_for("serving")
        for number in range(20):
            assert web.ask(f"q{number}", conversation=f"c{number % 5}") == 202
        assert {loft.reply(f"q{number}")["verdict"] for number in range(20)} == {"told"}
        for process in (web, worker):
            process.signal(signal.SIGTERM)
        assert [web.ended(), worker.ended()] == [0, 0]
