"""How big the parts of the house are, in lines: files and functions of the four packages, tests apart."""

from __future__ import annotations

import ast
import statistics
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests.benchmarks.figures import Figure

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ROOT = Path(__file__).parents[2]
PACKAGES = ("bot", "adapters", "knowledge", "migrations")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sized:
    """A file, or a function with its decorators, docstring and body, and its lines."""

    name: str
    lines: int


def files() -> Sequence[Sized]:
    """Give every file that is not empty of code."""
    return [Sized(name=name, lines=len(text.splitlines())) for name, text in _texts() if ast.parse(text).body[1:]]


def functions() -> Sequence[Sized]:
    """Give every ``def``, those inside others too."""
    return [
        Sized(name=f"{name}:{node.name}", lines=(node.end_lineno or node.lineno) - node.lineno + 1)
        for name, text in _texts()
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]


def figures() -> Sequence[Figure]:
    """Give median, 90th percentile and longest of both."""
    return (
        *_of("files", files(), "100 / - / 400"),
        *_of("functions", functions(), "8 / 25 / 50"),
    )


def _of(what: str, sized: Sequence[Sized], aim: str) -> Sequence[Figure]:
    lines = [one.lines for one in sized]
    longest = max(sized, key=lambda one: one.lines)
    return (
        Figure(name=f"{what}, median of {len(lines):,}", value=statistics.median(lines), unit="lines", aim=aim),
        Figure(name=f"{what}, 90th percentile", value=statistics.quantiles(lines, n=10)[-1], unit="lines"),
        Figure(name=f"{what}, longest: {longest.name}", value=longest.lines, unit="lines"),
    )


def _texts() -> Iterator[tuple[str, str]]:
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            yield str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")
