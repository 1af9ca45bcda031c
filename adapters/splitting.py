"""An answer in pieces that a platform takes, each a whole tree of its own. Pure.

A block goes into the piece before it where it fits there whole, else it begins a new piece; only a block that is too
long for a piece of its own is cut, and its parts follow the same rule: items, rows, lines, sentences, words, graphemes.
Code that is cut goes on in a new fence, a table under its header again, a list with its next number, and the rest of
an item as a paragraph. A heading stays with what follows it.

Nothing is lost, nothing added but fences and headers, and the work is linear but for a factor that depends on the
size of a piece alone. Because no piece is filled up with a part of what would rather begin a new one, a tree that
grows at its end (``adapters.markup.joined``) keeps all its pieces but the last: they can be posted for good.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, TypeAlias

from adapters.fragments import Fragment, assembled, finer
from adapters.markup import Heading, Paragraph, Table

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from adapters.markup import Tree

_Atom: TypeAlias = tuple[Fragment, ...]
"""What is kept in one piece where it fits."""
_Piece: TypeAlias = list[_Atom]


def split(tree: Tree, fits: Callable[[Tree], bool]) -> tuple[Tree, ...]:
    """Cut a tree into pieces for which ``fits`` says yes.

    ``fits`` renders a piece and looks at its size; whatever it takes, it also takes without its end. A single
    grapheme or mark that does not fit alone is a piece that does not fit.
    """
    pieces = _packed(_atoms(tree), lambda piece: fits(assembled(chain.from_iterable(piece))))
    return tuple(assembled(chain.from_iterable(piece)) for piece in pieces)


def _atoms(tree: Tree) -> _Piece:
    """Give each block with the headings right before it."""
    atoms: _Piece = []
    held: _Atom = ()
    for block in tree:
        held = (*held, Fragment(block))
        if not isinstance(block, Heading):
            atoms.append(held)
            held = ()
    return [*atoms, held] if held else atoms


def _packed(atoms: Sequence[_Atom], fits: Callable[[_Piece], bool]) -> list[_Piece]:
    pieces: list[_Piece] = []
    last: _Piece = []
    at = 0
    while at < len(atoms):
        if count := _taken(last, atoms, at, fits):
            last = [*last, *atoms[at : at + count]]
            at += count
        elif last:
            pieces.append(last)
            last = []
        else:
            *whole, last = _cut(atoms[at], fits)
            pieces += whole
            at += 1
    return [*pieces, last] if last else pieces


def _taken(piece: _Piece, atoms: Sequence[_Atom], at: int, fits: Callable[[_Piece], bool]) -> int:
    """Say how many of the atoms from ``at`` on fit into a piece behind what is in it."""
    return _most(len(atoms) - at, lambda count: fits([*piece, *atoms[at : at + count]]))


def _most(count: int, fits: Callable[[int], bool]) -> int:
    """Give the greatest number up to ``count`` that fits, asking for few that are much greater."""
    low, step = 0, 1
    while low < count and fits(min(low + step, count)):
        low, step = min(low + step, count), step * 2
    high = min(low + step, count + 1)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if fits(middle) else (low, middle)
    return low


def _cut(atom: _Atom, fits: Callable[[_Piece], bool]) -> list[_Piece]:
    """Cut what does not fit alone; where it cannot be cut, it is a piece all the same."""
    parts = _parts(atom, fits)
    return _packed(parts, fits) if parts else [[atom]]


def _parts(atom: _Atom, fits: Callable[[_Piece], bool]) -> _Piece:
    *heads, last = atom
    part = last.part
    if isinstance(part, Table) and not fits([(last.framed(Table(part.header, (part.header,))),)]):
        fine = _cells(last, part)
    else:
        fine = finer(last)
    if fine:
        return [(*heads, fine[0]), *((one,) for one in fine[1:])]
    return [(one,) for one in atom] if heads else []


def _cells(fragment: Fragment, table: Table) -> list[Fragment]:
    """Give a paragraph for each cell of a table whose header leaves no room for a row below it."""
    return [fragment.framed(Paragraph(cell)) for row in (table.header, *table.rows) for cell in row]
