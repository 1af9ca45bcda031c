"""From blocks to pieces that fit: whole where they do, else cut by the rule of their kind."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from knowledge.chunking.measuring import CHARACTERS
from knowledge.chunking.outline import Code, Prose, Table, spanned, unfenced
from knowledge.chunking.windows import PARAGRAPHS, SENTENCES, windows

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from knowledge.chunking.measuring import Measure
    from knowledge.chunking.outline import Block, Lines
    from knowledge.chunking.windows import Cut


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """How a kind of document is cut, in the units of its measure.

    ``limit`` is what chunks are filled up to, ``whole`` what one code block or table alone may take before it is cut,
    ``overlap`` what is repeated of running text that had to be cut, and ``small`` what a section must have to stand
    alone where its neighbour has room.
    """

    limit: int
    whole: int
    overlap: int = 0
    small: int = 0
    separators: tuple[Cut, ...] = SENTENCES
    measure: Measure = CHARACTERS


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A block or a part of one, as it will be shown. ``why`` says how it was cut, and is empty where it was not."""

    text: str
    lines: Lines | None = None
    tight: bool = False
    alone: bool = False
    """Takes a chunk for itself: it overlaps with its neighbours."""
    lead: bool = False
    """Announces what comes next ("For example:"), and would rather go with it."""
    why: str = ""


_LONGEST_LEAD = 250
_LONGEST_FENCE = 12
_DEEPEST = 40
"""Spaces of indentation that the first line of a piece of code gets back."""


def pieces(blocks: Sequence[Block], policy: Policy) -> Iterator[Piece]:
    """Give the pieces of blocks, in order, none over its bound.

    Where the policy has an overlap, paragraphs that are too long together are cut as one text, or their pieces would
    have nothing in common.
    """
    for running, group in groupby(blocks, key=lambda block: policy.overlap > 0 and isinstance(block, Prose)):
        together = list(group)
        paragraphs = [block for block in together if isinstance(block, Prose)] if running else []
        if len(paragraphs) > 1 and sum(_measured(block, policy) for block in paragraphs) > policy.limit:
            yield from _running(paragraphs, policy)
        else:
            yield from (piece for block in together for piece in _split(block, policy))


def _split(block: Block, policy: Policy) -> list[Piece]:
    """Give the block's pieces, in order, none over its bound."""
    match block:
        case Prose():
            return _prose(block, policy)
        case Code():
            return _code(block, policy)
        case Table():
            return _table(block, policy)


def _measured(block: Prose, policy: Policy) -> int:
    return policy.measure.size(block.text) + len("\n\n")


def _running(paragraphs: Sequence[Prose], policy: Policy) -> list[Piece]:
    """Cut paragraphs as one text, and say of each piece which of them it touches."""
    parts = [paragraphs[0].text]
    starts = [0]
    for paragraph in paragraphs[1:]:
        parts.append("\n" if paragraph.tight else "\n\n")
        starts.append(starts[-1] + sum(map(len, parts[-2:])))
        parts.append(paragraph.text)
    text = "".join(parts)
    cuts = _windows(text, policy)
    touched = [paragraphs[bisect_right(starts, start) - 1 : bisect_left(starts, end)] for start, end, _ in cuts]
    return _parts(text, cuts, [spanned(block.lines for block in blocks) for blocks in touched], policy)


def _prose(block: Prose, policy: Policy) -> list[Piece]:
    if policy.measure.size(block.text) <= policy.limit:
        lead = block.text.endswith(":") and len(block.text) <= _LONGEST_LEAD
        return [Piece(text=block.text, lines=block.lines, tight=block.tight, lead=lead)]
    cuts = _windows(block.text, policy)
    return _parts(block.text, cuts, _lines(block, cuts, 0), policy, tight=block.tight)


def _windows(text: str, policy: Policy) -> list[tuple[int, int, Cut]]:
    return windows(text, policy.limit, policy.overlap, policy.separators, policy.measure)


def _parts(
    text: str,
    cuts: Sequence[tuple[int, int, Cut]],
    lines: Iterable[Lines | None],
    policy: Policy,
    *,
    tight: bool = False,
) -> list[Piece]:
    """Make pieces of the cuts of running text."""
    found: list[Piece] = []
    told = 0
    for part, ((start, end, cut), where) in enumerate(zip(cuts, lines, strict=True)):
        repeated = policy.measure.size(text[start:told].rstrip()) if start < told else 0
        again = f", with {repeated} {policy.measure.unit} of part {part} again" if repeated else ""
        found.append(
            Piece(
                text=text[start:end].rstrip(),
                lines=where,
                tight=tight and part == 0,
                alone=policy.overlap > 0,
                why=_part("text", part, len(cuts), cut) + again,
            )
        )
        told = end
    return found


