"""A checked tree taken apart, level by level, and put together again. Pure.

A fragment is a part of a tree with the frames that it stood in: a row of a table, a line of code, a sentence of an
item of a list in a quotation. Fragments that share frames are put together into the same block, so what was only
taken apart comes back as it was.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, TypeAlias

from adapters.markup import Cite, CodeBlock, Heading, Item, Listing, Paragraph, Quote, Table
from adapters.runs import Run, chunks, graphemes, inlines, runs, sentences, singles, words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from adapters.markup import Block, Inline, Tree

_GRAINS: Final = (sentences, words, chunks, singles)
_CHUNK: Final = 64


@dataclass(frozen=True, slots=True)
class Numbered:
    """An item with its place in its list, from 0."""

    item: Item
    place: int


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table, or what of its cells is shown in one piece."""

    cells: tuple[tuple[Run, ...], ...]


@dataclass(frozen=True, slots=True)
class Words:
    """Running text, or some of it; ``first`` where it begins its item. ``grain`` says how finely it is cut already."""

    runs: tuple[Run, ...]
    first: bool = False
    grain: int = 0


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines of code with their ends; marks stand behind the last."""

    text: str
    cites: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """What fragments stood in; two frames are the same only where they are one object."""

    node: Paragraph | Heading | Listing | Table | CodeBlock | Quote | Numbered | Row


Part: TypeAlias = "Block | Numbered | Row | Words | Lines"


@dataclass(frozen=True, slots=True, eq=False)
class Fragment:
    """A part and its frames, outermost first; two that read the same are still two."""

    part: Part
    frames: tuple[Frame, ...] = ()

    def framed(self, part: Part, *frames: Frame) -> Fragment:
        """Give a part of this one, in its frames and more."""
        return Fragment(part, (*self.frames, *frames))


def finer(fragment: Fragment) -> list[Fragment]:
    """Take a fragment apart by one level; nothing where it cannot be."""
    part = fragment.part
    frame = Frame(part) if not isinstance(part, Words | Lines) else None
    inner = list(_inner(part))
    return [fragment.framed(one, *([frame] if frame else [])) for one in inner] if _less(inner, part) else []


def _less(inner: Sequence[Part], part: Part) -> bool:
    """Whether taking apart got anywhere."""
    return bool(inner) and (len(inner) > 1 or not isinstance(part, Words | Lines | Row))


def _inner(part: Part) -> Iterator[Part]:
    match part:
        case Paragraph() | Heading():
            yield Words(runs(part.children))
        case Listing():
            yield from (Numbered(item, place) for place, item in enumerate(part.items))
        case Numbered():
            yield Words(runs(part.item.children), first=True)
            yield from part.item.blocks
        case Quote():
            yield from part.blocks
        case Table():
            yield from (Row(tuple(runs(cell) for cell in row)) for row in part.rows)
        case Row():
            columns = (_finer_words(Words(cell)) for cell in part.cells)
            yield from (Row(tuple(cells)) for cells in itertools.zip_longest(*columns, fillvalue=()))
        case CodeBlock():
            yield from _lines(part)
        case Words():
            yield from _words(part)
        case Lines():
            yield from _finer_lines(part)


def _words(part: Words) -> Iterator[Words]:
    """Cut more finely, by the first grain that cuts at all."""
    for grain in range(part.grain, len(_GRAINS)):
        cut = _GRAINS[grain](part.runs)
        if len(cut) > 1:
            yield from (Words(one, part.first and at == 0, grain + 1) for at, one in enumerate(cut))
            return


def _finer_words(part: Words) -> list[tuple[Run, ...]]:
    return [one.runs for one in _words(replace(part, grain=1))] or [part.runs]


def _lines(block: CodeBlock) -> Iterator[Lines]:
    *lines, last = block.text.splitlines(keepends=True) or [""]
    yield from (Lines(line) for line in lines)
    yield Lines(last, block.cites)


def _finer_lines(part: Lines) -> Iterator[Lines]:
    for several in (_CHUNK, 1):
        each = list(graphemes(part.text))
        if len(each) > several:
            yield from (Lines("".join(each[at : at + several])) for at in range(0, len(each), several))
            break
    else:
        yield from [Lines(part.text)] if part.text else []
    yield from (Lines("", (cite,)) for cite in part.cites)


def assembled(fragments: Iterable[Fragment], depth: int = 0) -> Tree:
    """Put fragments together, from a level of their frames on."""
    made: list[Block] = []
    for frame, group in itertools.groupby(fragments, lambda one: one.frames[depth] if len(one.frames) > depth else one):
        if isinstance(frame, Frame):
            made += _framed(frame.node, list(group), depth + 1)
        else:
            made += (part for one in group for part in _bare(one.part))
    return tuple(made)


def _bare(part: Part) -> Iterator[Block]:
    if isinstance(part, Words):  # of an item whose beginning stands elsewhere
        if part.runs:
            yield Paragraph(inlines(part.runs))
    elif not isinstance(part, Numbered | Row | Lines):
        yield part


def _framed(node: Part, group: list[Fragment], depth: int) -> Iterable[Block]:
    match node:
        case Quote():
            return (Quote(assembled(group, depth)),)
        case Paragraph() | Heading():
            return (replace(node, children=_children(group)),)
        case Listing():
            return _listing(node, group, depth)
        case Table():
            return (replace(node, rows=tuple(_rows(group, depth))),)
        case CodeBlock():
            return (_code(node, group),)
        case _:
            return ()


def _children(group: Iterable[Fragment]) -> tuple[Inline, ...]:
    return inlines([run for one in group if isinstance(one.part, Words) for run in one.part.runs])


def _code(node: CodeBlock, group: list[Fragment]) -> Block:
    lines = [one.part for one in group if isinstance(one.part, Lines)]
    text, cites = "".join(one.text for one in lines), tuple(cite for one in lines for cite in one.cites)
    return CodeBlock(text, node.language, cites) if text or not cites else Paragraph(tuple(map(Cite, cites)))


def _rows(group: list[Fragment], depth: int) -> Iterator[tuple[tuple[Inline, ...], ...]]:
    """Put rows together; what was cut of one row is one row again, cell by cell."""
    for _, parts in itertools.groupby(group, lambda one: one.frames[depth] if len(one.frames) > depth else one):
        rows = [one.part.cells for one in parts if isinstance(one.part, Row)]
        yield tuple(inlines([run for cell in cells for run in cell]) for cells in zip(*rows, strict=True))


def _listing(node: Listing, group: list[Fragment], depth: int) -> Iterator[Block]:
    """Put items together; the rest of an item that begins elsewhere stands before the list, without its number."""
    items: list[Numbered] = []
    for frame, parts in itertools.groupby(group, lambda one: one.frames[depth] if len(one.frames) > depth else one):
        if isinstance(frame, Frame) and isinstance(frame.node, Numbered):
            inner = list(parts)
            if isinstance(inner[0].part, Words) and inner[0].part.first:
                items.append(Numbered(_item(inner, depth + 1), frame.node.place))
            else:
                yield from _rest(inner, depth + 1)
        else:
            items += (one.part for one in parts if isinstance(one.part, Numbered))
    if items:
        start = None if node.start is None else node.start + items[0].place
        yield Listing(tuple(one.item for one in items), start)


def _item(group: list[Fragment], depth: int) -> Item:
    text = list(itertools.takewhile(lambda one: _own(one, depth), group))
    return Item(_children(text), assembled(group[len(text) :], depth))


def _rest(group: list[Fragment], depth: int) -> Iterator[Block]:
    text = list(itertools.takewhile(lambda one: _own(one, depth), group))
    if children := _children(text):
        yield Paragraph(children)
    yield from assembled(group[len(text) :], depth)


def _own(one: Fragment, depth: int) -> bool:
    """Whether this is an item's own text, not that of a block in it."""
    return isinstance(one.part, Words) and len(one.frames) == depth
