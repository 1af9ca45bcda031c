"""An answer that grows, in the messages that show it: all of them but the last are final. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeAlias

from adapters.markup import Heading, Table, joined

if TYPE_CHECKING:
    from collections.abc import Mapping

    from adapters.markup import Block, Tree

Links: TypeAlias = "Mapping[int, str]"
"""The URL of each citation that may be linked."""


class Cutting(Protocol):
    """What single messages of a platform take; a module that renders is one."""

    def fits(self, tree: Tree, linked: Links) -> bool:
        """Say whether one message takes a tree, with room for sources and buttons."""
        ...

    def pieces(self, tree: Tree, linked: Links) -> tuple[Tree, ...]:
        """Cut a tree into what single messages take."""
        ...


class Leaves:
    """Each page is a tree of its own; what is shown on one stays there, whatever comes after it."""

    def __init__(self, cutting: Cutting) -> None:
        """Begin with one empty page."""
        self._cutting = cutting
        self._trees: list[Tree] = [()]

    def __getitem__(self, at: int) -> Tree:
        """Give a page."""
        return self._trees[at]

    @property
    def last(self) -> int:
        """The number of the page that grows."""
        return len(self._trees) - 1

    @property
    def written(self) -> int:
        """Count the pages that say something; only the last may be empty."""
        return self.last + bool(self._trees[-1])

    def add(self, block: Block, linked: Links, *, continues: bool) -> None:
        """Put the next unit on the last page, or on a new one where it does not fit; headings go with it."""
        page = self._trees[-1]
        grown = joined(page, block, continues=continues)
        if self._cutting.fits(grown, linked):
            self._trees[-1] = grown
            return
        kept = _unheaded(page)
        more = self._cutting.pieces((*page[len(kept) :], block), linked)
        self._trees[-1:] = [kept, *more] if kept else more

    def turn(self) -> None:
        """Put what comes next on a new page."""
        if self._trees[-1]:
            self._trees.append(())

    def skip(self, count: int) -> None:
        """Forget the first pages, which stand elsewhere."""
        self._trees[:count] = []
        self._trees = self._trees or [()]

    def cut(self, at: int, tree: Tree) -> None:
        """Let this be the last page, and say no more than this."""
        self._trees[at:] = [tree]


def visible(page: Tree) -> Tree:
    """Give what of a growing page may be shown: no table whose columns may widen, no heading of what is to come."""
    return _unheaded(settled(page))


def settled(tree: Tree) -> Tree:
    """Give what of a growing tree changes no more: all but a table at its end, whose columns may still widen."""
    return tree[:-1] if tree and isinstance(tree[-1], Table) else tree


def _unheaded(tree: Tree) -> Tree:
    while tree and isinstance(tree[-1], Heading):
        tree = tree[:-1]
    return tree
