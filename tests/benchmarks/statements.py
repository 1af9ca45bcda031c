"""What the verifier shows of sentences written to deceive it, by kind of falsehood, and of true paraphrases.

The rules were improved while looking at ``known.toml``, ``second.toml`` and ``answers.toml``; ``held_out.toml`` was
written after most of them, and is counted without being looked at, but for four of its sentences.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from bot.answering.checking import Checker
from bot.answering.evidence import evidence
from bot.models.base import Numbered
from bot.reading.units import split
from tests.benchmarks.figures import Figure

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

FOLDER: Final = Path(__file__).with_name("statements")
SETS: Final = ("known", "second", "held_out", "answers")
TRUE: Final = "true"


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A sentence about a passage: of which ``kind`` its falsehood is, or that it is true."""

    passage: Numbered
    kind: str
    text: str

    @property
    def shown(self) -> bool:
        """Whether the verifier shows it where it cites the passage."""
        checker = Checker(question="", table={1: evidence(self.passage)})
        checked = [checker.check(unit) for unit in split(f"{self.text} [1]")]
        return any(one is not None and one.sort == "claim" for one in checked)


def statements(name: str) -> Iterator[Statement]:
    """Give the statements of a set."""
    for kept in tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))["passage"]:
        passage = _passage(kept)
        for kind, text in kept["false"]:
            yield Statement(passage=passage, kind=kind, text=text)
        for text in kept["true"]:
            yield Statement(passage=passage, kind=TRUE, text=text)


def _passage(kept: dict[str, Any]) -> Numbered:
    return Numbered(number=1, title=kept["title"], heading=tuple(kept.get("heading", ())), text=kept["text"])


def figures() -> Sequence[Figure]:
    """Count in all sets."""
    return [figure for name in SETS for figure in _counted(name, list(statements(name)))]


def _counted(name: str, said: Sequence[Statement]) -> Iterator[Figure]:
    title = name.replace("_", " ")
    false = [one for one in said if one.kind != TRUE]
    for kind in sorted({one.kind for one in false}):
        yield _share(f"{title}, false by {kind}, shown", [one for one in false if one.kind == kind])
    yield _share(f"{title}, all false, shown", false)
    yield _share(f"{title}, true paraphrases, dropped", [one for one in said if one.kind == TRUE], shown=False)


def _share(name: str, said: Sequence[Statement], *, shown: bool = True) -> Figure:
    return Figure(name=f"{name} (of {len(said)})", value=sum(one.shown == shown for one in said), unit="")
