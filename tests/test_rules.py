"""The rules of the house are seen to bite: each is broken in a copy of the tree, and its tool says which one."""

from __future__ import annotations

import shutil
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.benchmarks import sizes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ROOT = Path(__file__).parents[1]
TOOLS = Path(sys.executable).parent

FORMAT = ("ruff", "format", "--check")
LINT = ("ruff", "check", "--output-format=concise")
CONTRACTS = ("lint-imports", "--no-logo")
DEPENDENCIES = ("deptry", "--no-ansi", ".")
DEAD_CODE = ("vulture",)
TYPES = ("mypy", "--no-error-summary")
"""Of the files that are named: the whole tree takes longer than all other tools together."""


class Copy:
    """A copy of the packages and their configuration, to be broken and mended."""

    def __init__(self, root: Path) -> None:
        self.root = root
        for package in ("bot", "adapters", "knowledge", "migrations"):
            shutil.copytree(ROOT / package, root / package, ignore=shutil.ignore_patterns("__pycache__"))
        for name in ("pyproject.toml", "README.md", "LICENSE"):
            shutil.copy(ROOT / name, root / name)

    @contextmanager
    def planted(self, path: str, text: str) -> Iterator[None]:
        """Append the text to the file, which need not exist, for a while."""
        file = self.root / path
        before = file.read_text() if file.exists() else None
        file.write_text((before or "from __future__ import annotations\n") + text)
        yield
        if before is None:
            file.unlink()
        else:
            file.write_text(before)

    def run(self, tool: Sequence[str]) -> tuple[int, str]:
        """Give the tool's exit code and all that it says, in one line."""
        command = [str(TOOLS / tool[0]), *tool[1:]]
        ran = subprocess.run(command, cwd=self.root, capture_output=True, text=True, check=False)
        return ran.returncode, " ".join((ran.stdout + ran.stderr).split())


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    return Copy(tmp_path_factory.mktemp("house"))


@dataclass(frozen=True, kw_only=True)
class Violation:
    """Text to append to a file, and what the tool must say of it."""

    rule: str
    tool: Sequence[str]
    file: str
    text: str
    says: str


def lint(rule: str, text: str, says: str) -> Violation:
    file = "bot/planted.py"
    return Violation(rule=rule, tool=(*LINT, file), file=file, text=text, says=says)


def types(rule: str, text: str, says: str) -> Violation:
    file = "knowledge/planted.py"
    return Violation(rule=rule, tool=(*TYPES, file), file=file, text=text, says=f"[{says}]")


def contract(rule: str, file: str, text: str, says: str) -> Violation:
    return Violation(rule=rule, tool=CONTRACTS, file=file, text=f"{text}\n", says=f"{says} BROKEN")


LAYERS = "The bot imports the platforms and the knowledge; they import neither it nor each other"
BELOW = "The platforms and the knowledge know nothing of migrations"
SIBLINGS = "No cycles between siblings"
PURE = "Pure modules touch no clock, disk, network, database or screen"
CONCRETE = "Platforms, sources, embedders, indexes and models are chosen in bot.app alone"
LIBRARIES = "Each library is imported by its own modules alone"

