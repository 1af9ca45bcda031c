"""Inline nodes as flat runs that can be cut anywhere and put together again. Pure.

A run knows the stretches of bold and italic that it lies in, and the leaf that it was cut from, so putting together
what was cut gives back the same nodes.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, TypeAlias

from wcwidth import iter_graphemes

from adapters.markup import Cite, Code, Emphasis, Plain, Strong

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from adapters.markup import Inline

Leaf: TypeAlias = Plain | Code | Cite

_CITE: Final = "\ufffc"
"""Stands for a mark where runs are read as text."""
_STOPS: Final = frozenset(".!?…。！？")  # noqa: RUF001 -- full-width stops end sentences too
_CLOSERS: Final = "\"'”’»)]」』"
_WORD: Final = re.compile(rf"[^\s。！？]*(?:[。！？]+[{re.escape(_CLOSERS)}]*{_CITE}*\s*|\s+|\Z)")  # noqa: RUF001
_CHUNK: Final = 64
"""Graphemes that are tried at once where a word alone is too long."""
_LONGEST: Final = 32
"""Code points of a grapheme; a longer one, with hundreds of accents, is cut."""


@dataclass(frozen=True, slots=True, eq=False)
class Stretch:
    """A bold or italic stretch; runs that share one lie in the same."""

    strong: bool


@dataclass(frozen=True, slots=True)
class Run:
    """A leaf, or a slice of one; ``origin`` tells the leaves of one node apart."""

    leaf: Leaf
    within: tuple[Stretch, ...]
    origin: int


def runs(children: Sequence[Inline]) -> tuple[Run, ...]:
    """Give inline nodes as runs, in reading order."""
    return tuple(_runs(children, (), itertools.count()))


def _runs(children: Sequence[Inline], within: tuple[Stretch, ...], origins: Iterator[int]) -> Iterator[Run]:
    for child in children:
        if isinstance(child, Strong | Emphasis):
            yield from _runs(child.children, (*within, Stretch(isinstance(child, Strong))), origins)
        else:
            yield Run(child, within, next(origins))


def inlines(given: Sequence[Run], depth: int = 0) -> tuple[Inline, ...]:
    """Put runs together again; slices of one leaf become one leaf."""
    made: list[Inline] = []
    for stretch, group in itertools.groupby(given, lambda run: run.within[depth] if len(run.within) > depth else None):
        if stretch is None:
            made += _leaves(group)
        else:
            inner = inlines(list(group), depth + 1)
            made.append(Strong(inner) if stretch.strong else Emphasis(inner))
    return tuple(made)


def _leaves(group: Iterator[Run]) -> Iterator[Leaf]:
    for _, slices in itertools.groupby(group, lambda run: run.origin):
        leaf, *rest = [run.leaf for run in slices]
        yield leaf if isinstance(leaf, Cite) else replace(leaf, text=leaf.text + "".join(_read(one) for one in rest))


def sentences(given: Sequence[Run]) -> list[tuple[Run, ...]]:
    """Cut behind each full stop with the marks and the space after it; nothing is cut within inline code."""
    text = "".join(_masked(run.leaf) for run in given)
    ends = [word.end() for word in _WORD.finditer(text) if _stops(word[0])]
    return _cut(given, ends)


def words(given: Sequence[Run]) -> list[tuple[Run, ...]]:
    """Cut behind the space after each word; nothing is cut within inline code."""
    text = "".join(_masked(run.leaf) for run in given)
    return _cut(given, [word.end() for word in _WORD.finditer(text)])


def chunks(given: Sequence[Run]) -> list[tuple[Run, ...]]:
    """Cut anywhere between graphemes, 64 at once."""
    ends = list(itertools.accumulate(map(len, graphemes("".join(_read(run.leaf) for run in given)))))
    return _cut(given, ends[_CHUNK - 1 :: _CHUNK])


def singles(given: Sequence[Run]) -> list[tuple[Run, ...]]:
    """Cut between any two graphemes."""
    return _cut(given, list(itertools.accumulate(map(len, graphemes("".join(_read(run.leaf) for run in given))))))


def graphemes(text: str) -> Iterator[str]:
    """Give what readers see as single characters (Unicode TR 29), none longer than 32 code points."""
    for one in iter_graphemes(text):
        yield from (one[at : at + _LONGEST] for at in range(0, len(one), _LONGEST))


def _stops(word: str) -> bool:
    return word.rstrip().rstrip(_CITE).rstrip(_CLOSERS)[-1:] in _STOPS


def _masked(leaf: Leaf) -> str:
    return "x" * len(leaf.text) if isinstance(leaf, Code) else _read(leaf)


def _read(leaf: Leaf) -> str:
    return _CITE if isinstance(leaf, Cite) else leaf.text


def _cut(given: Sequence[Run], ends: Sequence[int]) -> list[tuple[Run, ...]]:
    """Cut at positions of the text that the runs read as; in order, linear, leaving out what is empty."""
    parts: list[list[Run]] = [[]]
    at, bounds = 0, iter(ends)
    bound = next(bounds, None)
    for run in given:
        start, end = at, at + len(_read(run.leaf))
        while bound is not None and bound < end:
            if bound > at:
                parts[-1].append(_slice(run, at - start, bound - start))
            parts.append([])
            at, bound = bound, next(bounds, None)
        parts[-1].append(_slice(run, at - start, end - start))
        at = end
        if bound == end:
            parts.append([])
            bound = next(bounds, None)
    return [tuple(part) for part in parts if part]


def _slice(run: Run, start: int, end: int) -> Run:
    return run if isinstance(run.leaf, Cite) else replace(run, leaf=replace(run.leaf, text=run.leaf.text[start:end]))
