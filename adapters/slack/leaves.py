"""An answer that grows, in the messages that show it: all of them but the last are final. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.markup import Heading, joined
from adapters.slack.render import fits, pieces, settled

if TYPE_CHECKING:
    from adapters.markup import Block, Tree
    from adapters.slack.render import Links


class Leaves:
    """Each page is a tree of its own; what is shown on one stays there, whatever comes after it."""

    def __init__(self) -> None:
        """Begin with one empty page."""
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
        if fits(grown, linked):
            self._trees[-1] = grown
            return
        kept = _unheaded(page)
        more = pieces((*page[len(kept) :], block), linked)
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


def _unheaded(tree: Tree) -> Tree:
    while tree and isinstance(tree[-1], Heading):
        tree = tree[:-1]
    return tree