def _code(block: Code, policy: Policy) -> list[Piece]:
    fence = _fence(block.text)
    if fence is None:
        return _prose(Prose(text=unfenced(block.text), lines=block.lines), policy)
    opening = f"{fence}{block.language[:40]}\n"
    around = policy.measure.size(f"…\n{opening}{' ' * _DEEPEST}\n{fence}\n…")
    if policy.measure.size(block.text) + around <= policy.whole:
        return [Piece(text=f"{opening}{block.text}\n{fence}", lines=block.lines)]
    cuts = windows(block.text, policy.limit - around, 0, PARAGRAPHS, policy.measure)
    found = []
    for part, ((start, end, cut), lines) in enumerate(zip(cuts, _lines(block, cuts, 1), strict=True)):
        body = block.text[_indentation(block.text, start) : end].rstrip()
        before, after = "…\n" if part else "", "\n…" if part + 1 < len(cuts) else ""
        why = _part("code", part, len(cuts), cut)
        found.append(Piece(text=f"{before}{opening}{body}\n{fence}{after}", lines=lines, why=why))
    return found


def _table(block: Table, policy: Policy) -> list[Piece]:
    header = f"{_row(block.header)}\n|{' --- |' * len(block.header)}"
    rows = [_row(row) for row in block.rows]
    size = policy.measure.size
    if size(header) + sum(size(row) + 1 for row in rows) <= policy.whole:
        return [Piece(text="\n".join((header, *rows)), lines=block.lines)]
    if size(header) > policy.limit // 2:
        return _prose(Prose(text="\n".join(_spaced(row) for row in (block.header, *block.rows))), policy)
    groups = _row_groups(header, block.rows, rows, policy)
    return [Piece(text=text, lines=block.lines, why=why) for text, why in groups]


def _row_groups(
    header: str, cells: Sequence[tuple[str, ...]], rows: Sequence[str], policy: Policy
) -> Iterator[tuple[str, str]]:
    """Fill tables up with rows, each beginning with the header; a row too long for any becomes text."""
    measure = policy.measure
    room = policy.limit - measure.size(header)
    group: list[str] = []
    size = 0
    for own, row in zip(cells, rows, strict=True):
        taken = measure.size(row) + 1
        if group and size + taken > room:
            yield "\n".join((header, *group)), "table cut between rows, its header repeated"
            group, size = [], 0
        if taken > room:
            text = _spaced(own)
            for start, end, _ in windows(text, policy.limit, 0, SENTENCES, measure):
                yield text[start:end].rstrip(), "a table row too long for a chunk, as text"
            continue
        group.append(row)
        size += taken
    if group or not rows:
        yield "\n".join((header, *group)), "table cut between rows, its header repeated"


def _lines(block: Prose | Code, cuts: Sequence[tuple[int, int, Cut]], first: int) -> list[Lines | None]:
    """The source lines of each cut, exact where the block stands line for line as in its file."""
    if block.lines is None:
        return [None for _ in cuts]
    start, end = block.lines
    if block.text.count("\n") + first > end - start:
        return [block.lines for _ in cuts]
    found: list[Lines | None] = []
    line, at = start + first, 0
    for begins, ends, _ in cuts:
        line += block.text.count("\n", at, begins)
        at = begins
        found.append((line, line + block.text[begins:ends].rstrip().count("\n")))
    return found


def _indentation(code: str, start: int) -> int:
    """Where the line begins whose first word stands at ``start``."""
    at = start
    while at > 0 and start - at < _DEEPEST and code[at - 1] in " \t":
        at -= 1
    return at if at == 0 or code[at - 1] == "\n" else start


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _spaced(cells: Sequence[str]) -> str:
    return " · ".join(cell for cell in cells if cell)


def _part(what: str, part: int, parts: int, cut: Cut) -> str:
    where = "its end" if cut == "end" else f"a {cut}"
    return f"part {part + 1} of {parts} of a long {what}, up to {where}"


def _fence(code: str) -> str | None:
    """The shortest fence that nothing in the code can close; None where it would be absurdly long."""
    for mark in "`~":
        longest = max((len(run) for run in re.findall(rf"^[ \t]*({mark}{{3,}})", code, re.MULTILINE)), default=2)
        if longest < _LONGEST_FENCE:
            return mark * (longest + 1)
    return None
