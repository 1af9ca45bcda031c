"""What continuous integration makes of tests that fail: ``.ci/run`` itself, over a few planted ones."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TOOLS = ("ruff", "mypy", "lint-imports", "deptry", "vulture")
SETTINGS = """
[tool.pytest]
pythonpath = ["."]
testpaths = ["tests"]
addopts = ["--import-mode=importlib"]
"""
ONCE = """
import faulthandler
import time
from pathlib import Path

import pytest


def once(name: str) -> bool:
    flag = Path(__file__).with_name(name)
    if flag.exists():
        return False
    flag.touch()
    return True

"""
FAILS_ONCE = """
@pytest.mark.parametrize("word", ["a word, and [another]"])
def test_fails_once_{0}(word: str) -> None:
    assert not once("flag-{0}"), "THE FIRST FAILURE"
"""
FAILS_AFTERWARDS = """
@pytest.fixture
def breaking():
    yield
    assert not once("flag"), "THE FIRST FAILURE"


def test_fails_afterwards(breaking: None) -> None:
    pass
"""
FAILS_ALWAYS = """
def test_fails_always() -> None:
    pytest.fail("ALWAYS")
"""
HANGS_ONCE = """
def test_hangs_once() -> None:
    if once("flag"):
        faulthandler.dump_traceback_later(0.5, exit=True)  # what pytest does after faulthandler_timeout
        time.sleep(600)
"""


@pytest.fixture
def planted(tmp_path: Path) -> Path:
    """A tree with the real commands, and nothing to set up or check."""
    for name in (".ci/run", "Makefile", "README.md", "tests/once_more.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    (tmp_path / "pyproject.toml").write_text(SETTINGS)
    _program(tmp_path / "tools" / "set-up", "exit 0")
    for tool in TOOLS:
        _program(tmp_path / ".venv" / "bin" / tool, "exit 0")
    _program(tmp_path / ".venv" / "bin" / "python", f'exec "{sys.executable}" "$@"')
    (tmp_path / "tests" / "test_fine.py").write_text("def test_fine() -> None:\n    pass\n")
    return tmp_path


def _program(path: Path, line: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{line}\n")
    path.chmod(0o755)


def run(planted: Path, *tests: str) -> tuple[bool, str]:
    """Say whether continuous integration passes with these tests, and what it says."""
    (planted / "tests" / "test_planted.py").write_text(ONCE + "\n".join(tests))
    quick = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTEST_PLUGINS": "xdist.plugin"}
    own = {"PATH": os.defpath, "PYTHONUTF8": "1", **quick}
    ran = subprocess.run(
        [planted / ".ci" / "run"], env=own, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    return ran.returncode == 0, ran.stdout


def test_what_passes_at_its_second_try_is_said_at_the_end_with_its_first_failure_above(planted: Path) -> None:
    passed, said = run(planted, *map(FAILS_ONCE.format, range(2)), FAILS_AFTERWARDS)
    assert passed, said
    assert said.count("THE FIRST FAILURE") >= 3
    assert said.splitlines()[-3:] == [
        "FAILED, THEN PASSED: tests/test_planted.py::test_fails_once_0[a word, and [another]]",
        "FAILED, THEN PASSED: tests/test_planted.py::test_fails_once_1[a word, and [another]]",
        "FAILED, THEN PASSED: tests/test_planted.py::test_fails_afterwards",
    ]
    assert " 3 passed" in said


def test_nothing_runs_twice_when_all_passes(planted: Path) -> None:
    passed, said = run(planted)
    assert passed, said
    assert said.count(" passed") == 1


def test_a_second_failure_is_final(planted: Path) -> None:
    passed, said = run(planted, FAILS_ONCE.format(0), FAILS_ALWAYS)
    assert not passed, said
    assert "FAILED, THEN PASSED" not in said
    assert said.count("Failed: ALWAYS") >= 2


@pytest.mark.parametrize(
    ("tests", "says"),
    [
        pytest.param(tuple(map(FAILS_ONCE.format, range(4))), "4 failed", id="more than three fail"),
        pytest.param((FAILS_ONCE.format(0), "1 / 0"), "ZeroDivisionError", id="a file cannot be read"),
        pytest.param((FAILS_ONCE.format(0), HANGS_ONCE), "crashed while running", id="one hangs"),
    ],
)
def test_whatever_else_goes_wrong_is_final_at_once(planted: Path, tests: tuple[str, ...], says: str) -> None:
    passed, said = run(planted, *tests)
    assert not passed, said
    assert says in said
    assert "once more" not in said
