"""Every attack has a test, or waits for a feature that is not there."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.attacks.lines import LINES
from tests.attacks.waiting import WAITING

pytestmark = pytest.mark.attack


def _tested() -> set[int]:
    """The numbers in the marks of this folder's tests."""
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in Path(__file__).parent.glob("test_*.py")]
    calls = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call)]
    marks = [call for call in calls if isinstance(call.func, ast.Attribute) and call.func.attr == "attack"]
    return {
        arg.value for mark in marks for arg in mark.args if isinstance(arg, ast.Constant) and isinstance(arg.value, int)
    }


def test_there_are_fifty() -> None:
    assert list(LINES) == list(range(1, 51))
    assert len(set(LINES.values())) == 50


def test_every_attack_is_tested_or_waits_and_none_does_both() -> None:
    assert _tested() | WAITING.keys() == LINES.keys()
    assert not _tested() & WAITING.keys()


@pytest.mark.parametrize("number", WAITING)
def test_what_is_waited_for_is_not_there(number: int) -> None:
    feature = WAITING[number].feature
    assert not WAITING[number].there(), f"{feature} came: test attack {number} ({LINES[number]}), and take it out here"


def test_a_probe_finds_what_is_there() -> None:
    from tests.attacks.waiting import _made, _reads, _says  # noqa: PLC0415

    assert _made("adapters/terminal*")()
    assert _reads("html", "pdf")()
    assert _says("adapters/base.py", "class Rated")()