VIOLATIONS = (
    lint("the environment is read at the edge", "import os\n\nHOME = os.environ\n", "TID251 `os.environ` is banned"),
    lint("and not by getenv either", 'import os\n\nHOME = os.getenv("HOME")\n', "TID251 `os.getenv` is banned"),
    lint(
        "every task has an owner",
        "import asyncio\n\n\nasync def work() -> None:\n    await asyncio.create_task(asyncio.sleep(0))\n",
        "TID251 `asyncio.create_task` is banned",
    ),
    lint(
        "nobody gathers",
        "import asyncio\n\n\nasync def work() -> None:\n    await asyncio.gather(asyncio.sleep(0))\n",
        "TID251 `asyncio.gather` is banned",
    ),
    lint("logs go through structlog", "import logging\n\nlog = logging.getLogger()\n", "TID251 `logging.getLogger` is"),
    lint("nothing prints", 'print("hello")\n', "T201 `print` found"),
    lint("public things say what they are", "def work() -> None:\n    pass\n", "D103 Missing docstring"),
    types("functions are typed", "def work(x):\n    return x\n", "no-untyped-def"),
    types("an ignored error is named", "x: int = ''  # type: ignore\n", "ignore-without-code"),
    types(
        "a match is exhaustive",
        "def work(x: int | str) -> None:\n    match x:\n        case int():\n            pass\n",
        "exhaustive-match",
    ),
    types(
        "a name is defined on every way",
        "def work(x: int) -> int:\n    if x:\n        y = 1\n    return y\n",
        "possibly-undefined",
    ),
    types(
        "truth means something",
        "class Thing: ...\n\n\ndef work(x: Thing) -> int:\n    return 1 if x else 2\n",
        "truthy-bool",
    ),
    contract("a platform does not know the bot", "adapters/planted.py", "import bot.settings", LAYERS),
    contract("a platform does not know the knowledge", "adapters/planted.py", "import knowledge.base", LAYERS),
    contract("the knowledge does not know the bot", "knowledge/planted.py", "import bot.errors", LAYERS),
    contract("the bot alone migrates", "knowledge/planted.py", "import migrations", BELOW),
    contract("migrations stand alone", "migrations/planted.py", "import bot.tables", LAYERS),
    contract("pure modules open no database", "adapters/markup.py", "import sqlite3", PURE),
    contract("pure modules read no file", "knowledge/fingerprint.py", "import pathlib", PURE),
    contract("nor do they through another module", "bot/answering/route.py", "import knowledge.stores.sqlite", PURE),
    contract("an index is chosen in one place", "bot/planted.py", "import knowledge.indexes.words", CONCRETE),
    contract("and so is a model", "bot/answering/planted.py", "import bot.models.openai", CONCRETE),
    contract("and a platform", "bot/cli/planted.py", "import adapters.terminal.adapter", CONCRETE),
    contract("and an embedder", "knowledge/planted.py", "import knowledge.embedders.minilm", CONCRETE),
    contract("one place for a library", "bot/planted.py", "import rich.table", LIBRARIES),
    contract("siblings have an order", "knowledge/errors.py", "import knowledge.stores.sqlite", SIBLINGS),
    Violation(
        rule="one format",
        tool=(*FORMAT, "bot/planted.py"),
        file="bot/planted.py",
        text="x  =  1\n",
        says="1 file would be reformatted",
    ),
    Violation(
        rule="what is imported is declared",
        tool=DEPENDENCIES,
        file="bot/planted.py",
        text="import yaml\n",
        says="DEP003 'yaml' imported but it is a transitive dependency",
    ),
    Violation(
        rule="no dead code",
        tool=DEAD_CODE,
        file="bot/planted.py",
        text="def work() -> int:\n    return 1\n    return 2\n",
        says="bot/planted.py:4: unreachable code",
    ),
)


@pytest.mark.parametrize("violation", VIOLATIONS, ids=lambda violation: violation.rule)
def test_a_broken_rule_is_named(copy: Copy, violation: Violation) -> None:
    with copy.planted(violation.file, violation.text):
        code, said = copy.run(violation.tool)
    assert code != 0
    assert violation.says in said


@pytest.mark.parametrize(
    "tool", [FORMAT, LINT, CONTRACTS, DEPENDENCIES, DEAD_CODE, (*TYPES, "knowledge/errors.py")], ids=" ".join
)
def test_the_tree_as_it_is_breaks_none(copy: Copy, tool: Sequence[str]) -> None:
    code, said = copy.run(tool)
    assert code == 0, said


def test_no_file_is_over_400_lines_and_no_function_over_50() -> None:
    assert [file for file in sizes.files() if file.lines > 400] == []
    assert [function for function in sizes.functions() if function.lines > 50] == []
